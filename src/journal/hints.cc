#include "journal/hints.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "core/text.h"

namespace attune::journal {
namespace {

// One way of saying it: a first word, at most so many words of the same clause between, and a last word. Words as
// folded() gives them: lower case, without accents.
struct Phrase {
  std::string_view first;
  int between;
  std::string_view last;
  Hint hint;
};

// A language joins by its rows here: the words, and its I-form.
constexpr std::string_view kEnglish = "When ..., I feel ..., I would like ...";
constexpr std::string_view kGerman = "Wenn ..., fühle ich mich ..., ich wünsche mir ...";
// German puts the verb and the object between: "du hörst mir nie zu", "nie hörst du mir zu".
constexpr int kGermanBetween = 3;
constexpr int kGermanTurned = 1;
constexpr Hint kAlways{"du ... immer", kGerman};
constexpr Hint kNever{"du ... nie", kGerman};
constexpr std::array kPhrases{
    Phrase{"you", 0, "always", {"you always", kEnglish}}, Phrase{"you", 0, "never", {"you never", kEnglish}},
    Phrase{"du", kGermanBetween, "immer", kAlways},       Phrase{"du", kGermanBetween, "standig", kAlways},
    Phrase{"du", kGermanBetween, "nie", kNever},          Phrase{"du", kGermanBetween, "niemals", kNever},
    Phrase{"immer", kGermanTurned, "du", kAlways},        Phrase{"standig", kGermanTurned, "du", kAlways},
    Phrase{"nie", kGermanTurned, "du", kNever},           Phrase{"niemals", kGermanTurned, "du", kNever},
};

// How far each phrase has been said.
class Listening {
 public:
  Listening() { left_.fill(kNotBegun); }

  const Hint* word(std::string_view word) {
    for (std::size_t i = 0; i < kPhrases.size(); ++i) {
      const Phrase& phrase = kPhrases[i];
      if (left_[i] != kNotBegun) {
        if (word == phrase.last) return &phrase.hint;
        --left_[i];  // kNotBegun follows 0
      }
      if (word == phrase.first) left_[i] = phrase.between;
    }
    return nullptr;
  }
  // "You, always": a comma parts only what may have other words between.
  void clause_ends() {
    for (std::size_t i = 0; i < kPhrases.size(); ++i) {
      if (kPhrases[i].between > 0) left_[i] = kNotBegun;
    }
  }
  void sentence_ends() { left_.fill(kNotBegun); }

 private:
  static constexpr int kNotBegun = -1;
  std::array<int, kPhrases.size()> left_{};
};

bool ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Bytes of a sign beyond ASCII that no word holds: quotes, dashes, spaces, pictures; 0: it is a letter's, as far as
// this needs to know.
std::size_t sign_size(std::string_view at) {
  const auto is = [&](std::size_t i, unsigned from, unsigned to) {
    return i < at.size() && static_cast<unsigned char>(at[i]) >= from && static_cast<unsigned char>(at[i]) <= to;
  };
  if (is(0, 0xC2, 0xC2) && is(1, 0x80, 0xBF)) return 2;                                            // U+0080 to U+00BF
  if (is(0, 0xE2, 0xE2) && is(1, 0x80, 0xAF) && is(2, 0x80, 0xBF)) return 3;                       // U+2000 to U+2BFF
  if (is(0, 0xE3, 0xE3) && is(1, 0x80, 0x80) && is(2, 0x80, 0xBF)) return 3;                       // U+3000 to U+303F
  if (is(0, 0xEF, 0xEF) && is(1, 0xBF, 0xBF) && is(2, 0xBC, 0xBF)) return 3;                       // U+FFFC to U+FFFD
  if (is(0, 0xF0, 0xF0) && is(1, 0x9F, 0x9F) && is(2, 0x80, 0xBF) && is(3, 0x80, 0xBF)) return 4;  // pictures
  return 0;
}

std::size_t word_size(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const bool letter =
        ascii_letter(text[at]) || (static_cast<unsigned char>(text[at]) >= 0x80 && sign_size(text.substr(at)) == 0);
    if (!letter) break;
    ++at;
  }
  return at;
}

// A full stop ends a sentence, three of them only hesitate.
bool ends_sentence(std::string_view line, std::size_t at) {
  if (line[at] == '!' || line[at] == '?') return true;
  if (line[at] != '.') return false;
  const bool one_of_several = (at > 0 && line[at - 1] == '.') || line.substr(at + 1).starts_with('.');
  return !one_of_several;
}

const Hint* listen_to_line(std::string_view line, Listening& listening) {
  for (std::size_t at = 0; at < line.size();) {
    if (const std::size_t size = word_size(line.substr(at)); size > 0) {
      if (const Hint* hint = listening.word(line.substr(at, size))) return hint;
      at += size;
      continue;
    }
    if (ends_sentence(line, at)) listening.sentence_ends();
    if (line[at] == ',' || line[at] == ';' || line[at] == ':') listening.clause_ends();
    at += std::max<std::size_t>(1, sign_size(line.substr(at)));
  }
  return nullptr;
}

// Also what is quoted within a list.
bool quotes(std::string_view line) {
  const auto at = line.find_first_not_of(" \t-*+");
  return at != std::string_view::npos && line[at] == '>';
}

}  // namespace

std::optional<Hint> hint_for(std::string_view text) {
  const std::string words = folded(text);
  Listening listening;
  for (std::string_view rest = words; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (is_blank(line) || quotes(line)) {
      listening.sentence_ends();
    } else if (const Hint* hint = listen_to_line(line, listening)) {
      return *hint;
    }
  }
  return std::nullopt;
}

}  // namespace attune::journal
