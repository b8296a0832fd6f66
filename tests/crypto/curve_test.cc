#include "crypto/curve.h"

#include <gtest/gtest.h>

#include "crypto/keys.h"
#include "crypto/random.h"
#include "support/error_matcher.h"

namespace attune::crypto {
namespace {

using nlohmann::json;
using test::unhex;

Bytes field(const json& vector, const char* name) { return unhex(vector.at(name).get<std::string>()); }

RootId root_from(const Bytes& bytes) { return RootId::from(BytesView{bytes}).value(); }

bool has_flag(const json& vector, const std::string& flag) {
  const auto flags = vector.at("flags").get<std::vector<std::string>>();
  return std::ranges::find(flags, flag) != flags.end();
}

TEST(X25519, AgreesWithWycheproofAndRefusesAnAllZeroResult) {
  const auto vectors = test::vector_json("wycheproof/x25519_test.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  std::size_t cases = 0;
  std::size_t refused = 0;
  for (const auto& group : vectors->at("testGroups")) {
    for (const auto& vector : group.at("tests")) {
      SCOPED_TRACE(vector.dump());
      ++cases;
      const auto secret = field(vector, "private");
      const auto other = test::array_of<32>(field(vector, "public"));
      if (has_flag(vector, "ZeroSharedSecret")) {
        ++refused;
        EXPECT_ERROR(Errc::peer_misbehaved, x25519(test::key_of(secret), other));
      } else {
        EXPECT_EQ(to_hex(x25519(test::key_of(secret), other).bytes()), vector.at("shared").get<std::string>());
      }
    }
  }
  EXPECT_EQ(test::ran("x25519", cases), 265U);
  EXPECT_GT(refused, 0U);
}

TEST(X25519, BothSidesAgree) {
  const auto ada = random_secret<DeviceSecret>();
  const auto ben = random_secret<EphemeralSecret>();
  EXPECT_TRUE(equal_secrets(x25519(ada.bytes(), x25519_public(ben.bytes())).bytes(),
                            x25519(ben.bytes(), x25519_public(ada.bytes())).bytes()));
}

TEST(Ed25519, AcceptsExactlyTheValidOfWycheproof) {
  const auto vectors = test::vector_json("wycheproof/ed25519_test.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  std::size_t cases = 0;
  for (const auto& group : vectors->at("testGroups")) {
    const auto root = root_from(field(group.at("publicKey"), "pk"));
    for (const auto& vector : group.at("tests")) {
      ++cases;
      const auto signature = field(vector, "sig");
      const bool right_size = signature.size() == Signature{}.size();  // another size has no type to come in
      const bool accepted = right_size && verify(root, field(vector, "msg"), test::array_of<64>(signature));
      EXPECT_EQ(accepted, vector.at("result") == "valid") << vector;
    }
  }
  EXPECT_EQ(test::ran("ed25519", cases), 77U);
}

TEST(Ed25519, AdmissionTurnsAwayEveryKeyOrSignatureAtTheEdge) {
  const auto vectors = test::vector_json("ed25519/cctv_ed25519_edge.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  ASSERT_EQ(test::ran("ed25519 at the edge", vectors->at("vectors").size()), 488U);
  std::size_t saved_by_admission = 0;
  for (const auto& vector : vectors->at("vectors")) {
    const auto root = root_from(field(vector, "key"));
    const auto message = vector.at("msg").get<std::string>();
    const auto accepted = verify(root, as_bytes(message), test::array_of<64>(field(vector, "sig")));
    EXPECT_EQ(accepted, vector.at("libsodium_1_0_18_accepts").get<bool>()) << vector;
    const bool flagged = !vector.at("flags").is_null() && !vector.at("flags").empty();
    EXPECT_EQ(accepted && admissible(root), accepted && !flagged) << vector;
    if (accepted && flagged) ++saved_by_admission;
  }
  EXPECT_EQ(saved_by_admission, 22U);
}

TEST(Ed25519, AgreesWithSpeccheck) {
  const auto vectors = test::vector_json("ed25519/speccheck_cases.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  ASSERT_EQ(test::ran("speccheck", vectors->at("vectors").size()), 12U);
  for (const auto& vector : vectors->at("vectors")) {
    const auto signature = test::array_of<64>(field(vector, "signature"));
    EXPECT_EQ(verify(root_from(field(vector, "pub_key")), field(vector, "message"), signature),
              vector.at("libsodium_1_0_18_accepts").get<bool>())
        << vector;
  }
}

TEST(Ed25519, ARootSignsAndNobodyElseDoes) {
  const auto seed = random_secret<Secret<struct SeedTag, 32>>();
  const auto secret = root_secret_from_seed(seed.bytes());
  const auto root = root_of(secret);
  EXPECT_EQ(root, root_of(root_secret_from_seed(seed.bytes())));
  EXPECT_TRUE(admissible(root));
  const auto message = as_bytes("a statement");
  auto signature = sign(secret, message);
  EXPECT_TRUE(verify(root, message, signature));
  EXPECT_FALSE(verify(root, as_bytes("another statement"), signature));
  const auto other = root_secret_from_seed(random_secret<Secret<struct SeedTag, 32>>().bytes());
  EXPECT_FALSE(verify(root_of(other), message, signature));
  signature[0] ^= std::byte{1};
  EXPECT_FALSE(verify(root, message, signature));
}

TEST(Ed25519, NoRootOfZerosIsAdmitted) { EXPECT_FALSE(admissible(RootId{})); }

}  // namespace
}  // namespace attune::crypto
