// Any order of arrival gives the same entry: checked over whole sets of random ops, not over examples.
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <set>

#include "journal/entry.h"
#include "journal/ops.h"
#include "journal/person.h"
#include "journal/seen.h"

namespace attune::journal {
namespace {

using test::at_ms;
using test::kAda;
using test::kBen;
using test::kEntry;
using test::made_id;
using test::said;

Act random_act(int number) {
  const auto some_op = made_id<OpId>(static_cast<std::uint8_t>(*rc::gen::inRange(0, 12)));
  switch (*rc::gen::inRange(0, 12)) {
    case 0: return *rc::gen::inRange(0, 4) == 0 ? Act{Erase{}} : Act{Unknown{}};
    case 1: return SharedAs{made_id<ObjectNumber>(static_cast<std::uint8_t>(number))};
    case 2: return EarlierVersion{some_op, at_ms(*rc::gen::inRange(0, 9)), said("earlier " + std::to_string(number))};
    case 3: return Profile{"name " + std::to_string(number)};
    case 4: return DeviceNamed{made_id<DeviceId>(1), "device " + std::to_string(number), at_ms(1)};
    case 5: return Paired{kBen, "Ben", "a b c", {some_op}};
    case 6: return Left{{some_op}};
    default: break;
  }
  EntryContent content = said("text " + std::to_string(number));
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    content.replaces.push_back(made_id<OpId>(static_cast<std::uint8_t>(*rc::gen::inRange(0, number + 1))));
  }
  std::erase(content.replaces, made_id<OpId>(static_cast<std::uint8_t>(number)));  // no op can name its own hash
  return content;
}

// Each op's id stands for one act, as a hash would; it may stand in several logs.
std::vector<Seen> random_ops() {
  std::vector<Seen> ops;
  const int count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < count; ++i) {
    Seen seen{made_id<OpId>(static_cast<std::uint8_t>(i)), *rc::gen::inRange(0, 4) == 0 ? kBen : kAda,
              *rc::gen::arbitrary<bool>(), std::nullopt};
    if (*rc::gen::inRange(0, 8) != 0) seen.op = Op{at_ms(*rc::gen::inRange(0, 6)), random_act(i)};
    ops.push_back(seen);
  }
  return ops;
}

std::vector<Seen> shuffled_with_copies(std::vector<Seen> ops) {
  std::minstd_rand random{*rc::gen::arbitrary<std::uint32_t>()};  // order only; nothing depends on its quality
  const std::size_t size = ops.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (random() % 3 == 0) ops.push_back(ops[i]);
  }
  std::ranges::shuffle(ops, random);
  return ops;
}

// Each says words and acts that bind, and repeats what the other said, in any order.
TEST(FoldProperty, WhoErasesTakesAllOfTheirOwnWordsAndNobodyElses) {
  EXPECT_TRUE(rc::check([] {
    const ObjectId object{RootId{}, kEntry.number};  // a check-in's: neither of the two created it
    std::vector<Seen> ops;
    std::set<RootId> erasing;
    for (int i = *rc::gen::inRange(0, 12); i > 0; --i) {
      const int kind = *rc::gen::inRange(0, 5);
      const auto word = [&]() -> Act {
        if (kind == 0) return Response{ResponseKind::comfort, "words", {}};
        if (kind == 1) return Opened{made_id<OpId>(1), made_id<OpId>(2), {}, {}};
        return kind == 2 ? Act{Committed{}} : kind == 3 ? Act{Accepted{made_id<OpId>(1)}} : Act{Erase{}};
      }();
      const RootId author = *rc::gen::arbitrary<bool>() ? kAda : kBen;
      const Seen seen{made_id<OpId>(static_cast<std::uint8_t>(i)), author, true, Op{at_ms(i), word}};
      ops.push_back(seen);
      if (kind == 4) erasing.insert(author);
      if (kind == 4 || !*rc::gen::arbitrary<bool>()) continue;
      ops.push_back(seen);
      ops.back().author = author == kAda ? kBen : kAda;
    }
    const auto drop = payloads_to_drop(object, shuffled_with_copies(ops));
    for (const Seen& seen : ops) {
      const bool word = act_of<Response>(seen) != nullptr || act_of<Opened>(seen) != nullptr;
      RC_ASSERT(drop.contains({seen.author, seen.id}) == (word && erasing.contains(seen.author)));
    }
  }));
}

TEST(FoldProperty, AnyOrderAndAnyCopiesOfTheSameOpsGiveTheSameEntry) {
  EXPECT_TRUE(rc::check([] {
    const auto ops = random_ops();
    const auto other = shuffled_with_copies(ops);
    RC_ASSERT(fold_entry(kEntry, ops) == fold_entry(kEntry, other));
    RC_ASSERT(payloads_to_drop(kEntry, ops) == payloads_to_drop(kEntry, other));
    RC_ASSERT(fold_profile(kAda, ops) == fold_profile(kAda, other));
    RC_ASSERT(fold_pairings(kAda, {ops}) == fold_pairings(kAda, {other}));
  }));
}

TEST(FoldProperty, AnEntryThatItsCreatorErasedShowsNothingWhateverElseIsThere) {
  EXPECT_TRUE(rc::check([] {
    auto ops = random_ops();
    ops.push_back(test::seen(99, 0, Erase{}));
    const auto entry = fold_entry(kEntry, shuffled_with_copies(ops));
    RC_ASSERT(entry.has_value());
    RC_ASSERT(entry->erased);
    RC_ASSERT(!entry->current);
    RC_ASSERT(entry->earlier.empty());
    RC_ASSERT(!entry->shared_as);
  }));
}

TEST(FoldProperty, DroppingThePayloadsThatMustGoChangesNothingOnceErased) {
  EXPECT_TRUE(rc::check([] {
    auto ops = random_ops();
    ops.push_back(test::seen(99, 0, Erase{}));
    const auto before = fold_entry(kEntry, ops);
    RC_ASSERT(fold_entry(kEntry, test::without_erased(kEntry, ops)) == before);
  }));
}

TEST(FoldProperty, NothingThatTheOtherDoesChangesAnEntry) {
  EXPECT_TRUE(rc::check([] {
    const auto ops = random_ops();
    std::vector<Seen> own;
    std::ranges::copy_if(ops, std::back_inserter(own), [](const Seen& seen) { return seen.author == kAda; });
    RC_ASSERT(fold_entry(kEntry, ops) == fold_entry(kEntry, own));
  }));
}

}  // namespace
}  // namespace attune::journal
