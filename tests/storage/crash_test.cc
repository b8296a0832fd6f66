// A power cut after every single call that changes the disk, and every way in which it can treat what was not synced.
#include <gtest/gtest.h>

#include <iostream>

#include "storage/fixture.h"

namespace attune::storage::test {
namespace {

using Contents = std::map<std::string, std::string>;

// A workload that is run once and recorded, with what was acknowledged at which point.
class Crash : public StoreTest, public ::testing::WithParamInterface<attune::test::Cuts> {
 protected:
  struct Acknowledged {
    std::size_t changes;  // recorded when the commit returned
    Contents contents;
  };

  Crash() { files.record(); }
  void TearDown() override { std::cout << recoveries << " recoveries\n"; }

  void commit(Store& store, const Contents& puts, const std::vector<std::string>& removes = {}) {
    Batch batch;
    Contents next = history.back().contents;
    for (const auto& [name, value] : puts) {
      batch.put(name, value);
      next[name] = value;
    }
    for (const auto& name : removes) {
      batch.remove(name);
      next.erase(name);
    }
    store.commit(batch);
    history.push_back({files.recorded(), std::move(next)});
  }

  // After a cut at n the store holds what was acknowledged by then, and of the commit under way all or nothing.
  void check(std::size_t n, const PowerCut& cut, const std::vector<PowerCut>& second_cuts = {}) {
    const auto disk = files.cut_after(n, cut);
    if (!second_cuts.empty()) disk->record();
    Contents found;
    try {
      Store store{*disk, kDirectory, key};
      found = all_of(store);
      store.verify();
      Batch batch;
      batch.put("afterwards", "1");
      store.commit(batch);
    } catch (const Error& error) {
      FAIL() << files.recorded_change(n) << ": " << error.what();
    }
    const auto after = std::ranges::upper_bound(history, n, {}, &Acknowledged::changes);
    const bool whole = after != history.end() && found == after->contents;
    EXPECT_TRUE(found == std::prev(after)->contents || whole) << files.recorded_change(n);
    {
      Store store{*disk, kDirectory, key};
      EXPECT_EQ(store.get("afterwards"), "1");
    }
    for (std::size_t again = 0; !second_cuts.empty() && again < disk->recorded(); again += 3) {
      check_recovery_cut(*disk, again, second_cuts[again % second_cuts.size()], found);
    }
    ++recoveries;
  }

  void check_recovery_cut(const MemoryFiles& recovering, std::size_t n, const PowerCut& cut, const Contents& expected) {
    const auto disk = recovering.cut_after(n, cut);
    Store store{*disk, kDirectory, key};
    auto found = all_of(store);
    found.erase("afterwards");
    EXPECT_EQ(found, expected) << recovering.recorded_change(n);
    ++recoveries;
  }

  static std::vector<PowerCut> cuts_at(std::size_t n) { return attune::test::power_cuts_at(n, GetParam()); }

  std::vector<Acknowledged> history{{0, {}}};
  std::size_t recoveries = 0;
};

TEST_P(Crash, NothingAcknowledgedIsLostAtAnyPoint) {
  for (int session = 0; session < 2; ++session) {
    auto store = open();
    for (int n = 0; n < 4; ++n) {
      commit(store, {{fmt::format("{}-{}", session, n), text_for(static_cast<std::uint64_t>(n), 300)},
                     {"head", text_for(99, 40)}});
    }
    commit(store, {{"big", text_for(static_cast<std::uint64_t>(session), 100 << 10)}});  // several frames
    commit(store, {}, {fmt::format("{}-1", session)});
    store.compact("0", "1");
    commit(store, {{"last", fmt::format("{}", session)}});
  }
  ASSERT_GT(files.recorded(), 80U);
  for (std::size_t n = 0; n <= files.recorded(); ++n) {
    for (const PowerCut& cut : cuts_at(n)) check(n, cut);
  }
  EXPECT_GE(recoveries, 2 * files.recorded());
}

TEST_P(Crash, ACutWhileRecoveringFromACutLosesNothingEither) {
  const auto cuts = attune::test::all_power_cuts();
  {
    auto store = open();
    for (int n = 0; n < 3; ++n) commit(store, {{fmt::format("{}", n), text_for(static_cast<std::uint64_t>(n), 300)}});
    store.compact("", "");
    commit(store, {{"big", text_for(5, 70 << 10)}});
  }
  for (std::size_t n = 0; n <= files.recorded(); n += 2) check(n, cuts[n % cuts.size()], cuts);
  EXPECT_GT(recoveries, 150U);
}

TEST_P(Crash, ACommitOfAMebibyteIsThereWholeOrNotAtAll) {
  {
    auto store = open();
    commit(store, {{"small", "1"}});
    commit(store, {{"a", text_for(1, 1 << 20)}, {"b", "2"}});
  }
  const std::size_t from = history[1].changes;
  for (std::size_t n = from; n <= history[2].changes; n += 6) {
    for (const PowerCut& cut : cuts_at(n)) check(n, cut);
  }
  for (const PowerCut& cut : cuts_at(from)) check(history[2].changes, cut);
}

// After a cut an erasure that was acknowledged is still one: the old tables do not come back with their names.
TEST_P(Crash, WhatCompactRemovedDoesNotComeBack) {
  std::size_t compacted = 0;
  {
    auto store = open();
    commit(store, {{"a", "a text that was erased"}, {"b", "kept"}});
    store.compact("", "");
    commit(store, {{"a", ""}});
    store.compact("a", "a");
    compacted = files.recorded();
    commit(store, {{"c", "more"}});
  }
  for (std::size_t n = compacted; n <= files.recorded(); ++n) {
    for (const PowerCut& cut : cuts_at(n)) {
      const auto disk = files.cut_after(n, cut);
      bool found = false;
      {
        const Store recovered{*disk, kDirectory, key};
      }
      read_everything(*disk, kDirectory, key, [&](const std::string&, BytesView plain) {
        found = found || as_text(plain).find("text that was erased") != std::string_view::npos;
      });
      EXPECT_FALSE(found) << files.recorded_change(n);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Quick, Crash, ::testing::Values(attune::test::Cuts::some));
INSTANTIATE_TEST_SUITE_P(Prove, Crash, ::testing::Values(attune::test::Cuts::all));

}  // namespace
}  // namespace attune::storage::test
