// Noise rev 34: XX and XXpsk0 with 25519, ChaChaPoly and BLAKE2b. Bytes in, bytes out; no sockets.
// A failed read leaves nothing advanced; the caller closes. Errors: Errc::peer_misbehaved.
#pragma once

#include <memory>
#include <optional>

#include "core/bytes.h"
#include "core/id.h"
#include "crypto/aead.h"
#include "crypto/curve.h"
#include "crypto/secret.h"

namespace attune::crypto {

inline constexpr std::size_t kMaxNoiseMessage = 65535;  // with its tag
using NoisePsk = Secret<struct NoisePskTag, 32>;
using HandshakeHash = std::array<std::byte, 64>;

// Counts the messages under one key (section 5.1): its nonces, in order. 2^64-1 is reserved and never used.
class NonceCounter {
 public:
  explicit NonceCounter(std::uint64_t next = 0) : next_{next} {}
  [[nodiscard]] Nonce current() const;  // throws Errc::internal where the key is used up
  void advance();                       // REQUIRES: current() would not throw

 private:
  std::uint64_t next_;
};

// One direction of one channel. 2^64-1 messages at most, then Errc::internal. `next`: only to test that limit.
class SendCipher {
 public:
  explicit SendCipher(Secret<struct SendKeyTag, 32> key, NonceCounter next = NonceCounter{});
  // out.size() == plain.size() + kTagSize; at most kMaxNoiseMessage.
  void encrypt(BytesView plain, std::span<std::byte> out);

 private:
  Secret<struct SendKeyTag, 32> key_;
  NonceCounter nonce_;
};
class ReceiveCipher {
 public:
  explicit ReceiveCipher(Secret<struct ReceiveKeyTag, 32> key, NonceCounter next = NonceCounter{});
  // out.size() + kTagSize == sealed.size(). Throws where it is not authentic, or `sealed` is shorter than a tag or
  // longer than kMaxNoiseMessage; the nonce does not advance then.
  void decrypt(BytesView sealed, std::span<std::byte> out);

 private:
  Secret<struct ReceiveKeyTag, 32> key_;
  NonceCounter nonce_;
};

struct Transport {
  SendCipher send;
  ReceiveCipher receive;
  HandshakeHash hash;  // channel binding
  XPublic peer;        // the other side's static key, proven
};

enum class NoiseRole { initiator, responder };

class Handshake {
 public:
  struct Setup {
    NoiseRole role;
    Bytes prologue;
    DeviceSecret own;                          // static key
    std::optional<NoisePsk> psk;               // with one: XXpsk0, without: XX
    std::optional<EphemeralSecret> ephemeral;  // only to reproduce published vectors; else drawn when first written
  };
  explicit Handshake(Setup setup);
  ~Handshake();
  Handshake(Handshake&&) noexcept;
  Handshake& operator=(Handshake&&) noexcept;

  // Alternate, three messages in all; another order is a broken invariant. Sizes: payload + at most 96.
  // write() throws Errc::peer_misbehaved too: where the other side's key agrees on nothing (all zero).
  [[nodiscard]] Bytes write(BytesView payload);
  [[nodiscard]] Bytes read(BytesView message);  // the payload; throws Errc::peer_misbehaved
  [[nodiscard]] bool finished() const noexcept;
  [[nodiscard]] const XPublic& peer() const;  // known once the message that carries it was read
  [[nodiscard]] Transport split() &&;         // only when finished

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace attune::crypto
