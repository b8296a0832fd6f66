#include "net/padding.h"

#include <algorithm>

#include "core/check.h"

namespace attune::net {

std::array<std::byte, 2> be16(std::size_t value) {
  ATTUNE_CHECK(value <= 0xFFFF);
  return {static_cast<std::byte>(value >> 8U), static_cast<std::byte>(value & 0xFFU)};
}

std::size_t read_be16(BytesView two_bytes) {
  ATTUNE_CHECK(two_bytes.size() == 2);
  return std::to_integer<std::size_t>(two_bytes[0]) << 8U | std::to_integer<std::size_t>(two_bytes[1]);
}

void pad_into(BytesView content, std::span<std::byte> into) {
  ATTUNE_CHECK(content.size() + kPaddingHeader <= into.size());
  std::ranges::copy(be16(content.size()), into.begin());
  const auto rest = std::ranges::copy(content, into.begin() + kPaddingHeader).out;
  std::fill(rest, into.end(), std::byte{});
}

Bytes padded(BytesView content, std::size_t size) {
  Bytes bytes(size);
  pad_into(content, bytes);
  return bytes;
}

std::optional<BytesView> unpadded(BytesView padded) {
  if (padded.size() < kPaddingHeader) return std::nullopt;
  const std::size_t size = read_be16(padded.first(kPaddingHeader));
  padded = padded.subspan(kPaddingHeader);
  if (size > padded.size()) return std::nullopt;
  if (std::ranges::any_of(padded.subspan(size), [](std::byte byte) { return byte != std::byte{}; }))
    return std::nullopt;
  return padded.first(size);
}

}  // namespace attune::net
