// Fields of a protobuf message as they stand on the wire, for messages that no program of ours would write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace attune::test {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
  return bytes + static_cast<char>(value);
}
inline std::string field(unsigned number, std::string_view value) {
  return varint(number << 3U | 2U) + varint(value.size()) + std::string{value};
}
inline std::string field(unsigned number, std::uint64_t value) { return varint(number << 3U) + varint(value); }

}  // namespace attune::test
