// The key of parcels, the files by which two nodes sync without a network. docs/protocol.md, section 8.
#pragma once

#include "identity/keys.h"

namespace attune::identity {

using ParcelKey = crypto::Secret<struct ParcelKeyTag, 32>;
// crypto_kdf number 5 of either.
[[nodiscard]] ParcelKey parcel_key(const SelfKey& key);
[[nodiscard]] ParcelKey parcel_key(const CoupleKey& key);

}  // namespace attune::identity
