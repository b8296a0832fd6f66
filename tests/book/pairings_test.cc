// With whom a person shares: meetings, pairings, leavings, and what was shared with somebody before.
#include <gtest/gtest.h>

#include <map>

#include "book/book.h"
#include "book/home.h"
#include "core/error.h"
#include "identity/root.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using test::Home;
using test::made_couple_key;

class Pairings : public ::testing::Test {
 protected:
  Book& book() { return home_.book(); }
  static bool same(const identity::CoupleKey& a, const identity::CoupleKey& b) { return a.hash() == b.hash(); }
  void meet(Home& at, const test::Person& whom, const identity::CoupleKey& key) {
    at.book().meet({whom.root, "Met", "able amber apple"}, key);
  }
  void expect_nobody(Home& at) {
    EXPECT_EQ(at.book().pairing(), std::nullopt);
    EXPECT_ERROR(Errc::not_paired, at.book().write({test::words("to whom?"), true}));
    const ObjectId mine = at.book().write({test::words("mine"), false});
    EXPECT_ERROR(Errc::not_paired, at.book().share(mine, {clock_.now(), std::chrono::minutes{0}}));
    EXPECT_EQ(at.book().waiting(), 0U);
    for (const auto& held : at.book().logs().all()) EXPECT_TRUE(held.name.own_space() || held.name.couple == left_);
  }
  test::ManualClock clock_;
  test::Person ada_, ben_, cleo_;
  Home home_{ada_, clock_};
  CoupleId left_;
};

TEST_F(Pairings, SomebodyWhoWasOnlyMetIsNobodyToShareWith) {
  const auto key = made_couple_key();
  meet(home_, ben_, key);
  for (int opened = 0; opened < 2; ++opened) {
    expect_nobody(home_);
    EXPECT_TRUE(book().couple_keys(ben_.root).empty());
    ASSERT_TRUE(book().meeting());
    EXPECT_EQ(book().meeting()->pairing.partner, ben_.root);
    EXPECT_TRUE(same(book().meeting()->key, key));
    EXPECT_EQ(book().counterpart(), ben_.root);
    home_.reopen();
  }
  Home phone{ada_, clock_};
  test::bring(home_, phone);
  expect_nobody(phone);
  EXPECT_EQ(phone.book().counterpart(), std::nullopt);
}

TEST_F(Pairings, AMeetingIsReplacedByTheNextOneWithoutATrace) {
  meet(home_, ben_, made_couple_key());
  const auto key = made_couple_key();
  meet(home_, cleo_, key);
  ASSERT_TRUE(book().prove(key.hash()));
  EXPECT_EQ(book().pairing()->partner, cleo_.root);
  EXPECT_TRUE(book().couple_keys(ben_.root).empty());
  EXPECT_FALSE(book().meeting());
  book().write({test::words("for cleo"), true});
  for (const auto& held : book().logs().all()) {
    EXPECT_TRUE(held.name.own_space() || held.name.couple == identity::couple_of(ada_.root, cleo_.root));
  }
}

TEST_F(Pairings, OnlyASessionUnderItsOwnKeyProvesAMeeting) {
  const auto before = made_couple_key(7);
  book().pair({ben_.root, "Ben", "a b c"}, before);
  const auto key = made_couple_key();
  meet(home_, ben_, key);
  EXPECT_FALSE(book().prove(before.hash()));
  EXPECT_EQ(book().pairing()->partner_name, "Ben");  // which stands as it was
  EXPECT_EQ(book().couple_keys(ben_.root).size(), 1U);
  EXPECT_TRUE(book().prove(key.hash()));
  EXPECT_FALSE(book().prove(key.hash()));
  EXPECT_EQ(book().pairing()->partner_name, "Met");
  // Of an earlier pairing, whatever it claims.
  ASSERT_EQ(book().couple_keys(ben_.root).size(), 2U);
  EXPECT_TRUE(same(book().couple_keys(ben_.root)[0].key, key));
  EXPECT_TRUE(book().verify().problems.empty());
}

TEST_F(Pairings, AMeetingThatIsForgottenNeverComesBack) {
  const auto key = made_couple_key();
  meet(home_, ben_, key);
  book().forget_meeting();
  home_.reopen();
  EXPECT_FALSE(book().prove(key.hash()));
  EXPECT_EQ(book().counterpart(), std::nullopt);
}

TEST_F(Pairings, WhatOwnDevicesDidSinceEndsAMeeting) {
  Home phone{ada_, clock_};
  book().pair({ben_.root, "Ben", "a b c"}, made_couple_key());
  test::bring(home_, phone);
  const auto key = made_couple_key();
  meet(home_, ben_, key);
  clock_.advance(std::chrono::seconds{1});
  phone.book().leave();
  test::bring(phone, home_);
  EXPECT_FALSE(book().meeting());
  EXPECT_FALSE(book().prove(key.hash()));
  left_ = identity::couple_of(ada_.root, ben_.root);
  expect_nobody(home_);

  Home other{cleo_, clock_};
  Home others_phone{cleo_, clock_};
  clock_.advance(std::chrono::hours{24});  // met later, by this clock, than the other device paired
  meet(other, ada_, key);
  clock_.advance(std::chrono::hours{-12});
  others_phone.book().pair({ben_.root, "Ben", "a b c"}, made_couple_key());
  test::bring(others_phone, other);
  EXPECT_FALSE(other.book().prove(key.hash()));
  EXPECT_EQ(other.book().pairing()->partner, ben_.root);
}

TEST_F(Pairings, LeavingEndsTheLatestOneAndReachesOtherOwnDevices) {
  EXPECT_ERROR(Errc::not_paired, book().leave());
  Home phone{ada_, clock_};
  book().pair({ben_.root, "Ben", "a b c"}, made_couple_key());
  left_ = book().pairing()->couple;
  const ObjectId shared = book().write({test::words("was shared"), true});
  clock_.advance(std::chrono::hours{-24});  // a clock that was set back changes nothing
  book().leave();
  EXPECT_ERROR(Errc::not_paired, book().leave());
  test::bring(home_, phone);
  for (Home* home : {&home_, &phone}) {
    expect_nobody(*home);
    EXPECT_EQ(home->book().couple_keys(ben_.root).size(), 1U);
    EXPECT_EQ(home->book().entry(shared).current->content.body, "was shared");
    EXPECT_TRUE(home->book().verify().problems.empty());
  }
  Edit edit;
  edit.body = "edited since";
  book().edit(shared, edit);
  EXPECT_EQ(book().entry(shared).current->content.body, "edited since");
  book().erase(shared);
  EXPECT_TRUE(book().entry(shared).erased);
}

TEST_F(Pairings, AfterLeavingAnybodyMayFollowAndTheOneBeforeStaysLeft) {
  book().pair({ben_.root, "Ben", "a b c"}, made_couple_key(9));
  book().leave();
  book().pair({cleo_.root, "Cleo", "a b c"}, made_couple_key());
  EXPECT_EQ(book().pairing()->partner, cleo_.root);
  book().leave();
  EXPECT_EQ(book().pairing(), std::nullopt);  // not the one before
  const auto again = made_couple_key();
  book().pair({ben_.root, "Ben", "d e f"}, again);
  EXPECT_EQ(book().pairing()->couple, identity::couple_of(ada_.root, ben_.root));
  EXPECT_TRUE(same(book().couple_keys(ben_.root)[0].key, again));
}

TEST_F(Pairings, WhatWasSharedBeforeIsSharedAnewAsAnotherObjectAndOnlyOnce) {
  book().pair({ben_.root, "Ben", "a b c"}, made_couple_key());
  const CoupleId before = book().pairing()->couple;
  const ObjectId written = book().write({test::words("written shared"), true});
  const ObjectId from_private = book().write({test::words("private first"), false});
  const ObjectId shared = book().share(from_private, {clock_.now(), std::chrono::minutes{0}});
  book().leave();
  clock_.advance(std::chrono::seconds{1});
  book().pair({cleo_.root, "Cleo", "a b c"}, made_couple_key());
  const CoupleId now = book().pairing()->couple;
  for (const ObjectId& old : {written, shared, from_private}) {
    const ObjectId anew = book().share(old, {clock_.now(), std::chrono::minutes{0}});
    EXPECT_EQ(book().share(old, {clock_.now(), std::chrono::minutes{0}}), anew);
    EXPECT_EQ(book().share(anew, {clock_.now(), std::chrono::minutes{0}}), anew);
    EXPECT_NE(anew, old);
  }
  EXPECT_EQ(book().entries(), 4U);  // both, each with whom it was shared
  std::map<CoupleId, std::uint64_t> records;
  for (const auto& held : book().logs().all()) records[held.name.couple] += held.n;
  EXPECT_EQ(records[before], 2U);
  EXPECT_EQ(records[now], 2U);
  book().erase(written);
  EXPECT_EQ(book().entries(), 2U);
  EXPECT_TRUE(book().verify().problems.empty());
}

TEST_F(Pairings, AnErasureOfWhatWasSharedWithSomebodyBeforeNeverReachesTheNextOne) {
  book().pair({ben_.root, "Ben", "a b c"}, made_couple_key());
  const CoupleId before = book().pairing()->couple;
  const ObjectId written = book().write({test::words("private first"), false});
  book().share(written, {clock_.now(), std::chrono::minutes{0}});
  clock_.advance(std::chrono::seconds{1});
  book().leave();
  book().pair({cleo_.root, "Cleo", "a b c"}, made_couple_key());
  const CoupleId now = book().pairing()->couple;
  // A device that has the own log, and the couple's not yet.
  Home phone{ada_, clock_};
  for (const log::Held& held : book().logs().all()) {
    if (held.name.own_space()) test::deliver(test::parcel(home_, held, 1, 1000), phone);
  }
  phone.book().erase(written);
  bool reached = false;
  for (const log::Held& held : phone.book().logs().all()) {
    EXPECT_NE(held.name.couple, now);
    reached = reached || (held.name.couple == before && held.n == 1);
  }
  EXPECT_TRUE(reached);
  test::bring(home_, phone);
  EXPECT_TRUE(phone.book().list({}).empty());
}

// The batch that brings the one erase is durable, and nothing that follows on it happens.
TEST_F(Pairings, AnErasureThatACrashCutOffFromItsTwinIsMadeUpForAtTheNextStart) {
  book().pair({ben_.root, "Ben", "a b c"}, made_couple_key());
  const ObjectId written = book().write({test::words("private first"), false});
  const ObjectId shared = book().share(written, {clock_.now(), std::chrono::minutes{0}});
  Home phone{ada_, clock_};  // it has the couple's log, and the own one not yet
  for (const log::Held& held : book().logs().all()) {
    if (!held.name.own_space()) test::deliver(test::parcel(home_, held, 1, 1000), phone);
  }
  phone.book().erase(shared);
  struct Crash {};
  book().observe([](const Change&) { throw Crash{}; });
  EXPECT_THROW(test::bring(phone, home_), Crash);
  home_.reopen();
  EXPECT_TRUE(book().entry(shared).erased);
  const log::Held own = book().logs().all().front();
  std::size_t texts = 0;
  book().logs().read_from(own.number, 1, [&](std::uint64_t, const log::Record& record) {
    texts += record.object == written && record.payload && record.payload->find("private first") != std::string::npos;
    return true;
  });
  EXPECT_EQ(texts, 0U);
  EXPECT_TRUE(book().verify().problems.empty());
  const std::uint64_t records = book().verify().records;
  home_.reopen();  // once is enough
  EXPECT_EQ(book().verify().records, records);
}

}  // namespace
}  // namespace attune::book
