// Two ends of one handshake, for tests.
#pragma once

#include <optional>
#include <utility>

#include "crypto/keys.h"
#include "crypto/noise.h"
#include "crypto/random.h"

namespace attune::test {

[[nodiscard]] inline std::optional<crypto::NoisePsk> psk_of(std::uint8_t filler) {
  const Bytes bytes(32, std::byte{filler});
  return secret_of<crypto::NoisePsk>(bytes);
}

[[nodiscard]] inline crypto::Handshake handshake(crypto::NoiseRole role,
                                                 std::optional<crypto::NoisePsk> psk = psk_of(7)) {
  return crypto::Handshake{{.role = role,
                            .prologue = to_bytes(as_bytes("a prologue")),
                            .own = crypto::random_secret<crypto::DeviceSecret>(),
                            .psk = std::move(psk),
                            .ephemeral = std::nullopt}};
}

struct NoisePair {
  crypto::Handshake initiator = handshake(crypto::NoiseRole::initiator);
  crypto::Handshake responder = handshake(crypto::NoiseRole::responder);
};

// Both ends after three messages without payload.
[[nodiscard]] inline std::pair<crypto::Transport, crypto::Transport> connected(NoisePair pair = {}) {
  static_cast<void>(pair.responder.read(pair.initiator.write({})));
  static_cast<void>(pair.initiator.read(pair.responder.write({})));
  static_cast<void>(pair.responder.read(pair.initiator.write({})));
  return {std::move(pair.initiator).split(), std::move(pair.responder).split()};
}

[[nodiscard]] inline Bytes sealed_by(crypto::SendCipher& cipher, BytesView plain) {
  Bytes sealed(plain.size() + crypto::kTagSize);
  cipher.encrypt(plain, sealed);
  return sealed;
}

[[nodiscard]] inline Bytes opened_by(crypto::ReceiveCipher& cipher, BytesView sealed) {
  Bytes plain(sealed.size() < crypto::kTagSize ? 0 : sealed.size() - crypto::kTagSize);
  cipher.decrypt(sealed, plain);
  return plain;
}

[[nodiscard]] inline Bytes with_flipped_bit(BytesView bytes, std::size_t bit) {
  auto changed = to_bytes(bytes);
  changed.at(bit / 8) ^= std::byte{1} << static_cast<int>(bit % 8);
  return changed;
}

}  // namespace attune::test
