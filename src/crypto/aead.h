// Authenticated encryption: XChaCha20-Poly1305 (24-byte nonces, drawn at random) at rest and on beacons,
// ChaCha20-Poly1305 (RFC 8439, counted nonces) inside Noise and age. `out` may be the input's memory.
#pragma once

#include "core/bytes.h"
#include "crypto/secret.h"

namespace attune::crypto {

inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kXNonceSize = 24;
inline constexpr std::size_t kNonceSize = 12;
using XNonce = std::array<std::byte, kXNonceSize>;
using Nonce = std::array<std::byte, kNonceSize>;

// out.size() == plain.size() + kTagSize; anything else is a broken invariant.
void xseal(KeyView key, const XNonce& nonce, BytesView ad, BytesView plain, std::span<std::byte> out);
// out.size() + kTagSize == sealed.size(). false: not authentic; `out` is then unspecified and must not be used.
[[nodiscard]] bool xopen(KeyView key, const XNonce& nonce, BytesView ad, BytesView sealed, std::span<std::byte> out);
[[nodiscard]] XNonce random_xnonce();

void seal(KeyView key, const Nonce& nonce, BytesView ad, BytesView plain, std::span<std::byte> out);
[[nodiscard]] bool open(KeyView key, const Nonce& nonce, BytesView ad, BytesView sealed, std::span<std::byte> out);

}  // namespace attune::crypto
