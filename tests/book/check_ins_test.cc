// Check-ins between homes: who sees what when, which device opens, what is taken back.
#include "book/check_ins.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "book/answers.h"
#include "book/home.h"
#include "crypto/hash.h"
#include "identity/root.h"
#include "journal/trends.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::Answers;
using journal::CheckIn;
using journal::CheckInStatus;
using journal::Day;
using std::chrono::days;
using test::bring;

Answers answers(std::string text) {
  Answers answers;
  answers.mood_word = "calm";
  answers.mood_level = 4;
  answers.appreciated = std::move(text);
  return answers;
}

// Ada with two devices, Ben with one.
class CheckIns : public testing::Test {
 protected:
  CheckIns() {
    laptop.pair_with(ben_);
    bring(laptop, phone);
    ben.pair_with(ada_);
  }

  [[nodiscard]] Day today() const { return journal::day_on_wall(clock.now(), std::chrono::minutes{0}); }
  ObjectId says(test::Home& home, std::string text) { return answer(home.book(), answers(std::move(text)), today()); }
  static CheckIn at(test::Home& home, const ObjectId& id) { return check_in(home.book().shelf(), id).value(); }
  // What Ben's side shows of Ada's answers, or the other way round; empty: nothing.
  static std::string shown(test::Home& home, const ObjectId& id) {
    const auto one = check_in(home.book().shelf(), id);
    return one && one->partners.answers ? one->partners.answers->appreciated : "";
  }
  static std::vector<std::string> problems(test::Home& home) { return home.book().verify().problems; }
  [[nodiscard]] CoupleId couple() const { return identity::couple_of(ada_.root, ben_.root); }

  test::ManualClock clock;
  test::Person ada_, ben_;
  test::Home laptop{ada_, clock}, phone{ada_, clock}, ben{ben_, clock};
};

TEST_F(CheckIns, AreSeenByNeitherBeforeBothHaveAnsweredAndByBothThen) {
  const ObjectId id = says(laptop, "of Ada");
  EXPECT_EQ(at(laptop, id).status, CheckInStatus::waits_for_partner);
  bring(laptop, ben);
  EXPECT_EQ(at(ben, id).status, CheckInStatus::waits_for_me);
  EXPECT_EQ(shown(ben, id), "");
  EXPECT_EQ(says(ben, "of Ben"), id);  // answered, not doubled
  EXPECT_EQ(shown(ben, id), "");
  bring(ben, laptop);
  EXPECT_EQ(shown(laptop, id), "of Ben");
  bring(laptop, ben);
  EXPECT_EQ(shown(ben, id), "of Ada");
  for (test::Home* home : {&laptop, &ben}) {
    EXPECT_EQ(at(*home, id).status, CheckInStatus::open);
    EXPECT_TRUE(at(*home, id).partners.matches);
    EXPECT_EQ(problems(*home), std::vector<std::string>{});
    home->book().rebuild_indexes();
    EXPECT_EQ(problems(*home), std::vector<std::string>{});
    EXPECT_TRUE(home->book().all(ObjectKind::check_in, Book::Which::open).empty());
  }
}

// Else whoever is told that it could not be saved may have answered all the same.
TEST_F(CheckIns, ThatWaitAreAnsweredAndOpenedInOneChange) {
  const ObjectId id = says(ben, "of Ben");
  bring(ben, laptop);
  int changes = 0;
  laptop.book().observe([&](const Change&) { ++changes; });
  EXPECT_EQ(says(laptop, "of Ada"), id);
  EXPECT_EQ(changes, 1);
  EXPECT_TRUE(at(laptop, id).mine.opened);
  bring(laptop, ben);
  EXPECT_EQ(shown(ben, id), "of Ada");
  EXPECT_TRUE(at(ben, id).partners.matches);
  EXPECT_EQ(problems(laptop), std::vector<std::string>{});
}

TEST_F(CheckIns, ThatWaitAreAnsweredAndOpenedOrNeitherWhereTheDiskFails) {
  const ObjectId id = says(ben, "of Ben");
  bring(ben, laptop);
  bool answered = false;
  for (std::size_t nth = 1; !answered; ++nth) {
    SCOPED_TRACE(nth);
    laptop.files().fail_call(nth);
    EXPECT_ERROR(Errc::disk, says(laptop, "of Ada"));
    laptop.reopen();
    const CheckIn now = at(laptop, id);
    answered = now.mine.commitment.has_value();
    EXPECT_EQ(now.mine.opened, answered);
  }
}

TEST_F(CheckIns, BegunByBothOnOneDateAreOne) {
  const ObjectId id = says(laptop, "of Ada");
  EXPECT_EQ(says(ben, "of Ben"), id);
  bring(laptop, ben);
  bring(ben, laptop);
  bring(laptop, ben);
  EXPECT_EQ(shown(laptop, id), "of Ben");
  EXPECT_EQ(shown(ben, id), "of Ada");
}

TEST_F(CheckIns, AreOpenedByWhicheverOwnDeviceHearsOfIt) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, ben);
  bring(laptop, phone);
  EXPECT_EQ(says(ben, "of Ben"), id);
  bring(ben, phone);  // the laptop is off
  bring(phone, ben);
  EXPECT_EQ(shown(ben, id), "of Ada");
  // The laptop hears of both at once and has nothing left to open.
  bring(phone, laptop);
  bring(ben, laptop);
  EXPECT_EQ(shown(laptop, id), "of Ben");
  EXPECT_FALSE(at(laptop, id).due);
}

TEST_F(CheckIns, TwoDevicesOfOnePersonThatOpenApartSayOneThing) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, ben);
  bring(laptop, phone);
  says(ben, "of Ben");
  bring(ben, phone);
  bring(ben, laptop);
  bring(phone, laptop);
  bring(laptop, phone);
  bring(phone, ben);
  bring(laptop, ben);
  EXPECT_EQ(shown(ben, id), "of Ada");
  EXPECT_TRUE(at(ben, id).partners.matches);
  EXPECT_EQ(at(laptop, id).history, at(phone, id).history);
}

TEST_F(CheckIns, OfADeviceThatHasNotTheAnswersWait) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, ben);
  says(ben, "of Ben");
  bring(ben, phone);  // by way of Ben it knows that Ada has answered, and not what
  EXPECT_FALSE(at(phone, id).mine.answers);
  bring(phone, ben);
  EXPECT_EQ(shown(ben, id), "");
  bring(laptop, phone);  // and now it does
  bring(phone, ben);
  EXPECT_EQ(shown(ben, id), "of Ada");
}

TEST_F(CheckIns, LeftOverAreOpenedWhenTheHomeIs) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, ben);
  says(ben, "of Ben");
  laptop.book().leave();  // so that nothing is opened when it arrives: nobody opens to whom they left
  bring(ben, laptop);
  ASSERT_TRUE(at(laptop, id).due);
  open_left_answers(laptop.book());
  ASSERT_TRUE(at(laptop, id).due);
  laptop.pair_with(ben_);
  laptop.reopen();
  open_left_answers(laptop.book());
  EXPECT_FALSE(at(laptop, id).due);
  bring(laptop, ben);
  EXPECT_EQ(shown(ben, id), "of Ada");
}

TEST_F(CheckIns, ThereIsOneADay) {
  const ObjectId id = says(laptop, "of Ada");
  EXPECT_ERROR(Errc::refused, says(laptop, "more of Ada"));
  bring(laptop, ben);
  says(ben, "of Ben");
  EXPECT_ERROR(Errc::refused, says(ben, "more of Ben"));
  clock.advance(days{1});
  EXPECT_NE(says(laptop, "the next day"), id);
}

TEST_F(CheckIns, OfTheLastDaysAreAnsweredAndOlderOnesAreLeftAlone) {
  const ObjectId first = says(laptop, "the first");
  clock.advance(days{1});
  const ObjectId second = says(laptop, "the second");
  bring(laptop, ben);
  clock.advance(days{6});
  EXPECT_EQ(says(ben, "to the latest that waits"), second);
  EXPECT_EQ(says(ben, "and to the one before"), first);
  clock.advance(days{1});
  const ObjectId own = says(ben, "a new one");
  EXPECT_EQ(own, check_in_object(couple(), today()));
  clock.advance(days{8});
  bring(ben, laptop);
  EXPECT_NE(says(laptop, "too late for that"), own);
}

TEST_F(CheckIns, BegunByWhoLivesAheadAreAnsweredOnTheDayBefore) {
  const ObjectId id = answer(ben.book(), answers("of Ben"), today() + days{1});
  bring(ben, laptop);
  EXPECT_EQ(says(laptop, "of Ada"), id);
}

TEST_F(CheckIns, AreRefusedEmptyPastALimitUnreadableOrAlone) {
  EXPECT_ERROR(Errc::usage, answer(laptop.book(), Answers{}, today()));
  EXPECT_ERROR(Errc::usage, says(laptop, std::string(journal::kMaxWords + 1, 'x')));
  EXPECT_ERROR(Errc::usage, says(laptop, "\xff"));
  Answers mood;
  mood.mood_level = 3;
  EXPECT_ERROR(Errc::usage, answer(laptop.book(), mood, today()));
  EXPECT_TRUE(laptop.book().all(ObjectKind::check_in, Book::Which::all).empty());
  test::Person nobody;
  test::Home alone{nobody, clock};
  EXPECT_ERROR(Errc::not_paired, says(alone, "of one alone"));
}

TEST_F(CheckIns, TakenBackBeforeTheyWereOpenStayClosedForBoth) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, phone);
  bring(laptop, ben);
  take_back(laptop.book(), id);
  take_back(laptop.book(), id);  // once more changes nothing
  bring(laptop, phone);
  says(ben, "of Ben");
  for (int round = 0; round < 2; ++round) {
    bring(ben, phone);
    bring(phone, ben);
    bring(ben, laptop);
    bring(laptop, ben);
    bring(laptop, phone);
  }
  for (test::Home* home : {&laptop, &phone, &ben}) {
    EXPECT_EQ(shown(*home, id), "");
    EXPECT_EQ(problems(*home), std::vector<std::string>{});
  }
  EXPECT_EQ(at(laptop, id).status, CheckInStatus::closed);
  EXPECT_FALSE(at(phone, id).mine.answers);
  EXPECT_ERROR(Errc::refused, says(laptop, "for good"));
}

// The phone has not heard of it and opens. In the end they are gone from everywhere all the same.
TEST_F(CheckIns, TakenBackWhileAnotherDeviceOpensThemAreGoneInTheEnd) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, phone);
  bring(laptop, ben);
  take_back(laptop.book(), id);
  says(ben, "of Ben");
  bring(ben, phone);
  bring(phone, ben);
  EXPECT_EQ(shown(ben, id), "of Ada");
  for (int round = 0; round < 2; ++round) {
    bring(laptop, ben);
    bring(laptop, phone);
    bring(phone, laptop);
    bring(ben, laptop);
  }
  EXPECT_EQ(shown(ben, id), "");
  for (test::Home* home : {&laptop, &phone, &ben}) {
    EXPECT_FALSE(at(*home, id).due);
    EXPECT_EQ(problems(*home), std::vector<std::string>{});
  }
  EXPECT_FALSE(at(phone, id).mine.answers);
}

TEST_F(CheckIns, TakenBackAfterwardsGoFromBothAndLeaveTheOthers) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, ben);
  says(ben, "of Ben");
  bring(ben, laptop);
  bring(laptop, ben);
  ASSERT_EQ(shown(ben, id), "of Ada");
  take_back(laptop.book(), id);
  bring(laptop, ben);
  EXPECT_EQ(shown(ben, id), "");
  EXPECT_TRUE(at(ben, id).partners.erased);
  EXPECT_EQ(shown(laptop, id), "of Ben");
  EXPECT_FALSE(at(laptop, id).mine.answers);
  EXPECT_TRUE(laptop.book().all(ObjectKind::check_in, Book::Which::open).empty());
  for (test::Home* home : {&laptop, &ben}) EXPECT_EQ(problems(*home), std::vector<std::string>{});
}

// Ben's program is changed: it writes the bytes of Ada's opening into his own log.
TEST_F(CheckIns, TakenBackGoEvenWhereTheOtherRepeatsThem) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, ben);
  says(ben, "of Ben");
  bring(ben, laptop);
  std::optional<log::Place> opening;
  std::string bytes;
  for (const At& at : laptop.book().shelf().load(id, Detail::full)) {
    if (at.seen.author != ada_.root || journal::act_of<journal::Opened>(at.seen) == nullptr) continue;
    opening = at.place;
    bytes = laptop.book().logs().read(at.place)->payload.value();
  }
  ASSERT_TRUE(opening);
  test::Scribe changed{ben_.root, couple()};
  changed.say_again(id, bytes);
  test::deliver(changed.parcel(), laptop);
  take_back(laptop.book(), id);
  EXPECT_FALSE(laptop.book().logs().read(*opening)->payload);
  EXPECT_FALSE(at(laptop, id).mine.answers);
  EXPECT_EQ(problems(laptop), std::vector<std::string>{});
}

TEST_F(CheckIns, OfTheOtherAreNotTakenBack) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, ben);
  EXPECT_ERROR(Errc::refused, take_back(ben.book(), id));
  const ObjectId none = check_in_object(couple(), today() + days{1});
  EXPECT_ERROR(Errc::not_found, take_back(ben.book(), none));
}

// Ben's program is changed: it commits to one thing, waits for Ada's answers, and tells another.
TEST_F(CheckIns, ThatDoNotMatchTheirCommitmentAreShownAsThat) {
  const ObjectId id = says(laptop, "of Ada");
  const OpId adas = at(laptop, id).mine.commitment.value();
  test::Scribe changed{ben_.root, couple()};
  const AnswersSecret key = new_answers_key();
  const OpId commitment =
      changed.say(id, {clock.now(), journal::Committed{digest_of(id, ben_.root, key.bytes(), answers("first"))}});
  changed.say(id, {clock.now() + days{1},
                   journal::Opened{commitment, adas, journal::AnswersKey{key.bytes()}, answers("second")}});
  test::deliver(changed.parcel(), laptop);
  EXPECT_EQ(shown(laptop, id), "second");
  EXPECT_FALSE(at(laptop, id).partners.matches);
}

// What stands on an entry, or between others, is nobody's check-in.
TEST_F(CheckIns, StandOnlyOnAnObjectOfTheCouple) {
  const ObjectId entry = laptop.book().write({test::words("an entry"), true});
  test::Scribe changed{ben_.root, couple()};
  changed.say(entry, {clock.now(), journal::Committed{}});
  test::deliver(changed.parcel(), laptop);
  EXPECT_FALSE(check_in(laptop.book().shelf(), entry));
  EXPECT_TRUE(check_ins(laptop.book()).empty());
  // So nothing but the entry has that id, and it can be erased by it.
  EXPECT_FALSE(laptop.book().find(ObjectKind::check_in, crypto::printed_id(entry).hex()));
  EXPECT_EQ(laptop.book().entry(entry).current->content.body, "an entry");
  EXPECT_EQ(problems(laptop), std::vector<std::string>{});
}

// Else whoever commits on random numbers without end would make this side fold them all each time it is opened.
TEST_F(CheckIns, ThatOnlyTheOtherHasAnsweredAreNoWorkForThisSide) {
  test::Scribe changed{ben_.root, couple()};
  for (int i = 0; i < 3; ++i) {
    changed.say({RootId{couple().bytes()}, crypto::random_id<ObjectNumber>()}, {clock.now(), journal::Committed{}});
  }
  test::deliver(changed.parcel(), laptop);
  EXPECT_EQ(laptop.book().all(ObjectKind::check_in, Book::Which::all).size(), 3U);
  EXPECT_TRUE(laptop.book().all(ObjectKind::check_in, Book::Which::open).empty());
  const ObjectId id = says(laptop, "of Ada");
  EXPECT_EQ(laptop.book().all(ObjectKind::check_in, Book::Which::open), std::vector{id});
  EXPECT_EQ(check_ins(laptop.book()).size(), 4U);
  EXPECT_EQ(problems(laptop), std::vector<std::string>{});
}

TEST_F(CheckIns, AreTooLateOnceNobodyCanAnswerThemAnyMore) {
  const ObjectId id = says(laptop, "of Ada");
  bring(laptop, ben);
  EXPECT_FALSE(is_too_late(at(ben, id), clock.now()));
  clock.advance(std::chrono::days{7});
  EXPECT_FALSE(is_too_late(at(ben, id), clock.now())) << "somewhere it is still that day";
  clock.advance(std::chrono::days{3});
  EXPECT_TRUE(is_too_late(at(ben, id), clock.now()));
  EXPECT_TRUE(is_too_late(at(laptop, id), clock.now()));
  EXPECT_NE(next_question(ben.book(), journal::day_on_wall(clock.now(), std::chrono::minutes{0})).id, id);
}

// Nobody's invention decides what one's answers go to.
TEST_F(CheckIns, OfNoDateAreNotAnswered) {
  const ObjectId made_up{RootId{couple().bytes()}, crypto::random_id<ObjectNumber>()};
  test::Scribe changed{ben_.root, couple()};
  changed.say(made_up, {clock.now(), journal::Committed{}});
  test::deliver(changed.parcel(), laptop);
  EXPECT_EQ(says(laptop, "of Ada"), check_in_object(couple(), today()));
}

TEST_F(CheckIns, AreListedLatestFirst) {
  const ObjectId first = says(laptop, "one");
  clock.advance(days{1});
  const ObjectId second = says(laptop, "two");
  const auto all = check_ins(laptop.book());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, second);
  EXPECT_EQ(all[1].id, first);
}

}  // namespace
}  // namespace attune::book
