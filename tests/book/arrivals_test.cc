// What came since one last looked: the partner's acts, once, and known to this device alone.
#include "book/arrivals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "book/home.h"
#include "book/responses.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using test::bring;
using test::Home;
using test::words;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::SizeIs;

class Arriving : public ::testing::Test {
 protected:
  void SetUp() override {
    laptop_.pair_with(ben_);
    bens_.pair_with(ada_);
    bring(laptop_, phone_);
  }
  std::map<ObjectId, std::set<OpId>> look(Home& home) {
    const auto arrived = arrivals(home.book());
    set_seen(home.book(), arrived.seen);
    return arrived.acts;
  }

  test::ManualClock clock_;
  test::Person ada_, ben_;
  Home laptop_{ada_, clock_};
  Home phone_{ada_, clock_};
  Home bens_{ben_, clock_};
};

TEST_F(Arriving, WhatThePartnerSentIsThereOnce) {
  const ObjectId entry = bens_.book().write({words("of Ben"), true});
  bens_.book().write({words("Ben's own"), false});
  bring(bens_, laptop_);
  EXPECT_THAT(look(laptop_), ElementsAre(Key(entry)));
  EXPECT_THAT(look(laptop_), IsEmpty());
  laptop_.reopen();
  EXPECT_THAT(look(laptop_), IsEmpty());
}

TEST_F(Arriving, AnAnswerIsTheActThatCameAndNotTheEntry) {
  const ObjectId entry = laptop_.book().write({words("of Ada"), true});
  bring(laptop_, bens_);
  const OpId thanks = respond(bens_.book(), entry, {journal::ResponseKind::thanks, {}, {}});
  bring(bens_, laptop_);
  EXPECT_THAT(look(laptop_), ElementsAre(std::pair{entry, std::set{thanks}}));
}

TEST_F(Arriving, WhatOneWroteOnAnotherDeviceIsNoNews) {
  phone_.book().write({words("on the phone"), true});
  bring(phone_, laptop_);
  EXPECT_THAT(look(laptop_), IsEmpty());
}

TEST_F(Arriving, EachDeviceKnowsForItselfAndTellsNobody) {
  bens_.book().write({words("of Ben"), true});
  bring(bens_, laptop_);
  bring(bens_, phone_);
  const auto before = laptop_.book().logs().all().size();
  EXPECT_THAT(look(laptop_), SizeIs(1));
  EXPECT_EQ(laptop_.book().logs().all().size(), before);
  bring(laptop_, phone_);
  EXPECT_THAT(look(phone_), SizeIs(1));
}

TEST_F(Arriving, WhatWasErasedBeforeOneLookedIsGone) {
  const ObjectId entry = bens_.book().write({words("of Ben"), true});
  bring(bens_, laptop_);
  bens_.book().erase(entry);
  bring(bens_, laptop_);
  EXPECT_THAT(look(laptop_)[entry], SizeIs(1));  // the erase itself: its text is gone
  EXPECT_TRUE(laptop_.book().entry(entry).erased);
}

TEST_F(Arriving, AfterALongSilenceTheLastOnesAreLookedAt) {
  for (std::uint64_t i = 0; i < kMostArrivals + 3; ++i) bens_.book().write({words("of Ben"), true});
  bring(bens_, laptop_, 4000);
  const auto arrived = arrivals(laptop_.book());
  EXPECT_TRUE(arrived.more);
  EXPECT_THAT(arrived.acts, SizeIs(kMostArrivals));
  set_seen(laptop_.book(), arrived.seen);
  EXPECT_FALSE(arrivals(laptop_.book()).more);
}

// What comes while one looks is not seen by that, and nobody claims to have seen what never was.
TEST_F(Arriving, OnlyWhatWasLookedAtIsSeen) {
  bens_.book().write({words("one"), true});
  bring(bens_, laptop_);
  const auto looked = arrivals(laptop_.book());
  const ObjectId late = bens_.book().write({words("two"), true});
  bring(bens_, laptop_);
  set_seen(laptop_.book(), looked.seen);
  EXPECT_THAT(arrivals(laptop_.book()).acts, ElementsAre(Key(late)));
  EXPECT_ERROR(Errc::usage, set_seen(laptop_.book(), "short"));
  set_seen(laptop_.book(), std::string(12, '\xff'));
  EXPECT_THAT(arrivals(laptop_.book()).acts, ElementsAre(Key(late)));
}

TEST_F(Arriving, NothingIsNewsOfSomebodyWhoWasLeft) {
  bens_.book().write({words("of Ben"), true});
  bring(bens_, laptop_);
  laptop_.book().leave();
  EXPECT_THAT(look(laptop_), IsEmpty());
}

}  // namespace
}  // namespace attune::book
