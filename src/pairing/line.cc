#include "pairing/line.h"

#include <array>

#include "net/padding.h"

namespace attune::pairing {

asio::awaitable<std::optional<Bytes>> Line::read_message(std::size_t most) {
  deadline_.in(patience_);
  std::array<std::byte, 2> length;
  if (!co_await net::read_all(socket_, length)) co_return std::nullopt;
  const std::size_t size = net::read_be16(length);
  if (size > most)
    throw Error{Errc::peer_misbehaved, "the other side announced a message of the pairing that is too long"};
  Bytes message(size);
  if (!co_await net::read_all(socket_, message)) co_return std::nullopt;
  deadline_.off();
  co_return std::move(message);
}

asio::awaitable<bool> Line::write_message(Bytes message) {
  deadline_.in(patience_);
  Bytes wire;
  wire.reserve(2 + message.size());
  append(wire, net::be16(message.size()));
  append(wire, message);
  const bool written = co_await net::write_all(socket_, wire);
  if (written) deadline_.off();
  co_return written;
}

net::Tcp::socket Line::release() {
  deadline_.off();
  return std::move(socket_);
}

}  // namespace attune::pairing
