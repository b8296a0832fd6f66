// Folding for search (core/text.h). Most of what people write is ASCII with a few accented letters: runs of ASCII are
// folded eight bytes at a time, letters of the scripts up to U+05FF come from a table, the rest from utf8proc.
#include <algorithm>
#include <array>
#include <cstring>

#include "core/check.h"
#include "core/text.h"
#include "core/utf8.h"

namespace attune {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
constexpr std::uint64_t kHighBits = 0x80 * kOnes;

// Eight ASCII characters, upper case made lower. Bytes are below 0x80, so no sum carries into its neighbour.
std::uint64_t lower8(std::uint64_t eight) {
  const std::uint64_t from_a = eight + (0x80 - 'A') * kOnes;
  const std::uint64_t past_z = eight + (0x80 - 'Z' - 1) * kOnes;
  return eight | (((from_a & ~past_z) & kHighBits) >> 2U);
}

char lower1(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Folds the ASCII that `text` starts with into `out`, which has room for all of it and may be its own memory; how many
// bytes it was.
std::size_t fold_ascii(std::string_view text, char* out) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    if ((eight & kHighBits) != 0) break;
    eight = lower8(eight);
    std::memcpy(out + at, &eight, 8);
  }
  for (; at < text.size() && static_cast<unsigned char>(text[at]) < 0x80; ++at) out[at] = lower1(text[at]);
  return at;
}

std::size_t ascii_size(std::string_view text) {
  const auto high = std::ranges::find_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  return static_cast<std::size_t>(high - text.begin());
}

// Accents and vowel points go; marks that make another letter stay: nukta (7), kana voicing (8), virama (9), and the
// vowel signs of Indic scripts (0).
bool accent(std::int32_t c) {
  const auto* property = utf8proc_get_property(c);
  return property->category == UTF8PROC_CATEGORY_MN && property->combining_class > 9;
}

void fold_by_tables(std::int32_t c, std::string& out) {
  constexpr auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  std::array<utf8proc_int32_t, 32> parts;  // the longest decomposition of Unicode has 18
  int boundary = 0;
  const auto count = utf8proc_decompose_char(c, parts.data(), parts.size(), options, &boundary);
  ATTUNE_CHECK(count >= 0 && count <= static_cast<utf8proc_ssize_t>(parts.size()));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if (!accent(parts[i])) append_utf8(out, parts[i]);
  }
}

// What each character below U+0600 becomes (Latin, Greek, Cyrillic, Armenian, Hebrew), made once.
class NearTable {
 public:
  static constexpr std::int32_t kEnd = 0x600;
  static const NearTable& get() {
    static const NearTable table;
    return table;
  }
  [[nodiscard]] std::string_view at(std::int32_t c) const {
    const auto i = static_cast<std::size_t>(c);
    return std::string_view{text_}.substr(begin_[i], begin_[i + 1] - begin_[i]);
  }

 private:
  NearTable() {
    for (std::int32_t c = 0; c < kEnd; ++c) {
      fold_by_tables(c, text_);
      begin_[static_cast<std::size_t>(c) + 1] = text_.size();
    }
  }
  std::string text_;
  std::array<std::size_t, kEnd + 1> begin_{};
};

void fold_character(std::int32_t c, std::string& out) {
  if (c < NearTable::kEnd) {
    out += NearTable::get().at(c);
  } else if (c >= 0x4E00 && c <= 0x9FFF) {
    append_utf8(out, c);  // CJK ideographs have neither case nor accents
  } else {
    fold_by_tables(c, out);
  }
}

// How common a letter is in prose of Latin script, commonest last; what is not here is rare.
std::size_t commonness(char c) {
  constexpr std::string_view by_rarity = "qxzjkvbpygwfmucldrhsnioate ";
  const auto at = by_rarity.find(c);
  return at == std::string_view::npos ? 0 : at + 1;
}

// Looks for the word's rarest byte, which memchr finds fastest, and compares around it.
bool contains(std::string_view text, std::string_view word) {
  if (word.size() > text.size()) return false;
  if (word.empty()) return true;
  std::size_t rare = 0;
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (commonness(word[i]) < commonness(word[rare])) rare = i;
  }
  const char* const last = text.data() + (text.size() - word.size()) + rare;  // where it can stand at the latest
  for (const char* at = text.data() + rare; at <= last; ++at) {
    at = static_cast<const char*>(std::memchr(at, word[rare], static_cast<std::size_t>(last - at) + 1));
    if (at == nullptr) return false;
    if (std::memcmp(at - rare, word.data(), word.size()) == 0) return true;
  }
  return false;
}

// Folded text that remembers which character of the original each byte comes from.
struct Traced {
  std::string folded;
  std::vector<std::size_t> origin;  // of each folded byte: where its character begins

  explicit Traced(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const Decoded next = decode_utf8(text, at);
      fold_character(next.character, folded);
      origin.resize(folded.size(), at);
      at += next.size;
    }
    origin.push_back(text.size());
  }

  // Marks that fold to nothing belong to the letter before them.
  [[nodiscard]] TextRange range(std::size_t first, std::size_t size) const {
    std::size_t behind = first + size;
    while (behind + 1 < origin.size() && origin[behind] == origin[behind - 1]) ++behind;
    return {origin[first], origin[behind]};
  }
};

}  // namespace

void fold_into(std::string_view text, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t before = out.size();
    out += text.substr(at, ascii_size(text.substr(at)));
    const std::size_t run = fold_ascii(std::string_view{out}.substr(before), out.data() + before);
    at += run;
    if (at == text.size()) return;
    const Decoded next = decode_utf8(text, at);
    fold_character(next.character, out);
    at += next.size;
  }
}

std::string folded(std::string_view text) {
  std::string out;
  fold_into(text, out);
  return out;
}

bool contains_all_folded(std::string_view text, const std::vector<std::string>& folded_words) {
  const auto all_in = [&](std::string_view in) {
    return std::ranges::all_of(folded_words, [&](const std::string& word) { return contains(in, word); });
  };
  std::array<char, 4096> small;
  if (text.size() <= small.size() && fold_ascii(text, small.data()) == text.size()) {
    return all_in(std::string_view{small.data(), text.size()});
  }
  return all_in(folded(text));
}

std::vector<TextRange> find_folded(std::string_view text, const std::vector<std::string>& folded_words) {
  const Traced traced{text};
  std::vector<TextRange> found;
  for (const std::string& word : folded_words) {
    if (word.empty()) continue;
    for (auto at = traced.folded.find(word); at != std::string::npos; at = traced.folded.find(word, at + word.size())) {
      found.push_back(traced.range(at, word.size()));
    }
  }
  // Of those that begin at one place the longest counts, of those that overlap the first.
  std::ranges::sort(found, [](const TextRange& a, const TextRange& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::size_t kept = 0;
  for (const TextRange& range : found) {
    if (kept == 0 || range.begin >= found[kept - 1].end) found[kept++] = range;
  }
  found.resize(kept);
  return found;
}

}  // namespace attune
