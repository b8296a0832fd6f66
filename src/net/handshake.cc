// The handshake, one coroutine a role. docs/protocol.md, section 3.3.
#include <array>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <utility>

#include "core/check.h"
#include "core/error.h"
#include "net/channel.h"
#include "net/first_message.h"
#include "net/stream.h"

namespace attune::net {
namespace {

// As much of a stranger's talk is read on, so that closing looks the same whatever was said; then it may fill its own
// window.
constexpr std::size_t kMaxDrained = 64U << 10U;

// Keeps the connection as it is until its deadline closes it, or the other side does.
asio::awaitable<void> stay_silent(Tcp::socket& socket) {
  std::array<std::byte, 1024> dropped;
  std::size_t total = 0;
  std::optional<std::size_t> size = 1;
  while (size.value_or(0) != 0 && total < kMaxDrained) {
    size = co_await read_some(socket, dropped);
    total += size.value_or(0);
  }
  if (total < kMaxDrained) co_return;
  asio::error_code ended;
  auto token = asio::redirect_error(asio::use_awaitable, ended);
  co_await socket.async_wait(Tcp::socket::wait_error, token);
}

Bytes proof_payload(const HandshakeContext& context) {
  ATTUNE_CHECK(context.admit.size() <= kMaxAdmit);
  return padded(as_bytes(context.admit), kProofPayload);
}

// What payload two or three says. Throws Errc::peer_misbehaved.
PeerProof read_proof(crypto::Handshake& handshake, BytesView wire, KeyChoice key) {
  const auto message = without_length(wire);
  if (!message) throw Error{Errc::peer_misbehaved, "the other side sent a handshake message of another length"};
  const Bytes payload = handshake.read(*message);
  const auto admit = unpadded(payload);
  if (!admit) throw Error{Errc::peer_misbehaved, "the other side sent a handshake payload with a false length"};
  return PeerProof{DeviceId{handshake.peer()}, std::string{as_text(*admit)}, key, {}};
}

// Two ends of one device would sync with themselves.
bool believed(const PeerProof& proof, const HandshakeContext& context) {
  const crypto::XPublic own = crypto::x25519_public(context.device->bytes());
  return proof.device != DeviceId{own} && context.believes(proof);
}

std::unique_ptr<Channel> finish(Tcp::socket socket, crypto::Handshake handshake, PeerProof proof,
                                const HandshakeContext& context) {
  return std::make_unique<Channel>(std::move(socket), std::move(handshake).split(), std::move(proof), Bytes{},
                                   context.limits);
}

}  // namespace

asio::awaitable<std::unique_ptr<Channel>> accept_channel(Tcp::socket socket, const HandshakeContext& context,
                                                         std::function<void()> key_shown) {
  const Steady start = std::chrono::steady_clock::now();
  Deadline deadline{socket};
  deadline.at(start + silence(context.limits));

  std::array<std::byte, kFirstWire> first;
  if (!co_await read_all(socket, first)) co_return nullptr;
  auto welcome = open_first_message(first, context);
  if (!welcome) {
    co_await stay_silent(socket);
    co_return nullptr;
  }

  if (key_shown) key_shown();
  deadline.at(start + context.limits.handshake);
  const Bytes second = with_length(welcome->handshake.write(proof_payload(context)));
  if (!co_await write_all(socket, second)) throw lost(deadline);

  std::array<std::byte, kThirdWire> third;
  if (!co_await read_all(socket, third)) throw lost(deadline);
  PeerProof proof = read_proof(welcome->handshake, third, welcome->key);
  proof.clock_ahead = welcome->clock_ahead;
  if (!believed(proof, context)) co_return nullptr;

  deadline.off();
  co_return finish(std::move(socket), std::move(welcome->handshake), std::move(proof), context);
}

asio::awaitable<std::unique_ptr<Channel>> open_channel(Tcp::socket socket, const LivePsk& key,
                                                       const HandshakeContext& context) {
  Deadline deadline{socket};
  deadline.in(context.limits.handshake);
  auto handshake = begin_handshake(crypto::NoiseRole::initiator, key.psk, *context.device);
  const KeyChoice choice = key.choice;

  const Instant now = context.clock->now();
  const Bytes message = handshake.write(first_payload(now));
  // Noted as seen: sent back to our own port it would open, too.
  static_cast<void>(context.freshness->accept(BytesView{message}.first(32), now, std::nullopt));
  const Bytes first = with_length(message);
  if (!co_await write_all(socket, first)) throw lost(deadline);

  std::array<std::byte, kSecondWire> second;
  if (!co_await read_all(socket, second)) throw lost(deadline);
  PeerProof proof = read_proof(handshake, second, choice);
  // Before our own key and statement are shown: who was revoked learns nothing more about us.
  if (!believed(proof, context)) throw Error{Errc::refused, "the device that answered is not one to talk to"};

  const Bytes third = with_length(handshake.write(proof_payload(context)));
  if (!co_await write_all(socket, third)) throw lost(deadline);
  deadline.off();
  co_return finish(std::move(socket), std::move(handshake), std::move(proof), context);
}

}  // namespace attune::net
