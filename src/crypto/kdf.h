// Keys from keys.
#pragma once

#include <string_view>

#include "core/bytes.h"
#include "crypto/secret.h"

namespace attune::crypto {

// libsodium's crypto_kdf (BLAKE2b): `context` has exactly 8 characters. REQUIRES: 16 to 64 bytes into.
void derive_into(KeyView master, std::string_view context, std::uint64_t number, std::span<std::byte> into);

template <class AnySecret>
[[nodiscard]] AnySecret derive(KeyView master, std::string_view context, std::uint64_t number) {
  return AnySecret::born([&](auto into) { derive_into(master, context, number, into); });
}

// RFC 5869 with SHA-256 (libsodium 1.0.18 has none). into.size() <= 255 * 32.
void hkdf_sha256(BytesView salt, BytesView input_key, BytesView info, std::span<std::byte> into);
[[nodiscard]] std::array<std::byte, 32> hmac_sha256(BytesView key, BytesView message);
[[nodiscard]] std::array<std::byte, 64> hmac_sha512(BytesView key, BytesView message);
// HMAC with BLAKE2b-512 (block 128), as Noise rev 34 section 4.3 asks.
[[nodiscard]] std::array<std::byte, 64> hmac_blake2b(BytesView key, BytesView message);
// The same, straight to where the result will live (`into` may be the memory of key or message).
void hmac_blake2b(BytesView key, BytesView message, std::span<std::byte, 64> into);

// Argon2id (RFC 9106, one lane). Limits that hold for anything read from a file, checked before it runs.
struct PassphraseCost {
  std::uint64_t memory = 256ULL << 20U;  // bytes, 64 MiB to 4 GiB
  std::uint32_t passes = 3;              // 2 to 10
  friend bool operator==(const PassphraseCost&, const PassphraseCost&) = default;
};
inline constexpr PassphraseCost kInteractive{64ULL << 20U, 2};
inline constexpr PassphraseCost kModerate{256ULL << 20U, 3};
inline constexpr PassphraseCost kSensitive{1024ULL << 20U, 4};
[[nodiscard]] bool acceptable(const PassphraseCost& cost) noexcept;

// 64 bytes of key material. REQUIRES: acceptable(cost). Throws std::bad_alloc where the memory is not there. Takes 0.04
// to 3 s.
using Stretched = Secret<struct StretchedTag, 64>;
[[nodiscard]] Stretched stretch(BytesView passphrase, std::span<const std::byte, 16> salt, const PassphraseCost& cost);

// Argon2id as it stands, for published vectors; stretch() is what keeps to the limits.
void argon2id(BytesView passphrase, std::span<const std::byte, 16> salt, const PassphraseCost& cost,
              std::span<std::byte> into);

}  // namespace attune::crypto
