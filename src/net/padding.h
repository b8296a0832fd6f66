// Content padded to a known size: 2 bytes length (big-endian), content, zeros. docs/protocol.md, section 3.
// Frames and the payloads of handshakes are made of it, so that their sizes tell as little as possible.
#pragma once

#include <optional>

#include "core/bytes.h"

namespace attune::net {

inline constexpr std::size_t kPaddingHeader = 2;

// into.size() - 2 >= content.size(), and content at most 65,535 bytes; anything else is a broken invariant.
void pad_into(BytesView content, std::span<std::byte> into);
[[nodiscard]] Bytes padded(BytesView content, std::size_t size);
// A view into `padded`; nullopt: the length lies, or what follows the content is not all zero.
[[nodiscard]] std::optional<BytesView> unpadded(BytesView padded);

[[nodiscard]] std::array<std::byte, 2> be16(std::size_t value);  // value <= 65,535
[[nodiscard]] std::size_t read_be16(BytesView two_bytes);

}  // namespace attune::net
