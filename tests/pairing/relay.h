// Somebody in the middle of a pairing: passes each message on, changes one of them, or hangs up before it.
#pragma once

#include <array>
#include <optional>

#include "net/loopback.h"
#include "net/padding.h"

namespace attune::test {

struct Meddling {
  std::optional<std::size_t> flip;  // the last bit but three of this message, counted from 0
  std::optional<std::size_t> cut;   // hang up in place of this message
};

// Who speaks, message by message, up to the last Stored.
enum class Speaker { joiner, shower };
inline constexpr std::array kConversation{Speaker::joiner, Speaker::shower, Speaker::joiner,
                                          Speaker::shower, Speaker::joiner, Speaker::shower,
                                          Speaker::joiner, Speaker::joiner, Speaker::shower};

inline asio::awaitable<bool> pass_on(Tcp::socket& from, Tcp::socket& to, bool flip) {
  Bytes wire(2);
  if (!co_await net::read_all(from, wire)) co_return false;
  const std::size_t size = net::read_be16(wire);
  wire.resize(2 + size);
  const auto body = std::span<std::byte>(wire).subspan(2);
  if (!co_await net::read_all(from, body)) co_return false;
  if (flip) wire.back() ^= std::byte{8};
  co_return co_await net::write_all(to, wire);
}

inline asio::awaitable<void> relay(Tcp::socket joiner, Tcp::socket shower, Meddling meddling) {
  for (std::size_t i = 0; i < kConversation.size(); ++i) {
    if (meddling.cut == i) co_return;
    const bool from_joiner = kConversation.at(i) == Speaker::joiner;
    Tcp::socket& from = from_joiner ? joiner : shower;
    Tcp::socket& to = from_joiner ? shower : joiner;
    if (!co_await pass_on(from, to, meddling.flip == i)) co_return;
  }
}

}  // namespace attune::test
