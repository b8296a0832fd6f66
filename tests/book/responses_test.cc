// Being heard, from the act to the other's side: who may say what, and how it is named.
#include "book/responses.h"

#include <gtest/gtest.h>

#include "book/home.h"
#include "book/shared_object.h"
#include "identity/root.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::ResponseKind;
using test::bring;
using test::Home;
using test::words;

class BeingHeard : public ::testing::Test {
 protected:
  void SetUp() override {
    adas_.pair_with(ben_);
    bens_.pair_with(ada_);
  }
  ObjectId write(Home& home, const Draft& draft) {
    const ObjectId id = home.book().write(draft);
    meet();
    return id;
  }
  ObjectId entry_of_ada() { return write(adas_, {words("I felt alone"), true}); }
  void meet() {
    bring(adas_, bens_);
    bring(bens_, adas_);
  }
  OpId say(Home& home, const ObjectId& entry, ResponseKind kind, std::string text = {},
           std::optional<OpId> to = std::nullopt) {
    clock_.advance(std::chrono::seconds{1});
    const OpId op = respond(home.book(), entry, {kind, std::move(text), to});
    meet();
    return op;
  }
  journal::Responses seen(Home& home, const ObjectId& entry) {
    return responses(home.book(), home.book().entry(entry));
  }

  test::ManualClock clock_;
  test::Person ada_, ben_, eve_;
  Home adas_{ada_, clock_};
  Home bens_{ben_, clock_};
};

TEST_F(BeingHeard, BothSidesSeeTheSame) {
  const ObjectId entry = entry_of_ada();
  const OpId reflection = say(bens_, entry, ResponseKind::reflect, "you missed me");
  EXPECT_FALSE(seen(adas_, entry).heard);
  say(adas_, entry, ResponseKind::understood);
  EXPECT_TRUE(seen(bens_, entry).heard);
  EXPECT_EQ(seen(bens_, entry), seen(adas_, entry));
  EXPECT_EQ(seen(adas_, entry).all.front().op, reflection);
}

TEST_F(BeingHeard, WhatIsSaidIsFoundByTheFirstDigitsOfItsId) {
  const ObjectId entry = entry_of_ada();
  const OpId comfort = say(bens_, entry, ResponseKind::comfort, "I am here");
  const OpId thanks = say(bens_, entry, ResponseKind::thanks);
  const std::string digits = adas_.book().shortest_prefix(comfort);
  EXPECT_GE(digits.size(), 4U);
  const auto found = adas_.book().find_acts(digits);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().op, comfort);
  EXPECT_EQ(found.front().object, entry);
  EXPECT_TRUE(adas_.book().find_acts("xyz").empty());
  EXPECT_ERROR(Errc::usage, adas_.book().find_acts(""));
  EXPECT_NE(comfort, thanks);
}

TEST_F(BeingHeard, NothingIsWrittenWhereItIsNotTheirsToSay) {
  const ObjectId entry = entry_of_ada();
  const ObjectId secret = adas_.book().write({words("mine"), false});
  const auto before = adas_.book().logs().all();
  EXPECT_ERROR(Errc::refused, say(adas_, entry, ResponseKind::comfort, "there, there"));
  EXPECT_ERROR(Errc::refused, say(adas_, secret, ResponseKind::thanks));
  EXPECT_ERROR(Errc::not_found, say(adas_, entry, ResponseKind::understood));  // of which reflection?
  EXPECT_ERROR(Errc::refused, say(bens_, entry, ResponseKind::accept));        // it is no apology
  EXPECT_ERROR(Errc::usage, say(bens_, entry, ResponseKind::comfort, " \n"));
  EXPECT_ERROR(Errc::usage, say(bens_, entry, ResponseKind::comfort, "\xff"));
  EXPECT_ERROR(Errc::not_found, say(bens_, {ada_.root, ObjectNumber{}}, ResponseKind::thanks));
  adas_.book().erase(entry);
  EXPECT_ERROR(Errc::refused, say(adas_, entry, ResponseKind::understood));
  EXPECT_EQ(adas_.book().logs().all().size(), before.size());
  EXPECT_TRUE(seen(bens_, entry).all.empty());
}

TEST_F(BeingHeard, NobodyAnswersSomebodyOfBefore) {
  const ObjectId entry = entry_of_ada();
  bens_.book().leave();
  EXPECT_ERROR(Errc::not_paired, respond(bens_.book(), entry, {ResponseKind::thanks, {}, {}}));
  clock_.advance(std::chrono::seconds{1});
  bens_.pair_with(eve_);
  EXPECT_ERROR(Errc::refused, respond(bens_.book(), entry, {ResponseKind::thanks, {}, {}}));
}

// A later partner who learns of an object has no part in it.
TEST_F(BeingHeard, OnlyTheCoupleThatAnEntryIsOfIsHeard) {
  const ObjectId entry = entry_of_ada();
  clock_.advance(std::chrono::seconds{1});
  adas_.book().leave();
  adas_.pair_with(eve_);
  test::Scribe eves{eve_.root, identity::couple_of(ada_.root, eve_.root)};
  eves.say(entry, {clock_.now(), journal::Response{ResponseKind::reflect, "I read that", {}}});
  test::deliver(eves.parcel(), adas_);
  EXPECT_TRUE(seen(adas_, entry).all.empty());
  EXPECT_EQ(adas_.book().entry(entry).current->content.body, "I felt alone");
}

TEST_F(BeingHeard, TheIndexesAreWhatMakingThemAnewGives) {
  const ObjectId entry = entry_of_ada();
  const OpId reflection = say(bens_, entry, ResponseKind::reflect, "you missed me");
  say(adas_, entry, ResponseKind::not_quite, "rather that nobody called", reflection);
  for (Home* home : {&adas_, &bens_}) {
    EXPECT_TRUE(home->book().verify().problems.empty());
    const auto before = home->indexes();
    home->book().rebuild_indexes();
    EXPECT_EQ(home->indexes(), before);
  }
  adas_.book().erase(entry);
  meet();
  EXPECT_TRUE(bens_.book().verify().problems.empty());
  EXPECT_TRUE(bens_.book().find_acts(reflection.hex()).empty());
}

TEST_F(BeingHeard, TheObserverIsToldThatSomethingWasSaid) {
  const ObjectId entry = entry_of_ada();
  std::vector<Change::Object> told;
  adas_.book().observe([&](const Change& change) { told = change.objects; });
  say(bens_, entry, ResponseKind::thanks);
  EXPECT_EQ(told, (std::vector{Change::Object{entry, ObjectKind::entry, true}}));
}

}  // namespace
}  // namespace attune::book
