// The secure channel: Noise XXpsk0 over TCP, as coroutines over the sans-I/O parts. docs/protocol.md, section 3.
// One io_context thread owns everything here. Every operation has a deadline: a timer that closes the socket.
// Errors: Errc::unreachable (closed, timed out, refused), Errc::peer_misbehaved. A stranger gets silence: garbage, a
// wrong key and a stale or repeated first message are read on and closed at the same moment.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "crypto/noise.h"
#include "net/address.h"
#include "net/freshness.h"

namespace attune::net {

// How long the other side may take. What stands here is what the protocol says; tests hand in less.
struct Limits {
  std::chrono::milliseconds first_message{2'000};  // to be complete; a stranger is closed up to a quarter later
  std::chrono::milliseconds handshake{10'000};     // all three messages
  std::chrono::milliseconds stall{30'000};         // sending without any progress
  std::size_t chunk = 256U << 10U;  // bytes, read at once: large, else a first sync is a chain of small reads
};

// What the giver of a key calls it; handed back as it was.
using KeyMark = Id<struct KeyMarkTag, 32>;

// Which of our keys opened the handshake.
struct KeyChoice {
  enum class Whose { partner, own } whose = Whose::partner;
  std::size_t index = 0;  // in the list that was given, newest first
  bool newest = true;
  KeyMark mark{};
};
struct LivePsk {
  KeyChoice choice;
  crypto::NoisePsk psk;
  std::optional<std::chrono::milliseconds> known_offset{};  // docs/protocol.md, section 3.4
};

// What both sides say inside payloads two and three: a serialised SignedStatement that admits the static key.
struct PeerProof {
  DeviceId device;    // static key, proven by the handshake
  std::string admit;  // as received; identity must check it before anything else is believed
  KeyChoice key;
  std::chrono::milliseconds clock_ahead{0};  // the initiator's clock minus ours, as payload one showed (responder only)
};

class Channel {
 public:
  // `already_read`: bytes of frames that were read together with the handshake.
  Channel(Tcp::socket socket, crypto::Transport transport, PeerProof proof, Bytes already_read, Limits limits = {});
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] const PeerProof& peer() const noexcept;
  [[nodiscard]] const crypto::HandshakeHash& hash() const noexcept;
  // As connected, also after the end; nullopt: it broke before, as the next operation will say.
  [[nodiscard]] const std::optional<HostPort>& remote_address() const noexcept;
  // This side's address of the connection, a v4 one not mapped into v6; the unspecified one where it broke before.
  [[nodiscard]] asio::ip::address local_address() const;

  // Sends one message, at most kMaxMessage, and wipes it. One sender at a time; waits while the peer reads slowly
  // (deadline: 30 s without progress).
  asio::awaitable<void> send(std::string message);
  // The next message into `message` (its memory is reused). false: the peer closed between two messages.
  // `patience`: how long without any byte; none = for ever (TCP keepalive finds dead connections). One receiver at a
  // time.
  asio::awaitable<bool> receive(std::string& message, std::optional<std::chrono::milliseconds> patience);
  void close() noexcept;  // ends any pending operation with Errc::unreachable
  // Nothing more goes out; what the other side sent before it hears of that can still be received.
  void end_sending() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct HandshakeContext {  // must outlive the coroutines below
  const Clock* clock = nullptr;
  Freshness* freshness = nullptr;
  const crypto::DeviceSecret* device = nullptr;
  std::string admit;                               // our own statement, sent encrypted; at most 510 bytes
  std::function<std::vector<LivePsk>()> keys;      // all live keys, newest first
  std::function<bool(const PeerProof&)> believes;  // is this device admitted and not revoked, under that key?
  Limits limits;
};

// Message one within 2 s, ten in all. nullptr: a stranger, closed in silence (section 3.5) or closed itself; or a
// device that is not believed or is this one. Throws Errc::unreachable, Errc::peer_misbehaved for a holder of a key who
// breaks off or breaks the rules. `key_shown` is told when the first message has counted.
asio::awaitable<std::unique_ptr<Channel>> accept_channel(Tcp::socket socket, const HandshakeContext& context,
                                                         std::function<void()> key_shown = {});
// Tries this key on an open connection. Throws Errc::unreachable (no answer: another key, clocks too far apart, no
// attune); Errc::refused where a device answers that is not believed or is this one; Errc::peer_misbehaved.
asio::awaitable<std::unique_ptr<Channel>> open_channel(Tcp::socket socket, const LivePsk& key,
                                                       const HandshakeContext& context);

}  // namespace attune::net
