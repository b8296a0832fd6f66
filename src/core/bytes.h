// Byte strings. Views never own; text and bytes share memory where they can.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

[[nodiscard]] inline BytesView as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}
[[nodiscard]] inline std::string_view as_text(BytesView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
// For C interfaces that take unsigned char.
[[nodiscard]] inline const unsigned char* as_uchar(BytesView bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
[[nodiscard]] inline unsigned char* as_uchar(std::span<std::byte> bytes) noexcept {
  return reinterpret_cast<unsigned char*>(bytes.data());
}
[[nodiscard]] inline Bytes to_bytes(BytesView view) { return {view.begin(), view.end()}; }
[[nodiscard]] inline std::string to_string(BytesView view) { return std::string{as_text(view)}; }
inline void append(Bytes& to, BytesView what) { to.insert(to.end(), what.begin(), what.end()); }
inline void append(std::string& to, BytesView what) { to.append(as_text(what)); }

// Public bytes only: takes a different time for different secrets.
[[nodiscard]] inline bool equal(BytesView a, BytesView b) noexcept {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// Big-endian, so that keys made of numbers sort as the numbers do.
[[nodiscard]] std::array<std::byte, 8> be64(std::uint64_t value) noexcept;
[[nodiscard]] std::array<std::byte, 4> be32(std::uint32_t value) noexcept;
[[nodiscard]] std::uint64_t read_be64(std::span<const std::byte, 8> bytes) noexcept;
[[nodiscard]] std::uint32_t read_be32(std::span<const std::byte, 4> bytes) noexcept;

[[nodiscard]] std::string to_hex(BytesView bytes);                  // lower case
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view hex);  // nullopt: odd length or no hex digit; either case

}  // namespace attune
