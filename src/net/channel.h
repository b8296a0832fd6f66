// The secure channel: Noise XXpsk0 over TCP, as coroutines over the sans-I/O parts. docs/protocol.md, section 3.
// One io_context thread owns everything here. Every operation has a deadline: a timer that closes the socket.
// Errors: Errc::unreachable (closed, timed out, refused), Errc::peer_misbehaved. A stranger gets silence: garbage, a wrong
// key and a stale or repeated first message take the same path and the same time.
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

namespace attune::net {

using Tcp = asio::ip::tcp;

// Which of our keys opened the handshake.
struct KeyChoice {
  enum class Whose { partner, own } whose = Whose::partner;
  std::size_t index = 0;  // in the list that was given, newest first
  bool newest = true;
};
struct LivePsk {
  KeyChoice choice;
  crypto::NoisePsk psk;
};

// What both sides say inside payloads two and three: a serialised SignedStatement that admits the static key.
struct PeerProof {
  DeviceId device;      // static key, proven by the handshake
  std::string admit;    // as received; identity must check it before anything else is believed
  KeyChoice key;
  std::chrono::milliseconds clock_ahead{0};  // the initiator's clock minus ours, as payload one showed (responder only)
};

class Channel {
 public:
  Channel(Tcp::socket socket, crypto::Transport transport, PeerProof proof, Bytes already_read);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] const PeerProof& peer() const noexcept;
  [[nodiscard]] const crypto::HandshakeHash& hash() const noexcept;
  [[nodiscard]] std::string remote_address() const;   // HOST:PORT as connected

  // Sends one message. One sender at a time; waits while the peer reads slowly (deadline: 30 s without progress).
  asio::awaitable<void> send(std::string message);
  // The next message into `message` (its memory is reused). false: the peer closed between two messages.
  // `patience`: how long without any byte; none = for ever (TCP keepalive finds dead connections).
  asio::awaitable<bool> receive(std::string& message, std::optional<std::chrono::seconds> patience);
  void close() noexcept;   // ends any pending operation with Errc::unreachable

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// First messages that were seen, so that each counts once (180 s); and what clock offset a key's devices last showed.
class Freshness {
 public:
  explicit Freshness(const Clock& clock) : clock_{clock} {}
  // true: `sent` is within 90 s of our clock (or of our clock shifted by `known_offset`), or within 24 h while widened,
  // and this ephemeral key was not seen in the last window.
  [[nodiscard]] bool accept(BytesView ephemeral, Instant sent, std::optional<std::chrono::milliseconds> known_offset);
  void widen();            // for ten minutes: the person ran sync or doctor --network

 private:
  const Clock& clock_;
  std::vector<std::pair<std::array<std::byte, 32>, Steady>> seen_;
  std::optional<Steady> wide_until_;
};

struct HandshakeContext {      // must outlive the coroutines below
  const Clock* clock = nullptr;
  Freshness* freshness = nullptr;
  const crypto::DeviceSecret* device = nullptr;
  std::string admit;           // our own statement, sent encrypted
  std::function<std::vector<LivePsk>()> keys;                 // all live keys, newest first
  std::function<bool(const PeerProof&)> believes;             // is this device admitted and not revoked, under that key?
  std::function<std::optional<std::chrono::milliseconds>(KeyChoice)> known_offset;
};

// Message one within 2 s, ten in all. Throws Errc::unreachable; nullptr: a stranger, already closed in silence.
asio::awaitable<std::unique_ptr<Channel>> accept_channel(Tcp::socket socket, const HandshakeContext& context);
// Tries this key on an open connection.
asio::awaitable<std::unique_ptr<Channel>> open_channel(Tcp::socket socket, const LivePsk& key, const HandshakeContext& context);

// "HOST:PORT", "[v6]:PORT". Throws Errc::usage.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
[[nodiscard]] HostPort host_port(std::string_view text);
[[nodiscard]] std::string to_string(const Tcp::endpoint& endpoint);
// Private, link-local or loopback: the only addresses that are dialled or accepted unless the person named them.
[[nodiscard]] bool near(const asio::ip::address& address);
// No DNS unless a name is given. Throws Errc::unreachable.
asio::awaitable<Tcp::socket> dial(HostPort to, std::chrono::seconds patience);

}  // namespace attune::net
