#include "crypto/aead.h"

#include <gtest/gtest.h>

#include "crypto/noise_pair.h"

namespace attune::crypto {
namespace {

using nlohmann::json;
using test::unhex;

// The two constructions behind one face, so that both pass the same tests.
struct ChaCha {
  using AnyNonce = Nonce;
  static constexpr const char* kVectors = "wycheproof/chacha20_poly1305_test.json";
  static constexpr std::size_t kCases = 164;
  static auto seal(KeyView k, const Nonce& n, BytesView ad, BytesView p, std::span<std::byte> o) {
    crypto::seal(k, n, ad, p, o);
  }
  static bool open(KeyView k, const Nonce& n, BytesView ad, BytesView s, std::span<std::byte> o) {
    return crypto::open(k, n, ad, s, o);
  }
};
struct XChaCha {
  using AnyNonce = XNonce;
  static constexpr const char* kVectors = "wycheproof/xchacha20_poly1305_test.json";
  static constexpr std::size_t kCases = 159;
  static auto seal(KeyView k, const XNonce& n, BytesView ad, BytesView p, std::span<std::byte> o) {
    xseal(k, n, ad, p, o);
  }
  static bool open(KeyView k, const XNonce& n, BytesView ad, BytesView s, std::span<std::byte> o) {
    return xopen(k, n, ad, s, o);
  }
};

template <class Aead>
class AeadTest : public testing::Test {
 protected:
  static constexpr typename Aead::AnyNonce kZeroNonce{};
  const Bytes key_ = Bytes(32, std::byte{0x42});
  const Bytes ad_ = to_bytes(as_bytes("associated"));
  const Bytes plain_ = to_bytes(as_bytes("what was written"));

  [[nodiscard]] Bytes sealed() const {
    Bytes out(plain_.size() + kTagSize);
    Aead::seal(test::key_of(key_), kZeroNonce, ad_, plain_, out);
    return out;
  }
  [[nodiscard]] std::optional<Bytes> opened(BytesView sealed, BytesView ad) const {
    Bytes out(sealed.size() - kTagSize);
    if (!Aead::open(test::key_of(key_), kZeroNonce, ad, sealed, out)) return std::nullopt;
    return out;
  }
};
using Aeads = testing::Types<ChaCha, XChaCha>;
TYPED_TEST_SUITE(AeadTest, Aeads);

template <class Aead>
void check_vector(const json& vector) {
  const auto field = [&](const char* name) { return unhex(vector.at(name).get<std::string>()); };
  const auto key = field("key");
  typename Aead::AnyNonce nonce{};
  // A nonce of another size cannot be handed in: the type of the parameter refuses it.
  if (field("iv").size() != nonce.size()) {
    EXPECT_EQ(vector.at("result"), "invalid") << vector;
    return;
  }
  std::ranges::copy(field("iv"), nonce.begin());
  const bool valid = vector.at("result") == "valid";
  const auto plain = field("msg");
  auto sealed = field("ct");
  append(sealed, field("tag"));
  Bytes out(sealed.size() - kTagSize);
  EXPECT_EQ(Aead::open(test::key_of(key), nonce, field("aad"), sealed, out), valid) << vector;
  if (!valid) return;
  EXPECT_EQ(to_hex(out), to_hex(plain));
  Bytes again(plain.size() + kTagSize);
  Aead::seal(test::key_of(key), nonce, field("aad"), plain, again);
  EXPECT_EQ(to_hex(again), to_hex(sealed));
}

TYPED_TEST(AeadTest, AcceptsExactlyTheValidVectors) {
  const auto vectors = test::vector_json(TypeParam::kVectors);
  ATTUNE_NEEDS_VECTORS(vectors);
  std::size_t cases = 0;
  for (const auto& group : vectors->at("testGroups")) {
    for (const auto& vector : group.at("tests")) {
      check_vector<TypeParam>(vector);
      ++cases;
    }
  }
  EXPECT_EQ(test::ran(TypeParam::kVectors, cases), TypeParam::kCases);
}

TYPED_TEST(AeadTest, RefusesEveryFlippedBitAndAcceptsTheHonestBytesAfterwards) {
  const auto sealed = this->sealed();
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    EXPECT_FALSE(this->opened(test::with_flipped_bit(sealed, bit), this->ad_)) << bit;
  }
  for (std::size_t bit = 0; bit < this->ad_.size() * 8; ++bit) {
    EXPECT_FALSE(this->opened(sealed, test::with_flipped_bit(this->ad_, bit))) << bit;
  }
  EXPECT_EQ(this->opened(sealed, this->ad_), this->plain_);
}

TYPED_TEST(AeadTest, RefusesAnotherKeyAndAnotherNonce) {
  const auto sealed = this->sealed();
  Bytes out(this->plain_.size());
  const Bytes other_key(32, std::byte{0x43});
  EXPECT_FALSE(TypeParam::open(test::key_of(other_key), this->kZeroNonce, this->ad_, sealed, out));
  auto other_nonce = this->kZeroNonce;
  other_nonce.back() = std::byte{1};
  EXPECT_FALSE(TypeParam::open(test::key_of(this->key_), other_nonce, this->ad_, sealed, out));
}

TYPED_TEST(AeadTest, WorksInPlace) {
  const auto sealed = this->sealed();
  auto bytes = this->plain_;
  bytes.resize(bytes.size() + kTagSize);
  const auto text = std::span{bytes}.first(this->plain_.size());
  TypeParam::seal(test::key_of(this->key_), this->kZeroNonce, this->ad_, text, bytes);
  EXPECT_EQ(bytes, sealed);
  ASSERT_TRUE(TypeParam::open(test::key_of(this->key_), this->kZeroNonce, this->ad_, bytes, text));
  EXPECT_TRUE(equal(text, this->plain_));
}

TYPED_TEST(AeadTest, AnOutputOfTheWrongSizeIsABug) {
  Bytes out(this->plain_.size());
  EXPECT_DEATH(TypeParam::seal(test::key_of(this->key_), this->kZeroNonce, {}, this->plain_, out), "size");
  EXPECT_DEATH(static_cast<void>(TypeParam::open(test::key_of(this->key_), this->kZeroNonce, {}, out, out)), "size");
}

TEST(RandomNonce, IsNewEachTime) { EXPECT_NE(random_xnonce(), random_xnonce()); }

}  // namespace
}  // namespace attune::crypto
