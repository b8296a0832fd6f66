// What honest devices make of a log that forked: healed in one session, however often that is cut.
#include "sync/forked.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_F(Forked, OneSessionHealsItAndBothAreUpToDate) {
  const auto contact = meet(ada, ben);
  EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
  EXPECT_TRUE(contact->other().exchange.so_far().up_to_date);
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("one", "two", "three", "another second"));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two", "three", "another second"));
  EXPECT_EQ(adas().closed, 1U);
  EXPECT_TRUE(adas().retired);
  EXPECT_EQ(ada.book().waiting(), 0U);
  EXPECT_GT(ada.book().doubts(), 0U);
  for (Device* device : {&ada, &ben}) EXPECT_THAT(device->book().verify().problems, IsEmpty());
}

TEST_F(Forked, WhatWasHealedIsNeverAskedForAgain) {
  meet(ada, ben);
  const auto doubts = ada.book().doubts();
  const auto again = meet(ada, ben);
  EXPECT_TRUE(again->one().exchange.so_far().up_to_date);
  for (const std::string& bytes : again->all_said()) {
    EXPECT_FALSE(parsed(bytes).has_branch());
    EXPECT_FALSE(parsed(bytes).has_batch());
  }
  EXPECT_EQ(ada.book().doubts(), doubts);
}

TEST_F(Forked, HealingThatWasCutAnywhereIsDoneAgainWithoutHarm) {
  for (std::size_t cut = 0; cut < 14; ++cut) {
    std::mt19937_64 random{cut};
    Contact{ada, ben}.run(random, cut);
    ada.reopen();
  }
  meet(ada, ben);
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("one", "two", "three", "another second"));
  EXPECT_EQ(ada.sees().size(), ben.sees().size());
  EXPECT_THAT(ada.book().verify().problems, IsEmpty());
}

TEST_F(Forked, WhatWasErasedStaysErased) {
  const auto entries = ben.book().list({});
  const auto three =
      std::ranges::find_if(entries, [](const journal::Entry& entry) { return entry.current->content.body == "three"; });
  ASSERT_NE(three, entries.end());
  const ObjectId id = three->id;
  Device second{ada_, clock};
  meet(ada, second);
  pair(second, ben);
  meet(second, ben);
  second.book().erase(id);
  meet(second, ben);
  meet(ada, ben);
  meet(ada, second);
  for (Device* device : {&ada, &ben, &second}) {
    EXPECT_THAT(device->bodies(), UnorderedElementsAre("one", "two", "another second"));
    EXPECT_THAT(device->book().verify().problems, IsEmpty());
  }
}

TEST_F(Forked, ADeviceThatHoldsMoreOfTheClosedBranchBringsItAnew) {
  Device second{ada_, clock};
  meet(second, ada);  // holds "another second"
  pair(second, ben);
  const auto contact = meet(second, ben);
  EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
  ada.write("written on", true);  // by whoever cannot know yet
  const auto own = meet(ada, second);
  EXPECT_TRUE(own->one().exchange.so_far().up_to_date);
  EXPECT_TRUE(own->other().exchange.so_far().up_to_date);
  meet(second, ben);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two", "three", "another second", "written on"));
  EXPECT_EQ(ada.sees(), second.sees());
}

}  // namespace
}  // namespace attune::test
