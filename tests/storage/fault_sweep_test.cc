// Each call of a store's life fails in its turn, in each way that it can: what was acknowledged is there afterwards, of
// the commit under way all or nothing, and after the first fault nothing is written any more.
#include <gtest/gtest.h>

#include "storage/fixture.h"
#include "support/counted.h"
#include "support/damage.h"
#include "support/fault_kinds.h"

namespace attune::storage::test {
namespace {

using Contents = std::map<std::string, std::string>;
using attune::test::FaultKind;

struct SweepWork {
  int sessions = 0;
  int commits = 0;         // in each
  std::size_t step = 1;    // each of the calls, or each so many
  std::size_t points = 0;  // of each kind of fault, at least
};
std::ostream& operator<<(std::ostream& out, const SweepWork& work) { return out << work.sessions << " sessions"; }

class FaultSweep : public StoreTest, public ::testing::WithParamInterface<SweepWork> {
 protected:
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
  void whichever_fails(const FaultKind& kind, const std::function<void()>& look) {
    SCOPED_TRACE(kind.name);
    begin();
    const std::size_t from = (files.*kind.counted)();
    live();
    const std::size_t end = (files.*kind.counted)() - from;
    EXPECT_GE((end + GetParam().step - 1) / GetParam().step, GetParam().points);
    for (std::size_t nth = 1; nth <= end; nth += GetParam().step) {
      SCOPED_TRACE(fmt::format("{} of {}", nth, end));
      begin();
      kind.ask(files, nth);
      failure.reset();
      try {
        live();
      } catch (const Error& error) {
        failure = error;
        what = error.what();
      }
      EXPECT_EQ(files.written_since_fault(), 0U) << what;
      if (counts(kind, files)) points.one();
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
  std::optional<Error> failure;
  std::string what;
  attune::test::Counted points{attune::test::kFaultPoints};
};

TEST_P(FaultSweep, WhicheverCallFails) {
  for (const FaultKind& kind : attune::test::kFaultKinds) {
    if (kind.wrong_bytes) continue;
    whichever_fails(kind, [&] {
      // What goes wrong while a store is closed is not told: all that was acknowledged is there.
      EXPECT_TRUE(failure || kind.changes);
      if (failure) {
        EXPECT_EQ(failure->code(), Errc::disk) << what;
      }
    });
  }
}

// A cable, a controller, a bit of memory: what is on the disk is right, what was read is not.
TEST_P(FaultSweep, WhicheverReadGivesAWrongBit) {
  std::size_t noticed = 0;
  for (const FaultKind& kind : attune::test::kFaultKinds) {
    if (!kind.wrong_bytes) continue;
    whichever_fails(kind, [&] {
      if (!failure) return;  // in a closing frame, which only vouches for others
      ++noticed;
      attune::test::expect_damage(*failure, {kDirectory});
    });
  }
  EXPECT_GE(noticed * 4, points.all() * 3);
}

INSTANTIATE_TEST_SUITE_P(Quick, FaultSweep, ::testing::Values(SweepWork{3, 5, 7, 4}));
INSTANTIATE_TEST_SUITE_P(Prove, FaultSweep, ::testing::Values(SweepWork{9, 40, 1, 100}));

}  // namespace
}  // namespace attune::storage::test
