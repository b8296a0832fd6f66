// The spoken pairing code: three of 512 words made for speaking, 27 bits.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/secret.h"

namespace attune::crypto {

inline constexpr std::size_t kCodeWords = 3;
// Three word numbers, big-endian 16 bits each: the PRS of CPace is the words in lower case joined by '-'.
[[nodiscard]] SecretBytes draw_code();  // "amber-cabin-river"
// Any case, spaces or hyphens between, four-letter prefixes; gives the canonical form. Throws Errc::usage naming the
// position of a word that is not in the list, or the wrong count.
[[nodiscard]] SecretBytes canonical_code(std::string_view typed);
// Three check words (27 bits) of a handshake hash, separated by spaces.
[[nodiscard]] std::string check_words(BytesView hash64);

}  // namespace attune::crypto
