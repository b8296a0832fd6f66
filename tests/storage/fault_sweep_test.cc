// Each call of a store's life fails in its turn, in each way that it can: what was acknowledged is there afterwards, of
// the commit under way all or nothing, and after the first fault nothing is written any more.
#include <gtest/gtest.h>

#include <iostream>

#include "storage/fixture.h"

namespace attune::storage::test {
namespace {

using Contents = std::map<std::string, std::string>;
using Fails = MemoryFiles::Fails;

struct Extent {
  int sessions = 0;
  int commits = 0;         // in each
  std::size_t step = 1;    // each of the calls, or each so many
  std::size_t points = 0;  // of each kind of fault, at least
};
std::ostream& operator<<(std::ostream& out, const Extent& extent) { return out << extent.sessions << " sessions"; }

class FaultSweep : public StoreTest, public ::testing::WithParamInterface<Extent> {
 protected:
  void TearDown() override {
    EXPECT_GE(points, GetParam().points);
    std::cout << points << " points\n";
  }

  // Returns where something failed; `saved` is then what was acknowledged, `then` what it becomes with the commit that
  // was under way.
  void live() {
    for (int session = 0; session < GetParam().sessions && !files.fault(); ++session) {
      Store store{files, kDirectory, key};
      for (int n = 0; n < GetParam().commits; ++n) {
        commit(store, fmt::format("{}-{}", session, n), text_for(static_cast<std::uint64_t>(n), 300));
      }
      commit(store, "big", text_for(static_cast<std::uint64_t>(session), 100 << 10));  // several frames
      commit(store, fmt::format("{}-1", session), {});
      if (session % 3 == 1) store.compact("", "");
      if (session % 3 == 2) store.compact("1", "1-3");
      commit(store, "last", fmt::format("{}", session));
      EXPECT_EQ(all_of(store), saved);
      store.verify();
      EXPECT_GT(store.disk_bytes(), 0U);
    }
  }
  // An empty value removes.
  void commit(Store& store, const std::string& name, const std::string& value) {
    then = saved;
    Batch batch;
    if (value.empty()) {
      then.erase(name);
      batch.remove(name);
    } else {
      then[name] = value;
      batch.put(name, value);
    }
    try {
      store.commit(batch);
    } catch (const Error&) {
      EXPECT_THROW(store.commit(batch), Error);  // says so again, and writes nothing
      throw;
    }
    saved = then;
  }

  // A life for each of the calls that are counted so, and a look at what is left.
  using Count = std::size_t (MemoryFiles::*)() const;
  void whichever_fails(Count counted, const std::function<void(std::size_t nth)>& ask_for_fault,
                       const std::function<void()>& look) {
    begin();
    const std::size_t from = (files.*counted)();
    live();
    const std::size_t end = (files.*counted)() - from;
    for (std::size_t nth = 1; nth <= end; nth += GetParam().step) {
      SCOPED_TRACE(fmt::format("{} of {}", nth, end));
      begin();
      ask_for_fault(nth);
      try {
        live();
        failed = false;
      } catch (const Error& error) {
        failed = true;
        code = error.code();
        what = error.what();
      }
      EXPECT_EQ(files.written_since_fault(), 0U) << what;
      halved = files.fault() && files.fault()->kind == Change::Kind::append;
      ++points;
      look();
      expect_nothing_lost();
    }
  }
  void begin() {
    files.put_back(fresh);
    saved.clear();
    then.clear();
    what.clear();
  }

  // The process ended: with the machine on, what was written is there; with a power cut perhaps not.
  void expect_nothing_lost() {
    const auto after = files.snapshot();
    for (const auto data : {PowerCut::Data::kept, PowerCut::Data::dropped}) {
      const auto disk = std::make_unique<MemoryFiles>(after);
      if (data == PowerCut::Data::dropped) files.restart({data, PowerCut::Names::dropped});
      MemoryFiles& left = data == PowerCut::Data::dropped ? files : *disk;
      try {
        Store store{left, kDirectory, key};
        const Contents found = all_of(store);
        EXPECT_TRUE(found == saved || found == then) << what;
        store.verify();
        put(store, "afterwards", "1");
        store.compact("", "");
        EXPECT_EQ(store.get("afterwards"), "1");
      } catch (const Error& error) {
        ADD_FAILURE() << error.what() << " after " << what;
      }
    }
  }

  attune::test::MemoryDisk fresh = files.snapshot();
  Contents saved, then;
  bool failed = false;
  bool halved = false;  // what failed was an append
  Errc code = Errc::internal;
  std::string what;
  std::size_t points = 0;
};

TEST_P(FaultSweep, WhicheverCallThatChangesTheDiskFails) {
  for (const Fails how : {Fails::before, Fails::half, Fails::after}) {
    whichever_fails(
        &MemoryFiles::calls, [&](std::size_t nth) { files.fail_call(nth, how); },
        [&] {
          // What goes wrong while a store is closed is not told: all that was acknowledged is there.
          if (failed) {
            EXPECT_EQ(code, Errc::disk) << what;
          }
          if (how == Fails::half && !halved) --points;  // the same as `before`
        });
  }
}

TEST_P(FaultSweep, WhicheverReadFails) {
  whichever_fails(
      &MemoryFiles::reads, [&](std::size_t nth) { files.fail_read(nth); },
      [&] { EXPECT_TRUE(failed && code == Errc::disk) << what; });
}

TEST_P(FaultSweep, WhicheverLookFails) {
  whichever_fails(
      &MemoryFiles::looks, [&](std::size_t nth) { files.fail_look(nth); },
      [&] { EXPECT_TRUE(failed && code == Errc::disk) << what; });
}

// A cable, a controller, a bit of memory: what is on the disk is right, what was read is not.
TEST_P(FaultSweep, WhicheverReadGivesAWrongBit) {
  std::size_t noticed = 0;
  whichever_fails(
      &MemoryFiles::reads, [&](std::size_t nth) { files.flip_read(nth); },
      [&] {
        if (!failed) return;  // in a closing frame, which only vouches for others
        ++noticed;
        EXPECT_TRUE(code == Errc::tampered || code == Errc::damaged) << what;
        EXPECT_NE(what.find(kDirectory), std::string::npos) << what;
      });
  EXPECT_GE(noticed * 4, points * 3);
}

INSTANTIATE_TEST_SUITE_P(Quick, FaultSweep, ::testing::Values(Extent{3, 5, 7, 4}));
INSTANTIATE_TEST_SUITE_P(Prove, FaultSweep, ::testing::Values(Extent{6, 40, 1, 100}));

}  // namespace
}  // namespace attune::storage::test
