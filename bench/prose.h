// Text that looks like what people write: for measuring, the same on every run and machine.
// Words follow a steep distribution as in any language, so that what compresses or searches text meets realistic text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "book/book.h"

namespace attune::bench {

// Stands in one entry of 10,007, and nowhere else.
inline constexpr std::string_view kRareWord = "wintergreen";
inline constexpr std::uint64_t kRareEvery = 10'007;

inline constexpr std::array<std::string_view, 128> kWords{
    "the",        "and",      "I",       "to",      "a",       "you",      "of",       "was",      "it",
    "we",         "that",     "in",      "my",      "for",     "when",     "with",     "not",      "but",
    "so",         "your",     "had",     "on",      "me",      "as",       "this",     "felt",     "at",
    "be",         "have",     "after",   "is",      "about",   "said",     "what",     "because",  "today",
    "then",       "there",    "like",    "again",   "would",   "they",     "how",      "evening",  "time",
    "home",       "could",    "more",    "talked",  "before",  "us",       "went",     "thought",  "never",
    "still",      "kitchen",  "morning", "wanted",  "little",  "walk",     "really",   "asked",    "nothing",
    "quiet",      "together", "tired",   "afraid",  "listen",  "phone",    "honest",   "happy",    "dinner",
    "week",       "argument", "trust",   "work",    "glad",    "hands",    "promise",  "door",     "understood",
    "late",       "calm",     "garden",  "waiting", "sorry",   "laughed",  "remember", "weather",  "lake",
    "sleep",      "missed",   "answer",  "train",   "letter",  "brave",    "coffee",   "mother",   "weekend",
    "hurt",       "grateful", "window",  "summer",  "closer",  "slowly",   "children", "distance", "birthday",
    "holding",    "lonely",   "apology", "music",   "snow",    "kindness", "boundary", "shouted",  "bicycle",
    "forgave",    "thunder",  "café",    "harbour", "blanket", "patience", "candle",   "orchard",  "tenderness",
    "lighthouse", "umbrella"};

// The long tail of a language: words that each writer uses now and then, made of syllables.
[[nodiscard]] inline std::string tail_word(std::uint64_t n) {
  constexpr std::array<std::string_view, 32> syllables{"an",  "ber", "cor",  "del",  "en",   "fal",  "gri", "hol",
                                                       "im",  "jes", "kin",  "lor",  "mar",  "nes",  "or",  "pel",
                                                       "qui", "ras", "sol",  "tem",  "un",   "ver",  "wil", "xen",
                                                       "yar", "zo",  "ther", "ling", "stra", "mond", "ty",  "ness"};
  std::string word;
  std::uint64_t rest = n * 0x9E3779B97F4A7C15ULL;
  for (std::uint64_t i = 0; i < 2 + n % 3; ++i) {
    word += syllables.at(rest >> 59U);
    rest <<= 5U;
  }
  return word;
}
inline constexpr std::uint64_t kTailWords = 20'000;

// One generator for each thing that is made, so that entry n is the same whoever makes it.
class Draws {
 public:
  // The seed is mixed first: neighbouring seeds must not give one sequence a step apart.
  explicit Draws(std::uint64_t seed) : state_{mixed(mixed(seed + 1) ^ 0xD1B54A32D192ED03ULL)} {}
  [[nodiscard]] std::uint64_t next() { return mixed(state_ += 0x9E3779B97F4A7C15ULL); }  // splitmix64
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  [[nodiscard]] std::string next_word() {
    if (below(3) != 0) return std::string{word()};
    const auto a = below(kTailWords);
    const auto b = below(kTailWords);
    return tail_word(a < b ? a : b);
  }
  [[nodiscard]] std::string_view word() {  // the minimum of three draws: frequent words are far more frequent
    const auto a = below(kWords.size());
    const auto b = below(kWords.size());
    const auto c = below(kWords.size());
    return kWords.at(a < b ? (a < c ? a : c) : (b < c ? b : c));
  }

 private:
  [[nodiscard]] static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  std::uint64_t state_;
};

// About `bytes` of sentences for entry n, cut at a sentence's end.
[[nodiscard]] inline std::string prose(std::uint64_t n, std::size_t bytes = 500) {
  Draws draws{n};
  std::string text;
  text.reserve(bytes + 64);
  if (n % kRareEvery == kRareEvery / 2) text += std::string{kRareWord} + " in the cup, and ";
  while (text.size() < bytes) {
    const std::uint64_t words = 5 + draws.below(12);
    for (std::uint64_t i = 0; i < words; ++i) {
      const std::size_t start = text.size();
      text += draws.next_word();
      if (i == 0 && text[start] >= 'a' && text[start] <= 'z') text[start] = static_cast<char>(text[start] - 'a' + 'A');
      text += i + 1 == words ? "." : (draws.below(11) == 0 ? ", " : " ");
    }
    text += draws.below(6) == 0 ? "\n\n" : " ";
  }
  return text;
}

// Entry n, written n minutes after the first: titles, moods and tags as often as people would use them.
[[nodiscard]] inline book::Draft draft(std::uint64_t n, bool shared) {
  constexpr Instant first{std::chrono::milliseconds{1'600'000'000'000}};
  Draws draws{n + 0x5EED};
  book::Draft draft;
  draft.shared = shared;
  draft.content.body = prose(n);
  if (draws.below(4) == 0) draft.content.title = std::string{draws.word()} + " and " + std::string{draws.word()};
  if (draws.below(3) == 0) draft.content.mood = journal::Mood{"calm", static_cast<int>(1 + draws.below(5))};
  if (draws.below(5) == 0) draft.content.tags = {std::string{draws.word()}};
  draft.content.at = {.when = first + std::chrono::minutes{n}, .offset = std::chrono::minutes{60}};
  draft.content.written_at = draft.content.at;
  return draft;
}

[[nodiscard]] inline std::vector<book::Draft> drafts(std::uint64_t first, std::uint64_t count, bool shared) {
  std::vector<book::Draft> all;
  all.reserve(count);
  for (std::uint64_t n = first; n < first + count; ++n) all.push_back(draft(n, shared));
  return all;
}

}  // namespace attune::bench
