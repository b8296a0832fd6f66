#include "crypto/kdf.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <fstream>

#include "crypto/hash.h"
#include "crypto/keys.h"
#include "crypto/noise_symmetric.h"
#include "crypto/random.h"
#include "support/vectors.h"

namespace attune::crypto {
namespace {

using nlohmann::json;
using test::unhex;

json ours(const std::string& path) { return json::parse(std::ifstream{test::project_file("tests/vectors/") + path}); }

Bytes field(const json& vector, const char* name) { return unhex(vector.at(name).get<std::string>()); }

template <class Check>
std::size_t for_each_case(const json& vectors, Check check) {
  std::size_t cases = 0;
  for (const auto& group : vectors.at("testGroups")) {
    for (const auto& vector : group.at("tests")) {
      check(vector);
      ++cases;
    }
  }
  return cases;
}

template <class Mac>
std::size_t check_macs(const json& vectors, Mac mac) {
  return for_each_case(vectors, [&](const json& vector) {
    const auto tag = field(vector, "tag");  // some are truncated
    const auto whole = mac(field(vector, "key"), field(vector, "msg"));
    EXPECT_EQ(equal(BytesView{whole}.first(tag.size()), tag), vector.at("result") == "valid") << vector;
  });
}

TEST(Hmac, Sha256AgreesWithWycheproof) {
  const auto vectors = test::vector_json("wycheproof/hmac_sha256_test.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  EXPECT_EQ(test::ran("hmac_sha256", check_macs(*vectors, hmac_sha256)), 87U);
}

TEST(Hmac, Sha512AgreesWithWycheproof) {
  const auto vectors = test::vector_json("wycheproof/hmac_sha512_test.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  EXPECT_EQ(test::ran("hmac_sha512", check_macs(*vectors, hmac_sha512)), 87U);
}

TEST(Hkdf, Sha256AgreesWithWycheproof) {
  const auto vectors = test::vector_json("wycheproof/hkdf_sha256_test.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  const auto cases = for_each_case(*vectors, [](const json& vector) {
    const auto size = vector.at("size").get<std::size_t>();
    // The invalid ones ask for more than HKDF can give: a bug of the caller.
    if (vector.at("result") != "valid") {
      EXPECT_GT(size, 255U * 32U) << vector;
      return;
    }
    Bytes into(size);
    hkdf_sha256(field(vector, "salt"), field(vector, "ikm"), field(vector, "info"), into);
    EXPECT_EQ(to_hex(into), vector.at("okm").get<std::string>()) << vector;
  });
  EXPECT_EQ(test::ran("hkdf_sha256", cases), 46U);
}

TEST(Hkdf, MoreThanItCanGiveIsABug) {
  Bytes into(255 * 32);
  hkdf_sha256({}, as_bytes("key"), {}, into);
  into.push_back(std::byte{0});
  EXPECT_DEATH(hkdf_sha256({}, as_bytes("key"), {}, into), "255");
}

TEST(Hmac, Blake2bAgreesWithAnIndependentOne) {
  const auto vectors = ours("blake2b/hmac_blake2b_and_noise_hkdf.json").at("hmac");
  ASSERT_EQ(test::ran("hmac_blake2b", vectors.size()), 24U);
  for (const auto& vector : vectors) {
    const auto key = field(vector, "key");
    const auto message = field(vector, "msg");
    EXPECT_EQ(to_hex(hmac_blake2b(key, message)), vector.at("mac").get<std::string>()) << vector;
  }
}

TEST(Hkdf, OfNoiseAgreesWithAnIndependentOne) {
  const auto vectors = ours("blake2b/hmac_blake2b_and_noise_hkdf.json").at("noise_hkdf");
  ASSERT_EQ(test::ran("noise_hkdf", vectors.size()), 24U);
  for (const auto& vector : vectors) {
    std::array<NoiseHash, 3> outputs;
    noise_hkdf(field(vector, "chaining_key"), field(vector, "ikm"), outputs);
    std::array<NoiseHash, 2> two;
    noise_hkdf(field(vector, "chaining_key"), field(vector, "ikm"), two);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_EQ(to_hex(outputs[i]), vector.at("out" + std::to_string(i + 1)).get<std::string>()) << vector;
    }
    EXPECT_EQ(two[0], outputs[0]);
    EXPECT_EQ(two[1], outputs[1]);
  }
}

TEST(Hmac, Blake2bMayWriteOverItsInput) {
  auto key = test::array_of<64>(Bytes(64, std::byte{3}));
  const auto expected = hmac_blake2b(key, key);
  hmac_blake2b(key, key, key);
  EXPECT_EQ(key, expected);
}

TEST(Derive, AgreesWithAnIndependentOne) {
  const auto vectors = ours("blake2b/libsodium_kdf.json").at("vectors");
  ASSERT_EQ(test::ran("libsodium kdf", vectors.size()), 24U);
  for (const auto& vector : vectors) {
    const auto key = field(vector, "key");
    Bytes into(vector.at("outlen").get<std::size_t>());
    derive_into(test::key_of(key), vector.at("context").get<std::string>(),
                std::stoull(vector.at("subkey_id").get<std::string>()), into);
    EXPECT_EQ(to_hex(into), vector.at("out").get<std::string>()) << vector;
  }
}

struct Salted {
  Bytes key, message, salt, personal;
};
Bytes blake2b_of(const Salted& all, std::size_t size) {
  Bytes digest(size);
  EXPECT_EQ(crypto_generichash_blake2b_salt_personal(as_uchar(std::span<std::byte>{digest}), size,
                                                     as_uchar(BytesView{all.message}), all.message.size(),
                                                     as_uchar(BytesView{all.key}), all.key.size(),
                                                     as_uchar(BytesView{all.salt}), as_uchar(BytesView{all.personal})),
            0);
  return digest;
}

TEST(Blake2b, WithSaltAndPersonalisationAgreesWithAnIndependentOne) {
  const auto vectors = ours("blake2b/blake2b_salt_personal.json").at("vectors");
  ASSERT_EQ(test::ran("blake2b with salt and personalisation", vectors.size()), 24U);
  const Bytes none(16);
  std::size_t without = 0;
  for (const auto& vector : vectors) {
    const Salted all{field(vector, "key"), field(vector, "in"), field(vector, "salt"), field(vector, "person")};
    Bytes digest(vector.at("outlen").get<std::size_t>());
    EXPECT_EQ(to_hex(blake2b_of(all, digest.size())), vector.at("out").get<std::string>()) << vector;
    if (all.salt != none || all.personal != none) continue;
    ++without;
    blake2b(all.key, {all.message}, digest);
    EXPECT_EQ(to_hex(digest), vector.at("out").get<std::string>()) << vector;
  }
  EXPECT_EQ(without, 4U);
}

// docs/backup-format.md, section 1, for whoever has no crypto_kdf.
TEST(Derive, IsBlake2bOfNothingWithTheNumberAsSaltAndTheContextAsPersonalisation) {
  const Bytes key(32, std::byte{7});
  for (const std::uint64_t number : {0ULL, 1ULL, 0x0102030405060708ULL}) {
    Salted all{key, {}, Bytes(16), to_bytes(as_bytes("attROOT_"))};
    all.personal.resize(16);
    for (std::size_t i = 0; i < 8; ++i) all.salt[i] = static_cast<std::byte>(number >> (8 * i));
    for (const std::size_t size : {16U, 32U, 64U}) {
      Bytes into(size);
      derive_into(test::key_of(key), "attROOT_", number, into);
      EXPECT_EQ(to_hex(into), to_hex(blake2b_of(all, size)));
    }
  }
}

TEST(Derive, ContextAndNumberKeepKeysApart) {
  using Key = Secret<struct DerivedTag, 32>;
  const auto master = random_secret<Key>();
  const auto key = derive<Key>(master.bytes(), "context1", 1);
  EXPECT_TRUE(equal_secrets(key.bytes(), derive<Key>(master.bytes(), "context1", 1).bytes()));
  EXPECT_FALSE(equal_secrets(key.bytes(), derive<Key>(master.bytes(), "context2", 1).bytes()));
  EXPECT_FALSE(equal_secrets(key.bytes(), derive<Key>(master.bytes(), "context1", 2).bytes()));
  EXPECT_DEATH(static_cast<void>(derive<Key>(master.bytes(), "short", 1)), "context");
}

TEST(Argon2id, AgreesWithTheReferenceProgram) {
  const auto vectors = ours("argon2/argon2id_p1.json").at("vectors");
  ASSERT_EQ(test::ran("argon2id", vectors.size()), 16U);
  for (const auto& vector : vectors) {
    const auto salt = test::array_of<16>(field(vector, "salt_hex"));
    const PassphraseCost cost{vector.at("m_kib").get<std::uint64_t>() * 1024, vector.at("t").get<std::uint32_t>()};
    Bytes into(vector.at("outlen").get<std::size_t>());
    argon2id(field(vector, "password_hex"), salt, cost, into);
    EXPECT_EQ(to_hex(into), vector.at("tag").get<std::string>()) << vector;
  }
}

TEST(PassphraseCost, HasAFloorAndACeiling) {
  constexpr std::uint64_t kMiB = 1ULL << 20U;
  for (const auto& cost : {kInteractive, kModerate, kSensitive, PassphraseCost{4096 * kMiB, 10}}) {
    EXPECT_TRUE(acceptable(cost));
  }
  EXPECT_FALSE(acceptable({64 * kMiB - 1, 2}));
  EXPECT_FALSE(acceptable({64 * kMiB, 1}));
  EXPECT_FALSE(acceptable({4096 * kMiB + 1, 2}));
  EXPECT_FALSE(acceptable({64 * kMiB, 11}));
  EXPECT_FALSE(acceptable({0, 0}));
}

TEST(Stretch, IsArgon2idWithinTheLimits) {
  const auto salt = test::array_of<16>(Bytes(16, std::byte{1}));
  const auto passphrase = as_bytes("correct horse");
  std::array<std::byte, 64> expected;
  argon2id(passphrase, salt, kInteractive, expected);
  EXPECT_TRUE(equal_secrets(stretch(passphrase, salt, kInteractive).bytes(), expected));
  EXPECT_FALSE(equal_secrets(stretch(as_bytes("correct horsf"), salt, kInteractive).bytes(), expected));
  EXPECT_DEATH(static_cast<void>(stretch(passphrase, salt, {1ULL << 20U, 1})), "acceptable");
}

}  // namespace
}  // namespace attune::crypto
