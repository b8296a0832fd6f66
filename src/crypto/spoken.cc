#include "crypto/spoken.h"

#include <fmt/format.h>

#include "core/check.h"
#include "core/error.h"
#include "crypto/pairing_words.h"
#include "crypto/random.h"
#include "crypto/word_list.h"

namespace attune::crypto {
namespace {

constexpr std::uint32_t kWords = kPairingWords.size();
constexpr unsigned kBitsOfWord = 9;
static_assert(kWords == 1U << kBitsOfWord);

void push_word(SecretBytes& code, std::string_view word) {
  if (!code.empty()) code.push_back(std::byte{'-'});
  for (const char c : word) code.push_back(static_cast<std::byte>(c));
}

}  // namespace

SecretBytes draw_code() {
  SecretBytes code;
  for (std::size_t i = 0; i < kCodeWords; ++i) push_word(code, kPairingWords[random_below(kWords)]);
  return code;
}

SecretBytes canonical_code(std::string_view typed) {
  SecretBytes code;
  std::size_t count = 0;
  WordSplitter splitter{typed, WordSplitter::At::spaces_and_dashes};
  while (const auto word = splitter.next()) {
    ++count;
    const auto number = word_number(kPairingWords, *word);
    if (!number)
      throw Error{Errc::usage, fmt::format("word {} is no word of a code", count), "listen again and retype it"};
    if (count <= kCodeWords) push_word(code, kPairingWords[*number]);
  }
  if (count != kCodeWords) {
    throw Error{Errc::usage, fmt::format("a code has {} words; {} were given", kCodeWords, count),
                "type the words as your partner reads them"};
  }
  return code;
}

std::string check_words(BytesView hash64) {
  ATTUNE_CHECK(hash64.size() == 64);
  std::uint32_t bits = read_be32(hash64.first<4>());
  std::string words;
  for (std::size_t i = 0; i < kCodeWords; ++i) {
    if (i > 0) words += ' ';
    words += kPairingWords[bits >> (32 - kBitsOfWord)];
    bits <<= kBitsOfWord;
  }
  return words;
}

}  // namespace attune::crypto
