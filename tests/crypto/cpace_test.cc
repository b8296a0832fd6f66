#include "crypto/cpace.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "crypto/keys.h"
#include "support/error_matcher.h"
#include "support/vectors.h"

namespace attune::crypto {
namespace {

using nlohmann::json;
using test::unhex;

json ours(const std::string& name) {
  return json::parse(std::ifstream{test::project_file("tests/vectors/cpace/") + name});
}

Bytes field(const json& vector, const std::string& name) { return unhex(vector.at(name).get<std::string>()); }

CpaceShare share_of(const json& vector, const std::string& name) { return test::array_of<32>(field(vector, name)); }

Cpace side_of(const json& vector, const std::string& scalar) {
  return Cpace{field(vector, "PRS"), field(vector, "CI"), field(vector, "sid"),
               test::secret_of<CpaceScalar>(field(vector, scalar))};
}

void check_run(const json& vector) {
  auto initiator = side_of(vector, "ya");
  auto responder = side_of(vector, "yb");
  EXPECT_EQ(initiator.share(), share_of(vector, "Ya"));
  EXPECT_EQ(responder.share(), share_of(vector, "Yb"));
  const auto ada = field(vector, "ADa");
  const auto adb = field(vector, "ADb");
  const auto isk = to_hex(field(vector, "ISK_IR"));
  EXPECT_EQ(to_hex(initiator.finish_as_initiator(responder.share(), ada, adb).bytes()), isk);
  EXPECT_EQ(to_hex(responder.finish_as_responder(initiator.share(), ada, adb).bytes()), isk);
}

const Bytes kCode = to_bytes(as_bytes("amber-cabin-river"));
const Bytes kChannel = to_bytes(as_bytes("channel"));
const Bytes kSession = to_bytes(as_bytes("session"));

TEST(Cpace, ReproducesTheDraft) {
  const auto vectors = test::vector_json("cpace/draft_ristretto255_sha512.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  check_run(vectors->at("G_Coffee25519"));
  test::ran("cpace draft", 1);
}

TEST(Cpace, ReproducesCodesAndFieldsOfEveryLength) {
  const auto vectors = ours("generated_ristretto255_sha512.json");
  ASSERT_EQ(test::ran("cpace generated", vectors.at("vectors").size()), 18U);
  for (const auto& vector : vectors.at("vectors")) {
    SCOPED_TRACE(vector.at("id").dump());
    check_run(vector);
  }
}

TEST(Cpace, RefusesEveryShareThatMustNotBeUsed) {
  const auto vectors = ours("invalid_shares_ristretto255.json");
  std::size_t ran = 0;
  std::size_t other_sizes = 0;
  for (const auto& vector : vectors.at("vectors")) {
    SCOPED_TRACE(vector.at("why").get<std::string>());
    const auto bytes = field(vector, "Y");
    if (bytes.size() != CpaceShare{}.size()) {
      ++other_sizes;  // no CpaceShare can be made of it: whoever parses the message refuses it
      continue;
    }
    const auto share = test::array_of<32>(bytes);
    EXPECT_FALSE(decodable(share));
    Cpace initiator{kCode, kChannel, kSession};
    EXPECT_ERROR(Errc::peer_misbehaved, initiator.finish_as_initiator(share, {}, {}));
    Cpace responder{kCode, kChannel, kSession};
    EXPECT_ERROR(Errc::peer_misbehaved, responder.finish_as_responder(share, {}, {}));
    ++ran;
  }
  EXPECT_EQ(test::ran("cpace invalid shares", ran + other_sizes), 39U);
  EXPECT_GE(ran, 35U);
}

bool decodes(const json& hex) { return decodable(test::array_of<32>(unhex(hex.get<std::string>()))); }

TEST(Cpace, DecodesTheElementsOfTheRfcAndRefusesItsBadEncodings) {
  const auto vectors = test::vector_json("ristretto255/rfc9496.json");
  ATTUNE_NEEDS_VECTORS(vectors);
  const auto& multiples = vectors->at("A1_multiples_of_generator_0_to_15");
  for (std::size_t i = 0; i < multiples.size(); ++i) EXPECT_EQ(decodes(multiples.at(i)), i > 0) << i;  // 0: identity
  const auto& bad = vectors->at("A2_invalid_encodings_MUST_fail");
  for (const auto& vector : bad) EXPECT_FALSE(decodes(vector.at("encoding"))) << vector;
  const auto& elements = vectors->at("A3_from_uniform_bytes");
  for (const auto& vector : elements) EXPECT_TRUE(decodes(vector.at("element"))) << vector;
  const auto& high_bit = vectors->at("high_bit_set_MUST_reject").at("encodings");
  for (const auto& encoding : high_bit) EXPECT_FALSE(decodes(encoding)) << encoding;
  EXPECT_EQ(test::ran("ristretto255", multiples.size() + bad.size() + elements.size() + high_bit.size()),
            16U + 29U + 7U + 10U);
}

TEST(Cpace, TwoRunsOfOneCodeShareNoShareAndNoKey) {
  std::set<std::string> keys;
  std::set<std::string> shares;
  for (int i = 0; i < 8; ++i) {
    Cpace initiator{kCode, kChannel, kSession};
    Cpace responder{kCode, kChannel, kSession};
    shares.insert(to_hex(initiator.share()));
    shares.insert(to_hex(responder.share()));
    const auto key = initiator.finish_as_initiator(responder.share(), {}, {});
    EXPECT_EQ(to_hex(responder.finish_as_responder(initiator.share(), {}, {}).bytes()), to_hex(key.bytes()));
    keys.insert(to_hex(key.bytes()));
  }
  EXPECT_EQ(keys.size(), 8U);
  EXPECT_EQ(shares.size(), 16U);
}

TEST(Cpace, AnyDifferenceGivesAnotherKey) {
  const auto code = to_bytes(as_bytes("amber-cabin-rivet"));
  const auto other = to_bytes(as_bytes("other"));
  const auto agree = [](BytesView prs, BytesView channel, BytesView sid, BytesView ada) {
    Cpace initiator{kCode, kChannel, kSession};
    Cpace responder{prs, channel, sid};
    const auto key = initiator.finish_as_initiator(responder.share(), {}, {});
    return equal_secrets(key.bytes(), responder.finish_as_responder(initiator.share(), ada, {}).bytes());
  };
  EXPECT_TRUE(agree(kCode, kChannel, kSession, {}));
  EXPECT_FALSE(agree(code, kChannel, kSession, {}));
  EXPECT_FALSE(agree(kCode, other, kSession, {}));
  EXPECT_FALSE(agree(kCode, kChannel, other, {}));
  EXPECT_FALSE(agree(kCode, kChannel, kSession, other));
}

TEST(Cpace, RefusesItsOwnShareComingBack) {
  Cpace initiator{kCode, kChannel, kSession};
  const auto own = initiator.share();
  EXPECT_ERROR(Errc::peer_misbehaved, initiator.finish_as_initiator(own, {}, {}));
}

TEST(Cpace, ARunIsFinishedOnce) {
  Cpace initiator{kCode, kChannel, kSession};
  EXPECT_ERROR(Errc::peer_misbehaved, initiator.finish_as_initiator(CpaceShare{}, {}, {}));
  const Cpace honest{kCode, kChannel, kSession};
  EXPECT_DEATH(static_cast<void>(initiator.finish_as_initiator(honest.share(), {}, {})), "scalar_");
}

}  // namespace
}  // namespace attune::crypto
