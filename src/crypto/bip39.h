// BIP39 as an encoding of 256 bits with its checksum, English words. No PBKDF2, no 25th word.
#pragma once

#include "core/bytes.h"
#include "crypto/secret.h"

namespace attune::crypto {

using Entropy = Secret<struct EntropyTag, 32>;

// 24 words separated by single spaces.
[[nodiscard]] SecretBytes words_of(const Entropy& entropy);
// Tolerant of case, white space and unique four-letter prefixes. Throws Errc::wrong_words that names the position
// (1-based) of the first unknown word, the wrong count, or the checksum; it never repeats the words.
[[nodiscard]] Entropy entropy_of(BytesView words);

// The general codec, for published vectors: 16 to 32 bytes in steps of 4.
[[nodiscard]] SecretBytes bip39_encode(BytesView entropy);
[[nodiscard]] SecretBytes bip39_decode(BytesView words);

}  // namespace attune::crypto
