// Folded agreements that are kept: what is kept is never another one than the ops give.
#include "book/folded.h"

#include <gtest/gtest.h>

#include "book/agreements.h"
#include "book/home.h"
#include "book/revocation.h"
#include "book/shared_object.h"
#include "crypto/random.h"
#include "identity/root.h"

namespace attune::book {
namespace {

using test::bring;
using test::Home;

// What its ops give now, whatever is kept. Book::verify() compares so as well, after all that homes go through
// elsewhere.
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

// What a removed device wrote after it was removed has no effect, also where it had one already.
TEST_F(Folded, AgreementsAreForgottenWhenWhatBoundIsCutOff) {
  test::Owner cleo;
  Home laptop{cleo, clock_}, stolen{cleo, clock_};
  Home bens{ben_, clock_};
  laptop.pair_with(ben_);
  bens.pair_with(cleo);
  bring(laptop, stolen);
  const ObjectId id = propose(bens.book(), {"We talk", {}, {}});
  bring(bens, stolen);
  const auto revocation = test::revoke(cleo, laptop, stolen.device());
  accept(stolen.book(), {id, agreement(stolen.book(), id).pending.front()});
  bring(stolen, bens);
  ASSERT_EQ(agreement(bens.book(), id).status, journal::AgreementStatus::in_force);
  bens.book().add_statements(cleo.root, {revocation.shared.wire});
  EXPECT_EQ(agreement(bens.book(), id), anew(bens, id));
  EXPECT_EQ(agreement(bens.book(), id).status, journal::AgreementStatus::proposed);
}

TEST_F(Folded, AgreementsAreReadOnce) {
  const ObjectId id = propose(adas_.book(), {"We talk", {}, {}});
  const auto first = agreements(adas_.book(), Book::Which::open).front();
  EXPECT_EQ(agreements(adas_.book(), Book::Which::open).front(), first) << "the very same one";
  withdraw(adas_.book(), id, "");
  EXPECT_NE(agreements(adas_.book(), Book::Which::all).front(), first);
  EXPECT_EQ(adas_.book().shelf().folded.find(id), nullptr) << "what is over is rarely asked for";
  EXPECT_EQ(first->status, journal::AgreementStatus::proposed) << "who looks at one keeps what they look at";
}

// Whatever a partner proposes: memory stays bounded, and what is not kept is folded anew.
TEST_F(Folded, AgreementsTakeNoMoreMemoryThanThereIsForThem) {
  FoldedAgreements folded;
  const auto made = [] { return std::make_shared<const FoldedAgreement>(); };
  const auto id = [&] { return ObjectId{ada_.root, crypto::random_id<ObjectNumber>()}; };
  const ObjectId huge = id(), one = id(), other = id();
  folded.keep(huge, made(), 1, 1U << 30U);
  EXPECT_EQ(folded.find(huge), nullptr);
  folded.keep(one, made(), 1, 5U << 20U);
  folded.keep(other, made(), 1, 5U << 20U);
  EXPECT_NE(folded.find(one), nullptr);
  EXPECT_EQ(folded.find(other), nullptr);
  folded.keep(one, made(), 1, 1);  // in place of itself
  folded.keep(other, made(), 1, 5U << 20U);
  EXPECT_NE(folded.find(other), nullptr);
  folded.forget(other);
  folded.forget(other);
  EXPECT_EQ(folded.find(other), nullptr);
  folded.keep(huge, made(), 1, 7U << 20U);
  EXPECT_NE(folded.find(huge), nullptr) << "what was forgotten takes nothing";
}

// Tiny acts by the thousand take far more than their bytes.
TEST_F(Folded, AgreementsOfManySmallActsCountForWhatTheyTake) {
  FoldedAgreements folded;
  constexpr std::size_t kActs = 4096, kTiny = 60;
  std::size_t kept = 0;
  for (int i = 0; i < 100; ++i) {
    const ObjectId id{ada_.root, crypto::random_id<ObjectNumber>()};
    folded.keep(id, std::make_shared<const FoldedAgreement>(), kActs, kActs * kTiny);
    kept += folded.find(id) == nullptr ? 0 : 1;
  }
  EXPECT_LE(kept * kActs * (sizeof(journal::Done) + sizeof(journal::Mark)), 16U << 20U);
  EXPECT_GT(kept, 0U);
}

}  // namespace
}  // namespace attune::book
