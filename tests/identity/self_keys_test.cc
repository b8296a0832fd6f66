#include "identity/self_keys.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "identity/root.h"

namespace attune::identity {
namespace {

Statement revoke(const Root& root, std::uint64_t number) {
  Revoke revoke{.device = crypto::random_id<DeviceId>(), .number = number, .random = {}, .cut_offs = {}};
  crypto::random_fill(revoke.random);
  return sign_statement(root.signing, revoke);
}

class SelfKeys : public ::testing::Test {
 protected:
  Statement add(std::uint64_t number) {
    Statement statement = revoke(root, number);
    roster.add(statement);
    return statement;
  }
  Root root = root_from(crypto::random_secret<crypto::Entropy>());
  Roster roster{root.id};
};

TEST_F(SelfKeys, StandInTheOrderOfTheirRevokesAndEachOnce) {
  const Statement second = add(2);
  const Statement first = add(1);
  std::vector<SelfKey> keys = self_keys_from(root.self_seed, roster);
  ASSERT_EQ(keys.size(), 3U);
  EXPECT_TRUE(keys[0].revoke.is_none());
  EXPECT_EQ(keys[1].revoke, first.hash);
  EXPECT_EQ(keys[2].revoke, second.hash);
  EXPECT_EQ(newest_self_key(roster), second.hash);

  std::vector<SelfKey> mixed;
  for (const std::size_t i : {2U, 0U, 1U, 2U, 0U}) mixed.push_back(keys[i].clone());
  mixed.push_back(self_key_from(root.self_seed, nullptr));
  const Statement unknown = revoke(root, 9);
  mixed.push_back(self_key_from(root.self_seed, &unknown));
  const auto ordered = in_order(std::move(mixed), roster);
  ASSERT_EQ(ordered.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(ordered[i].revoke, keys[i].revoke);
}

TEST_F(SelfKeys, TheFirstOneIsNeededBeforeAnyRevoke) {
  EXPECT_TRUE(newest_self_key(roster).is_none());
  EXPECT_EQ(self_keys_from(root.self_seed, roster).size(), 1U);
}

TEST_F(SelfKeys, RevokesMadeOneAfterTheOtherAreNotApart) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(roster.revoked_apart());
    add(roster.next_number());
  }
  EXPECT_FALSE(roster.revoked_apart());
}

TEST_F(SelfKeys, RevokesOfOneNumberAreApartUntilOneMoreIsMadeThatKnowsBoth) {
  add(1);
  add(1);
  EXPECT_TRUE(roster.revoked_apart());
  add(roster.next_number());
  EXPECT_FALSE(roster.revoked_apart());
}

TEST_F(SelfKeys, AChainThatDidNotKnowOfAnotherRevokeIsApartThoughItsNumbersDiffer) {
  add(1);
  Roster elsewhere{root.id};
  for (int i = 0; i < 2; ++i) elsewhere.add(revoke(root, elsewhere.next_number()));
  for (const auto& [hash, statement] : elsewhere.statements()) roster.add(statement);
  EXPECT_TRUE(roster.revoked_apart());
  add(roster.next_number());
  EXPECT_FALSE(roster.revoked_apart());
}

}  // namespace
}  // namespace attune::identity
