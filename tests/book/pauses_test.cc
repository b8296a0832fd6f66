// Pauses between two homes: how long, who changes and ends them, and that both see the same end.
#include "book/pauses.h"

#include <gtest/gtest.h>

#include "book/home.h"
#include "identity/root.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::bring;
using test::Home;

class Pauses : public ::testing::Test {
 protected:
  void SetUp() override {
    adas_.pair_with(ben_);
    bens_.pair_with(ada_);
  }
  void meet() {
    bring(adas_, bens_);
    bring(bens_, adas_);
  }
  static CalledPause call(Home& home, std::optional<minutes> lasting = {}, std::optional<std::string> text = {}) {
    return call_pause(home.book(), {std::move(text), lasting, {}});
  }
  // The one and only.
  static journal::Pause in_force(Home& home) {
    const auto all = pauses_in_force(home.book());
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? journal::Pause{} : all.front();
  }
  static std::size_t count(Home& home) { return pauses_in_force(home.book()).size(); }

  test::ManualClock clock_;
  test::Person ada_, ben_, eve_;
  Home adas_{ada_, clock_};
  Home bens_{ben_, clock_};
};

TEST_F(Pauses, LastTwentyMinutesWhereNothingIsSaidAndBothSeeTheEnd) {
  const CalledPause called = call(adas_, {}, "I need a walk");
  EXPECT_EQ(called.until, clock_.now() + minutes{20});
  meet();
  for (Home* home : {&adas_, &bens_}) {
    EXPECT_EQ(in_force(*home).until, called.until);
    EXPECT_EQ(in_force(*home).text, "I need a walk");
  }
  clock_.advance(minutes{20});
  EXPECT_EQ(count(adas_), 0U);
  EXPECT_EQ(count(bens_), 0U);
}

// Else each one that was ever called would be read again for `status`, through all the years.
TEST_F(Pauses, ThatEndedByThemselvesAreNotReadAgain) {
  const auto open = [this] { return bens_.book().all(ObjectKind::pause, Book::Which::open).size(); };
  call(adas_);
  meet();
  clock_.advance(minutes{20} - std::chrono::milliseconds{1});
  EXPECT_EQ(open(), 1U);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(open(), 0U);
  EXPECT_EQ(bens_.book().all(ObjectKind::pause, Book::Which::all).size(), 1U);
  EXPECT_TRUE(bens_.book().verify().problems.empty());
}

TEST_F(Pauses, LastFromTwentyMinutesToADay) {
  EXPECT_ERROR(Errc::usage, call(adas_, minutes{19}));
  EXPECT_ERROR(Errc::usage, call(adas_, hours{24} + minutes{1}));
  EXPECT_ERROR(Errc::usage, call(adas_, minutes{0xffffffff}));
  EXPECT_ERROR(Errc::usage, call_pause(adas_.book(), {{}, {}, clock_.now() - hours{1}}));
  EXPECT_ERROR(Errc::usage, call_pause(adas_.book(), {{}, {}, kLatestInstant}));
  EXPECT_ERROR(Errc::usage, call(adas_, {}, "\xff"));
  EXPECT_ERROR(Errc::usage, call(adas_, {}, std::string(journal::kMaxReason + 1, 'x')));
  EXPECT_EQ(count(adas_), 0U);
  call(adas_, hours{24});
  EXPECT_EQ(in_force(adas_).until, clock_.now() + hours{24});
}

TEST_F(Pauses, AreChangedByWhoCalledThem) {
  const ObjectId id = call(adas_, {}, "a walk").id;
  clock_.advance(minutes{5});
  EXPECT_EQ(call(adas_, hours{2}).id, id);
  meet();
  EXPECT_EQ(in_force(bens_).until, clock_.now() + hours{2});
  EXPECT_EQ(in_force(bens_).text, "a walk");
  clock_.advance(seconds{1});
  EXPECT_EQ(call(adas_, minutes{30}, "").id, id);
  meet();
  EXPECT_EQ(in_force(bens_).until, clock_.now() + minutes{30});
  EXPECT_EQ(in_force(bens_).text, "");
}

TEST_F(Pauses, AreNotShortenedByOtherWordsAlone) {
  call(adas_, hours{3});
  const Instant until = in_force(adas_).until;
  clock_.advance(minutes{10});
  call(adas_, {}, "I need the evening");
  EXPECT_EQ(in_force(adas_).until, until);
  clock_.advance(hours{2} + minutes{45});
  call(adas_);
  EXPECT_EQ(in_force(adas_).until, clock_.now() + minutes{20});
}

TEST_F(Pauses, AreEndedByWhoCalledThemAndANewOneIsAnotherOne) {
  const ObjectId first = call(adas_).id;
  meet();
  EXPECT_ERROR(Errc::refused, resume(bens_.book()));
  EXPECT_EQ(count(adas_), 1U);
  EXPECT_EQ(resume(adas_.book()), first);
  meet();
  EXPECT_EQ(count(bens_), 0U);
  EXPECT_ERROR(Errc::refused, resume(adas_.book()));
  clock_.advance(seconds{1});
  EXPECT_NE(call(adas_).id, first);
  clock_.advance(hours{1});
  EXPECT_ERROR(Errc::refused, resume(adas_.book()));
}

TEST_F(Pauses, OfBothAreInForceAtOnceAndEachEndsTheirOwn) {
  call(adas_, hours{1});
  meet();
  call(bens_, hours{2});
  meet();
  EXPECT_EQ(count(adas_), 2U);
  EXPECT_EQ(count(bens_), 2U);
  resume(bens_.book());
  meet();
  EXPECT_EQ(in_force(adas_).id.creator, ada_.root);
}

TEST_F(Pauses, ThatTwoDevicesOfOnePersonCalledCountAsOne) {
  Home phone{ada_, clock_};
  phone.pair_with(ben_);
  call(adas_, hours{1});
  call(phone, hours{2});
  bring(adas_, phone);
  bring(phone, adas_);
  EXPECT_EQ(in_force(adas_).until, clock_.now() + hours{2});
  clock_.advance(seconds{1});
  call(adas_, minutes{30});
  EXPECT_EQ(in_force(adas_).until, clock_.now() + minutes{30});
  call(adas_, hours{1});
  resume(adas_.book());
  bring(adas_, phone);
  EXPECT_EQ(count(adas_), 0U);
  EXPECT_EQ(count(phone), 0U);
}

TEST_F(Pauses, AreNotChangedByAPartnerWhoKeepsNoRule) {
  const ObjectId id = call(adas_, hours{1}).id;
  meet();
  test::Scribe ben{ben_.root, identity::couple_of(ada_.root, ben_.root)};
  const Instant later = clock_.now() + minutes{1};
  ben.say(id, {later, journal::Resumed{}});
  ben.say(id, {later, journal::Paused{"", later + minutes{20}}});
  const ObjectId own{.creator = ben_.root, .number = crypto::random_id<ObjectNumber>()};
  ben.say(own, {later, journal::Paused{"for good", later + hours{24 * 365}}});
  test::deliver(ben.parcel(), adas_);
  clock_.advance(minutes{2});
  const auto all = pauses_in_force(adas_.book());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].until, clock_.now() - minutes{2} + hours{1});
  EXPECT_EQ(all[1].until, later + hours{24});
}

TEST_F(Pauses, AreBetweenTwoWhoArePaired) {
  call(adas_);
  adas_.book().leave();
  EXPECT_EQ(count(adas_), 0U);
  EXPECT_ERROR(Errc::not_paired, call(adas_));
  EXPECT_ERROR(Errc::not_paired, resume(adas_.book()));
  adas_.pair_with(eve_);
  EXPECT_EQ(count(adas_), 0U);
  EXPECT_ERROR(Errc::refused, resume(adas_.book()));
}

TEST_F(Pauses, HaveTheSameIndexesAfterTheyAreMadeAnew) {
  call(adas_);
  resume(adas_.book());
  clock_.advance(seconds{1});
  call(adas_);
  meet();
  for (Home* home : {&adas_, &bens_}) {
    const auto indexes = home->indexes();
    home->book().rebuild_indexes();
    EXPECT_EQ(home->indexes(), indexes);
    EXPECT_TRUE(home->book().verify().problems.empty());
  }
}

}  // namespace
}  // namespace attune::book
