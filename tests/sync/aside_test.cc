// What did not travel although both sides said all they had: counted by why, on both sides.
#include <gtest/gtest.h>

#include "sync/world.h"

namespace attune::test {
namespace {

// At least one entry of the largest size must fit.
constexpr book::Limits kSmall{.object_bytes = 8U << 20U, .person_bytes = 1'200'000};

class SetAsides : public ::testing::Test {
 protected:
  SetAsides() { pair(ada, ben); }
  using Counts = sync::SetAside;
  static Counts of(const Contact::Side& side) { return side.exchange.so_far().aside; }

  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock, kSmall};
};

TEST_F(SetAsides, NothingWhereEverythingTravelled) {
  ada.write("from ada", true);
  ben.write("from ben", true);
  const auto contact = meet(ada, ben);
  EXPECT_EQ(of(contact->one()), Counts{});
  EXPECT_EQ(of(contact->other()), Counts{});
}

TEST_F(SetAsides, ALogPastALimitIsHeldAndBothSidesKnow) {
  ada.write(std::string(800'000, 'a'), true);
  const ObjectId too_much = ada.write(std::string(800'000, 'b'), true);
  ben.write("from ben", true);
  const auto contact = meet(ada, ben);
  EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
  EXPECT_EQ(of(contact->one()), Counts{.held_there = 1});
  EXPECT_EQ(of(contact->other()), Counts{.held_here = 1});
  EXPECT_EQ(ada.bodies().size(), 3U);
  EXPECT_EQ(ben.bodies().size(), 2U);
  EXPECT_EQ(ada.book().waiting(), 1U);

  // It stays so until room is made, and then it is over.
  EXPECT_EQ(of(meet(ada, ben)->other()), Counts{.held_here = 1});
  ada.book().erase(too_much);
  ada.write("small enough", true);
  const auto later = meet(ada, ben);
  EXPECT_EQ(of(later->one()), Counts{});
  EXPECT_EQ(of(later->other()), Counts{});
  EXPECT_EQ(ben.bodies().size(), 3U);
  EXPECT_EQ(ada.book().waiting(), 0U);
}

TEST_F(SetAsides, ALogThatForkedIsHealedAndSetAsideNoMore) {
  ada.write("one", true);
  const MemoryDisk early = ada.snapshot();
  ada.write("two", true);
  meet(ada, ben);
  ada.roll_back(early);
  ada.write("another second", true);
  const auto contact = meet(ada, ben);
  EXPECT_TRUE(contact->over());
  EXPECT_EQ(of(contact->one()), Counts{});
  EXPECT_EQ(of(contact->other()), Counts{});
}

TEST_F(SetAsides, WhatIsNotMineIsDisputedOnBothSides) {
  ada.write("entry", true);
  meet(ada, ben);
  // Ben's device keeps the log under a seal that Ada did not make.
  for (const log::Held& held : ben.book().logs().all()) {
    if (held.name.author != ada.root()) continue;
    ben.book().keep_seal({held.number, held.n},
                         identity::make_seal(ben_.self_keys.back(), held.name.id, held.n, held.link));
  }
  Device restored{ada_, clock};
  pair(restored, ben);
  const auto contact = meet(restored, ben);
  EXPECT_EQ(of(contact->one()), Counts{.disputed = 1});
  EXPECT_EQ(of(contact->other()), Counts{.disputed = 1});
}

}  // namespace
}  // namespace attune::test
