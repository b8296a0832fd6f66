#include "net/first_message.h"

#include <algorithm>

#include "core/check.h"
#include "core/error.h"
#include "crypto/random.h"

namespace attune::net {
namespace {

constexpr std::string_view kName = "attune-sync";

Bytes prologue() {
  Bytes bytes = to_bytes(as_bytes(kName));
  bytes.push_back(kProtocolVersion);
  return bytes;
}

// The payload, or nullopt where this key does not open it: expected, from whoever finds the port.
std::optional<Bytes> read_with(crypto::Handshake& handshake, BytesView message) {
  try {
    return handshake.read(message);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

crypto::Handshake begin_handshake(crypto::NoiseRole role, const crypto::NoisePsk& psk,
                                  const crypto::DeviceSecret& device) {
  return crypto::Handshake{
      {.role = role, .prologue = prologue(), .own = device.clone(), .psk = psk.clone(), .ephemeral = {}}};
}

Bytes first_payload(Instant now) {
  Bytes payload(kFirstPayload);
  std::ranges::copy(be64(static_cast<std::uint64_t>(now.time_since_epoch().count())), payload.begin());
  return payload;
}

std::optional<Instant> time_of(BytesView payload) {
  if (payload.size() != kFirstPayload) return std::nullopt;
  const std::uint64_t sent = read_be64(payload.first<8>());
  const auto zero = [](std::byte byte) { return byte == std::byte{}; };
  if (!std::ranges::all_of(payload.subspan(8), zero)) return std::nullopt;
  const auto latest = static_cast<std::uint64_t>(kLatestInstant.time_since_epoch().count());
  if (sent > latest) return std::nullopt;
  return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(sent)}};
}

Bytes with_length(BytesView noise_message) {
  Bytes wire;
  wire.reserve(2 + noise_message.size());
  append(wire, be16(noise_message.size()));
  append(wire, noise_message);
  return wire;
}

std::optional<BytesView> without_length(BytesView wire) {
  ATTUNE_CHECK(wire.size() > 2);
  if (read_be16(wire.first(2)) != wire.size() - 2) return std::nullopt;
  return wire.subspan(2);
}

std::optional<Welcome> open_first_message(BytesView wire, const HandshakeContext& context) {
  const auto length = without_length(wire);
  const BytesView message = wire.subspan(2);
  std::optional<Welcome> welcome;
  std::optional<Instant> sent;
  std::optional<std::chrono::milliseconds> offset;
  for (const LivePsk& live : context.keys()) {
    auto handshake = begin_handshake(crypto::NoiseRole::responder, live.psk, *context.device);
    const auto payload = read_with(handshake, message);
    if (!payload || welcome) continue;
    welcome = Welcome{std::move(handshake), live.choice, {}};
    sent = time_of(*payload);
    offset = live.known_offset;
  }
  if (!length || !welcome || !sent) return std::nullopt;
  if (!context.freshness->accept(message.first(32), *sent, offset)) return std::nullopt;
  welcome->clock_ahead = *sent - context.clock->now();
  return welcome;
}

std::chrono::nanoseconds silence(const Limits& limits) {
  constexpr std::uint32_t kPerMillisecond = 1'000'000;
  const auto quarter = static_cast<std::uint32_t>(limits.first_message.count() / 4);
  return limits.first_message + std::chrono::milliseconds{crypto::random_below(quarter)} +
         std::chrono::nanoseconds{crypto::random_below(kPerMillisecond)};
}

}  // namespace attune::net
