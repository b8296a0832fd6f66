// The text in front of an age v1 file: stanzas that wrap the file key, and a MAC. Bytes in, bytes out.
// Strict, as the specification asks: one way to write each header, anything else is Errc::damaged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/age.h"

namespace attune::crypto {

inline constexpr std::size_t kMaxAgeHeader = 64U << 10U;

struct AgeStanza {
  std::vector<std::string_view> arguments;  // the first one says its type; at least one
  Bytes body;
};

struct AgeHeader {
  std::vector<AgeStanza> stanzas;  // at least one; views into what was parsed
  std::string_view authenticated;  // what the MAC is over
  std::array<std::byte, 32> mac{};
  std::size_t size = 0;  // bytes of the file
};

// `file`: its first kMaxAgeHeader bytes, or all of it. Throws Errc::damaged, also where the header is longer than that.
[[nodiscard]] AgeHeader parse_age_header(std::string_view file);

// Throws Errc::wrong_words where no stanza is for this identity, Errc::damaged where one of its kind is not well made.
[[nodiscard]] AgeFileKey unwrap_file_key(const AgeHeader& header, const BackupSecret& identity);
// Throws Errc::damaged.
void check_age_mac(const AgeHeader& header, const AgeFileKey& file_key);

// The whole header of a file with this one recipient.
[[nodiscard]] std::string make_age_header(const XPublic& recipient, const AgeFileKey& file_key);

}  // namespace attune::crypto
