// The one op that carries a secret: written and read by hand, so that the key is never in a protobuf message or a
// string that nobody wipes. Field by field the same as attune.journal.v1.Op with couple_key; a test compares the two.
#pragma once

#include <optional>
#include <string_view>

#include "core/clock.h"
#include "crypto/secret.h"
#include "identity/keys.h"

namespace attune::book {

// `pairing`: the op that it belongs to; none: that op is not written yet, or an older program wrote the key.
[[nodiscard]] crypto::SecretBytes key_payload(Instant time, const RootId& partner, const identity::CoupleKey& key,
                                              const OpId& pairing);

// Whether the payload of a key op holds a key: what another device wrote is asked this before it is read.
[[nodiscard]] bool holds_key(std::string_view payload);

struct KeySeen {
  identity::CoupleKey key;
  OpId pairing;
};
// nullopt: it is for another partner. Throws Errc::damaged. The caller wipes `payload`.
[[nodiscard]] std::optional<KeySeen> key_in(std::string_view payload, const RootId& partner);

}  // namespace attune::book
