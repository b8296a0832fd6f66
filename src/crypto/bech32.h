// Bech32 (BIP173, without its limit on length): how age writes keys.
#pragma once

#include <functional>
#include <string_view>

#include "core/bytes.h"

namespace attune::crypto {

// The encoding of `data` under `prefix` (lower case), character by character, so that a secret can go where secrets
// live.
void bech32(std::string_view prefix, BytesView data, const std::function<void(char)>& put);

}  // namespace attune::crypto
