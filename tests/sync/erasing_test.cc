// Erasures that arrive: gathered, so that they cost one compaction together, and never confirmed before it is done.
#include <gmock/gmock.h>

#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;

class Erasures : public ::testing::Test {
 protected:
  Erasures() {
    pair(ada, ben);
    std::vector<book::Draft> drafts;
    for (int i = 0; i < kEntries; ++i) drafts.push_back({words("entry " + std::to_string(i)), true});
    entries = ada.book().write_all(drafts);
    meet(ada, ben);
  }

  // A session that stays, with nothing left to say on either side.
  static std::unique_ptr<Contact> level_contact(Device& one, Device& other) {
    auto contact = std::make_unique<Contact>(one, other, true);
    contact->run();
    EXPECT_TRUE(contact->one().exchange.level());
    return contact;
  }
  // Ada erases entry after entry, each in a batch of its own, and Ben takes them all before he has a turn to settle.
  void send_erasures(Contact& contact, int from, int count) {
    for (int i = from; i < from + count; ++i) {
      ada.book().erase(entries[static_cast<std::size_t>(i)]);
      contact.one().exchange.changed();
      std::string message;
      while (contact.one().exchange.next(message)) {
        ASSERT_TRUE(parsed(message).has_batch());
        contact.other().exchange.take(message);
      }
    }
  }
  // Everything that a side has to say without settling.
  static std::vector<Message> hear(sync::Exchange& exchange) {
    std::vector<Message> heard;
    std::string message;
    while (exchange.next(message)) heard.push_back(parsed(message));
    return heard;
  }
  static std::size_t tables_made(const MemoryFiles& files) {
    std::size_t made = 0;
    for (std::size_t n = 1; n <= files.recorded(); ++n) {
      const std::string change = files.recorded_change(n);
      const bool table = change.find(".ldb") != std::string::npos || change.find(".sst") != std::string::npos;
      made += change.find(" create ") != std::string::npos && table ? 1U : 0U;
    }
    return made;
  }

  static constexpr int kEntries = 320;
  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
  std::vector<ObjectId> entries;
};

TEST_F(Erasures, AreGoneFromTheDiskOnceAnySessionSettles) {
  const auto one = level_contact(ada, ben);
  const auto other = level_contact(ada, ben);
  send_erasures(*one, 0, 1);
  ASSERT_TRUE(ben.book().erasures_waiting());
  other->other().exchange.settle();
  EXPECT_FALSE(ben.book().erasures_waiting());
}

TEST_F(Erasures, ARowOfThemIsCompactedTogetherAndConfirmedOnlyThen) {
  const auto contact = level_contact(ada, ben);
  auto& there = contact->other().exchange;
  ben.files().record();
  send_erasures(*contact, 0, 1);
  there.settle();
  const std::size_t for_one = tables_made(ben.files());
  ASSERT_GT(for_one, 0U);
  EXPECT_EQ(hear(there).size(), 1U);

  constexpr int kRow = 60;
  ben.files().record();
  send_erasures(*contact, 1, kRow);
  EXPECT_THAT(hear(there), IsEmpty());
  EXPECT_TRUE(there.unsettled());
  EXPECT_FALSE(there.level());
  there.settle();
  EXPECT_FALSE(ben.book().erasures_waiting());
  EXPECT_LE(tables_made(ben.files()), 3 * for_one);
  const auto heard = hear(there);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].confirm().n(), static_cast<std::uint64_t>(kEntries + 1 + kRow));
  EXPECT_TRUE(there.level());
}

TEST_F(Erasures, WhereMoreIsAlwaysAtHandTheyAreConfirmedBeforeTheOtherSideLosesPatience) {
  const auto contact = level_contact(ada, ben);
  send_erasures(*contact, 0, 255);
  EXPECT_THAT(hear(contact->other().exchange), IsEmpty());
  send_erasures(*contact, 255, 1);
  EXPECT_FALSE(ben.book().erasures_waiting());
  const auto heard = hear(contact->other().exchange);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(heard[0].has_confirm());
}

TEST_F(Erasures, NoneIsLeftUnconfirmedWhenTheOtherSideEnds) {
  const auto contact = level_contact(ada, ben);
  send_erasures(*contact, 0, 3);
  Message end;
  end.mutable_end();
  contact->other().exchange.take(end.SerializeAsString());
  const auto heard = hear(contact->other().exchange);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_TRUE(heard[0].has_confirm());
  EXPECT_TRUE(heard[1].has_end());
  EXPECT_FALSE(ben.book().erasures_waiting());
}

TEST_F(Erasures, ASideThatWantsToEndConfirmsThemFirst) {
  const auto contact = level_contact(ada, ben);
  send_erasures(*contact, 0, 3);
  contact->other().exchange.end();
  EXPECT_THAT(hear(contact->other().exchange), IsEmpty());
  contact->run();
  EXPECT_TRUE(contact->over());
  EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
  EXPECT_TRUE(contact->other().exchange.so_far().up_to_date);
  EXPECT_TRUE(ada.book().erase_confirmed(entries[0]));
}

// Ben hears the same from two devices of Ada: what one session stored is not confirmed by the other before it is gone.
TEST_F(Erasures, AnotherSessionDoesNotConfirmThemEither) {
  Device second{ada_, clock};
  meet(ada, second);
  const auto with_first = level_contact(ada, ben);
  const auto with_second = level_contact(second, ben);
  send_erasures(*with_first, 0, 1);
  ASSERT_TRUE(ben.book().erasures_waiting());
  meet(ada, second);
  with_second->one().exchange.changed();
  for (const Message& message : hear(with_second->one().exchange)) {
    ASSERT_TRUE(message.has_batch());
    with_second->other().exchange.take(message.SerializeAsString());
  }
  EXPECT_THAT(hear(with_second->other().exchange), IsEmpty());
  EXPECT_TRUE(with_second->other().exchange.unsettled());
  with_second->other().exchange.settle();
  EXPECT_EQ(hear(with_second->other().exchange).size(), 1U);
  EXPECT_FALSE(ben.book().erasures_waiting());
}

}  // namespace
}  // namespace attune::test
