// One character at a time out of text that may be anything: the one place where core's text code decodes UTF-8.
#pragma once

#include <utf8proc.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace attune {

inline constexpr std::int32_t kReplacement = 0xFFFD;

struct Decoded {
  std::int32_t character = kReplacement;
  std::size_t size = 1;  // bytes; 1 where they are no UTF-8
  bool valid = false;
};

// REQUIRES: at < text.size().
[[nodiscard]] inline Decoded decode_utf8(std::string_view text, std::size_t at) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  if (*bytes < 0x80) return {*bytes, 1, true};
  utf8proc_int32_t character = 0;
  const auto size = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &character);
  if (size <= 0) return {};
  return {character, static_cast<std::size_t>(size), true};
}

inline void append_utf8(std::string& out, std::int32_t character) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(character, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

}  // namespace attune
