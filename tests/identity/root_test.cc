#include "identity/root.h"

#include <gtest/gtest.h>

#include "identity/known.h"

namespace attune::identity {
namespace {

using test::hex_of;
using test::known;
using test::person;

TEST(Root, GivesTheKeysThatAnIndependentProgramGives) {
  const Root root = person(0);
  EXPECT_EQ(root.id.hex(), known()["root"]);
  EXPECT_EQ(hex_of(root.signing.bytes().first<32>()), known()["signing_seed"]);
  EXPECT_EQ(hex_of(root.backup.bytes()), known()["backup"]);
  EXPECT_EQ(hex_of(root.backup_recipient), known()["backup_recipient"]);
  EXPECT_EQ(hex_of(root.self_seed.bytes()), known()["self_seed"]);
  EXPECT_EQ(person(1).id.hex(), known()["other_root"]);
}

TEST(Root, IsAKeyThatMayBeBelieved) { EXPECT_TRUE(crypto::admissible(person(0).id)); }

TEST(Root, NamesACoupleTheSameFromBothSides) {
  const RootId one = person(0).id;
  const RootId other = person(1).id;
  EXPECT_EQ(couple_of(one, other), couple_of(other, one));
  EXPECT_EQ(couple_of(one, other).hex(), known()["couple"]);
  EXPECT_NE(couple_of(one, person(2).id), couple_of(one, other));
}

}  // namespace
}  // namespace attune::identity
