// One person's limit: each rule of a boundary as a sentence.
#include "journal/boundary.h"

#include <gtest/gtest.h>

#include "journal/ops.h"

namespace attune::test {
namespace {

using journal::Boundary;
using journal::BoundaryAcknowledged;
using journal::BoundaryAsked;
using journal::BoundaryLifted;
using journal::BoundaryStated;
using journal::BoundaryStatus;
using journal::Erase;
using journal::fold_boundary;
using journal::Response;
using journal::ResponseKind;
using journal::Seen;

constexpr bool kShared = true;
const BoundaryStated kNoCalls{"no calls after ten", "time", journal::Day{std::chrono::days{20000}}};

OpId op(std::uint8_t id) { return made_id<OpId>(id); }
Seen ada(std::uint8_t id, std::int64_t ms, journal::Act act) { return seen(id, ms, std::move(act), kAda, kShared); }
Seen ben(std::uint8_t id, std::int64_t ms, journal::Act act) { return seen(id, ms, std::move(act), kBen, kShared); }
BoundaryStated stated(std::string text) { return {std::move(text), "", std::nullopt}; }
Response answer(ResponseKind kind, std::string text, OpId to) { return {kind, std::move(text), to}; }

Boundary folded(std::vector<Seen> ops) {
  auto boundary = fold_boundary(kEntry, std::move(ops));
  EXPECT_TRUE(boundary.has_value());
  return boundary.value_or(Boundary{});
}
BoundaryStatus status(std::vector<Seen> ops) { return folded(std::move(ops)).status; }

TEST(Boundary, StandsFromTheMomentItsOwnerStatesIt) {
  const Boundary boundary = folded({ada(1, 10, kNoCalls)});
  EXPECT_EQ(boundary.status, BoundaryStatus::stated);
  EXPECT_EQ(boundary.current.stated, kNoCalls);
  EXPECT_EQ(boundary.current.stated.review_on, journal::Day{std::chrono::days{20000}});
  EXPECT_EQ(boundary.history.size(), 1U);
}

TEST(Boundary, IsNothingBeforeItsOwnerStatesIt) {
  EXPECT_EQ(fold_boundary(kEntry, {}), std::nullopt);
  EXPECT_EQ(fold_boundary(kEntry, {gone(1, kAda, kShared)}), std::nullopt);
  EXPECT_EQ(fold_boundary(kEntry, {ben(1, 10, kNoCalls)}), std::nullopt);
  EXPECT_EQ(fold_boundary(kEntry, {seen(1, 10, kNoCalls)}), std::nullopt) << "in the own log";
  EXPECT_EQ(fold_boundary(kEntry, {ben(2, 1, BoundaryAcknowledged{op(1)}), ben(3, 2, BoundaryAsked{"?"})}),
            std::nullopt);
}

TEST(Boundary, IsAcknowledgedByThePartnerAlone) {
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ben(2, 20, BoundaryAcknowledged{op(1)})}), BoundaryStatus::acknowledged);
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ada(2, 20, BoundaryAcknowledged{op(1)})}), BoundaryStatus::stated);
}

// Their clock is theirs: the name of what they saw decides.
TEST(Boundary, IsAcknowledgedHoweverThePartnersClockIsOff) {
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ben(2, 1, BoundaryAcknowledged{op(1)})}), BoundaryStatus::acknowledged);
}

TEST(Boundary, ThatIsRevisedIsToBeAcknowledgedAnew) {
  const std::vector<Seen> ops{ada(1, 10, kNoCalls), ben(2, 20, BoundaryAcknowledged{op(1)}),
                              ada(3, 15, stated("none after nine"))};
  const Boundary boundary = folded(ops);
  EXPECT_EQ(boundary.status, BoundaryStatus::stated);
  EXPECT_EQ(boundary.acknowledged_at, std::nullopt);
  EXPECT_EQ(boundary.current.stated.text, "none after nine");
  EXPECT_EQ(boundary.history.size(), 3U);
}

TEST(Boundary, IsRevisedByItsOwnerAlone) {
  const std::vector<Seen> own{ada(1, 10, kNoCalls), ben(2, 20, BoundaryAcknowledged{op(1)})};
  auto ops = own;
  ops.push_back(ben(3, 30, stated("call me any time")));
  EXPECT_EQ(folded(ops), folded(own));
}

TEST(Boundary, IsLiftedByItsOwnerAlone) {
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ada(2, 20, BoundaryLifted{op(1)})}), BoundaryStatus::lifted);
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ben(2, 20, BoundaryLifted{op(1)})}), BoundaryStatus::stated);
}

TEST(Boundary, IsNotLiftedByACopyOfALiftOfSomethingElse) {
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ada(2, 20, BoundaryLifted{op(9)})}), BoundaryStatus::stated);
}

TEST(Boundary, StandsWhereALiftAndARevisionWereMadeApart) {
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ada(2, 20, BoundaryLifted{op(1)}), ada(3, 20, stated("none at all"))}),
            BoundaryStatus::stated);
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ada(3, 20, BoundaryLifted{op(1)}), ada(2, 11, stated("none at all"))}),
            BoundaryStatus::stated)
      << "though the lift is the later one";
}

TEST(Boundary, StandsAgainWhenItsOwnerStatesItAgain) {
  std::vector<Seen> ops{ada(1, 10, kNoCalls), ada(2, 20, BoundaryLifted{op(1)})};
  EXPECT_EQ(why_not_revise(folded(ops), kAda), std::nullopt);
  ops.push_back(ada(3, 30, kNoCalls));
  EXPECT_EQ(status(ops), BoundaryStatus::stated);
}

TEST(Boundary, HoldsInTheNewestOfTwoRevisionsMadeApart) {
  EXPECT_EQ(folded({ada(1, 10, kNoCalls), ada(2, 30, stated("b")), ada(3, 20, stated("c"))}).current.op, op(2));
  EXPECT_EQ(folded({ada(1, 10, kNoCalls), ada(3, 20, stated("c")), ada(2, 20, stated("b"))}).current.op, op(3));
}

TEST(Boundary, StandsUnacknowledgedWhileARevisionMayBeMissing) {
  const std::vector<Seen> acknowledged{ada(1, 10, kNoCalls), ben(2, 20, BoundaryAcknowledged{op(1)}),
                                       gone(3, kAda, kShared)};
  EXPECT_EQ(status(acknowledged), BoundaryStatus::stated);
  const std::vector<Seen> lifted{ada(1, 10, kNoCalls), ada(2, 20, BoundaryLifted{op(1)}), gone(3, kAda, kShared)};
  EXPECT_EQ(status(lifted), BoundaryStatus::stated);
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ada(2, 20, BoundaryLifted{op(1)}), ada(3, 5, journal::Unknown{})}),
            BoundaryStatus::stated)
      << "of a newer program";
  // What the partner wrote can be no revision, nor can what stands in one's own log.
  EXPECT_EQ(status({ada(1, 10, kNoCalls), ada(2, 20, BoundaryLifted{op(1)}), gone(3, kBen, kShared), gone(4)}),
            BoundaryStatus::lifted);
}

TEST(Boundary, IsLiftedWhetherErasedAnswersAreStillThereOrGone) {
  const std::vector<Seen> before{ada(1, 10, kNoCalls),
                                 ben(2, 11, BoundaryAsked{"on weekends?"}),
                                 ada(3, 12, answer(ResponseKind::not_quite, "only work nights", op(2))),
                                 ben(4, 13, answer(ResponseKind::thanks, "", op(2))),
                                 ada(5, 14, BoundaryLifted{op(1)}),
                                 ada(6, 15, Erase{})};
  const auto after = test::without_erased(kEntry, before);
  EXPECT_EQ(folded(after), folded(before));
  EXPECT_EQ(status(after), BoundaryStatus::lifted);
  EXPECT_TRUE(folded(before).asks.at(0).answers.empty());
}

TEST(Boundary, ShowsAsksOfThePartnerWithTheirAnswersHoweverTheyArrive) {
  const Boundary boundary =
      folded({ada(4, 12, answer(ResponseKind::not_quite, "only work nights", op(3))), ada(1, 10, kNoCalls),
              ben(3, 20, BoundaryAsked{"on weekends?"}), ben(2, 30, BoundaryAsked{"texts?"}),
              ben(5, 40, answer(ResponseKind::reflect, "so weekends are fine", op(3)))});
  ASSERT_EQ(boundary.asks.size(), 2U);
  EXPECT_EQ(boundary.asks[0].text, "on weekends?");
  ASSERT_EQ(boundary.asks[0].answers.size(), 2U);
  EXPECT_EQ(boundary.asks[0].answers[0].author, kAda);
  EXPECT_EQ(boundary.asks[0].answers[1].response.text, "so weekends are fine");
  EXPECT_TRUE(boundary.asks[1].answers.empty());
  EXPECT_EQ(boundary.status, BoundaryStatus::stated);
}

TEST(Boundary, KnowsNoAnswerToWhatNobodyAsked) {
  const Boundary boundary = folded(
      {ada(1, 10, kNoCalls), ben(2, 11, BoundaryAsked{"?"}), ada(3, 12, BoundaryAsked{"to myself"}),
       ada(4, 13, answer(ResponseKind::comfort, "a", op(9))), ada(5, 14, answer(ResponseKind::comfort, "b", op(3))),
       ada(6, 15, Response{ResponseKind::comfort, "c", std::nullopt}),
       ben(7, 16, answer(ResponseKind::accept, "", op(2)))});
  ASSERT_EQ(boundary.asks.size(), 1U);
  EXPECT_TRUE(boundary.asks[0].answers.empty());
  EXPECT_EQ(boundary.history.size(), 2U);
}

TEST(Boundary, TellsItsHistoryInOrder) {
  const Boundary boundary =
      folded({ada(5, 50, BoundaryLifted{op(4)}), ada(4, 40, stated("less")), ben(3, 30, BoundaryAcknowledged{op(1)}),
              ben(2, 20, BoundaryAsked{"?"}), ada(1, 10, kNoCalls), ben(6, 60, BoundaryAcknowledged{op(9)})});
  std::vector<OpId> told;
  for (const journal::Done& done : boundary.history) told.push_back(done.op);
  EXPECT_EQ(told, (std::vector{op(1), op(2), op(3), op(4), op(5)}));
  EXPECT_EQ(boundary.lifted_at, at_ms(50));
  EXPECT_EQ(boundary.newest, at_ms(50));
}

TEST(Boundary, TakesItsTimeFromItsOwnerAlone) {
  EXPECT_EQ(folded({ada(1, 10, kNoCalls), ben(2, 999, BoundaryAsked{"?"}), ben(3, 999, stated("x"))}).newest,
            at_ms(10));
}

TEST(Boundary, RefusesActsByTheWrongPerson) {
  const Boundary boundary = folded({ada(1, 10, kNoCalls), ben(2, 11, BoundaryAsked{"?"})});
  EXPECT_TRUE(why_not_revise(boundary, kBen));
  EXPECT_TRUE(why_not_lift(boundary, kBen));
  EXPECT_TRUE(why_not_acknowledge(boundary, kAda));
  EXPECT_TRUE(why_not_ask(boundary, kAda, {"why?"}));
  EXPECT_FALSE(why_not_revise(boundary, kAda));
  EXPECT_FALSE(why_not_lift(boundary, kAda));
  EXPECT_FALSE(why_not_acknowledge(boundary, kBen));
  EXPECT_FALSE(why_not_ask(boundary, kBen, {"why?"}));
  EXPECT_TRUE(why_not_ask(boundary, kBen, {" \n"}));
}

TEST(Boundary, RefusesWhatWasDoneAlready) {
  std::vector<Seen> ops{ada(1, 10, kNoCalls), ben(2, 11, BoundaryAcknowledged{op(1)})};
  EXPECT_TRUE(why_not_acknowledge(folded(ops), kBen));
  ops.push_back(ada(3, 12, BoundaryLifted{op(1)}));
  EXPECT_TRUE(why_not_lift(folded(ops), kAda));
  EXPECT_TRUE(why_not_acknowledge(folded(ops), kBen));
}

TEST(Boundary, RefusesAnAnswerToNoAskAndWithoutItsWords) {
  std::vector<Seen> ops{ada(1, 10, kNoCalls), ben(2, 11, BoundaryAsked{"?"})};
  for (const RootId& who : {kAda, kBen}) {
    EXPECT_FALSE(why_not_answer(folded(ops), who, answer(ResponseKind::not_quite, "work nights", op(2))));
    EXPECT_FALSE(why_not_answer(folded(ops), who, answer(ResponseKind::thanks, "", op(2))));
    EXPECT_TRUE(why_not_answer(folded(ops), who, answer(ResponseKind::reflect, "", op(2))));
    EXPECT_TRUE(why_not_answer(folded(ops), who, answer(ResponseKind::thanks, "", op(1))));
    EXPECT_TRUE(why_not_answer(folded(ops), who, {ResponseKind::thanks, "", std::nullopt}));
    EXPECT_TRUE(why_not_answer(folded(ops), who, answer(ResponseKind::accept, "", op(2))));
  }
  ops.push_back(ben(3, 12, Erase{}));
  EXPECT_TRUE(why_not_answer(folded(ops), kBen, answer(ResponseKind::thanks, "", op(2))));
  EXPECT_FALSE(why_not_answer(folded(ops), kAda, answer(ResponseKind::thanks, "", op(2))));
}

TEST(Boundary, NamesItsStatus) {
  EXPECT_EQ(name_of(BoundaryStatus::stated), "stated");
  EXPECT_EQ(name_of(BoundaryStatus::acknowledged), "acknowledged");
  EXPECT_EQ(name_of(BoundaryStatus::lifted), "lifted");
}

}  // namespace
}  // namespace attune::test
