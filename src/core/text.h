// Unicode text: what may be shown, how wide it is, what counts as equal in a search (utf8proc).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attune {

[[nodiscard]] bool valid_utf8(std::string_view text);
// Nothing but spaces, tabs and ends of lines.
[[nodiscard]] bool is_blank(std::string_view text);

// Harmless on any terminal: control, bidirectional-control and invisible characters, and bytes that are no UTF-8,
// become visible stand-ins (U+FFFD, or U+2400-style symbols); '\n' and '\t' stay, U+2028 and U+2029 become '\n'. Runs
// of characters without width (combining marks, joiners, variation selectors) are cut at 8. Tested with the
// hostile_text vectors.
[[nodiscard]] std::string harmless(std::string_view text);
// The same for one line: '\n' and '\t' become a space.
[[nodiscard]] std::string harmless_line(std::string_view text);

// Columns of a terminal that the text takes (East Asian wide = 2, combining = 0).
[[nodiscard]] int display_width(std::string_view text);

// For search: case and accents folded ("Café" and "CAFE" are equal). ASCII takes a short path.
[[nodiscard]] std::string folded(std::string_view text);
// The same into a buffer that is reused.
void fold_into(std::string_view text, std::string& out);
// Every word occurs somewhere in folded(text). `folded_words`: what folded() gave. The search path: ASCII text of up to
// 4 KiB allocates nothing.
[[nodiscard]] bool contains_all_folded(std::string_view text, const std::vector<std::string>& folded_words);

// One word of a text, for showing matches: byte range in the original text.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
// Where the folded words occur in the text (for highlighting), in order, not overlapping; whole characters.
[[nodiscard]] std::vector<TextRange> find_folded(std::string_view text, const std::vector<std::string>& folded_words);

// Lines of at most `columns`, broken at spaces where possible; existing line breaks and indentation stay, tabs become
// spaces. A single character wider than `columns` has a line to itself.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, int columns);

}  // namespace attune
