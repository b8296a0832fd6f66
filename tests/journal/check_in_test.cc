// The rules of a check-in, one by one.
#include "journal/check_in.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "journal/check_ins.h"
#include "journal/entry.h"

namespace attune::journal {
namespace {

using test::at_ms;
using test::digest;
using test::gone;
using test::kAda;
using test::kBen;
using test::kCheckIn;
using test::made_id;
using test::read_by;
using test::seen;
using ::testing::IsEmpty;

constexpr bool kShared = true;

// The answers of one person, and the acts around them. Ids: commitment N, answered N + 1, opening N + 2.
struct Said {
  RootId author;
  std::uint8_t id;
  std::int64_t ms;
  Answers answers;
  AnswersKey key;

  Said(RootId by, std::uint8_t number, std::int64_t time, std::string hard)
      : author{by},
        id{number},
        ms{time},
        answers{"calm", 4, 3, "you called", std::move(hard), "a walk"},
        key{made_id<AnswersKey>(number)} {}
  [[nodiscard]] OpId op() const { return made_id<OpId>(id); }
  [[nodiscard]] Seen committed() const {
    return seen(id, ms, Committed{digest(author, key, answers)}, author, kShared);
  }
  [[nodiscard]] Seen answered() const {
    return seen(static_cast<std::uint8_t>(id + 1), ms, Answered{op(), answers}, author);
  }
  [[nodiscard]] Seen opened(const OpId& theirs, std::int64_t after = 100) const {
    return seen(static_cast<std::uint8_t>(id + 2), ms + after, Opened{op(), theirs, key, answers}, author, kShared);
  }
  [[nodiscard]] Seen opened(const Said& theirs) const { return opened(theirs.op()); }
  [[nodiscard]] Seen erased() const {
    return seen(static_cast<std::uint8_t>(id + 3), ms + 500, Erase{}, author, kShared);
  }
};

const Said kAdas{kAda, 10, 1000, "the evenings"};
const Said kBens{kBen, 20, 2000, "the mornings"};

CheckIn adas(std::vector<Seen> ops) {
  auto check_in = read_by(kAda, std::move(ops));
  EXPECT_TRUE(check_in.has_value());
  return check_in.value_or(CheckIn{});
}
CheckIn bens(std::vector<Seen> ops) {
  auto check_in = read_by(kBen, std::move(ops));
  EXPECT_TRUE(check_in.has_value());
  return check_in.value_or(CheckIn{});
}

TEST(CheckIn, IsNothingBeforeSomebodyCommits) {
  EXPECT_EQ(read_by(kAda, {}), std::nullopt);
  EXPECT_EQ(read_by(kAda, {kAdas.answered(), gone(1), kBens.opened(kAdas)}), std::nullopt);
}

TEST(CheckIn, ThatOneHasAnsweredWaitsForTheOther) {
  const CheckIn mine = adas({kAdas.committed(), kAdas.answered()});
  EXPECT_EQ(mine.status, CheckInStatus::waits_for_partner);
  EXPECT_EQ(mine.mine.answers, kAdas.answers);
  EXPECT_EQ(mine.due, std::nullopt);
  EXPECT_EQ(bens({kAdas.committed()}).status, CheckInStatus::waits_for_me);
}

TEST(CheckIn, OpensMyAnswersOnlyOnceTheOthersCommitmentStands) {
  const CheckIn both = adas({kAdas.committed(), kAdas.answered(), kBens.committed()});
  EXPECT_EQ(both.status, CheckInStatus::opening);
  EXPECT_EQ(both.due, (OpeningDue{kAdas.answered().id, kAdas.op(), kBens.op(), kAdas.answers}));
  EXPECT_FALSE(both.revealed);
  // Not on a device that does not hold them, and only once.
  EXPECT_EQ(adas({kAdas.committed(), kBens.committed()}).due, std::nullopt);
  EXPECT_EQ(adas({kAdas.committed(), kAdas.answered(), kBens.committed(), kAdas.opened(kBens)}).due, std::nullopt);
}

TEST(CheckIn, ShowsBothOnceBothHaveOpened) {
  const std::vector<Seen> ops{kAdas.committed(), kBens.committed(), kAdas.opened(kBens), kBens.opened(kAdas)};
  const CheckIn check_in = adas(ops);
  EXPECT_EQ(check_in.status, CheckInStatus::open);
  EXPECT_TRUE(check_in.revealed);
  EXPECT_EQ(check_in.mine.answers, kAdas.answers);
  EXPECT_EQ(check_in.partners.answers, kBens.answers);
  EXPECT_TRUE(check_in.partners.matches);
  EXPECT_EQ(bens(ops).partners.answers, kAdas.answers);
}

TEST(CheckIn, OpenedTooEarlyStaysSealedForWhoHasNotAnswered) {
  for (const OpId& named : {kAdas.op(), kBens.op(), OpId{}}) {
    const CheckIn check_in = adas({kBens.committed(), kBens.opened(named)});
    EXPECT_EQ(check_in.status, CheckInStatus::waits_for_me);
    EXPECT_FALSE(check_in.revealed);
    EXPECT_EQ(check_in.partners.answers, std::nullopt);
  }
}

TEST(CheckIn, OpenedInAnswerToNothingStaysSealedAlsoAfterwards) {
  const CheckIn check_in = adas({kBens.committed(), kBens.opened(OpId{}), kAdas.committed(), kAdas.answered()});
  EXPECT_EQ(check_in.status, CheckInStatus::opening);
  EXPECT_EQ(check_in.partners.answers, std::nullopt);
}

TEST(CheckIn, ShowsWithoutACommitmentOfTheOthersNothing) {
  const CheckIn check_in = adas({kAdas.committed(), kBens.opened(kAdas)});
  EXPECT_EQ(check_in.status, CheckInStatus::waits_for_partner);
  EXPECT_FALSE(check_in.revealed);
}

TEST(CheckIn, CountsNoActOutsideTheCouplesLog) {
  Seen commitment = kBens.committed();
  Seen opening = kBens.opened(kAdas);
  commitment.shared = false;
  EXPECT_EQ(adas({kAdas.committed(), commitment, opening}).status, CheckInStatus::waits_for_partner);
  opening.shared = false;
  EXPECT_EQ(adas({kAdas.committed(), kBens.committed(), opening}).status, CheckInStatus::opening);
}

TEST(CheckIn, IsNobodysWhoIsNotOneOfTheTwo) {
  const Said strangers{made_id<RootId>(0xE0), 30, 0, "listening"};
  EXPECT_EQ(read_by(kAda, {strangers.committed()}), std::nullopt);
  const CheckIn check_in = adas({kAdas.committed(), kAdas.answered(), strangers.committed(), strangers.opened(kAdas)});
  EXPECT_EQ(check_in.status, CheckInStatus::waits_for_partner);
  EXPECT_EQ(check_in.due, std::nullopt);
}

TEST(CheckIn, ShowsAnswersThatDoNotMatchAsNotMatching) {
  Said changed = kBens;
  changed.answers.hard = "nothing at all";
  const std::vector<Seen> ops{kAdas.committed(), kBens.committed(), changed.opened(kAdas)};
  const CheckIn check_in = adas(ops);
  EXPECT_TRUE(check_in.revealed);
  EXPECT_EQ(check_in.partners.answers, changed.answers);
  EXPECT_FALSE(check_in.partners.matches);
}

TEST(CheckIn, PrefersOfTwoOpeningsTheOneThatMatches) {
  Said changed = kBens;
  changed.answers.hard = "nothing at all";
  Seen wrong = changed.opened(kAdas.op(), 50);
  wrong.id = made_id<OpId>(99);
  const CheckIn check_in = adas({kAdas.committed(), kBens.committed(), wrong, kBens.opened(kAdas)});
  EXPECT_EQ(check_in.partners.answers, kBens.answers);
  EXPECT_TRUE(check_in.partners.matches);
}

TEST(CheckIn, TakesOfSeveralCommitmentsTheOneThatTheOthersOpeningNames) {
  const Said again{kAda, 40, 1500, "the weekends"};  // on her other device
  const std::vector<Seen> sealed{kAdas.committed(), kAdas.answered(), again.committed(), again.answered(),
                                 kBens.committed()};
  EXPECT_EQ(adas(sealed).mine.answers, kAdas.answers);  // before any opening the first
  EXPECT_EQ(adas(sealed).due->commitment, kAdas.op());

  std::vector<Seen> named = sealed;
  named.push_back(kBens.opened(again));
  EXPECT_EQ(adas(named).mine.answers, again.answers);
  EXPECT_EQ(adas(named).due->commitment, again.op());
  // Also where her first one has left already.
  named.push_back(kAdas.opened(kBens));
  EXPECT_EQ(adas(named).due->commitment, again.op());
  EXPECT_EQ(bens(named).status, CheckInStatus::opening);
  named.push_back(again.opened(kBens));
  EXPECT_EQ(bens(named).partners.answers, again.answers);
  EXPECT_EQ(adas(named).due, std::nullopt);
}

TEST(CheckIn, TakesOfTheOthersCommitmentsTheOneThatMyFirstOpeningNames) {
  const Said other{kBen, 50, 1, "something else"};  // with an earlier time, after he has seen mine
  const CheckIn check_in = adas({kAdas.committed(), kBens.committed(), kAdas.opened(kBens), other.committed(),
                                 other.opened(kAdas), kBens.opened(kAdas)});
  EXPECT_EQ(check_in.partners.commitment, kBens.op());
  EXPECT_EQ(check_in.partners.answers, kBens.answers);
}

TEST(CheckIn, LetsTheFirstOfMyOpeningsDecideWhereTwoDevicesOpenedApart) {
  const Said other{kBen, 50, 2500, "something else"};
  Seen second = kAdas.opened(other.op(), 200);
  second.id = made_id<OpId>(99);
  const CheckIn check_in = adas({kAdas.committed(), kBens.committed(), other.committed(), second, kAdas.opened(kBens),
                                 other.opened(kAdas), kBens.opened(kAdas)});
  EXPECT_EQ(check_in.partners.commitment, kBens.op());
  EXPECT_EQ(check_in.partners.answers, kBens.answers);
}

// Its record may not have come yet, or a revoke took it away: what was written later has seen my answers.
TEST(CheckIn, LetsNothingTakeThePlaceOfTheCommitmentThatIOpenedTo) {
  const Said other{kBen, 50, 1, "something else"};
  const CheckIn check_in =
      adas({kAdas.committed(), kAdas.answered(), kAdas.opened(kBens), other.committed(), other.opened(kAdas)});
  EXPECT_EQ(check_in.status, CheckInStatus::waits_for_partner);
  EXPECT_EQ(check_in.partners.answers, std::nullopt);
  EXPECT_EQ(check_in.due, std::nullopt);
}

TEST(CheckIn, WaitsWhereAnOpeningOfMineMayBeLacking) {
  const std::vector<Seen> ops{kAdas.committed(), kAdas.answered(), gone(12, kAda, kShared), kBens.committed(),
                              kBens.opened(kAdas)};
  const CheckIn check_in = adas(ops);
  EXPECT_EQ(check_in.status, CheckInStatus::opening);
  EXPECT_FALSE(check_in.revealed);
  EXPECT_EQ(check_in.due, std::nullopt);
}

TEST(CheckIn, ErasedByOneKeepsTheAnswersOfTheOther) {
  const std::vector<Seen> open{kAdas.committed(), kAdas.answered(), kBens.committed(), kAdas.opened(kBens),
                               kBens.opened(kAdas)};
  std::vector<Seen> ops = open;
  ops.push_back(kBens.erased());
  const CheckIn check_in = adas(ops);
  EXPECT_EQ(check_in.status, CheckInStatus::open);
  EXPECT_TRUE(check_in.partners.erased);
  EXPECT_EQ(check_in.partners.answers, std::nullopt);
  EXPECT_EQ(check_in.mine.answers, kAdas.answers);
  EXPECT_EQ(bens(ops).partners.answers, kAdas.answers);
}

TEST(CheckIn, TakenBackBeforeItWasOpenStaysClosedForBoth) {
  std::vector<Seen> ops{kAdas.committed(), kAdas.answered(), kBens.committed(), kBens.answered(), kBens.erased()};
  EXPECT_EQ(adas(ops).status, CheckInStatus::closed);
  EXPECT_EQ(adas(ops).due, std::nullopt);
  EXPECT_EQ(bens(ops).due, std::nullopt);
  ops.push_back(kAdas.opened(kBens));  // it had left before she knew
  EXPECT_EQ(bens(ops).status, CheckInStatus::closed);
  EXPECT_EQ(bens(ops).partners.answers, std::nullopt);
}

TEST(CheckIn, KeepsItsFormWhenAnErasedOpeningToldWhichCommitmentCounts) {
  const Said again{kAda, 40, 1500, "the weekends"};
  std::vector<Seen> ops{kAdas.committed(),   again.committed(),   again.answered(), kBens.committed(),
                        kBens.opened(again), again.opened(kBens), kBens.erased()};
  EXPECT_EQ(adas(ops).mine.answers, again.answers);
  ops[4].op.reset();
  EXPECT_EQ(adas(ops).mine.answers, again.answers);
}

TEST(CheckIn, SaysOfOneThatIsNeverAnsweredNothingMore) {
  const CheckIn check_in = adas({kBens.committed()});
  EXPECT_EQ(check_in.status, CheckInStatus::waits_for_me);
  ASSERT_EQ(check_in.history.size(), 1U);
  EXPECT_EQ(check_in.history[0], (CheckInEvent{kBen, at_ms(2000), CheckInEvent::What::answered}));
}

TEST(CheckIn, IsAnsweredOnceByEach) {
  EXPECT_EQ(why_not_answer(std::nullopt), std::nullopt);
  EXPECT_EQ(why_not_answer(adas({kBens.committed()})), std::nullopt);
  EXPECT_NE(why_not_answer(adas({kAdas.committed()})), std::nullopt);
  EXPECT_NE(why_not_answer(adas({kAdas.committed(), kAdas.erased()})), std::nullopt);
  EXPECT_NE(why_not_answer(adas({kBens.committed(), kBens.erased()})), std::nullopt);
}

TEST(CheckIn, IsErasedOnlyByWhoHasAnswered) {
  EXPECT_NE(why_not_erase(adas({kBens.committed()})), std::nullopt);
  EXPECT_EQ(why_not_erase(adas({kAdas.committed()})), std::nullopt);
}

TEST(CheckIn, IsTimedAfterTheReadersOwnActsAlone) {
  Said late = kBens;
  late.ms = kLatestInstant.time_since_epoch().count();
  EXPECT_EQ(adas({kAdas.committed(), late.committed()}).newest, at_ms(1000));
  EXPECT_EQ(adas({kAdas.committed(), late.committed(), kAdas.opened(late)}).newest, at_ms(1100));
}

TEST(CheckIn, TellsWhoDidWhatInOrder) {
  const CheckIn check_in =
      adas({kBens.opened(kAdas), kAdas.committed(), kBens.committed(), kAdas.opened(kBens), kAdas.erased()});
  using What = CheckInEvent::What;
  EXPECT_EQ(check_in.history, (std::vector<CheckInEvent>{{kAda, at_ms(1000), What::answered},
                                                         {kAda, at_ms(1500), What::erased},
                                                         {kBen, at_ms(2000), What::answered},
                                                         {kBen, at_ms(2100), What::opened}}));
  EXPECT_EQ(check_in.begun, at_ms(1000));
}

TEST(CheckIn, AnswersGiveOneFormAndOthersAnother) {
  const Answers answers = kAdas.answers;
  Answers moved = answers;
  moved.appreciated = "you calledt";
  moved.hard = "he evenings";
  EXPECT_EQ(canonical(answers), canonical(answers));
  EXPECT_NE(canonical(answers), canonical(moved));
  EXPECT_EQ(canonical(Answers{}).size(), 2U + 5 * 8);
}

}  // namespace
}  // namespace attune::journal
