#include "cli/addresses.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/text.h"

namespace attune::cli {
namespace {

struct Found {
  int rank = 0;  // smaller is better
  std::string address;
};

bool of_a_container(std::string_view name) {
  constexpr std::array<std::string_view, 4> kPrefixes{"docker", "br-", "veth", "virbr"};
  return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::optional<Found> found_v4(const sockaddr_in& address) {
  const std::uint32_t bits = ntohl(address.sin_addr.s_addr);
  const bool link_local = bits >> 16U == 0xA9FEU;
  const bool of_home = bits >> 16U == 0xC0A8U || bits >> 24U == 10U || bits >> 20U == 0xAC1U;
  if (!of_home && !link_local) return std::nullopt;  // nobody who calls there is answered
  std::array<char, INET_ADDRSTRLEN> text{};
  if (::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size()) == nullptr) return std::nullopt;
  return Found{of_home ? 0 : 2, text.data()};
}

std::optional<Found> found_v6(const sockaddr_in6& address) {
  const auto first = address.sin6_addr.s6_addr[0];
  if ((first & 0xFEU) != 0xFCU) return std::nullopt;  // only fc00::/7: a home's own
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size()) == nullptr) return std::nullopt;
  return Found{1, text.data()};
}

std::optional<Found> found(const sockaddr& address) {
  if (address.sa_family == AF_INET) return found_v4(reinterpret_cast<const sockaddr_in&>(address));
  if (address.sa_family == AF_INET6) return found_v6(reinterpret_cast<const sockaddr_in6&>(address));
  return std::nullopt;
}

// HOST:PORT whose host stands for all addresses: the port.
std::optional<std::string_view> port_of_all(std::string_view listening) {
  constexpr std::array<std::string_view, 5> kAll{"[::]", "0.0.0.0", "::", "*", ""};
  const auto colon = listening.rfind(':');
  if (colon == std::string_view::npos || std::ranges::count(kAll, listening.substr(0, colon)) == 0) return std::nullopt;
  return listening.substr(colon + 1);
}

bool of_use(const ifaddrs& entry) {
  constexpr unsigned kUp = IFF_UP | IFF_RUNNING;
  if (entry.ifa_addr == nullptr || (entry.ifa_flags & kUp) != kUp || (entry.ifa_flags & IFF_LOOPBACK) != 0) {
    return false;
  }
  return !of_a_container(entry.ifa_name);
}

}  // namespace

std::vector<std::string> answered_at(const std::vector<const sockaddr*>& addresses) {
  std::vector<Found> all;
  for (const sockaddr* address : addresses) {
    if (auto one = found(*address)) all.push_back(std::move(*one));
  }
  std::ranges::stable_sort(all, {}, &Found::rank);
  std::vector<std::string> texts;
  for (auto& one : all) texts.push_back(std::move(one.address));
  return texts;
}

std::vector<std::string> own_addresses() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};  // then the line is printed without an address
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner{first, &::freeifaddrs};
  std::vector<const sockaddr*> addresses;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (of_use(*entry)) addresses.push_back(entry->ifa_addr);
  }
  return answered_at(addresses);
}

std::optional<std::string> dialable(std::string_view listening, const std::vector<std::string>& own) {
  const auto port = port_of_all(listening);
  if (!port)
    return listening.rfind(':') == std::string_view::npos ? std::nullopt : std::optional{std::string{listening}};
  if (own.empty()) return std::nullopt;
  const bool v6 = own.front().find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", own.front(), v6 ? "]" : "", *port);
}

std::string listening_in_words(std::string_view listening) {
  const auto port = port_of_all(listening);
  return port ? fmt::format("port {} (all addresses)", harmless_line(*port)) : harmless_line(listening);
}

}  // namespace attune::cli
