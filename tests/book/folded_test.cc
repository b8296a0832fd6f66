// Folded agreements that are kept: what is kept is never another one than the ops give.
#include "book/folded.h"

#include <gtest/gtest.h>

#include "book/agreements.h"
#include "book/home.h"
#include "book/shared_object.h"
#include "crypto/random.h"
#include "identity/root.h"

namespace attune::book {
namespace {

using test::bring;
using test::Home;

// What its ops give now, whatever is kept.
std::optional<journal::Agreement> anew(Home& home, const ObjectId& id) {
  return journal::fold_agreement(id, load_shared(home.book().shelf(), id).ops);
}

class Folded : public ::testing::Test {
 protected:
  void SetUp() override {
    adas_.pair_with(ben_);
    bens_.pair_with(ada_);
  }
  void expect_sound(const ObjectId& id) {
    bring(adas_, bens_);
    bring(bens_, adas_);
    for (Home* home : {&adas_, &bens_}) {
      EXPECT_EQ(agreement_if_any(home->book(), id), anew(*home, id));
      ASSERT_EQ(agreements(home->book(), Book::Which::all).size(), 1U);
      EXPECT_EQ(*agreements(home->book(), Book::Which::all).front(), anew(*home, id));
    }
  }

  test::ManualClock clock_;
  test::Person ada_, ben_;
  Home adas_{ada_, clock_};
  Home bens_{ben_, clock_};
};

TEST_F(Folded, AgreementsAreForgottenByEveryActOnThemHereAndFromThere) {
  const ObjectId id = propose(adas_.book(), {"We talk", {}, {}});
  expect_sound(id);
  accept(bens_.book(), {id, agreement(bens_.book(), id).pending.front()});
  expect_sound(id);
  const OpId changed = amend(adas_.book(), id, {"We walk", {}, {}});
  expect_sound(id);
  decline(bens_.book(), {id, changed}, "no");
  expect_sound(id);
  withdraw(bens_.book(), id, "");
  expect_sound(id);
  EXPECT_EQ(agreement(adas_.book(), id).status, journal::AgreementStatus::withdrawn);
}

TEST_F(Folded, AgreementsAreReadOnce) {
  const ObjectId id = propose(adas_.book(), {"We talk", {}, {}});
  const auto first = agreements(adas_.book(), Book::Which::open).front();
  EXPECT_EQ(agreements(adas_.book(), Book::Which::open).front(), first) << "the very same one";
  withdraw(adas_.book(), id, "");
  EXPECT_NE(agreements(adas_.book(), Book::Which::all).front(), first);
  EXPECT_EQ(first->status, journal::AgreementStatus::proposed) << "who looks at one keeps what they look at";
}

// Whatever a partner proposes: memory stays bounded, and what is not kept is folded anew.
TEST_F(Folded, AgreementsTakeNoMoreMemoryThanThereIsForThem) {
  FoldedAgreements folded;
  const auto made = [] { return std::make_shared<const FoldedAgreement>(); };
  const auto id = [&] { return ObjectId{ada_.root, crypto::random_id<ObjectNumber>()}; };
  const ObjectId huge = id(), one = id(), other = id();
  folded.keep(huge, made(), 1U << 30U);
  EXPECT_EQ(folded.find(huge), nullptr);
  folded.keep(one, made(), 9U << 20U);
  folded.keep(other, made(), 9U << 20U);
  EXPECT_NE(folded.find(one), nullptr);
  EXPECT_EQ(folded.find(other), nullptr);
  folded.keep(one, made(), 1);  // in place of itself
  folded.keep(other, made(), 9U << 20U);
  EXPECT_NE(folded.find(other), nullptr);
  folded.forget(other);
  folded.forget(other);
  EXPECT_EQ(folded.find(other), nullptr);
  folded.keep(huge, made(), 15U << 20U);
  EXPECT_NE(folded.find(huge), nullptr) << "what was forgotten takes nothing";
}

}  // namespace
}  // namespace attune::book
