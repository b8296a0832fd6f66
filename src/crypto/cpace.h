// CPace-RISTR255-SHA512, initiator-responder mode (draft-irtf-cfrg-cpace, snapshot of 2026-04): from a spoken code to a
// key, with no guess possible offline. Errors: Errc::peer_misbehaved for a share that must not be used (one try is then
// used up).
#pragma once

#include <optional>

#include "core/bytes.h"
#include "crypto/secret.h"

namespace attune::crypto {

using CpaceShare = std::array<std::byte, 32>;
using IntermediateKey = Secret<struct IntermediateKeyTag, 64>;  // ISK; never used but through a KDF
using CpaceScalar = Secret<struct CpaceScalarTag, 32>;

// One side of one run; the scalar is used once.
class Cpace {
 public:
  // prs: the code. channel: CI, the parties' roles and the protocol's name. sid: both sides' nonces.
  Cpace(BytesView prs, BytesView channel, BytesView sid);
  // To reproduce published vectors.
  Cpace(BytesView prs, BytesView channel, BytesView sid, CpaceScalar scalar);

  [[nodiscard]] const CpaceShare& share() const noexcept { return share_; }
  // Ya, ADa come from the initiator, Yb, ADb from the responder. Call one of them, once: also where it throws, the
  // scalar is gone. One's own share coming back is refused like one that is no group element.
  [[nodiscard]] IntermediateKey finish_as_initiator(const CpaceShare& yb, BytesView ada, BytesView adb);
  [[nodiscard]] IntermediateKey finish_as_responder(const CpaceShare& ya, BytesView ada, BytesView adb);

 private:
  [[nodiscard]] Secret<struct CpacePointTag, 32> agreed_with(const CpaceShare& other);

  Bytes sid_;
  std::optional<CpaceScalar> scalar_;  // none: used
  CpaceShare share_{};
};

// false: not a canonical encoding of a group element other than the identity (libsodium 1.0.18 ignores bit 255; this
// does not).
[[nodiscard]] bool decodable(const CpaceShare& share);

}  // namespace attune::crypto
