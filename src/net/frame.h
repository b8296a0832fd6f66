// Frames and messages of an established channel, sans-I/O. docs/protocol.md, section 3.
// A frame on the wire: 2 bytes length (big-endian) of what follows, then one Noise message. Its plaintext is padded to
// 256 B, 1, 4, 16 KiB or 65,519 B: 2 bytes length of content, content, zeros. Contents joined are a stream of
// messages: 4 bytes length, bytes. A message is at most kMaxMessage, checked before memory is taken.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "core/bytes.h"
#include "crypto/noise.h"

namespace attune::net {

inline constexpr std::size_t kMaxMessage = (1U << 20U) + (64U << 10U);

class Sealer {   // messages in, wire bytes out
 public:
  explicit Sealer(crypto::SendCipher cipher) : cipher_{std::move(cipher)} {}
  // Appends the frames of one message to `wire`; several messages share frames only within one call.
  void seal(std::string_view message, Bytes& wire);

 private:
  crypto::SendCipher cipher_;
};

class Opener {   // wire bytes in, messages out
 public:
  explicit Opener(crypto::ReceiveCipher cipher) : cipher_{std::move(cipher)} {}
  void feed(BytesView wire);                 // Errc::peer_misbehaved: not authentic, lengths out of range
  // The next complete message, or nullptr; valid until the next call of feed() or next().
  [[nodiscard]] const std::string* next();

 private:
  crypto::ReceiveCipher cipher_;
  Bytes wire_;
  std::size_t read_ = 0;
  Bytes plain_;
  std::string stream_;
  std::size_t taken_ = 0;
  std::string message_;
};

}  // namespace attune::net
