// Frames and messages of an established channel, sans-I/O. docs/protocol.md, section 3.
// A frame on the wire: 2 bytes length (big-endian) of what follows, then one Noise message. Its plaintext is padded to
// 256 B, 1, 4, 16 KiB or 65,519 B: 2 bytes length of content (never 0), content, zeros. Contents joined are a stream of
// messages: 4 bytes length, bytes. A message is at most kMaxMessage, checked before memory is taken.
// Plaintext that passed through is wiped here: a message may hand a key over.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "crypto/noise.h"

namespace attune::net {

inline constexpr std::size_t kMaxMessage = (1U << 20U) + (64U << 10U);
// Sizes of a frame's plaintext; the wire shows each of them as its size + 16 (tag), after 2 bytes of length.
inline constexpr std::array<std::size_t, 5> kFrameSizes{256, 1024, 4096, 16384, 65519};

class Sealer {  // messages in, wire bytes out
 public:
  explicit Sealer(crypto::SendCipher cipher) : cipher_{std::move(cipher)} {}
  // Appends the frames of one message to `wire`; a message begins a frame of its own. Larger than kMaxMessage is a
  // broken invariant: who writes a message knows the limit.
  void seal(std::string_view message, Bytes& wire);

 private:
  crypto::SendCipher cipher_;
  Bytes plain_;
};

class Opener {  // wire bytes in, messages out
 public:
  explicit Opener(crypto::ReceiveCipher cipher) : cipher_{std::move(cipher)} {}
  ~Opener();
  Opener(Opener&&) noexcept = default;
  Opener& operator=(Opener&&) noexcept = default;

  // Errc::peer_misbehaved: not authentic, lengths out of range; the opener must not be fed again. Holds what it was fed
  // until next() takes it: take all messages before feeding more.
  void feed(BytesView wire);
  // The next complete message, or nullptr; valid until the next call of feed() or next(). It may be swapped away.
  [[nodiscard]] std::string* next();
  // Nothing is held of a frame or message that has begun: the stream may end here.
  [[nodiscard]] bool between_messages() const noexcept;

 private:
  void open_frame(BytesView sealed);
  void find_messages();

  crypto::ReceiveCipher cipher_;
  Bytes wire_;  // the begun frame, length included
  Bytes plain_;
  std::string stream_;     // contents joined
  std::size_t taken_ = 0;  // bytes of stream_ that next() has handed out
  std::size_t whole_ = 0;  // bytes of stream_ up to the end of the last complete message
  std::string message_;
};

}  // namespace attune::net
