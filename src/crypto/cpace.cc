#include "crypto/cpace.h"

#include <sodium.h>

#include <initializer_list>
#include <utility>

#include "core/check.h"
#include "core/error.h"

namespace attune::crypto {

namespace {

constexpr std::string_view kName = "CPaceRistretto255";
constexpr std::string_view kNameIsk = "CPaceRistretto255_ISK";
constexpr std::size_t kHashBlock = 128;  // SHA-512

using Generator = Secret<struct CpaceGeneratorTag, 32>;
using GeneratorHash = Secret<struct CpaceGeneratorHashTag, 64>;

// A length in LEB128, which stands before each field: fields then cannot run into each other.
Bytes leb128(std::size_t length) {
  Bytes bytes;
  for (; length >= 0x80; length >>= 7U) bytes.push_back(static_cast<std::byte>(length | 0x80U));
  bytes.push_back(static_cast<std::byte>(length));
  return bytes;
}

std::size_t size_with_length(BytesView field) { return leb128(field.size()).size() + field.size(); }

Bytes lv_cat(std::initializer_list<BytesView> fields) {
  Bytes all;
  for (const auto field : fields) {
    append(all, leb128(field.size()));
    append(all, field);
  }
  return all;
}

// Secret fields go in piece by piece: they are never gathered in a plain buffer.
class Sha512 {
 public:
  Sha512() { crypto_hash_sha512_init(&state_); }
  ~Sha512() { sodium_memzero(&state_, sizeof state_); }
  Sha512(const Sha512&) = delete;
  Sha512& operator=(const Sha512&) = delete;

  void add(BytesView bytes) { crypto_hash_sha512_update(&state_, as_uchar(bytes), bytes.size()); }
  void add_fields(std::initializer_list<BytesView> fields) {
    for (const auto field : fields) {
      add(leb128(field.size()));
      add(field);
    }
  }
  void finish(std::span<std::byte, 64> into) {
    crypto_hash_sha512_final(&state_, as_uchar(std::span<std::byte>{into}));
  }

 private:
  crypto_hash_sha512_state state_;
};

// The padding fills the first block of the hash, so that the code alone decides nothing about where blocks end.
Generator generator_of(BytesView prs, BytesView channel, BytesView sid) {
  const auto used = 1 + size_with_length(prs) + size_with_length(as_bytes(kName));
  const Bytes padding(used < kHashBlock ? kHashBlock - used : 0);
  const auto hash = GeneratorHash::born([&](std::span<std::byte, 64> into) {
    Sha512 sha;
    sha.add_fields({as_bytes(kName), prs, padding, channel, sid});
    sha.finish(into);
  });
  return Generator::born([&](std::span<std::byte> into) {
    ATTUNE_CHECK(crypto_core_ristretto255_from_hash(as_uchar(into), as_uchar(hash.bytes())) == 0);
  });
}

CpaceScalar draw_scalar() {
  return CpaceScalar::born([](std::span<std::byte> into) { crypto_core_ristretto255_scalar_random(as_uchar(into)); });
}

IntermediateKey intermediate_key(BytesView sid, BytesView agreed, BytesView transcript) {
  return IntermediateKey::born([&](std::span<std::byte, 64> into) {
    Sha512 sha;
    sha.add_fields({as_bytes(kNameIsk), sid, agreed});
    sha.add(transcript);
    sha.finish(into);
  });
}

}  // namespace

Cpace::Cpace(BytesView prs, BytesView channel, BytesView sid) : Cpace{prs, channel, sid, draw_scalar()} {}

Cpace::Cpace(BytesView prs, BytesView channel, BytesView sid, CpaceScalar scalar)
    : sid_{to_bytes(sid)}, scalar_{std::move(scalar)} {
  const auto generator = generator_of(prs, channel, sid);
  // Fails for the identity alone: a scalar of zero, or a hash that nobody can find.
  ATTUNE_CHECK(crypto_scalarmult_ristretto255(as_uchar(std::span<std::byte>{share_}), as_uchar(scalar_->bytes()),
                                              as_uchar(generator.bytes())) == 0);
}

IntermediateKey Cpace::finish_as_initiator(const CpaceShare& yb, BytesView ada, BytesView adb) {
  const auto agreed = agreed_with(yb);
  return intermediate_key(sid_, agreed.bytes(), lv_cat({share_, ada, yb, adb}));
}

IntermediateKey Cpace::finish_as_responder(const CpaceShare& ya, BytesView ada, BytesView adb) {
  const auto agreed = agreed_with(ya);
  return intermediate_key(sid_, agreed.bytes(), lv_cat({ya, ada, share_, adb}));
}

Secret<struct CpacePointTag, 32> Cpace::agreed_with(const CpaceShare& other) {
  ATTUNE_CHECK(scalar_.has_value());
  const auto scalar = std::exchange(scalar_, std::nullopt);
  if (!decodable(other) || equal(other, share_)) {
    throw Error{Errc::peer_misbehaved, "the other side's share of the code must not be used"};
  }
  return Secret<struct CpacePointTag, 32>::born([&](std::span<std::byte> into) {
    if (crypto_scalarmult_ristretto255(as_uchar(into), as_uchar(scalar->bytes()), as_uchar(other)) != 0) {
      throw Error{Errc::peer_misbehaved, "the other side's share of the code must not be used"};
    }
  });
}

bool decodable(const CpaceShare& share) {
  static constexpr CpaceShare kIdentity{};
  const bool bit_255 = (share.back() & std::byte{0x80}) != std::byte{0};
  return !bit_255 && !equal(share, kIdentity) && crypto_core_ristretto255_is_valid_point(as_uchar(share)) == 1;
}

}  // namespace attune::crypto
