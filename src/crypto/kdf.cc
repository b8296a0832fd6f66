#include "crypto/kdf.h"

#include <sodium.h>

#include <algorithm>
#include <new>

#include "core/check.h"
#include "crypto/hash.h"

namespace attune::crypto {

namespace {

constexpr std::size_t kShaSize = crypto_auth_hmacsha256_BYTES;
constexpr std::size_t kBlakeBlock = 128;
constexpr std::size_t kBlakeSize = 64;

constexpr std::uint64_t kLeastMemory = 64ULL << 20U;
constexpr std::uint64_t kMostMemory = 4ULL << 30U;
constexpr std::uint32_t kLeastPasses = 2;
constexpr std::uint32_t kMostPasses = 10;

using ShaMac = std::array<std::byte, kShaSize>;

// libsodium's headers promise the compiler that no pointer is null, of nothing either.
const unsigned char* never_null(BytesView bytes) {
  static constexpr std::byte nothing{};
  return as_uchar(bytes.empty() ? BytesView{&nothing, 0} : bytes);
}

ShaMac hmac_sha256_of(BytesView key, std::initializer_list<BytesView> pieces) {
  crypto_auth_hmacsha256_state state;
  ShaMac mac;
  crypto_auth_hmacsha256_init(&state, never_null(key), key.size());
  for (const auto piece : pieces) crypto_auth_hmacsha256_update(&state, never_null(piece), piece.size());
  crypto_auth_hmacsha256_final(&state, as_uchar(std::span<std::byte>{mac}));
  sodium_memzero(&state, sizeof state);
  return mac;
}

}  // namespace

void derive_into(KeyView master, std::string_view context, std::uint64_t number, std::span<std::byte> into) {
  static_assert(KeyView::extent == crypto_kdf_KEYBYTES);
  ATTUNE_CHECK(context.size() == crypto_kdf_CONTEXTBYTES);
  std::array<char, crypto_kdf_CONTEXTBYTES> whole{};
  std::ranges::copy(context, whole.begin());
  ATTUNE_CHECK(crypto_kdf_derive_from_key(as_uchar(into), into.size(), number, whole.data(), as_uchar(master)) == 0);
}

void hkdf_sha256(BytesView salt, BytesView input_key, BytesView info, std::span<std::byte> into) {
  ATTUNE_CHECK(into.size() <= 255 * kShaSize);
  auto pseudorandom =
      hmac_sha256_of(salt, {input_key});  // no salt: HMAC pads the empty key with zeros, as RFC 5869 asks
  ShaMac block{};
  std::size_t block_size = 0;  // T(0) is empty
  std::array<std::byte, 1> counter{};
  for (std::size_t done = 0; done < into.size();) {
    counter[0] = static_cast<std::byte>(std::to_integer<unsigned>(counter[0]) + 1U);
    block = hmac_sha256_of(pseudorandom, {BytesView{block}.first(block_size), info, counter});
    block_size = block.size();
    const auto take = std::min(block_size, into.size() - done);
    std::copy_n(block.begin(), take, into.begin() + static_cast<std::ptrdiff_t>(done));
    done += take;
  }
  wipe(block);
  wipe(pseudorandom);
}

std::array<std::byte, 32> hmac_sha256(BytesView key, BytesView message) { return hmac_sha256_of(key, {message}); }

std::array<std::byte, 64> hmac_sha512(BytesView key, BytesView message) {
  crypto_auth_hmacsha512_state state;
  std::array<std::byte, 64> mac;
  crypto_auth_hmacsha512_init(&state, as_uchar(key), key.size());
  crypto_auth_hmacsha512_update(&state, as_uchar(message), message.size());
  crypto_auth_hmacsha512_final(&state, as_uchar(std::span<std::byte>{mac}));
  sodium_memzero(&state, sizeof state);
  return mac;
}

void hmac_blake2b(BytesView key, BytesView message, std::span<std::byte, 64> into) {
  std::array<std::byte, kBlakeBlock> inner_pad{};
  std::array<std::byte, kBlakeBlock> outer_pad{};
  std::array<std::byte, kBlakeSize> inner;
  if (key.size() > kBlakeBlock) {
    blake2b({}, {key}, std::span{inner_pad}.first<kBlakeSize>());
  } else {
    std::ranges::copy(key, inner_pad.begin());
  }
  for (std::size_t i = 0; i < kBlakeBlock; ++i) {
    outer_pad[i] = inner_pad[i] ^ std::byte{0x5c};
    inner_pad[i] ^= std::byte{0x36};
  }
  blake2b({}, {inner_pad, message}, inner);
  blake2b({}, {outer_pad, inner}, into);
  wipe(inner_pad);
  wipe(outer_pad);
  wipe(inner);
}

std::array<std::byte, 64> hmac_blake2b(BytesView key, BytesView message) {
  std::array<std::byte, 64> mac;
  hmac_blake2b(key, message, mac);
  return mac;
}

bool acceptable(const PassphraseCost& cost) noexcept {
  return cost.memory >= kLeastMemory && cost.memory <= kMostMemory && cost.passes >= kLeastPasses &&
         cost.passes <= kMostPasses;
}

Stretched stretch(BytesView passphrase, std::span<const std::byte, 16> salt, const PassphraseCost& cost) {
  ATTUNE_CHECK(acceptable(cost));
  return Stretched::born([&](std::span<std::byte> into) { argon2id(passphrase, salt, cost, into); });
}

void argon2id(BytesView passphrase, std::span<const std::byte, 16> salt, const PassphraseCost& cost,
              std::span<std::byte> into) {
  static_assert(crypto_pwhash_SALTBYTES == 16);
  // libsodium refuses these with an error that looks like a lack of memory.
  ATTUNE_CHECK(cost.passes >= 1 && cost.memory >= crypto_pwhash_MEMLIMIT_MIN && into.size() >= crypto_pwhash_BYTES_MIN);
  const auto text = as_text(passphrase);
  if (crypto_pwhash(as_uchar(into), into.size(), text.data(), text.size(), as_uchar(salt), cost.passes,
                    static_cast<std::size_t>(cost.memory), crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::bad_alloc{};
  }
}

}  // namespace attune::crypto
