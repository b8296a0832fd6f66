// What the kernel knows of the way to an address, asked over rtnetlink. Nothing is sent to anybody for it.
#pragma once

#include <asio/ip/address.hpp>
#include <optional>
#include <string>

namespace attune::net {

// The point-to-point interface, as VPNs have them, that packets to this address would leave by. nullopt: they leave by
// another one, by none, or the kernel does not tell.
[[nodiscard]] std::optional<std::string> tunnel_to(const asio::ip::address& address);

// Whether the machine with this address showed itself on the link (by ARP, or neighbour discovery).
enum class Neighbour {
  unknown,  // nobody asked it lately, or the kernel does not tell
  answers,  // within about a minute
  silent,   // it was asked and did not answer
};
[[nodiscard]] Neighbour neighbour(const asio::ip::address& address);

}  // namespace attune::net
