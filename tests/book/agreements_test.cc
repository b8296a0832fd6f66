// Agreements, from the act to the other's side: what binds, what is refused, and how versions are named.
#include "book/agreements.h"

#include <gtest/gtest.h>

#include <set>

#include "book/home.h"
#include "book/shared_object.h"
#include "crypto/hash.h"
#include "identity/root.h"
#include "journal/schedule_text.h"
#include "journal/walls.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::AgreementStatus;
using journal::Day;
using journal::MarkKind;
using std::chrono::days;
using std::chrono::hours;
using test::bring;
using test::Home;

constexpr std::chrono::seconds kSecond{1};

class Agreements : public ::testing::Test {
 protected:
  void SetUp() override {
    adas_.pair_with(ben_);
    bens_.pair_with(ada_);
  }
  void meet() {
    clock_.advance(kSecond);
    bring(adas_, bens_);
    bring(bens_, adas_);
  }
  [[nodiscard]] Day today() const { return journal::Day{std::chrono::floor<days>(clock_.now()).time_since_epoch()}; }
  journal::Proposed said(std::string text, const std::string& every = {}) {
    journal::Proposed proposed{std::move(text), {}, {}};
    if (!every.empty()) proposed.every = journal::schedule_said(every, "Etc/UTC", today());
    return proposed;
  }
  ObjectId proposed(const std::string& every = {}) {
    const ObjectId id = propose(adas_.book(), said("we talk", every));
    meet();
    return id;
  }
  ObjectId agreed(const std::string& every = {}) {
    const ObjectId id = proposed(every);
    accept(bens_.book(), find_version(bens_.book(), crypto::printed_id(id).hex()));
    meet();
    return id;
  }
  journal::Agreement seen(Home& home, const ObjectId& id) { return agreement(home.book(), id); }
  AgreementStatus status(const ObjectId& id) {
    EXPECT_EQ(seen(adas_, id), seen(bens_, id));
    return seen(adas_, id).status;
  }
  void expect_sound() {
    for (Home* home : {&adas_, &bens_}) {
      EXPECT_TRUE(home->book().verify().problems.empty());
      const auto before = home->indexes();
      home->book().rebuild_indexes();
      EXPECT_EQ(home->indexes(), before);
    }
  }
  [[nodiscard]] std::uint64_t records(Home& home) {
    std::uint64_t all = 0;
    for (const auto& held : home.book().logs().all()) all += held.n;
    return all;
  }

  test::ManualClock clock_;
  test::Person ada_, ben_, eve_;
  Home adas_{ada_, clock_};
  Home bens_{ben_, clock_};
  test::FixedZone utc_{std::chrono::minutes{0}};
};

TEST_F(Agreements, AreInForceOnceBothAcceptedThatVersion) {
  const ObjectId id = proposed();
  EXPECT_EQ(status(id), AgreementStatus::proposed);
  EXPECT_EQ(bens_.book().all(ObjectKind::agreement, Book::Which::open), std::vector{id});
  accept(bens_.book(), {id, seen(bens_, id).pending.front()});
  meet();
  EXPECT_EQ(status(id), AgreementStatus::in_force);
  const OpId version = amend(bens_.book(), id, said("we talk twice"));
  meet();
  EXPECT_EQ(journal::foremost(seen(adas_, id)).said.text, "we talk");
  accept(adas_.book(), {id, version});
  meet();
  EXPECT_EQ(journal::foremost(seen(bens_, id)).said.text, "we talk twice");
  withdraw(adas_.book(), id, "");
  meet();
  EXPECT_EQ(status(id), AgreementStatus::withdrawn);
  EXPECT_TRUE(adas_.book().all(ObjectKind::agreement, Book::Which::open).empty());
  expect_sound();
}

TEST_F(Agreements, VersionsAreNamedByTheirIdsOrTheAgreementsWhereOneWaits) {
  const ObjectId id = proposed();
  const OpId first = seen(bens_, id).pending.front();
  EXPECT_EQ(find_version(bens_.book(), first.hex().substr(0, 8)).version, first);
  EXPECT_EQ(find_version(bens_.book(), crypto::printed_id(id).hex()).version, first);
  const OpId second = amend(adas_.book(), id, said("we walk"));
  meet();
  EXPECT_ERROR(Errc::ambiguous, find_version(bens_.book(), crypto::printed_id(id).hex()));
  EXPECT_EQ(find_version(bens_.book(), second.hex()).version, second);
  accept(bens_.book(), {id, second});
  EXPECT_ERROR(Errc::refused, find_version(bens_.book(), crypto::printed_id(id).hex()));
  EXPECT_EQ(find_version(bens_.book(), first.hex()).version, first);
  EXPECT_ERROR(Errc::not_found, find_version(bens_.book(), "xyz"));
  EXPECT_ERROR(Errc::usage, find_version(bens_.book(), ""));
}

// An ask, a response: they have ids of their own, and are no versions.
TEST_F(Agreements, WhatIsNoVersionIsNotFoundAsOne) {
  const ObjectId boundary = new_object(adas_.book().shelf());
  append(adas_.book(), couple_now(adas_.book()), boundary, Instant{}, journal::BoundaryStated{"no calls", "time", {}});
  meet();
  const OpId ask =
      append(bens_.book(), couple_now(bens_.book()), boundary, Instant{}, journal::BoundaryAsked{"also on sunday?"});
  EXPECT_ERROR(Errc::not_found, find_version(bens_.book(), ask.hex()));
  EXPECT_ERROR(Errc::not_found, withdraw(bens_.book(), boundary, ""));
}

TEST_F(Agreements, NothingIsWrittenWhereItIsNotTheirsToDo) {
  const ObjectId id = agreed();
  const OpId first = *seen(adas_, id).in_force;
  const OpId newer = amend(adas_.book(), id, said("we walk"));
  meet();
  const auto adas = records(adas_);
  const auto bens = records(bens_);
  EXPECT_ERROR(Errc::refused, accept(adas_.book(), {id, newer}));  // one's own
  EXPECT_ERROR(Errc::refused, accept(bens_.book(), {id, first}));  // accepted already
  EXPECT_ERROR(Errc::refused, accept(bens_.book(), {id, OpId{}}));
  EXPECT_ERROR(Errc::usage, propose(adas_.book(), said(" \n")));
  EXPECT_ERROR(Errc::usage, propose(adas_.book(), said("\xff")));
  EXPECT_ERROR(Errc::usage, propose(adas_.book(), said(std::string(journal::kMaxWords + 1, 'a'))));
  EXPECT_ERROR(Errc::usage, amend(adas_.book(), id, said("")));
  EXPECT_ERROR(Errc::usage, decline(bens_.book(), {id, newer}, std::string(journal::kMaxReason + 1, 'a')));
  EXPECT_ERROR(Errc::usage, withdraw(bens_.book(), id, "\xff"));
  EXPECT_ERROR(Errc::not_found, withdraw(bens_.book(), {ben_.root, ObjectNumber{}}, ""));
  EXPECT_EQ(records(adas_), adas);
  EXPECT_EQ(records(bens_), bens);
  accept(bens_.book(), {id, newer});
  EXPECT_ERROR(Errc::refused, decline(bens_.book(), {id, first}, ""));  // it is over
  withdraw(bens_.book(), id, "");
  const auto after = records(bens_);
  EXPECT_ERROR(Errc::refused, withdraw(bens_.book(), id, ""));
  EXPECT_ERROR(Errc::refused, accept(bens_.book(), {id, newer}));
  EXPECT_ERROR(Errc::refused, amend(bens_.book(), id, said("once more")));
  EXPECT_EQ(records(bens_), after);
}

TEST_F(Agreements, AProposalComesAfterAllVersionsWhateverTheClockSays) {
  const ObjectId id = agreed();
  clock_.set(clock_.now() - hours{1000});
  const OpId back = amend(bens_.book(), id, said("we walk"));
  bring(bens_, adas_);
  accept(adas_.book(), {id, back});
  bring(adas_, bens_);
  EXPECT_EQ(seen(bens_, id).in_force, back);
}

TEST_F(Agreements, BothMarkTheSameDayAsTheySeeIt) {
  const ObjectId id = agreed("day at 9:00");
  mark(adas_.book(), id, utc_, {MarkKind::kept, {}, {}, "at last"});
  mark(bens_.book(), id, utc_, {MarkKind::missed, today(), {}, ""});
  meet();
  const auto marks = seen(bens_, id).marks;
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[0].by, ada_.root);
  EXPECT_EQ(marks[0].said, (journal::Marked{MarkKind::kept, today(), {}, "at last"}));
  EXPECT_EQ(marks[1].said.kind, MarkKind::missed);
  mark(adas_.book(), id, utc_, {MarkKind::missed, today(), {}, ""});  // one may think better of it
  meet();
  EXPECT_EQ(seen(bens_, id).marks[0].said.kind, MarkKind::missed);
  EXPECT_EQ(seen(bens_, id).marks.size(), 2U);
  expect_sound();
}

// A clock of the other's that ran ahead makes no `moved` of one's own late.
TEST_F(Agreements, OnesOwnMarksFollowOnesOwnAlone) {
  const Day next = today() + days{1};
  const ObjectId id = agreed(journal::in_words(next) + " at 12:00");
  const Instant now = clock_.now();
  clock_.set(now + hours{24 * 30});
  mark(bens_.book(), id, utc_, {MarkKind::kept, next, {}, ""});
  clock_.set(now);
  meet();
  mark(adas_.book(), id, utc_, {MarkKind::moved, {}, next + days{2}, ""});
  meet();
  ASSERT_EQ(seen(adas_, id).moves.size(), 1U);
  EXPECT_LT(seen(adas_, id).moves.front().when, now + hours{1});
}

TEST_F(Agreements, MarksThatMeanNothingAreRefused) {
  const ObjectId open = proposed("day at 9:00");
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), open, utc_, {MarkKind::kept, {}, {}, ""}));
  const ObjectId daily = agreed("day at 9:00");
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), daily, utc_, {MarkKind::kept, today() + days{1}, {}, ""}));
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), daily, utc_, {MarkKind::kept, today() - days{1}, {}, ""}));
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), daily, utc_, {MarkKind::moved, today() + days{1}, today(), ""}));
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), daily, utc_, {MarkKind::moved, {}, {}, ""}));
  const ObjectId later = agreed(journal::in_words(today() + days{3}) + " at 12:00");
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), later, utc_, {MarkKind::kept, {}, {}, ""}));
  clock_.advance(days{3} + hours{20});
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), later, utc_, {MarkKind::moved, {}, today() + days{1}, ""}));
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), later, utc_, {MarkKind::moved, today(), today() + days{1}, ""}));
  mark(adas_.book(), later, utc_, {MarkKind::kept, {}, {}, ""});
  const ObjectId free = agreed();
  EXPECT_ERROR(Errc::refused, mark(adas_.book(), free, utc_, {MarkKind::moved, {}, today() + days{1}, ""}));
  mark(adas_.book(), free, utc_, {MarkKind::kept, {}, {}, ""});
  EXPECT_EQ(seen(adas_, free).marks.front().said.on, today());
}

TEST_F(Agreements, WithSomebodyOfBeforeTheyAreOverAndOnlyKeptToBeRead) {
  const ObjectId id = agreed();
  adas_.book().leave();
  EXPECT_ERROR(Errc::not_paired, withdraw(adas_.book(), id, ""));
  clock_.advance(kSecond);
  adas_.pair_with(eve_);
  EXPECT_ERROR(Errc::refused, withdraw(adas_.book(), id, ""));
  EXPECT_TRUE(agreements(adas_.book(), Book::Which::open).empty());
  EXPECT_EQ(agreements(adas_.book(), Book::Which::all).size(), 1U);
}

// A partner who writes of an agreement that is none of this couple's puts not even an id into the index.
TEST_F(Agreements, OneThatSomebodyElseBeganIsNone) {
  const ObjectId foreign{eve_.root, crypto::random_id<ObjectNumber>()};
  test::Scribe bens{ben_.root, identity::couple_of(ada_.root, ben_.root)};
  bens.say(foreign, {clock_.now(), said("you serve")});
  test::deliver(bens.parcel(), adas_);
  EXPECT_EQ(agreement_if_any(adas_.book(), foreign), std::nullopt);
  EXPECT_TRUE(agreements(adas_.book(), Book::Which::all).empty());
  EXPECT_TRUE(adas_.book().all(ObjectKind::agreement, Book::Which::all).empty());
  EXPECT_TRUE(adas_.book().verify().problems.empty());
  EXPECT_ERROR(Errc::not_found, agreement(adas_.book(), foreign));
  EXPECT_ERROR(Errc::not_found, accept(adas_.book(), {foreign, OpId{}}));
}

TEST_F(Agreements, ShortIdsOfAListAreWhatFindTakes) {
  std::set<ObjectId> all;
  for (int i = 0; i < 600; ++i) all.insert(propose(adas_.book(), said("number " + std::to_string(i))));
  const auto short_ids = adas_.book().short_ids(ObjectKind::agreement);
  EXPECT_EQ(short_ids.size(), all.size());
  std::size_t longer = 0;
  for (const auto& [id, digits] : short_ids) {
    EXPECT_TRUE(all.contains(id));
    EXPECT_EQ(adas_.book().find(ObjectKind::agreement, digits), id);
    EXPECT_GE(digits.size(), 4U);
    if (digits.size() == 4) continue;
    ++longer;
    EXPECT_ERROR(Errc::ambiguous, adas_.book().find(ObjectKind::agreement, digits.substr(0, digits.size() - 1)));
  }
  EXPECT_LT(longer, all.size() / 4);
  EXPECT_TRUE(adas_.book().short_ids(ObjectKind::boundary).empty());
}

}  // namespace
}  // namespace attune::book
