// A power cut after every single call that changes the disk, and every way in which it can treat what was not synced.
#include <gtest/gtest.h>

#include "storage/fixture.h"
#include "support/every_cut.h"

namespace attune::storage::test {
namespace {

using attune::test::Cuts;
using attune::test::EveryCut;
using Contents = std::map<std::string, std::string>;

// A workload that is run once and recorded, with what was acknowledged at which point.
class Crash : public StoreTest, public ::testing::WithParamInterface<Cuts> {
 protected:
  struct Acknowledged {
    std::size_t changes;  // recorded when the commit returned
    Contents contents;
  };

  Crash() { files.record(); }
  void TearDown() override { every.print(); }

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

  // Which of the history was acknowledged after n changes.
  [[nodiscard]] std::size_t acknowledged_by(std::size_t n) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(history, n, {}, &Acknowledged::changes) -
                                    history.begin()) -
           1;
  }

  // The store holds what was acknowledged, and of the commit under way all or nothing; it can be written to. Returns
  // what it held.
  Contents recover(MemoryFiles& disk, std::size_t acknowledged) const {
    Contents found;
    {
      Store store{disk, kDirectory, key};
      found = all_of(store);
      store.verify();
      put(store, kAfterwards, "1");
    }
    const bool whole = acknowledged + 1 < history.size() && found == history[acknowledged + 1].contents;
    EXPECT_TRUE(found == history[acknowledged].contents || whole);
    const Store again{disk, kDirectory, key};
    EXPECT_EQ(again.get(kAfterwards), "1");
    return found;
  }
  void recover_after(std::size_t n) {
    const std::size_t acknowledged = acknowledged_by(n);
    every.after(n, acknowledged, files, [&](MemoryFiles& disk) { recover(disk, acknowledged); });
  }

  // A second cut, while the store recovers from the first one, shows what it would have shown without.
  void recover_twice_after(std::size_t n) {
    const std::size_t acknowledged = acknowledged_by(n);
    firsts.after(n, acknowledged, files, [&](MemoryFiles& disk) {
      disk.record();
      const Contents expected = recover(disk, acknowledged);
      for (std::size_t again = 0; again <= disk.recorded(); again += 3) {
        every.after(again, acknowledged, disk, [&](MemoryFiles& second) {
          const Store store{second, kDirectory, key};
          Contents found = all_of(store);
          found.erase(kAfterwards);
          EXPECT_EQ(found, expected);
          store.verify();
        });
      }
    });
  }

  static constexpr const char* kAfterwards = "afterwards";
  std::vector<Acknowledged> history{{0, {}}};
  EveryCut every{GetParam()};
  EveryCut firsts{Cuts::some};  // where a second cut follows: there are a thousand of those for each
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
  for (std::size_t n = 0; n <= files.recorded(); ++n) recover_after(n);
  EXPECT_GT(every.disks(), files.recorded() / 4);
}

TEST_P(Crash, ACutWhileRecoveringFromACutLosesNothingEither) {
  {
    auto store = open();
    for (int n = 0; n < 2; ++n) commit(store, {{fmt::format("{}", n), text_for(static_cast<std::uint64_t>(n), 300)}});
    store.compact("", "");
    commit(store, {{"big", text_for(5, 70 << 10)}});
  }
  for (std::size_t n = 1; n <= files.recorded(); n += 4) recover_twice_after(n);
  EXPECT_GT(every.disks(), 150U);
}

TEST_P(Crash, ACommitOfAMebibyteIsThereWholeOrNotAtAll) {
  {
    auto store = open();
    commit(store, {{"small", "1"}});
    commit(store, {{"a", text_for(1, 1 << 20)}, {"b", "2"}});
  }
  const std::size_t step = GetParam() == Cuts::all ? 1 : 6;
  for (std::size_t n = history[1].changes; n < history[2].changes; n += step) recover_after(n);
  recover_after(history[2].changes);
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
    every.after(n, 0, files, [&](MemoryFiles& disk) {
      bool found = false;
      {
        const Store recovered{disk, kDirectory, key};
      }
      read_everything(disk, kDirectory, key, [&](const std::string&, BytesView plain) {
        found = found || as_text(plain).find("text that was erased") != std::string_view::npos;
      });
      EXPECT_FALSE(found);
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Quick, Crash, ::testing::Values(Cuts::some));
INSTANTIATE_TEST_SUITE_P(Prove, Crash, ::testing::Values(Cuts::all));

}  // namespace
}  // namespace attune::storage::test
