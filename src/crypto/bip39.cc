#include "crypto/bip39.h"

#include <fmt/format.h>
#include <sodium.h>

#include <limits>

#include "core/check.h"
#include "core/error.h"
#include "crypto/bip39_words.h"
#include "crypto/word_list.h"

namespace attune::crypto {
namespace {

constexpr std::size_t kBitsOfWord = 11;
constexpr std::size_t kMaxWords = 24;
constexpr std::size_t kPersonWords = 24;

// Entropy and its checksum (a 32nd of it), in bits from the greatest on. One byte behind, for the last word's tail.
using Packed = Secret<struct PackedWordsTag, 35>;

constexpr std::size_t words_for(std::size_t entropy_size) { return entropy_size * 8 * 33 / 32 / kBitsOfWord; }

// The bits of SHA-256 that follow the entropy: at most 8.
std::byte checksum_of(BytesView entropy) {
  std::array<std::byte, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(as_uchar(std::span<std::byte>{digest}), as_uchar(entropy), entropy.size());
  const auto bits = entropy.size() * 8 / 32;
  const auto checksum = digest[0] & static_cast<std::byte>(0xFF00U >> bits);
  wipe(digest);
  return checksum;
}

std::size_t word_at(const Packed& packed, std::size_t word) {
  const auto bytes = packed.bytes();
  const std::size_t bit = word * kBitsOfWord;
  std::uint32_t three = 0;
  for (std::size_t i = 0; i < 3; ++i) three = (three << 8U) | std::to_integer<std::uint32_t>(bytes[bit / 8 + i]);
  return (three >> (24 - kBitsOfWord - bit % 8)) & 0x7FFU;
}

void put_word(std::span<std::byte> packed, std::size_t word, std::uint32_t number) {
  const std::size_t bit = word * kBitsOfWord;
  const std::uint32_t three = number << (24 - kBitsOfWord - bit % 8);
  for (std::size_t i = 0; i < 3; ++i) packed[bit / 8 + i] |= static_cast<std::byte>(three >> (16 - 8 * i));
}

// "3." and "3)" in front of a word or on their own: a numbered list that was pasted.
std::string_view without_number(std::string_view typed) {
  const auto digits = std::min(typed.find_first_not_of("0123456789"), typed.size());
  if (digits == 0) return typed;
  if (digits == typed.size()) return {};
  return typed[digits] == '.' || typed[digits] == ')' || typed[digits] == ':' ? typed.substr(digits + 1) : typed;
}

struct Parsed {
  Packed packed;
  std::size_t words = 0;
};

// Never repeats a word: what is wrong by one letter is still most of a secret.
Parsed parse(BytesView words) {
  std::size_t count = 0;
  auto packed = Packed::born([&](std::span<std::byte> into) {
    std::ranges::fill(into, std::byte{0});
    WordSplitter splitter{as_text(words), WordSplitter::At::spaces};
    while (const auto typed = splitter.next()) {
      const auto word = without_number(*typed);
      if (word.empty()) continue;
      const auto number = word_number(kBip39Words, word);
      if (!number) throw Error{Errc::wrong_words, fmt::format("word {} is not one of the 2048 words", count + 1)};
      if (count < kMaxWords) put_word(into, count, *number);
      ++count;
    }
  });
  return {std::move(packed), count};
}

Error wrong_count(std::size_t words) {
  return Error{Errc::wrong_words, fmt::format("{} words were given; {} are needed", words, kPersonWords)};
}

SecretBytes checked_entropy(const Parsed& parsed) {
  if (parsed.words > kMaxWords) throw wrong_count(parsed.words);
  const std::size_t size = parsed.words / 3 * 4;
  const auto entropy = parsed.packed.bytes().first(size);
  const std::array<std::byte, 1> expected{checksum_of(entropy)};
  if (!equal_secrets(expected, parsed.packed.bytes().subspan(size, 1))) {
    throw Error{Errc::wrong_words, "these words do not belong together: one is wrong, or two are swapped"};
  }
  return SecretBytes::copied(entropy);
}

}  // namespace

SecretBytes bip39_encode(BytesView entropy) {
  ATTUNE_CHECK(entropy.size() >= 16 && entropy.size() <= 32 && entropy.size() % 4 == 0);
  const auto packed = Packed::born([&](std::span<std::byte> into) {
    std::ranges::fill(into, std::byte{0});
    std::ranges::copy(entropy, into.begin());
    into[entropy.size()] = checksum_of(entropy);
  });
  SecretBytes words;
  for (std::size_t i = 0; i < words_for(entropy.size()); ++i) {
    if (i > 0) words.push_back(std::byte{' '});
    for (const char c : kBip39Words[word_at(packed, i)]) words.push_back(static_cast<std::byte>(c));
  }
  return words;
}

SecretBytes bip39_decode(BytesView words) {
  const auto parsed = parse(words);
  if (parsed.words < 12 || parsed.words % 3 != 0) throw wrong_count(parsed.words);
  return checked_entropy(parsed);
}

SecretBytes words_of(const Entropy& entropy) { return bip39_encode(entropy.bytes()); }

Entropy entropy_of(BytesView words) {
  const auto parsed = parse(words);
  if (parsed.words != kPersonWords) throw wrong_count(parsed.words);
  return Entropy::copied(checked_entropy(parsed).bytes().first<Entropy::size>());
}

}  // namespace attune::crypto
