// The acts on what two people share: bytes and back, their limits, and what an erase takes of them.
#include "journal/acts.h"

#include <gmock/gmock.h>

#include "journal/codec.h"
#include "journal/entry.h"
#include "journal/ops.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using journal::Accepted;
using journal::Act;
using journal::Answered;
using journal::Answers;
using journal::AnswersDigest;
using journal::AnswersKey;
using journal::BoundaryAcknowledged;
using journal::BoundaryAsked;
using journal::BoundaryLifted;
using journal::BoundaryStated;
using journal::Committed;
using journal::Day;
using journal::Declined;
using journal::Erase;
using journal::Marked;
using journal::MarkKind;
using journal::Op;
using journal::Opened;
using journal::Paused;
using journal::Proposed;
using journal::Response;
using journal::ResponseKind;
using journal::Resumed;
using journal::Schedule;
using journal::Seen;
using journal::Unknown;
using journal::Withdrawn;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

OpId op_id(char fill) { return made_id<OpId>(static_cast<std::uint8_t>(fill)); }
Day day(int days) { return Day{std::chrono::days{days}}; }

const Schedule kSundays{Schedule::Every::week, day(20000), 64, 0, std::chrono::minutes{18 * 60}, "Europe/Berlin"};
const Answers kAnswers{"calm", 4, 3, "that you called", "the evenings", "a walk", "and I am tired"};
const AnswersKey kKey = *AnswersKey::from(std::string(32, 'k'));

std::vector<Act> all_acts() {
  return {
      Response{ResponseKind::not_quite, "rather that", op_id('r')},
      Response{ResponseKind::thanks, "", std::nullopt},
      BoundaryStated{"no calls after ten", "time", day(20000)},
      BoundaryAcknowledged{op_id('b')},
      BoundaryAsked{"on weekends, too?"},
      BoundaryLifted{op_id('b')},
      Proposed{"we talk every weekend", kSundays, day(-1)},
      Proposed{"we say it when we are late", std::nullopt, std::nullopt},
      Accepted{op_id('v')},
      Declined{op_id('v'), "too often"},
      Withdrawn{""},
      Marked{MarkKind::moved, day(1), day(2), "ill"},
      Marked{MarkKind::kept, day(-20000), std::nullopt, ""},
      Committed{*AnswersDigest::from(std::string(32, 'd'))},
      Answered{op_id('c'), kAnswers},
      Opened{op_id('c'), op_id('t'), kKey, kAnswers},
      Paused{"twenty minutes", at_ms(1'200'000)},
      Resumed{},
  };
}

TEST(SharedActs, ComeBackFromTheirBytesAsTheyWere) {
  for (const Act& act : all_acts()) {
    const Op op{at_ms(5), act};
    EXPECT_EQ(journal::decode(journal::encode(op)), op) << "act " << act.index();
    // They count whoever created the object.
    EXPECT_EQ(journal::decode_bystander(journal::encode(op)), op) << "act " << act.index();
  }
}

TEST(SharedActs, CutAnywhereAreRefusedOrKeepTheLimits) {
  for (const Act& act : all_acts()) {
    const std::string whole = journal::encode({at_ms(5), act});
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_ERROR(Errc::damaged, journal::decode(whole.substr(0, size)));
  }
}

TEST(SharedActs, AnOutlineHasNoTexts) {
  for (const Act& act : all_acts()) {
    Op op = journal::outline({at_ms(5), act});
    // Without their text these two are no acts any more.
    if (auto* stated = std::get_if<BoundaryStated>(&op.act)) {
      EXPECT_EQ(std::exchange(stated->text, "."), "");
    }
    if (auto* proposed = std::get_if<Proposed>(&op.act)) {
      EXPECT_EQ(std::exchange(proposed->text, "."), "");
    }
    const std::string bytes = journal::encode(op);
    for (const char* text : {"rather", "weekends", "often", "ill", "called", "walk", "tired", "twenty"}) {
      EXPECT_EQ(bytes.find(text), std::string::npos) << text;
    }
  }
}

TEST(SharedActs, PastALimitAreRefused) {
  const std::string words(journal::kMaxWords + 1, 'w');
  const std::string reason(journal::kMaxReason + 1, 'r');
  Schedule no_day = kSundays, eighth_day = kSundays, late = kSundays, nowhere = kSundays;
  no_day.weekdays = 0;
  eighth_day.weekdays = 128;
  late.at = std::chrono::minutes{1440};
  nowhere.zone = "";
  Schedule no_month = kSundays;
  no_month.every = Schedule::Every::month;
  Answers sixth = kAnswers, wordless = kAnswers, long_winded = kAnswers;
  sixth.closeness = 6;
  long_winded.text = words;
  wordless.mood_word = "";
  const Day too_late = journal::kLatestDay + std::chrono::days{1};
  const std::vector<Act> broken{
      Response{ResponseKind::reflect, words, std::nullopt},
      BoundaryStated{"", "", std::nullopt},
      BoundaryStated{words, "", std::nullopt},
      BoundaryStated{"x", std::string(journal::kMaxTopic + 1, 't'), std::nullopt},
      BoundaryStated{"x", "", too_late},
      BoundaryAsked{words},
      Proposed{"", std::nullopt, std::nullopt},
      Proposed{words, std::nullopt, std::nullopt},
      Proposed{"x", no_day, std::nullopt},
      Proposed{"x", eighth_day, std::nullopt},
      Proposed{"x", late, std::nullopt},
      Proposed{"x", nowhere, std::nullopt},
      Proposed{"x", no_month, std::nullopt},
      Declined{op_id('v'), reason},
      Withdrawn{reason},
      Marked{MarkKind::moved, day(1), std::nullopt, ""},
      Marked{MarkKind::kept, day(1), day(2), ""},
      Marked{MarkKind::kept, too_late, std::nullopt, ""},
      Answered{op_id('c'), sixth},
      Answered{op_id('c'), long_winded},
      Opened{op_id('c'), op_id('t'), kKey, wordless},
      Paused{reason, at_ms(0)},
  };
  for (const Act& act : broken) EXPECT_ERROR(Errc::usage, journal::encode({at_ms(5), act}));
}

// Of a newer program: kept in the log, without effect. A schedule that is not understood is not left out.
TEST(SharedActs, OfAKindThatIsNotKnownHaveNoEffect) {
  EXPECT_EQ(journal::decode("\x08\x05\x32\x02\x08\x63").act, Act{Unknown{}});                       // response, kind 99
  EXPECT_EQ(journal::decode(std::string{"\x08\x05\xA2\x02\x02\x08\x63", 7}).act, Act{Unknown{}});   // mark, kind 99
  EXPECT_EQ(journal::decode("\x08\x05\x82\x02\x07\x0A\x01x\x12\x02\x08\x63").act, Act{Unknown{}});  // every 99
  EXPECT_ERROR(Errc::damaged, journal::decode(std::string{"\x08\x05\x32\x00", 4}));                 // response, no kind
}

// --- erasing

TEST(SharedActs, AnErasedEntryTakesAllResponsesAlong) {
  const ObjectId entry = kEntry;
  const std::vector<Seen> ops{seen(1, 1, said("text"), kAda, true),
                              seen(2, 2, Response{ResponseKind::reflect, "text?", {}}, kBen, true),
                              seen(3, 3, Erase{}, kAda, true)};
  EXPECT_THAT(test::ids_to_drop(entry, ops), UnorderedElementsAre(ops[0].id, ops[1].id));
}

// Neither could say otherwise what both had said.
TEST(SharedActs, NobodyErasesWhatWasPromised) {
  const ObjectId agreement = kEntry;
  std::vector<Seen> ops{seen(4, 1, Proposed{"x", {}, {}}, kAda, true), seen(5, 2, Accepted{op_id('v')}, kBen, true),
                        seen(6, 3, Withdrawn{"why"}, kBen, true), seen(7, 4, Erase{}, kAda, true),
                        seen(8, 5, Erase{}, kBen, true)};
  EXPECT_THAT(test::ids_to_drop(agreement, ops), IsEmpty());
  ops[2].op.reset();  // not here yet: it must still be asked for
  ops.pop_back();
  EXPECT_THAT(test::ids_to_drop(agreement, ops), IsEmpty());
}

TEST(SharedActs, EachErasesTheirOwnAnswersOnly) {
  const ObjectId checkin = ObjectId{RootId{}, kEntry.number};  // nobody's
  const std::vector<Seen> ops{seen(9, 1, Committed{}, kAda, true),
                              seen(10, 1, Answered{op_id('c'), kAnswers}, kAda, false),
                              seen(11, 2, Committed{}, kBen, true),
                              seen(12, 3, Opened{op_id('c'), op_id('t'), kKey, kAnswers}, kAda, true),
                              seen(13, 4, Opened{op_id('t'), op_id('c'), kKey, kAnswers}, kBen, true),
                              seen(14, 5, Erase{}, kAda, true)};
  EXPECT_THAT(test::ids_to_drop(checkin, ops), UnorderedElementsAre(ops[1].id, ops[3].id));
}

TEST(SharedActs, AnEraseTakesNothingOutOfTheOthersOwnSpace) {
  const std::vector<Seen> ops{seen(1, 1, Response{ResponseKind::comfort, "kept for myself", {}}, kBen, false),
                              seen(2, 2, Erase{}, kAda, true)};
  EXPECT_THAT(test::ids_to_drop(kEntry, ops), IsEmpty());
}

// A withdrawal that came without its bytes is asked for, whatever the other side erases or replaces on that object.
TEST(SharedActs, AMissingPromiseIsNeverTakenForAnErasedText) {
  const Seen proposed = seen(1, 1, Proposed{"x", {}, {}}, kAda, true);
  EXPECT_THAT(test::ids_to_drop(kEntry, {proposed, gone(2, kBen, true), seen(3, 3, Erase{}, kBen, true)}), IsEmpty());
  auto content = said("y");
  content.replaces = {made_id<OpId>(2)};
  EXPECT_THAT(test::ids_to_drop(kEntry, {proposed, gone(2, kAda, true), seen(3, 3, content, kAda, true)}), IsEmpty());
}

// By promising something on an entry that is erased.
TEST(SharedActs, NobodyKeepsAnErasedTextAskedFor) {
  const std::vector<Seen> ops{gone(1, kAda, true), seen(2, 2, Erase{}, kAda, true), seen(3, 3, Resumed{}, kBen, true)};
  EXPECT_THAT(test::ids_to_drop(kEntry, ops), UnorderedElementsAre(ops[0].id));
}

// Ben's log says that it holds the very op that is Ada's, without its bytes, or with them.
TEST(SharedActs, NobodyTakesBackWhatAnotherSaid) {
  for (const Act& act : {Act{said("Ada's text")}, Act{Response{ResponseKind::comfort, "Ada's words", {}}}}) {
    const Seen original = seen(1, 1, act, kAda, true);
    Seen copy = original;
    copy.author = kBen;
    for (const bool bare : {true, false}) {
      if (bare) copy.op.reset();
      const std::vector<Seen> ops{original, copy, seen(3, 3, Erase{}, kBen, true)};
      EXPECT_FALSE(journal::payloads_to_drop(kEntry, ops).contains({kAda, original.id}));
      copy = original;
      copy.author = kBen;
    }
  }
}

// Ben repeats the bytes of Ada's words in his log, so that they would stay when she takes them back.
TEST(SharedActs, NobodyKeepsWhatAnotherTakesBack) {
  const Act opened = Opened{op_id('c'), op_id('t'), kKey, kAnswers};
  for (const Act& act : {opened, Act{Response{ResponseKind::comfort, "Ada's words", {}}}}) {
    for (const ObjectId& object : {ObjectId{RootId{}, kEntry.number}, ObjectId{kBen, kEntry.number}}) {
      const Seen original = seen(1, 1, act, kAda, true);
      Seen copy = original;
      copy.author = kBen;
      const std::vector<Seen> ops{copy, original, copy, seen(3, 3, Erase{}, kAda, true)};
      const journal::PayloadsToDrop hers{{kAda, original.id}};
      EXPECT_EQ(journal::payloads_to_drop(object, ops), hers);
    }
  }
}

}  // namespace
}  // namespace attune::test
