// What comes next, with both people's marks, and what moving does.
#include "journal/due.h"

#include <gmock/gmock.h>

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <random>

#include "core/bytes.h"
#include "journal/many_cases.h"
#include "journal/ops.h"
#include "journal/schedule.h"
#include "journal/schedule_text.h"
#include "journal/walls.h"

namespace attune::journal {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using test::kAda;
using test::kBen;
using test::made_id;
using test::on;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const ObjectId kTalks{kAda, made_id<ObjectNumber>(9)};
const test::EuropeanZone kBerlin{hours{1}};
const Day kSunday = on(2026, 11, 22);
const Day kNextSunday = on(2026, 11, 29);
const Day kMonday = on(2026, 11, 23);

Instant wall(Day day, hours hour) { return kBerlin.moment_at(day.time_since_epoch() + hour); }

Mark mark(const RootId& who, Instant when, Marked said) { return {OpId{}, who, when, std::move(said)}; }

OpId numbered(std::uint32_t number) {
  std::array<std::byte, OpId::size> bytes{};
  std::ranges::copy(be64(number), bytes.begin());
  return OpId{bytes};
}

// An agreement that both accepted long before, and whatever is marked on it.
class Talks {
 public:
  explicit Talks(std::string_view every) {
    const auto schedule = schedule_said(every, "Europe/Berlin", on(2026, 1, 1));
    put(kAda, Instant{}, Proposed{"we talk", schedule, std::nullopt});
    put(kBen, Instant{}, Accepted{ops_[0].id});
  }
  Talks& put(const RootId& who, Instant when, Act act) {
    ops_.push_back({numbered(++made_), who, true, Op{when, std::move(act)}});
    return *this;
  }
  Talks& move(const RootId& who, Instant when, Day from, Day to) {
    return put(who, when, Marked{MarkKind::moved, from, to, ""});
  }
  [[nodiscard]] Agreement folded() const { return fold_agreement(kTalks, ops_).value(); }
  [[nodiscard]] std::vector<Occurrence> between(Day first, Day last) const {
    return due(folded(), kBerlin, wall(first, hours{0}), last);
  }
  [[nodiscard]] std::vector<Day> days_between(Day first, Day last) const {
    std::vector<Day> found;
    for (const Occurrence& occurrence : between(first, last)) found.push_back(occurrence.on);
    return found;
  }

 private:
  std::vector<Seen> ops_;
  std::uint32_t made_ = 0;
};

// --- what is due

TEST(Due, AreTheDaysOfTheScheduleInForce) {
  const Talks talks{"week on sun at 18:00"};
  const auto found = talks.between(kSunday, kNextSunday);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0], (Occurrence{kSunday, kSunday, wall(kSunday, hours{18}), {}}));
  EXPECT_EQ(found[1].on, kNextSunday);
}

TEST(Due, BeginAtAMomentAndEndWithADay) {
  const auto agreement = Talks{"week on sun at 18:00"}.folded();
  EXPECT_THAT(due(agreement, kBerlin, wall(kSunday, hours{18}), kSunday), SizeIs(1));
  EXPECT_THAT(due(agreement, kBerlin, wall(kSunday, hours{18}) + minutes{1}, kSunday), IsEmpty());
  EXPECT_THAT(due(agreement, kBerlin, wall(kNextSunday, hours{0}), kSunday), IsEmpty());
}

TEST(Due, IsNothingOfWhatIsNotInForceOrHasNoSchedule) {
  Talks withdrawn{"day at 7:30"};
  withdrawn.put(kBen, Instant{}, Withdrawn{});
  EXPECT_THAT(withdrawn.between(kSunday, kNextSunday), IsEmpty());
  Talks unscheduled{"day at 7:30"};
  unscheduled.put(kAda, Instant{minutes{1}}, Proposed{"whenever", {}, {}});
  EXPECT_THAT(unscheduled.between(kSunday, kNextSunday), SizeIs(8));  // the standing version stays
  unscheduled.put(kBen, Instant{minutes{2}}, Accepted{numbered(3)});
  EXPECT_THAT(unscheduled.between(kSunday, kNextSunday), IsEmpty());
}

TEST(Due, FollowsTheWallThroughBothChangesOfTheClocks) {
  const Talks talks{"week on sun at 2:30"};
  std::vector<std::string> shown;
  for (const auto& [first, last] : {std::pair{on(2026, 3, 22), on(2026, 4, 5)}, {on(2026, 10, 18), on(2026, 11, 1)}}) {
    for (const Occurrence& occurrence : talks.between(first, last))
      shown.push_back(rfc3339(occurrence.when, kBerlin.offset_at(occurrence.when)));
  }
  EXPECT_THAT(shown, ElementsAre("2026-03-22T02:30:00.000+01:00", "2026-03-29T03:30:00.000+02:00",
                                 "2026-04-05T02:30:00.000+02:00", "2026-10-18T02:30:00.000+02:00",
                                 "2026-10-25T02:30:00.000+02:00", "2026-11-01T02:30:00.000+01:00"));
}

TEST(Due, ListsNoMoreThanTheMost) {
  EXPECT_THAT(Talks{"day at 7:30"}.between(kEarliestDay, kLatestDay), SizeIs(kMostDays));
}

// --- marks

TEST(Due, BothPeoplesMarksStandSideBySide) {
  Talks talks{"week on sun at 18:00"};
  talks.put(kBen, wall(kMonday, hours{9}), Marked{MarkKind::missed, kSunday, {}, "not to me"});
  talks.put(kAda, wall(kMonday, hours{10}), Marked{MarkKind::kept, kSunday, {}, ""});
  const auto found = talks.between(kSunday, kNextSunday);
  ASSERT_THAT(found[0].marks, SizeIs(2));
  EXPECT_EQ(found[0].marks[0].by, kAda);
  EXPECT_EQ(found[0].marks[0].said.kind, MarkKind::kept);
  EXPECT_EQ(found[0].marks[1].by, kBen);
  EXPECT_EQ(found[0].marks[1].said.kind, MarkKind::missed);
  EXPECT_THAT(found[1].marks, IsEmpty());
}

// --- moving

TEST(Due, WhatIsMovedBeforeItIsDueComesOnceOnItsNewDayWithTheMark) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kBen, wall(kSunday, hours{17}), kSunday, kMonday);
  const auto found = talks.between(kSunday, on(2026, 11, 28));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].named, kSunday);
  EXPECT_EQ(found[0].on, kMonday);
  EXPECT_EQ(found[0].when, wall(kMonday, hours{18}));
  ASSERT_THAT(found[0].marks, SizeIs(1));
  EXPECT_EQ(found[0].marks[0].said.kind, MarkKind::moved);
}

TEST(Due, WhatIsMovedAfterItWasDueIsAMarkAndMovesNothing) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kBen, wall(kSunday, hours{18}), kSunday, kMonday);
  const auto found = talks.between(kSunday, kMonday);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].on, kSunday);
  EXPECT_THAT(found[0].marks, SizeIs(1));
}

TEST(Due, NothingIsMovedToATimeThatIsOver) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kBen, wall(kSunday, hours{9}), kSunday, on(2026, 11, 20));
  EXPECT_THAT(talks.days_between(kSunday, kMonday), ElementsAre(kSunday));
}

TEST(Due, WhatWasMovedIntoARangeIsInItAndWhatWasMovedOutIsNot) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kAda, wall(kSunday, hours{9}), kSunday, on(2026, 12, 9));
  EXPECT_THAT(talks.days_between(kSunday, kNextSunday), ElementsAre(kNextSunday));
  EXPECT_THAT(talks.days_between(on(2026, 12, 7), on(2026, 12, 10)), ElementsAre(on(2026, 12, 9)));
}

TEST(Due, WhatIsMarkedKeptLaterStaysWhereItWasMovedTo) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kAda, wall(kSunday, hours{9}), kSunday, kMonday);
  talks.put(kAda, wall(kMonday, hours{20}), Marked{MarkKind::kept, kSunday, {}, ""});
  const auto found = talks.between(kSunday, kMonday);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].on, kMonday);
  ASSERT_THAT(found[0].marks, SizeIs(1));
  EXPECT_EQ(found[0].marks[0].said.kind, MarkKind::kept);
}

TEST(Due, WhatWasMovedMovesOnBeforeItIsDueThereAndBackAgain) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kAda, wall(kSunday, hours{9}), kSunday, kMonday);
  talks.move(kBen, wall(kMonday, hours{17}), kSunday, on(2026, 11, 24));
  EXPECT_THAT(talks.days_between(kSunday, on(2026, 11, 28)), ElementsAre(on(2026, 11, 24)));
  talks.move(kBen, wall(on(2026, 11, 24), hours{19}), kSunday, on(2026, 11, 25));  // too late
  EXPECT_THAT(talks.days_between(kSunday, on(2026, 11, 28)), ElementsAre(on(2026, 11, 24)));
  Talks back{"week on sun at 18:00"};
  back.move(kAda, wall(kSunday, hours{9}), kSunday, kMonday).move(kAda, wall(kSunday, hours{10}), kSunday, kSunday);
  EXPECT_THAT(back.days_between(kSunday, on(2026, 11, 28)), ElementsAre(kSunday));
}

TEST(Due, OfTwoMovesTheLastSaysWhereItIsAndBothMarksStand) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kBen, wall(kSunday, hours{10}), kSunday, on(2026, 11, 25));
  talks.move(kAda, wall(kSunday, hours{9}), kSunday, kMonday);
  const auto found = talks.between(kSunday, on(2026, 11, 28));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].on, on(2026, 11, 25));
  EXPECT_THAT(found[0].marks, SizeIs(2));
}

TEST(Due, ADayThatIsNotOnTheScheduleCannotBeMovedIntoIt) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kBen, wall(kSunday, hours{9}), on(2026, 11, 24), on(2026, 11, 26));
  EXPECT_THAT(talks.days_between(kSunday, on(2026, 11, 28)), ElementsAre(kSunday));
}

TEST(Due, TwoOnOneDayStayTwo) {
  Talks talks{"day at 18:00"};
  talks.move(kAda, wall(kSunday, hours{9}), kSunday, kMonday);
  const auto found = talks.between(kSunday, kMonday);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].named, kSunday);
  EXPECT_EQ(found[1].named, kMonday);
  EXPECT_EQ(occurrence_named(talks.folded(), kBerlin, kMonday), kMonday);
  EXPECT_EQ(occurrence_named(talks.folded(), kBerlin, kSunday), kSunday);
}

// --- which one is meant

TEST(Due, AnOccurrenceIsNamedByItsOwnDayOrTheOneItWasMovedTo) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kAda, wall(kSunday, hours{9}), kSunday, kMonday);
  EXPECT_EQ(occurrence_named(talks.folded(), kBerlin, kSunday), kSunday);
  EXPECT_EQ(occurrence_named(talks.folded(), kBerlin, kMonday), kSunday);
  EXPECT_EQ(occurrence_named(talks.folded(), kBerlin, on(2026, 11, 24)), std::nullopt);
}

TEST(Due, WithoutADayKeptAndMissedMeanTheLastThatCameAndMovedTheNext) {
  const auto agreement = Talks{"week on sun at 18:00"}.folded();
  const auto meant = [&](MarkKind kind, Instant now) { return occurrence_meant(agreement, kBerlin, kind, now); };
  EXPECT_EQ(meant(MarkKind::kept, wall(on(2026, 11, 28), hours{9})), kSunday);
  EXPECT_EQ(meant(MarkKind::missed, wall(kNextSunday, hours{9})), kNextSunday);
  EXPECT_EQ(meant(MarkKind::moved, wall(kSunday, hours{9})), kSunday);
  EXPECT_EQ(meant(MarkKind::moved, wall(kSunday, hours{18})), kNextSunday);
  EXPECT_EQ(meant(MarkKind::kept, wall(on(2025, 12, 30), hours{9})), std::nullopt);
  EXPECT_EQ(meant(MarkKind::moved, wall(on(2025, 1, 1), hours{9})), on(2026, 1, 4));
  const auto once = Talks{"2030-12-24 at 18:00"}.folded();
  EXPECT_EQ(occurrence_meant(once, kBerlin, MarkKind::moved, wall(kSunday, hours{0})), on(2030, 12, 24));
  EXPECT_EQ(occurrence_meant(once, kBerlin, MarkKind::kept, wall(on(2040, 1, 1), hours{0})), on(2030, 12, 24));
}

TEST(Due, WithoutADayWhatWasMovedIsMeantOnItsNewDay) {
  Talks talks{"week on sun at 18:00"};
  talks.move(kAda, wall(kSunday, hours{9}), kSunday, on(2026, 11, 30));  // after the next
  const auto agreement = talks.folded();
  EXPECT_EQ(occurrence_meant(agreement, kBerlin, MarkKind::kept, wall(kMonday, hours{9})), on(2026, 11, 15));
  EXPECT_EQ(occurrence_meant(agreement, kBerlin, MarkKind::kept, wall(on(2026, 11, 30), hours{9})), kSunday);
  EXPECT_EQ(occurrence_meant(agreement, kBerlin, MarkKind::moved, wall(kMonday, hours{9})), kNextSunday);
}

// --- who may mark

TEST(Due, OneMarksWhatHasComeAndMovesWhatIsStillToCome) {
  const auto agreement = Talks{"week on sun at 18:00"}.folded();
  const auto why = [&](MarkKind kind, Day day, std::optional<Day> to, Instant time) {
    return why_not_mark(agreement, kBerlin, mark(kBen, time, {kind, day, to, ""}));
  };
  EXPECT_EQ(why(MarkKind::kept, kSunday, {}, wall(kSunday, hours{8})), std::nullopt);  // earlier that day is fine
  EXPECT_EQ(why(MarkKind::missed, kSunday, {}, wall(kMonday, hours{8})), std::nullopt);
  EXPECT_EQ(why(MarkKind::kept, kNextSunday, {}, wall(kSunday, hours{8})), "that day has not come yet");
  EXPECT_EQ(why(MarkKind::kept, kMonday, {}, wall(kMonday, hours{8})), "it does not come on that day");
  EXPECT_EQ(why(MarkKind::moved, kSunday, kMonday, wall(kSunday, hours{17})), std::nullopt);
  EXPECT_NE(why(MarkKind::moved, kSunday, kMonday, wall(kSunday, hours{18})), std::nullopt);
  EXPECT_NE(why(MarkKind::moved, kSunday, kSunday, wall(kSunday, hours{17})), std::nullopt);
  EXPECT_NE(why(MarkKind::moved, kSunday, on(2026, 11, 20), wall(kSunday, hours{17})), std::nullopt);
  EXPECT_NE(why(MarkKind::moved, kSunday, std::nullopt, wall(kSunday, hours{17})), std::nullopt);
}

TEST(Due, WithoutAScheduleAnyDayUpToTodayIsMarkedAndNothingMoved) {
  Talks talks{"day at 7:30"};
  talks.put(kAda, Instant{minutes{1}}, Proposed{"whenever", {}, {}}).put(kBen, Instant{}, Accepted{numbered(3)});
  const auto agreement = talks.folded();
  const Instant now = wall(kSunday, hours{9});
  EXPECT_EQ(occurrence_meant(agreement, kBerlin, MarkKind::kept, now), kSunday);
  EXPECT_EQ(occurrence_meant(agreement, kBerlin, MarkKind::moved, now), std::nullopt);
  EXPECT_EQ(occurrence_named(agreement, kBerlin, kMonday), kMonday);
  EXPECT_EQ(why_not_mark(agreement, kBerlin, mark(kAda, now, {MarkKind::kept, kSunday, {}, ""})), std::nullopt);
  EXPECT_NE(why_not_mark(agreement, kBerlin, mark(kAda, now, {MarkKind::kept, kMonday, {}, ""})), std::nullopt);
  EXPECT_NE(why_not_mark(agreement, kBerlin, mark(kAda, now, {MarkKind::moved, kSunday, kMonday, ""})), std::nullopt);
}

TEST(Due, WhatIsNotInForceIsNotMarked) {
  Talks talks{"week on sun at 18:00"};
  talks.put(kBen, Instant{}, Withdrawn{});
  const Instant now = wall(kMonday, hours{9});
  EXPECT_EQ(why_not_mark(talks.folded(), kBerlin, mark(kAda, now, {MarkKind::kept, kSunday, {}, ""})),
            "it is not in force");
  EXPECT_EQ(occurrence_meant(talks.folded(), kBerlin, MarkKind::kept, now), std::nullopt);
  EXPECT_EQ(occurrence_named(talks.folded(), kBerlin, kSunday), std::nullopt);
}

TEST(Due, AfterAsManyMarksAsThereIsRoomForOneCanStillDeclineAndWithdraw) {
  Talks talks{"day at 18:00"};
  Day day = on(2026, 1, 1);
  for (std::size_t i = 0; i < kMostActs; ++i, day += days{1})
    talks.put(kBen, wall(day, hours{20}), Marked{MarkKind::kept, day, {}, ""});
  const auto agreement = talks.folded();
  const OpId standing = *agreement.in_force;
  EXPECT_NE(why_not_mark(agreement, kBerlin, mark(kBen, wall(day, hours{20}), {MarkKind::kept, day, {}, ""})),
            std::nullopt);
  EXPECT_EQ(why_not_mark(agreement, kBerlin, mark(kAda, wall(day, hours{20}), {MarkKind::kept, day, {}, ""})),
            std::nullopt);
  EXPECT_NE(why_not_amend(agreement, kBen), std::nullopt);
  EXPECT_EQ(why_not_decline(agreement, kBen, standing), std::nullopt);
  EXPECT_EQ(why_not_withdraw(agreement), std::nullopt);
}

// --- for any marks

// At most one of each, the creator's first.
bool side_by_side(const std::vector<Mark>& marks) {
  return marks.size() < 2 || (marks.size() == 2 && marks[0].by == kAda && marks[1].by == kBen);
}

class DueProperty : public test::ManyCases {};

TEST_P(DueProperty, WhateverIsMarkedEachOccurrenceComesOnceAndInAnyOrderOfArrivalTheSame) {
  hold([](std::uint64_t seed) {
    std::mt19937_64 random{seed};
    const auto draw = [&](std::uint64_t below) { return static_cast<int>(random() % below); };
    const auto schedule =
        schedule_said(draw(2) == 0 ? "day at 18:00" : "week on tue,sun at 2:30", "x", on(2026, 10, 1));
    std::vector<Seen> ops{{made_id<OpId>(1), kAda, true, Op{Instant{}, Proposed{"we talk", schedule, {}}}},
                          {made_id<OpId>(2), kBen, true, Op{Instant{}, Accepted{made_id<OpId>(1)}}}};
    const Day first = on(2026, 10, 20);
    for (int i = draw(20); i > 0; --i) {
      Marked mark{static_cast<MarkKind>(draw(3)), first + days{draw(12)}, std::nullopt, ""};
      if (mark.kind == MarkKind::moved) mark.to = first + days{draw(16)};
      ops.push_back({made_id<OpId>(static_cast<std::uint8_t>(i + 2)), draw(2) == 0 ? kAda : kBen, true,
                     Op{wall(first, hours{draw(300)}), mark}});
    }
    const auto whole = due(fold_agreement(kTalks, ops).value(), kBerlin, wall(first, hours{0}), first + days{20});
    std::ranges::shuffle(ops, random);
    RC_ASSERT(due(fold_agreement(kTalks, ops).value(), kBerlin, wall(first, hours{0}), first + days{20}) == whole);
    std::vector<Day> named;
    for (const Occurrence& occurrence : whole) {
      named.push_back(occurrence.named);
      RC_ASSERT(occurrence.when == moment_on(schedule, occurrence.on, kBerlin));
      RC_ASSERT(side_by_side(occurrence.marks));
    }
    std::ranges::sort(named);
    RC_ASSERT(named == days_of(schedule, first, first + days{20}));  // nothing before moved in: none of it was marked
  });
}

ATTUNE_MANY_CASES(DueProperty);

}  // namespace
}  // namespace attune::journal
