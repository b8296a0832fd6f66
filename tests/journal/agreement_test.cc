// The rules of an agreement, one sentence each. What holds for any set and order of acts: agreement_property_test.cc.
#include "journal/agreement.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "journal/entry.h"
#include "journal/ops.h"

namespace attune::journal {
namespace {

using test::at_ms;
using test::kAda;
using test::kBen;
using test::made_id;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ObjectId kWeekend{kAda, made_id<ObjectNumber>(9)};

OpId op(std::uint8_t id) { return made_id<OpId>(id); }
Seen by(const RootId& who, std::uint8_t id, Act act) { return test::seen(id, id, std::move(act), who, true); }
Seen ada(std::uint8_t id, Act act) { return by(kAda, id, std::move(act)); }
Seen ben(std::uint8_t id, Act act) { return by(kBen, id, std::move(act)); }
Proposed words(std::string text) { return {std::move(text), std::nullopt, std::nullopt}; }
Accepted yes(std::uint8_t id) { return {op(id)}; }
Declined no(std::uint8_t id, std::string why = "") { return {op(id), std::move(why)}; }

// The rules depend on no order: whatever is asked of a set is asked of the set turned round, too.
Agreement folded(std::vector<Seen> ops) {
  auto agreement = fold_agreement(kWeekend, ops);
  std::ranges::reverse(ops);
  EXPECT_EQ(fold_agreement(kWeekend, ops), agreement);
  EXPECT_TRUE(agreement.has_value());
  return agreement.value_or(Agreement{});
}
VersionStatus status_of(const Agreement& agreement, std::uint8_t id) {
  const AgreementVersion* version = version_of(agreement, op(id));
  EXPECT_NE(version, nullptr);
  return version == nullptr ? VersionStatus::pending : version->status;
}

// --- proposing and accepting

TEST(Agreement, AProposalWaitsAndIsAcceptedByWhoMadeIt) {
  const auto agreement = folded({ada(1, words("we talk every weekend"))});
  EXPECT_EQ(agreement.status, AgreementStatus::proposed);
  EXPECT_EQ(agreement.in_force, std::nullopt);
  EXPECT_THAT(agreement.pending, ElementsAre(op(1)));
  EXPECT_THAT(agreement.versions[0].accepted, ElementsAre(Stance{kAda, at_ms(1), ""}));
  EXPECT_EQ(foremost(agreement).said.text, "we talk every weekend");
}

TEST(Agreement, IsInForceOnceBothHaveAcceptedThatVeryVersion) {
  const auto agreement = folded({ada(1, words("x")), ben(2, yes(1))});
  EXPECT_EQ(agreement.status, AgreementStatus::in_force);
  EXPECT_EQ(agreement.in_force, op(1));
  EXPECT_THAT(agreement.pending, IsEmpty());
  EXPECT_THAT(agreement.versions[0].accepted, ElementsAre(Stance{kAda, at_ms(1), ""}, Stance{kBen, at_ms(2), ""}));
}

TEST(Agreement, AcceptingOnesOwnProposalIsNotTheOthersYes) {
  EXPECT_EQ(folded({ada(1, words("x")), ada(2, yes(1))}).status, AgreementStatus::proposed);
  EXPECT_EQ(folded({ada(1, words("x")), ada(2, yes(1)), ada(3, yes(1))}).status, AgreementStatus::proposed);
}

TEST(Agreement, TheSameWordsProposedAgainBindNobodyAnew) {
  const auto again = folded({ada(1, words("x")), ben(2, no(1)), ada(3, words("x"))});
  EXPECT_EQ(again.status, AgreementStatus::proposed);
  EXPECT_THAT(again.pending, ElementsAre(op(3)));
  const auto accepted_before = folded({ada(1, words("x")), ben(2, yes(1)), ada(3, words("x"))});
  EXPECT_EQ(accepted_before.in_force, op(1));
  EXPECT_THAT(accepted_before.pending, ElementsAre(op(3)));
}

TEST(Agreement, AnAnswerToWhatIsNotHereHasNoEffectUntilItComes) {
  EXPECT_EQ(fold_agreement(kWeekend, {ben(2, yes(1))}), std::nullopt);
  EXPECT_EQ(folded({ada(1, words("x")), ben(2, yes(7))}).status, AgreementStatus::proposed);
  EXPECT_EQ(folded({ada(1, words("x")), ben(2, yes(7)), ada(7, words("y"))}).in_force, op(7));
}

TEST(Agreement, TheVeryBytesOfAProposalInTheOthersLogAreTheirYes) {
  Seen copied = ada(1, words("x"));
  copied.author = kBen;
  const auto agreement = folded({ada(1, words("x")), copied});
  ASSERT_EQ(agreement.versions.size(), 1U);
  EXPECT_EQ(agreement.in_force, op(1));
}

// --- who begins it

TEST(Agreement, NobodyBeginsOneInTheOthersName) {
  EXPECT_EQ(fold_agreement(kWeekend, {ben(1, words("I pay"))}), std::nullopt);
  EXPECT_EQ(fold_agreement(kWeekend, {ben(1, words("I pay")), ben(2, yes(1)), ada(3, Marked{})}), std::nullopt);
}

TEST(Agreement, AnAmendmentMayArriveBeforeWhatItAmends) {
  const auto agreement = folded({ben(1, words("a clock that was wrong")), ada(2, words("x"))});
  EXPECT_THAT(agreement.pending, ElementsAre(op(1), op(2)));
  EXPECT_EQ(folded({ben(1, words("x")), ada(2, yes(1))}).in_force, op(1));  // the creator's own is still to come
}

TEST(Agreement, OnlyWhatStandsInTheCouplesLogCounts) {
  const auto unshared = [](Seen seen) {
    seen.shared = false;
    return seen;
  };
  EXPECT_EQ(fold_agreement(kWeekend, {unshared(ada(1, words("x")))}), std::nullopt);
  EXPECT_EQ(folded({ada(1, words("x")), unshared(ben(2, yes(1)))}).status, AgreementStatus::proposed);
}

TEST(Agreement, OtherActsMakeNoAgreement) {
  EXPECT_EQ(fold_agreement(kWeekend, {ada(1, Erase{}), ada(2, test::said("text")), ada(3, Unknown{})}), std::nullopt);
  EXPECT_EQ(fold_agreement(kWeekend, {}), std::nullopt);
  EXPECT_EQ(folded({ada(1, words("x")), ben(2, yes(1)), ada(3, Erase{}), ben(4, Erase{})}).in_force, op(1));
}

// --- declining

TEST(Agreement, ADeclinedProposalIsDeclinedWithItsReason) {
  const auto agreement = folded({ada(1, words("x")), ben(2, no(1, "too often"))});
  EXPECT_EQ(agreement.status, AgreementStatus::declined);
  EXPECT_THAT(agreement.versions[0].declined, ElementsAre(Stance{kBen, at_ms(2), "too often"}));
  EXPECT_THAT(agreement.pending, IsEmpty());
}

TEST(Agreement, ADeclineBeatsAnAcceptOfTheSamePersonWhicheverCameFirst) {
  for (const bool accept_first : {true, false}) {
    const auto agreement = accept_first ? folded({ada(1, words("x")), ben(2, yes(1)), ben(3, no(1))})
                                        : folded({ada(1, words("x")), ben(2, no(1)), ben(3, yes(1))});
    EXPECT_EQ(agreement.status, AgreementStatus::declined);
    EXPECT_EQ(agreement.in_force, std::nullopt);
  }
}

TEST(Agreement, WhoProposedItMayTakeItBack) {
  EXPECT_EQ(folded({ada(1, words("x")), ada(2, no(1)), ben(3, yes(1))}).status, AgreementStatus::declined);
}

TEST(Agreement, ADeclinedAmendmentLeavesTheStandingVersionInForce) {
  const auto agreement = folded({ada(1, words("x")), ben(2, yes(1)), ben(3, words("y")), ada(4, no(3))});
  EXPECT_EQ(agreement.in_force, op(1));
  EXPECT_EQ(status_of(agreement, 3), VersionStatus::declined);
}

TEST(Agreement, AVersionThatBothAcceptedAndOneDeclinedEndsTheOlderOnesToo) {
  const std::vector<Seen> ended{ada(1, words("x")), ben(2, yes(1)), ben(3, words("y")), ada(4, yes(3)), ada(5, no(3))};
  const auto agreement = folded(ended);
  EXPECT_EQ(agreement.status, AgreementStatus::declined);
  EXPECT_EQ(agreement.in_force, std::nullopt);
  EXPECT_EQ(status_of(agreement, 1), VersionStatus::overtaken);
}

TEST(Agreement, AfterSuchAnEndOnlyANewerVersionThatBothAcceptIsInForce) {
  std::vector<Seen> ops{ada(1, words("x")), ada(2, words("older")), ben(3, yes(1)), ben(4, words("y")),
                        ada(5, yes(4)),     ada(6, no(4)),          ben(7, yes(2))};
  EXPECT_EQ(folded(ops).in_force, std::nullopt);  // 2 is older than 4
  ops.push_back(ben(8, words("z")));
  EXPECT_EQ(folded(ops).status, AgreementStatus::proposed);
  ops.push_back(ada(9, yes(8)));
  EXPECT_EQ(folded(ops).in_force, op(8));
}

// --- amending

TEST(Agreement, TheStandingVersionStaysInForceUntilBothAcceptTheNewOne) {
  std::vector<Seen> ops{ada(1, words("x")), ben(2, yes(1)), ben(3, words("y"))};
  EXPECT_EQ(folded(ops).in_force, op(1));
  EXPECT_EQ(folded(ops).status, AgreementStatus::in_force);
  EXPECT_EQ(foremost(folded(ops)).op, op(1));
  ops.push_back(ada(4, yes(3)));
  EXPECT_EQ(folded(ops).in_force, op(3));
  EXPECT_EQ(status_of(folded(ops), 1), VersionStatus::overtaken);
}

TEST(Agreement, TwoConcurrentAmendmentsBothWaitWithTheirAuthors) {
  const auto agreement = folded({ada(1, words("x")), ben(2, yes(1)), ada(3, words("mine")), ben(4, words("yours"))});
  EXPECT_THAT(agreement.pending, ElementsAre(op(3), op(4)));
  EXPECT_EQ(version_of(agreement, op(3))->by, kAda);
  EXPECT_EQ(version_of(agreement, op(4))->by, kBen);
  EXPECT_EQ(agreement.in_force, op(1));
}

TEST(Agreement, OfTwoAmendmentsThatBothAcceptedTheLaterProposalIsInForce) {
  const auto agreement = folded({ada(1, words("x")), ben(2, yes(1)), ada(3, words("mine")), ben(4, words("yours")),
                                 ada(5, yes(4)), ben(6, yes(3))});
  EXPECT_EQ(agreement.in_force, op(4));
  EXPECT_EQ(status_of(agreement, 3), VersionStatus::overtaken);
}

TEST(Agreement, OfTwoAmendmentsOfOneTimeTheGreaterIdIsTheLater) {
  const auto at_three = [](Seen seen) {
    seen.op->time = at_ms(3);
    return seen;
  };
  EXPECT_EQ(
      folded({at_three(ada(4, words("a"))), at_three(ben(3, words("b"))), ada(5, yes(3)), ben(6, yes(4))}).in_force,
      op(4));
}

TEST(Agreement, AcceptingAnOldVersionAfterANewerOneHasNoEffect) {
  const auto agreement = folded({ada(1, words("x")), ada(2, words("y")), ben(3, yes(2)), ben(4, yes(1))});
  EXPECT_EQ(agreement.in_force, op(2));
  EXPECT_EQ(why_not_accept(folded({ada(1, words("x")), ada(2, words("y")), ben(3, yes(2))}), kBen, op(1)),
            "a newer version was accepted by both since");
}

TEST(Agreement, AnAmendmentThatBothAcceptedTakesTheOlderOneThatWaitedAlong) {
  const auto agreement = folded({ada(1, words("x")), ada(2, words("y")), ben(3, yes(2))});
  EXPECT_THAT(agreement.pending, IsEmpty());
  EXPECT_EQ(status_of(agreement, 1), VersionStatus::overtaken);
}

// --- withdrawing

TEST(Agreement, AWithdrawalByEitherEndsItAtOnceAndForGood) {
  for (const RootId& who : {kAda, kBen}) {
    for (const std::uint8_t when : {std::uint8_t{0}, std::uint8_t{99}}) {  // whatever its clock said
      const auto agreement = folded({ada(1, words("x")), ben(2, yes(1)), by(who, when, Withdrawn{"enough"}),
                                     ada(3, words("y")), ben(4, yes(3)), ben(5, words("z")), ada(6, yes(5))});
      EXPECT_EQ(agreement.status, AgreementStatus::withdrawn);
      EXPECT_EQ(agreement.in_force, std::nullopt);
      EXPECT_THAT(agreement.pending, IsEmpty());
      EXPECT_THAT(agreement.withdrawals, ElementsAre(Stance{who, at_ms(when), "enough"}));
    }
  }
}

// Apart from each other one withdraws and the other amends: the amendment bound nobody, and is not what was agreed.
TEST(Agreement, WhatIsOverIsHeadedByTheLastWordsThatBothAccepted) {
  std::vector<Seen> ops{ada(1, words("walk daily")), ben(2, yes(1)), ben(3, words("run")), ada(4, Withdrawn{})};
  EXPECT_EQ(foremost(folded(ops)).said.text, "walk daily");
  ops.insert(ops.end(), {ben(5, words("walk weekly")), ada(6, yes(5)), ben(7, words("rest"))});
  EXPECT_EQ(foremost(folded(ops)).said.text, "walk weekly");
  const auto declined = folded({ada(1, words("x")), ben(2, yes(1)), ben(3, words("y")), ada(4, no(1)), ada(5, no(3))});
  EXPECT_EQ(declined.status, AgreementStatus::declined);
  EXPECT_EQ(foremost(declined).said.text, "x");
  const auto never = folded({ada(1, words("x")), ada(2, words("y")), ada(3, Withdrawn{})});
  EXPECT_EQ(foremost(never).said.text, "y");
}

TEST(Agreement, AProposalCanBeWithdrawnBeforeAnybodyAnswered) {
  const auto agreement = folded({ada(1, words("x")), ada(2, Withdrawn{}), ben(3, yes(1))});
  EXPECT_EQ(agreement.status, AgreementStatus::withdrawn);
  EXPECT_EQ(status_of(agreement, 1), VersionStatus::withdrawn);
}

// --- what is not here

TEST(Agreement, NothingIsInForceWhileAPartOfItIsMissingSinceItMayBeAWithdrawal) {
  const auto agreement = folded({ada(1, words("x")), ben(2, yes(1)), test::gone(3, kAda, true)});
  EXPECT_TRUE(agreement.incomplete);
  EXPECT_EQ(agreement.in_force, std::nullopt);
  EXPECT_EQ(agreement.status, AgreementStatus::proposed);
  EXPECT_EQ(status_of(agreement, 1), VersionStatus::held);
  EXPECT_EQ(why_not_withdraw(agreement), std::nullopt);
  EXPECT_EQ(why_not_decline(agreement, kBen, op(1)), std::nullopt);
}

TEST(Agreement, NothingIsInForceAfterAVersionThatOnlyANewerProgramCanRead) {
  EXPECT_EQ(folded({ada(1, words("x")), ben(2, yes(1)), ada(3, Unknown{})}).in_force, op(1));
  EXPECT_EQ(folded({ada(1, words("x")), ben(2, yes(1)), ada(3, Unknown{}), ben(4, yes(3))}).in_force, std::nullopt);
}

// --- marks and history

TEST(Agreement, BothMarkTheSameDayAndBothMarksStand) {
  const Day sunday{std::chrono::days{20000}};
  const auto agreement = folded({ada(1, words("x")), ben(2, yes(1)), ada(3, Marked{MarkKind::kept, sunday, {}, "good"}),
                                 ben(4, Marked{MarkKind::missed, sunday, {}, ""})});
  ASSERT_EQ(agreement.marks.size(), 2U);
  EXPECT_EQ(agreement.marks[0], (Mark{op(3), kAda, at_ms(3), Marked{MarkKind::kept, sunday, {}, "good"}}));
  EXPECT_EQ(agreement.marks[1].said.kind, MarkKind::missed);
  EXPECT_EQ(agreement.status, AgreementStatus::in_force);
}

TEST(Agreement, ALaterMarkTakesThePlaceOfTheSamePersonsOnThatDay) {
  const Day sunday{std::chrono::days{20000}};
  const auto agreement = folded({ada(1, words("x")), ada(3, Marked{MarkKind::missed, sunday, {}, ""}),
                                 ben(4, Marked{MarkKind::missed, sunday, {}, ""}),
                                 ada(5, Marked{MarkKind::kept, sunday, {}, "after all"})});
  ASSERT_EQ(agreement.marks.size(), 2U);
  EXPECT_EQ(agreement.marks[0].op, op(5));
  EXPECT_EQ(agreement.marks[1].op, op(4));
  EXPECT_EQ(newest_mark(agreement, kAda), at_ms(5));
  EXPECT_EQ(newest_mark(agreement, kBen), at_ms(4));
}

TEST(Agreement, ItsHistorySaysWhoDidWhatAndWhen) {
  const auto agreement =
      folded({ada(1, words("x")), ben(2, no(1, "why")), ben(3, words("y")), ada(4, yes(3)), ben(5, Withdrawn{"end"})});
  const auto event = [](const RootId& who, std::uint8_t id, Act act) {
    return Done{op(id), who, at_ms(id), std::move(act)};
  };
  EXPECT_THAT(agreement.history,
              ElementsAre(event(kAda, 1, words("x")), event(kBen, 2, no(1, "why")), event(kBen, 3, words("y")),
                          event(kAda, 4, yes(3)), event(kBen, 5, Withdrawn{"end"})));
}

TEST(Agreement, NobodysWrongClockButAProposalsMovesTheNextProposal) {
  const auto far = [](Seen seen) {
    seen.op->time = kLatestInstant;
    return seen;
  };
  const auto agreement = folded({ada(1, words("x")), far(ben(2, yes(1))), far(ben(3, Marked{})), far(ben(4, no(9)))});
  EXPECT_EQ(agreement.newest, at_ms(1));
  EXPECT_EQ(newest_mark(agreement, kAda), Instant{});
  EXPECT_EQ(why_not_amend(agreement, kAda), std::nullopt);
  EXPECT_EQ(why_not_amend(folded({ada(1, words("x")), far(ben(2, words("y")))}), kAda), std::nullopt);
  EXPECT_NE(why_not_amend(folded({ada(1, words("x")), far(ben(2, words("y"))), ada(3, yes(2))}), kAda), std::nullopt);
}

// --- who may do what

TEST(Agreement, OneAcceptsOnlyWhatTheOtherProposedAndStillStands) {
  const auto agreement =
      folded({ada(1, words("x")), ben(2, yes(1)), ben(3, words("y")), ada(4, words("z")), ada(5, no(3))});
  EXPECT_EQ(why_not_accept(agreement, kBen, op(4)), std::nullopt);
  EXPECT_EQ(why_not_accept(agreement, kAda, op(4)), "you proposed it yourself; it waits for your partner");
  EXPECT_EQ(why_not_accept(agreement, kBen, op(1)), "you accepted it already");
  EXPECT_EQ(why_not_accept(agreement, kAda, op(7)), "there is no such version of it");
  // Accepted by both it would end what is in force, and bind nobody.
  EXPECT_NE(why_not_accept(agreement, kAda, op(3)), std::nullopt);
  EXPECT_NE(why_not_accept(agreement, kBen, op(3)), std::nullopt);
}

TEST(Agreement, OneDeclinesOnceWhatIsNotOver) {
  const auto agreement =
      folded({ada(1, words("x")), ben(2, words("y")), ada(3, yes(2)), ada(4, words("z")), ben(5, no(4))});
  EXPECT_EQ(why_not_decline(agreement, kAda, op(2)), std::nullopt);
  EXPECT_EQ(why_not_decline(agreement, kBen, op(2)), std::nullopt);
  EXPECT_EQ(why_not_decline(agreement, kAda, op(4)), std::nullopt);
  EXPECT_EQ(why_not_decline(agreement, kBen, op(4)), "you declined it already");
  EXPECT_NE(why_not_decline(agreement, kBen, op(1)), std::nullopt);
  EXPECT_EQ(why_not_decline(agreement, kBen, op(9)), "there is no such version of it");
}

TEST(Agreement, AfterAWithdrawalNothingMayBeDone) {
  const auto agreement = folded({ada(1, words("x")), ben(2, Withdrawn{})});
  EXPECT_NE(why_not_accept(agreement, kBen, op(1)), std::nullopt);
  EXPECT_NE(why_not_decline(agreement, kBen, op(1)), std::nullopt);
  EXPECT_NE(why_not_amend(agreement, kAda), std::nullopt);
  EXPECT_NE(why_not_withdraw(agreement), std::nullopt);
  EXPECT_EQ(why_not_withdraw(folded({ada(1, words("x"))})), std::nullopt);
}

TEST(Agreement, ItsOwnIdStandsForAVersionWhereExactlyOneWaits) {
  EXPECT_EQ(one_pending(folded({ada(1, words("x"))})).version, op(1));
  const auto two = one_pending(folded({ada(1, words("x")), ben(2, words("y"))}));
  EXPECT_EQ(two.version, std::nullopt);
  EXPECT_TRUE(two.several);
  const auto none = one_pending(folded({ada(1, words("x")), ben(2, yes(1))}));
  EXPECT_EQ(none.version, std::nullopt);
  EXPECT_FALSE(none.several);
  EXPECT_EQ(none.why_not, "no version of it waits for an answer");
}

}  // namespace
}  // namespace attune::journal
