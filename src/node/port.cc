#include "node/port.h"

#include <string>

#include "crypto/random.h"

namespace attune::node {
namespace {

constexpr std::string_view kPort = "node.port";
constexpr std::uint32_t kFirst = 20000;  // below the range that systems draw the ports of outgoing connections from
constexpr std::uint32_t kCount = 12000;

}  // namespace

std::uint16_t remembered_port(book::Book& book) {
  if (const auto known = book.meta(kPort)) return static_cast<std::uint16_t>(std::stoul(*known));
  const auto drawn = static_cast<std::uint16_t>(kFirst + crypto::random_below(kCount));
  remember_port(book, drawn);
  return drawn;
}

void remember_port(book::Book& book, std::uint16_t port) { book.set_meta(kPort, std::to_string(port)); }

}  // namespace attune::node
