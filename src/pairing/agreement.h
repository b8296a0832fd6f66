// The secrets of one pairing run, pure: from the spoken words to the key of the handshake, and from both halves to the
// couple's key. docs/protocol.md, sections 4.2 and 4.4.
#pragma once

#include <array>

#include "core/bytes.h"
#include "crypto/cpace.h"
#include "crypto/noise.h"
#include "crypto/secret.h"
#include "identity/keys.h"

namespace attune::pairing {

using Nonce = std::array<std::byte, 16>;
struct Nonces {
  Nonce joiner{};
  Nonce shower{};
};
struct Shares {
  crypto::CpaceShare joiner{};
  crypto::CpaceShare shower{};
};
using Contribution = crypto::Secret<struct ContributionTag, 32>;
struct Contributions {
  Contribution joiner;
  Contribution shower;
};

// One side's CPace; the joiner is the initiator.
[[nodiscard]] crypto::Cpace cpace_over(BytesView words, const Nonces& nonces);

[[nodiscard]] crypto::NoisePsk handshake_key(const crypto::IntermediateKey& isk);
[[nodiscard]] Bytes handshake_prologue(const Nonces& nonces, const Shares& shares);

// Bound to the code (ISK) and to everything that was said in the handshake (its hash); both sides had their share in
// it.
[[nodiscard]] identity::CoupleKeySecret couple_key(const crypto::IntermediateKey& isk,
                                                   const crypto::HandshakeHash& hash, const Contributions& both);

}  // namespace attune::pairing
