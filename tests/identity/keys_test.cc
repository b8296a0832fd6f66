#include "identity/keys.h"

#include <gtest/gtest.h>

#include "identity/known.h"

namespace attune::identity {
namespace {

using test::hex_of;
using test::id_of;
using test::known;
using test::person;
using test::raw;

Statement known_revoke() { return check_statement(person(0).id, raw(known()["revoke"]["wire"])); }

void expect_self_key(const SelfKey& key, const nlohmann::json& answers) {
  EXPECT_EQ(hex_of(key.secret.bytes()), answers["secret"]);
  EXPECT_EQ(key.name().hex(), answers["name"]);
  EXPECT_EQ(hex_of(key.psk().bytes()), answers["psk"]);
  EXPECT_EQ(hex_of(key.seal_key().bytes()), answers["seal"]);
  EXPECT_EQ(hex_of(key.backup_mac_key().bytes()), answers["backup_mac"]);
  EXPECT_EQ(hex_of(key.beacon_key().bytes()), answers["beacon"]);
}

TEST(SelfKey, IsTheOneThatAnIndependentProgramGives) {
  const SelfKey first = self_key_from(person(0).self_seed, nullptr);
  EXPECT_TRUE(first.revoke.is_none());
  expect_self_key(first, known()["first_self_key"]);
}

TEST(SelfKey, IsAnotherAfterARevocation) {
  const Statement revoke = known_revoke();
  const SelfKey second = self_key_from(person(0).self_seed, &revoke);
  EXPECT_EQ(second.revoke, revoke.hash);
  expect_self_key(second, known()["second_self_key"]);
}

TEST(SelfKey, CopiesOnlyByName) {
  static_assert(!std::is_copy_constructible_v<SelfKey> && !std::is_copy_constructible_v<CoupleKey>);
  const SelfKey key = self_key_from(person(0).self_seed, nullptr);
  expect_self_key(key.clone(), known()["first_self_key"]);
}

TEST(CoupleKey, IsTheOneThatAnIndependentProgramGives) {
  const auto& answers = known()["couple_key"];
  const Bytes secret = test::unhex(answers["secret"]);
  const CoupleKey key{CoupleKeySecret::copied(std::span<const std::byte, 32>{secret}), 3};
  EXPECT_EQ(key.hash().hex(), answers["hash"]);
  EXPECT_EQ(hex_of(key.psk().bytes()), answers["psk"]);
  EXPECT_EQ(hex_of(key.beacon_key().bytes()), answers["beacon"]);
  EXPECT_EQ(key.clone().revokes, 3U);
}

TEST(CoupleKey, IsNewerByRevocationsFirstAndThenByItsHash) {
  const auto key = [](int byte, std::uint64_t revokes) {
    std::array<std::byte, 32> secret;
    secret.fill(static_cast<std::byte>(byte));
    return CoupleKey{CoupleKeySecret::copied(secret), revokes};
  };
  for (int byte = 1; byte < 8; ++byte) {
    EXPECT_TRUE(newer(key(byte, 2), key(byte + 1, 1)));
    EXPECT_FALSE(newer(key(byte, 1), key(byte + 1, 2)));
    EXPECT_EQ(newer(key(byte, 1), key(byte + 1, 1)), key(byte, 1).hash() > key(byte + 1, 1).hash());
    EXPECT_FALSE(newer(key(byte, 1), key(byte, 1)));
  }
}

TEST(Seal, IsTheOneThatAnIndependentProgramGives) {
  const auto& chain = known()["chain"];
  const SelfKey key = self_key_from(person(0).self_seed, nullptr);
  const LogId log = *LogId::from(raw(chain["log"]));
  const Link link = *Link::from(raw(chain["link2"]));
  const Seal seal = make_seal(key, log, 2, link);
  EXPECT_EQ(hex_of(as_bytes(seal.bytes())), chain["seal"]);
  EXPECT_TRUE(seal_holds(key, seal, log, 2, link));
}

TEST(Seal, HoldsForOnePlaceUnderOneKeyOnly) {
  const Statement revoke = known_revoke();
  const SelfKey key = self_key_from(person(0).self_seed, nullptr);
  const SelfKey newer = self_key_from(person(0).self_seed, &revoke);
  const auto log = id_of<LogId>(1);
  const auto link = id_of<Link>(2);
  const Seal seal = make_seal(key, log, 7, link);
  EXPECT_TRUE(seal_holds(key, seal, log, 7, link));
  EXPECT_FALSE(seal_holds(newer, seal, log, 7, link));
  EXPECT_FALSE(seal_holds(key, seal, id_of<LogId>(2), 7, link));
  EXPECT_FALSE(seal_holds(key, seal, log, 8, link));
  EXPECT_FALSE(seal_holds(key, seal, log, 7, id_of<Link>(3)));
  // Somebody who knows the name of the newer key and not the key.
  Seal renamed = seal;
  renamed.key = newer.name();
  EXPECT_FALSE(seal_holds(newer, renamed, log, 7, link));
}

TEST(Seal, DoesNotHoldWithAnyBitChanged) {
  const SelfKey key = self_key_from(person(0).self_seed, nullptr);
  const auto log = id_of<LogId>(1);
  const auto link = id_of<Link>(2);
  const std::string bytes = make_seal(key, log, 7, link).bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    EXPECT_FALSE(seal_holds(key, *Seal::from(changed), log, 7, link));
  }
  EXPECT_EQ(*Seal::from(bytes), make_seal(key, log, 7, link));
}

TEST(Seal, HasFortyBytes) {
  EXPECT_FALSE(Seal::from(""));
  EXPECT_FALSE(Seal::from(std::string(39, 'x')));
  EXPECT_FALSE(Seal::from(std::string(41, 'x')));
  EXPECT_EQ(Seal::from(std::string(40, 'x'))->bytes(), std::string(40, 'x'));
}

}  // namespace
}  // namespace attune::identity
