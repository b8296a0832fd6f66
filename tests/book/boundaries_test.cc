// Boundaries between two homes: who may do what, what the other side sees, and that nothing else changes them.
#include "book/boundaries.h"

#include <gtest/gtest.h>

#include <set>

#include "book/home.h"
#include "book/shared_object.h"
#include "crypto/hash.h"
#include "identity/root.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::BoundaryStatus;
using journal::ResponseKind;
using test::bring;
using test::Home;
using test::words;

class Boundaries : public ::testing::Test {
 protected:
  void SetUp() override {
    adas_.pair_with(ben_);
    bens_.pair_with(ada_);
  }
  void meet() {
    clock_.advance(std::chrono::seconds{1});
    bring(adas_, bens_);
    bring(bens_, adas_);
  }
  ObjectId stated(std::string text = "no calls after 22:00") {
    const ObjectId id = state(adas_.book(), {std::move(text), "time", {}});
    meet();
    return id;
  }
  journal::Boundary seen(Home& home, const ObjectId& id) { return boundary(home.book(), id)->boundary; }
  BoundaryStatus status(Home& home, const ObjectId& id) { return seen(home, id).status; }
  static std::vector<std::string> texts(Home& home, Book::Which which = Book::Which::open) {
    std::vector<std::string> all;
    for (const auto& here : boundaries(home.book(), which)) all.push_back(here.boundary.current.stated.text);
    return all;
  }
  // Everything that home keeps of what is shared, as somebody would find it who reads it all.
  static std::vector<std::uint64_t> lengths(Home& home) {
    std::vector<std::uint64_t> all;
    for (const auto& held : home.book().logs().all()) all.push_back(held.n);
    return all;
  }

  test::ManualClock clock_;
  test::Person ada_, ben_, eve_;
  Home adas_{ada_, clock_};
  Home bens_{ben_, clock_};
};

// Several entries begin so: the hint names none of them, and what is missing is still the boundary.
TEST_F(Boundaries, DigitsThatSeveralEntriesShareFindNoBoundary) {
  std::set<std::string> begun;
  std::string digits;
  do {
    digits = crypto::printed_id(adas_.book().write({words("an entry"), false})).hex().substr(0, 4);
  } while (begun.insert(digits).second);
  EXPECT_ERROR(Errc::ambiguous, adas_.book().find(digits));
  EXPECT_ERROR(Errc::not_found, find_of(adas_.book(), ObjectKind::boundary, digits));
}

TEST_F(Boundaries, StandFromTheMomentTheyAreStatedAndBothSeeThem) {
  const ObjectId id = state(adas_.book(), {"no calls after 22:00", "time", journal::Day{std::chrono::days{21000}}});
  EXPECT_EQ(status(adas_, id), BoundaryStatus::stated);
  meet();
  EXPECT_EQ(seen(bens_, id), seen(adas_, id));
  EXPECT_EQ(seen(bens_, id).current.stated.topic, "time");
  acknowledge(bens_.book(), id);
  meet();
  EXPECT_EQ(status(adas_, id), BoundaryStatus::acknowledged);
  EXPECT_EQ(seen(bens_, id), seen(adas_, id));
}

TEST_F(Boundaries, ThatAreRevisedAreToBeAcknowledgedAnew) {
  const ObjectId id = stated();
  acknowledge(bens_.book(), id);
  meet();
  BoundaryEdit edit;
  edit.text = "no calls after 21:00";
  revise(adas_.book(), id, edit);
  meet();
  EXPECT_EQ(status(bens_, id), BoundaryStatus::stated);
  EXPECT_EQ(seen(bens_, id).current.stated, (journal::BoundaryStated{"no calls after 21:00", "time", {}}));
  edit = {};
  edit.topic = "";
  edit.review_on = journal::Day{std::chrono::days{21000}};
  revise(adas_.book(), id, edit);
  EXPECT_EQ(seen(adas_, id).current.stated.text, "no calls after 21:00");
  EXPECT_EQ(seen(adas_, id).current.stated.topic, "");
  EXPECT_TRUE(seen(adas_, id).current.stated.review_on);
}

TEST_F(Boundaries, KeepTheirAcknowledgementWhereARevisionChangesNothing) {
  const ObjectId id = stated();
  acknowledge(bens_.book(), id);
  meet();
  const auto before = lengths(adas_);
  BoundaryEdit same;
  same.text = "no calls after 22:00";
  same.topic = "Time";
  revise(adas_.book(), id, same);
  EXPECT_EQ(lengths(adas_), before);
  EXPECT_EQ(status(adas_, id), BoundaryStatus::acknowledged);
}

TEST_F(Boundaries, AreLiftedByTheirOwnerAloneAndStatedAgainByARevision) {
  const ObjectId id = stated();
  EXPECT_ERROR(Errc::refused, lift(bens_.book(), id));
  lift(adas_.book(), id);
  meet();
  for (Home* home : {&adas_, &bens_}) {
    EXPECT_TRUE(texts(*home).empty());
    EXPECT_EQ(texts(*home, Book::Which::all).size(), 1U);
    EXPECT_EQ(status(*home, id), BoundaryStatus::lifted);
  }
  EXPECT_ERROR(Errc::refused, lift(adas_.book(), id));
  EXPECT_ERROR(Errc::refused, acknowledge(bens_.book(), id));
  revise(adas_.book(), id, {});  // the same words: they stand again
  meet();
  EXPECT_EQ(status(bens_, id), BoundaryStatus::stated);
  EXPECT_EQ(texts(bens_).size(), 1U);
}

TEST_F(Boundaries, StandUnacknowledgedWhereARevisionWasNotSeenByWhoActed) {
  const ObjectId id = stated();
  BoundaryEdit edit;
  edit.text = "no calls at all";
  revise(adas_.book(), id, edit);
  acknowledge(bens_.book(), id);  // of the words that Ben has
  meet();
  EXPECT_EQ(status(adas_, id), BoundaryStatus::stated);
  EXPECT_EQ(status(bens_, id), BoundaryStatus::stated);
}

TEST_F(Boundaries, ActsByTheWrongPersonAreRefusedAndLeaveNothing) {
  const ObjectId id = stated();
  const auto adas = lengths(adas_);
  const auto bens = lengths(bens_);
  BoundaryEdit edit;
  edit.text = "calls are fine";
  EXPECT_ERROR(Errc::refused, revise(bens_.book(), id, edit));
  EXPECT_ERROR(Errc::refused, acknowledge(adas_.book(), id));
  EXPECT_ERROR(Errc::refused, ask(adas_.book(), id, "why?"));
  EXPECT_ERROR(Errc::refused, answer(bens_.book(), id, {ResponseKind::thanks, "", {}}));
  EXPECT_EQ(lengths(adas_), adas);
  EXPECT_EQ(lengths(bens_), bens);
}

// What a changed program of the partner's writes into its own log.
TEST_F(Boundaries, AreNotChangedByAPartnerWhoKeepsNoRule) {
  const ObjectId id = stated();
  const auto before = seen(adas_, id);
  test::Scribe ben{ben_.root, identity::couple_of(ada_.root, ben_.root)};
  const Instant later = clock_.now() + std::chrono::hours{1};
  ben.say(id, {later, journal::BoundaryLifted{before.current.op}});
  ben.say(id, {later, journal::BoundaryStated{"calls are fine", "time", {}}});
  ben.say(id, {later, journal::Erase{}});
  test::deliver(ben.parcel(), adas_);
  EXPECT_EQ(status(adas_, id), BoundaryStatus::stated);
  EXPECT_EQ(seen(adas_, id).current, before.current);
  EXPECT_EQ(texts(adas_), std::vector<std::string>{"no calls after 22:00"});
}

TEST_F(Boundaries, AreAskedAboutAndAnsweredByEither) {
  const ObjectId id = stated();
  EXPECT_ERROR(Errc::refused, answer(adas_.book(), id, {ResponseKind::comfort, "yes", {}}));
  const OpId first = ask(bens_.book(), id, "is a message all right?");
  meet();
  answer(adas_.book(), id, {ResponseKind::comfort, "yes, a message is", {}});
  const OpId second = ask(bens_.book(), id, "and at weekends?");
  meet();
  EXPECT_ERROR(Errc::refused, answer(adas_.book(), id, {ResponseKind::comfort, "which?", {}}));
  EXPECT_ERROR(Errc::refused, answer(adas_.book(), id, {ResponseKind::accept, "", second}));
  EXPECT_ERROR(Errc::usage, answer(adas_.book(), id, {ResponseKind::comfort, " ", second}));
  answer(adas_.book(), id, {ResponseKind::reflect, "you mean sunday", second});
  answer(bens_.book(), id, {ResponseKind::thanks, "", first});
  meet();
  const auto asks = seen(bens_, id).asks;
  ASSERT_EQ(asks.size(), 2U);
  EXPECT_EQ(asks[0].answers.size(), 2U);
  EXPECT_EQ(asks[1].answers.size(), 1U);
  EXPECT_EQ(seen(adas_, id), seen(bens_, id));
  EXPECT_EQ(status(adas_, id), BoundaryStatus::stated);  // a question changes nothing
}

TEST_F(Boundaries, WordsThatAreNoneAreRefused) {
  const ObjectId id = stated();
  const auto before = lengths(adas_);
  EXPECT_ERROR(Errc::usage, state(adas_.book(), {" \n", "", {}}));
  EXPECT_ERROR(Errc::usage, state(adas_.book(), {"\xff", "", {}}));
  EXPECT_ERROR(Errc::usage, state(adas_.book(), {std::string(journal::kMaxWords + 1, 'x'), "", {}}));
  EXPECT_ERROR(Errc::usage, state(adas_.book(), {"text", std::string(journal::kMaxTopic + 1, 'x'), {}}));
  EXPECT_ERROR(Errc::usage, state(adas_.book(), {"text", "two\nlines", {}}));
  EXPECT_ERROR(Errc::usage, ask(bens_.book(), id, ""));
  EXPECT_EQ(lengths(adas_), before);
  EXPECT_EQ(texts(adas_).size(), 1U);
}

TEST_F(Boundaries, HaveTopicsOfOnesOwnTheSameInAnyCase) {
  const ObjectId id = state(adas_.book(), {"no photos", " Photos ", {}});
  EXPECT_EQ(seen(adas_, id).current.stated.topic, "photos");
}

TEST_F(Boundaries, OfAPairingThatIsOverStandForNobodyNow) {
  const ObjectId id = stated();
  adas_.book().leave();
  EXPECT_ERROR(Errc::not_paired, state(adas_.book(), {"text", "", {}}));
  EXPECT_ERROR(Errc::not_paired, lift(adas_.book(), id));
  EXPECT_TRUE(texts(adas_).empty());
  adas_.pair_with(eve_);
  EXPECT_TRUE(texts(adas_).empty());
  ASSERT_EQ(texts(adas_, Book::Which::all).size(), 1U);
  EXPECT_TRUE(boundary(adas_.book(), id)->past);
  EXPECT_ERROR(Errc::refused, lift(adas_.book(), id));
}

TEST_F(Boundaries, OfNobodyAreNone) {
  const ObjectId nobodys{.creator = ada_.root, .number = crypto::random_id<ObjectNumber>()};
  EXPECT_FALSE(boundary(adas_.book(), nobodys));
  EXPECT_ERROR(Errc::not_found, lift(adas_.book(), nobodys));
}

TEST_F(Boundaries, HaveTheSameIndexesAfterTheyAreMadeAnew) {
  const ObjectId id = stated();
  lift(adas_.book(), stated("another"));
  acknowledge(bens_.book(), id);
  ask(bens_.book(), id, "is a message all right?");
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
