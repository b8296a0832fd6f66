// Text that somebody else wrote, on its way to a terminal or into a search.
#include "core/text.h"

#include "core/utf8.h"
#include "fuzz/target.h"

namespace attune::fuzz {
namespace {

// What a terminal acts upon, or what changes the order of what stands around it.
bool acts(std::int32_t c) {
  const auto in = [c](std::int32_t first, std::int32_t last) { return c >= first && c <= last; };
  return (c < 0x20 && c != '\n' && c != '\t') || in(0x7F, 0x9F) || in(0x202A, 0x202E) || in(0x2066, 0x2069) ||
         c == 0x200E || c == 0x200F || c == 0x061C || c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0x200B;
}

void check_harmless(std::string_view text) {
  const std::string shown = harmless(text);
  promise(valid_utf8(shown), "what is shown is UTF-8");
  promise(harmless(shown) == shown, "what is harmless stays as it is");
  for (std::size_t at = 0; at < shown.size();) {
    const Decoded next = decode_utf8(shown, at);
    promise(!acts(next.character), "no character acts on a terminal");
    at += next.size;
  }
  const std::string line = harmless_line(text);
  promise(line.find_first_of("\n\t") == std::string::npos && line.size() == shown.size(), "one line is one line");
}

void check_wrapped(const std::string& text, int columns) {
  std::string joined;
  for (const std::string& line : wrapped(text, columns)) {
    std::size_t characters = 0;
    for (std::size_t at = 0; at < line.size(); ++characters) at += decode_utf8(line, at).size;
    promise(display_width(line) <= columns || characters > 0, "a line has its width");
    if (display_width(line) > columns) {  // only one character that is wider than the line, and what has no width
      int wide = 0;
      for (std::size_t at = 0; at < line.size();) {
        const Decoded next = decode_utf8(line, at);
        wide += display_width(std::string_view{line}.substr(at, next.size)) > 0 ? 1 : 0;
        at += next.size;
      }
      promise(wide == 1, "only a wide character has a line to itself");
    }
    promise(line.find_first_of("\n\t") == std::string::npos, "no line holds a break or a tab");
    joined += line;
  }
  std::string without = text;
  for (std::string* one : {&joined, &without})
    std::erase_if(*one, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
  promise(joined == without, "nothing is lost but space");
}

void check_search(std::string_view text, std::string_view wanted) {
  const std::string all = folded(text);
  promise(folded(all) == all, "what is folded stays as it is");
  promise(valid_utf8(all), "and is UTF-8");
  const std::string word = folded(wanted);
  if (word.empty()) return;
  const bool there = all.find(word) != std::string::npos;
  promise(contains_all_folded(text, {word}) == there, "a search finds what is there");
  const auto ranges = find_folded(text, {word});
  promise(ranges.empty() != there, "what is found can be shown");
  std::size_t end = 0;
  for (const TextRange& range : ranges) {
    promise(range.begin >= end && range.begin < range.end && range.end <= text.size(), "in order, not overlapping");
    promise(folded(text.substr(range.begin, range.end - range.begin)).find(word) != std::string::npos, "each is one");
    end = range.end;
  }
}

constexpr std::size_t kLongest = 160;  // what a longer text shows, this does: every step looks at a few characters

void fuzz(BytesView input) {
  Draw draw{input};
  const unsigned first = draw.byte();  // what is done with it, and where its lines end
  const std::string_view wanted = as_text(draw.bytes(draw.byte() % 16));
  const std::string_view text = as_text(draw.bytes(kLongest));
  switch (first % 3) {
    case 0: check_harmless(text); break;
    case 1: check_wrapped(harmless(text), static_cast<int>(first / 3 % 40) + 1); break;
    default: check_search(text, wanted);
  }
  promise(display_width(text) >= 0, "no text takes less than nothing");
  static_cast<void>(is_blank(text));
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> all;
  for (const char* text :
       {"caf\u00e9 \u2764\ufe0f\nline two\twith tab and a_very_long_word_that_has_to_be_cut", "日本語 text",
        "\x1b[2J \u202egpj \u200b\ufeff", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
        "Stra\u00dfe \ufb01re \u0130I\u0131i \u1e9e"}) {
    for (const unsigned first : {9U, 28U, 2U})
      all.push_back(InputBuilder{}.byte(first).byte(2).raw(as_bytes("ss")).raw(as_bytes(text)).take());
  }
  return all;
}

const Registration registration{{"text", Weight::light, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
