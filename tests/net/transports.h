// Two ends of a Noise transport, made in memory.
#pragma once

#include <utility>

#include "crypto/noise.h"
#include "crypto/random.h"

namespace attune::test {

struct Transports {
  crypto::Transport one;
  crypto::Transport other;
};

inline crypto::Handshake handshake(crypto::NoiseRole role, const crypto::NoisePsk& psk) {
  return crypto::Handshake{{.role = role,
                            .prologue = {},
                            .own = crypto::random_secret<crypto::DeviceSecret>(),
                            .psk = psk.clone(),
                            .ephemeral = {}}};
}

inline Transports transports() {
  const auto psk = crypto::random_secret<crypto::NoisePsk>();
  auto one = handshake(crypto::NoiseRole::initiator, psk);
  auto other = handshake(crypto::NoiseRole::responder, psk);
  static_cast<void>(other.read(one.write({})));  // payloads are empty
  static_cast<void>(one.read(other.write({})));
  static_cast<void>(other.read(one.write({})));
  return {std::move(one).split(), std::move(other).split()};
}

// One direction alone, which needs no handshake.
struct Direction {
  crypto::SendCipher send;
  crypto::ReceiveCipher receive;
};

inline Direction direction(crypto::NonceCounter next = crypto::NonceCounter{}) {
  auto key = crypto::random_secret<crypto::Secret<crypto::SendKeyTag, 32>>();
  auto same = crypto::Secret<crypto::ReceiveKeyTag, 32>::copied(key.bytes());
  return {crypto::SendCipher{std::move(key), next}, crypto::ReceiveCipher{std::move(same), next}};
}

// Two ends under way, whose next messages bear that number.
inline Transports transports_at(crypto::NonceCounter next) {
  Direction there = direction(next);
  Direction back = direction(next);
  return {{std::move(there.send), std::move(back.receive), {}, {}},
          {std::move(back.send), std::move(there.receive), {}, {}}};
}

}  // namespace attune::test
