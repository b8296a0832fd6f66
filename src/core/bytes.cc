#include "core/bytes.h"

namespace attune {
namespace {

template <std::size_t N>
std::array<std::byte, N> big_endian(std::uint64_t value) noexcept {
  std::array<std::byte, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[N - 1 - i] = static_cast<std::byte>(value >> (8 * i));
  return out;
}

template <std::size_t N>
std::uint64_t from_big_endian(std::span<const std::byte, N> bytes) noexcept {
  std::uint64_t value = 0;
  for (const std::byte b : bytes) value = (value << 8) | std::to_integer<std::uint64_t>(b);
  return value;
}

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::array<std::byte, 8> be64(std::uint64_t value) noexcept { return big_endian<8>(value); }
std::array<std::byte, 4> be32(std::uint32_t value) noexcept { return big_endian<4>(value); }
std::uint64_t read_be64(std::span<const std::byte, 8> bytes) noexcept { return from_big_endian(bytes); }
std::uint32_t read_be32(std::span<const std::byte, 4> bytes) noexcept {
  return static_cast<std::uint32_t>(from_big_endian(bytes));
}

std::string to_hex(BytesView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    const auto value = std::to_integer<unsigned>(b);
    hex += digits[value >> 4U];
    hex += digits[value & 15U];
  }
  return hex;
}

std::optional<Bytes> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

}  // namespace attune
