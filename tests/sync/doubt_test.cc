// Disks that were put back, devices that were restored: nothing is lost, and nobody's word but the author's counts.
#include <gmock/gmock.h>

#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Doubts : public ::testing::Test {
 protected:
  Doubts() { pair(ada, ben); }
  static std::size_t logs_of(Device& at, const RootId& author, const CoupleId& space) {
    std::size_t count = 0;
    for (const log::Held& held : at.book().logs().all()) {
      count += held.name.author == author && held.name.couple == space && held.n > 0 ? 1U : 0U;
    }
    return count;
  }

  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
  CoupleId couple = identity::couple_of(ada_.root.id, ben_.root.id);
};

TEST_F(Doubts, ARestoredDeviceGetsItsPersonsEntriesBackFromThePartner) {
  for (int i = 0; i < 5; ++i) ada.write("entry " + std::to_string(i), true);
  meet(ada, ben);
  ada.write("last", true);
  meet(ada, ben);
  Device restored{ada_, clock};
  pair(restored, ben);  // the key was lost with the only device
  const auto contact = meet(restored, ben);
  EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
  EXPECT_THAT(restored.bodies(), UnorderedElementsAre("entry 0", "entry 1", "entry 2", "entry 3", "entry 4", "last"));
  EXPECT_EQ(restored.book().waiting(), 0U);
  // The old device's log is not continued.
  restored.write("from the new device", true);
  EXPECT_EQ(logs_of(restored, ada.root(), couple), 2U);
  meet(restored, ben);
  EXPECT_EQ(ben.bodies().size(), 7U);
}

TEST_F(Doubts, ARestoredDeviceTakesNothingBackThatIsNotSealedByItsPerson) {
  ada.write("entry", true);
  meet(ada, ben);
  // Ben changed the seal that he stores: nothing he says of Ada's log is believed.
  const log::Held* held = nullptr;
  for (const log::Held& log : ben.book().logs().all()) {
    if (log.name.author == ada.root()) held = ben.book().logs().find(log.number);
  }
  ASSERT_NE(held, nullptr);
  ben.book().keep_seal({held->number, held->n},
                       identity::make_seal(ben_.self_keys.back(), held->name.id, held->n, held->link));
  Device restored{ada_, clock};
  pair(restored, ben);
  ben.write("from ben", true);
  EXPECT_TRUE(meet(restored, ben)->over());  // the rest goes on
  EXPECT_THAT(restored.bodies(), UnorderedElementsAre("from ben"));
}

TEST_F(Doubts, APartnersDiskThatWasPutBackIsFilledAgain) {
  ada.write("one", true);
  meet(ada, ben);
  const MemoryDisk early = ben.snapshot();
  ada.write("two", true);
  ada.write("three", true);
  meet(ada, ben);
  ben.roll_back(early);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one"));
  meet(ada, ben);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two", "three"));
}

TEST_F(Doubts, AnOwnDiskThatWasPutBackIsFilledByThePartnerAndItsLogIsNotContinued) {
  ada.write("one", true);
  const MemoryDisk early = ada.snapshot();
  ada.write("two", true);
  meet(ada, ben);
  ada.roll_back(early);
  meet(ada, ben);
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("one", "two"));
  ada.write("three", true);
  EXPECT_EQ(logs_of(ada, ada.root(), couple), 2U);
  meet(ada, ben);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two", "three"));
  EXPECT_THAT(ada.book().verify().problems, IsEmpty());
}

TEST_F(Doubts, AnOwnDiskThatWasPutBackIsFilledByAnOwnDeviceToo) {
  Device second{ada_, clock};
  ada.write("one", false);
  const MemoryDisk early = ada.snapshot();
  ada.write("two", false);
  meet(ada, second);
  ada.roll_back(early);
  meet(ada, second);
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("one", "two"));
  ada.write("three", false);
  meet(ada, second);
  EXPECT_THAT(second.bodies(), UnorderedElementsAre("one", "two", "three"));
}

// The device went on writing before anybody could tell it that its disk was put back.
TEST_F(Doubts, WhatWasWrittenOnADiskThatWasPutBackReachesThePartnerToo) {
  ada.write("one", true);
  const MemoryDisk early = ada.snapshot();
  ada.write("two", true);
  meet(ada, ben);
  ada.roll_back(early);
  ada.write("another second", true);
  meet(ada, ben);
  meet(ada, ben);
  EXPECT_THAT(ada.bodies(), ::testing::IsSupersetOf({"one", "another second"}));
  EXPECT_THAT(ben.bodies(), ::testing::IsSupersetOf({"one", "two"}));
  ada.write("three", true);
  meet(ada, ben);
  EXPECT_THAT(ben.bodies(), ::testing::IsSupersetOf({"one", "two", "three"}));
  EXPECT_THAT(ada.book().verify().problems, IsEmpty());
  EXPECT_THAT(ben.book().verify().problems, IsEmpty());
}

// An erase comes before the contents, or the contents are gone where they are asked for.
TEST_F(Doubts, APlaceThatLacksItsWordsIsAskedForUntilSomebodyHasThem) {
  Device second{ada_, clock};
  meet(ada, second);
  ada.write("shared", true);
  // The second device got the log from somebody who had lost the words.
  const log::Held* held = nullptr;
  for (const log::Held& log : ada.book().logs().all()) {
    if (log.name.couple == couple) held = ada.book().logs().find(log.number);
  }
  ASSERT_NE(held, nullptr);
  const auto record = ada.book().logs().read({held->number, 1});
  const auto learned = second.book().learn(held->name, ada.id());
  second.book().receive(learned, 1, {{record->object, {}, record->hash}}, record->link, held->seal,
                        book::Book::Handed::vouched);
  EXPECT_THAT(second.bodies(), IsEmpty());
  meet(second, ben);
  EXPECT_THAT(ben.bodies(), IsEmpty());
  meet(ada, second);
  EXPECT_THAT(second.bodies(), UnorderedElementsAre("shared"));
  meet(second, ben);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("shared"));
}

}  // namespace
}  // namespace attune::test
