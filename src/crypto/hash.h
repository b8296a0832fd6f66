// BLAKE2b (RFC 7693) with one domain-separation tag a use: what is hashed is tag || 0x00 || fields in order.
// A use with a key is a MAC. Fields of a use have fixed sizes, but for at most the last one.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

#include "core/bytes.h"
#include "core/id.h"
#include "crypto/secret.h"

namespace attune::crypto {

class Hasher {
 public:
  explicit Hasher(std::string_view tag);      // 32-byte digest
  Hasher(std::string_view tag, KeyView key);  // keyed
  Hasher(const Hasher&) = default;            // a state after common fields can be reused
  Hasher& operator=(const Hasher&) = default;
  ~Hasher();

  Hasher& add(BytesView bytes);
  Hasher& add_u64(std::uint64_t value);              // big-endian
  [[nodiscard]] std::array<std::byte, 32> finish();  // once

  template <class AnyId>
  [[nodiscard]] AnyId finish_as() {
    static_assert(AnyId::size == 32);
    return AnyId{finish()};
  }

 private:
  alignas(64) std::array<std::byte, 384> state_;  // libsodium's state, in place: hashing allocates nothing
};

// BLAKE2b as it stands, over the pieces in order, for constructions that others have defined (Noise, HMAC).
// An empty key: unkeyed. REQUIRES: a key of at most 64 bytes, 16 to 64 bytes out.
void blake2b(BytesView key, std::initializer_list<BytesView> pieces, std::span<std::byte> out);

// 16-byte digest (BLAKE2b-128), unkeyed.
[[nodiscard]] std::array<std::byte, 16> hash128(std::string_view tag, BytesView fields);

// What people see of an object: BLAKE2b-128 over a tag, its creator and its number.
[[nodiscard]] PrintedId printed_id(const ObjectId& object);

}  // namespace attune::crypto
