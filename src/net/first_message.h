// The bytes of the handshake, sans-I/O: sizes, payloads, and which of our keys opens a first message.
// docs/protocol.md, sections 3.2 to 3.4. All three messages have a size of their own that never varies.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "net/channel.h"
#include "net/padding.h"

namespace attune::net {

inline constexpr std::byte kProtocolVersion{1};  // in the prologue only; it is never sent

inline constexpr std::size_t kFirstPayload = 64;   // 8 bytes time, zeros
inline constexpr std::size_t kProofPayload = 512;  // the admit statement, padded
inline constexpr std::size_t kMaxAdmit = kProofPayload - kPaddingHeader;

// On the wire: 2 bytes length, then the Noise message.
inline constexpr std::size_t kFirstWire = 2 + 32 + kFirstPayload + 16;             // e
inline constexpr std::size_t kSecondWire = 2 + 32 + 32 + 16 + kProofPayload + 16;  // e, s
inline constexpr std::size_t kThirdWire = 2 + 32 + 16 + kProofPayload + 16;        // s

[[nodiscard]] crypto::Handshake begin_handshake(crypto::NoiseRole role, const crypto::NoisePsk& psk,
                                                const crypto::DeviceSecret& device);

[[nodiscard]] Bytes first_payload(Instant now);
// nullopt: not as first_payload() writes it.
[[nodiscard]] std::optional<Instant> time_of(BytesView payload);

[[nodiscard]] Bytes with_length(BytesView noise_message);
// The Noise message; nullopt: the length is not that of what follows.
[[nodiscard]] std::optional<BytesView> without_length(BytesView wire);

// A first message that one of our keys opened, in time and for the first time.
struct Welcome {
  crypto::Handshake handshake;
  KeyChoice key;
  std::chrono::milliseconds clock_ahead;
};
// Tries every key, also after one has opened it. nullopt: garbage, and whatever must look like it.
[[nodiscard]] std::optional<Welcome> open_first_message(BytesView wire, const HandshakeContext& context);

// How long after accept a stranger is closed: the limit and up to a quarter more. Drawn for each, by far more than what
// it takes to try keys on a message: else that time would show, on another connection that the same thread was to close
// meanwhile. Drawn to the nanosecond: whole milliseconds would leave it standing in what is left of one.
[[nodiscard]] std::chrono::nanoseconds silence(const Limits& limits);

}  // namespace attune::net
