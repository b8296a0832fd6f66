#include "core/text.h"

#include <algorithm>

#include "core/utf8.h"

namespace attune {
namespace {

constexpr int kMaxWithoutWidth = 8;
constexpr std::int32_t kBlackFlag = 0x1F3F4;

bool plain_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\t'; });
}

bool between(std::int32_t c, std::int32_t first, std::int32_t last) { return c >= first && c <= last; }

bool line_break(std::int32_t c) { return c == '\n' || c == 0x2028 || c == 0x2029; }

// Changes the order in which others are shown.
bool bidi_control(std::int32_t c) {
  return between(c, 0x202A, 0x202E) || between(c, 0x2066, 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C ||
         between(c, 0x206A, 0x206F);
}

// Shows nothing and could hide something. Joiners (U+200C, U+200D) are not here: scripts and emoji need them.
bool invisible(std::int32_t c) {
  return c == 0x200B || c == 0xFEFF || c == 0x00AD || c == 0x180E || c == 0x034F || between(c, 0x2060, 0x2065) ||
         c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || between(c, 0xFFF9, 0xFFFB);
}

bool tag(std::int32_t c) { return between(c, 0xE0000, 0xE007F); }

bool noncharacter(std::int32_t c) { return between(c, 0xFDD0, 0xFDEF) || (c & 0xFFFE) == 0xFFFE; }

bool without_width(std::int32_t c) {
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return true;
    default: return c == 0x200C || c == 0x200D || tag(c);
  }
}

// What is shown in place of one character; itself where it does no harm. `base`: the last one that had width.
std::int32_t stand_in(std::int32_t c, std::int32_t base) {
  if (c == '\t') return c;
  if (line_break(c)) return '\n';
  if (c < 0x20) return 0x2400 + c;  // U+2400 to U+241F picture the control characters
  if (c == 0x7F) return 0x2421;
  if (between(c, 0x80, 0x9F) || bidi_control(c) || invisible(c) || noncharacter(c)) return kReplacement;
  if (tag(c)) return base == kBlackFlag ? c : kReplacement;  // flags of regions are spelt with tags
  return c;
}

std::string harmless_text(std::string_view text) {
  if (plain_ascii(text)) return std::string{text};
  std::string out;
  out.reserve(text.size() + 16);
  std::int32_t base = 0;
  int run = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode_utf8(text, at);
    at += next.size;
    const std::int32_t c = stand_in(next.character, base);
    if (without_width(c)) {
      if (++run > kMaxWithoutWidth) continue;
    } else {
      run = 0;
      base = c;
    }
    append_utf8(out, c);
  }
  return out;
}

int width_of(const Decoded& next) {
  if (!next.valid || next.character == '\t') return 1;
  return std::max(0, utf8proc_charwidth(next.character));
}

constexpr std::size_t kTabColumns = 4;

// One line of the original broken into lines of at most `columns`.
class Wrapper {
 public:
  Wrapper(int columns, std::vector<std::string>& lines) : columns_{std::max(columns, 1)}, lines_{lines} {}

  void wrap(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size()) {
      const std::size_t spaces = std::min(line.find_first_not_of(' ', at), line.size());
      const std::size_t end = std::min(line.find(' ', spaces), line.size());
      add(line.substr(at, spaces - at), line.substr(spaces, end - spaces));
      at = end;
    }
    finish();
  }

 private:
  void add(std::string_view gap, std::string_view word) {
    const int wide = display_width(word);
    const auto gap_width = static_cast<int>(std::min<std::size_t>(gap.size(), static_cast<std::size_t>(columns_) + 1));
    if (gap_width + wide <= columns_ - width_) {
      line_ += gap;
      line_ += word;
      width_ += gap_width + wide;
      return;
    }
    if (word.empty()) return;  // spaces at the end of a full line are not worth one of their own
    if (!line_.empty()) finish();
    for (std::size_t at = 0; at < word.size();) at += add_character(word, at);
  }

  std::size_t add_character(std::string_view word, std::size_t at) {
    const Decoded next = decode_utf8(word, at);
    const int wide = width_of(next);
    if (wide > columns_ - width_ && width_ > 0) finish();
    line_ += word.substr(at, next.size);
    width_ += wide;
    return next.size;
  }

  void finish() {
    lines_.push_back(std::move(line_));
    line_.clear();
    width_ = 0;
  }

  int columns_;
  std::vector<std::string>& lines_;
  std::string line_;
  int width_ = 0;
};

std::string without_tabs(std::string_view line) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Decoded next = decode_utf8(line, at);
    if (next.character == '\t') {
      const std::size_t gap = kTabColumns - column % kTabColumns;
      out.append(gap, ' ');
      column += gap;
    } else {
      out += line.substr(at, next.size);
      column += static_cast<std::size_t>(width_of(next));
    }
    at += next.size;
  }
  return out;
}

}  // namespace

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode_utf8(text, at);
    if (!next.valid) return false;
    at += next.size;
  }
  return true;
}

std::string harmless(std::string_view text) { return harmless_text(text); }

std::string harmless_line(std::string_view text) {
  std::string line = harmless_text(text);
  std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode_utf8(text, at);
    width += width_of(next);
    at += next.size;
  }
  return width;
}

std::vector<std::string> wrapped(std::string_view text, int columns) {
  std::vector<std::string> lines;
  Wrapper wrapper{columns, lines};
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.find('\t') == std::string_view::npos) {
      wrapper.wrap(line);
    } else {
      wrapper.wrap(without_tabs(line));
    }
    if (end == text.size()) return lines;
    at = end + 1;
  }
}

}  // namespace attune
