// Somebody changes the files of a store that was closed. It says so and names the file, or nothing was lost.
#include <gtest/gtest.h>

#include "storage/fixture.h"

namespace attune::storage::test {
namespace {

using Contents = std::map<std::string, std::string>;

class Tamper : public StoreTest {
 protected:
  // Three tables, a log with commits, all closed.
  Tamper() {
    for (int session = 0; session < 2; ++session) {
      auto store = open();
      for (std::uint64_t n = 0; n < 40; ++n) put(store, fmt::format("{}{:03}", session, n), text_for(n, 250));
      if (session == 0) store.compact("", "");
    }
    {
      auto store = open();  // the second session's log becomes a table beside the first
      put(store, "in the log", "1");
      put(store, "in the log too", text_for(7, 500));
    }
    whole = files.snapshot();
    expected = all_of(open());
    files.put_back(whole);
  }

  // How the store answers to the files as they are: tampered or damaged is right, so is all that was there.
  void expect_noticed_or_harmless(const std::string& what) {
    const auto calls = files.calls();
    try {
      const auto store = open();
      const auto found = all_of(store);
      EXPECT_EQ(found, expected) << what;
    } catch (const Error& error) {
      ++noticed;
      EXPECT_TRUE(error.code() == Errc::tampered || error.code() == Errc::damaged) << what << ": " << error.what();
      EXPECT_NE(std::string_view{error.what()}.find(kDirectory), std::string_view::npos) << error.what();
      if (error.code() == Errc::tampered && files.calls() == calls) return;
    }
    files.put_back(whole);
  }

  attune::test::MemoryDisk whole;
  Contents expected;
  std::size_t noticed = 0;
};

TEST_F(Tamper, TheStoreThatNobodyTouchedIsWhole) {
  auto store = open();
  EXPECT_EQ(expected.size(), 82U);
  EXPECT_EQ(all_of(store), expected);
  EXPECT_EQ(names(".ldb").size(), 3U);
  store.verify();
}

TEST_F(Tamper, AFlippedBitAnywhereIsNoticedOrHarmless) {
  for (const auto& path : names()) {
    const auto size = files.contents(path).size();
    std::size_t tried = 0;
    for (std::uint64_t at = 0; at < size; at += at < 200 || at + 200 > size ? 3 : 53) {
      files.flip_bit(path, at, static_cast<unsigned>(at % 8));
      expect_noticed_or_harmless(fmt::format("{} byte {}", path, at));
      files.put_back(whole);
      ++tried;
    }
    if (size == 0) continue;  // LOCK
    // Harmless is only what nothing depends on: the closing frame of one of two that vouch for each other.
    EXPECT_GE(noticed + 40, tried) << path;
    noticed = 0;
  }
}

TEST_F(Tamper, EveryLengthOfEveryFileIsNoticedOrHarmless) {
  for (const auto& path : names()) {
    const auto size = files.contents(path).size();
    for (std::uint64_t length = 0; length < size; length += length < 200 || length + 200 > size ? 3 : 53) {
      files.truncate(path, length);
      expect_noticed_or_harmless(fmt::format("{} cut to {}", path, length));
      files.put_back(whole);
    }
    if (size == 0) continue;
    files.truncate(path, size + 1);
    EXPECT_ERROR(Errc::tampered, open().verify());
    files.put_back(whole);
  }
}

TEST_F(Tamper, CuttingAnyCommitOffTheLogAfterACleanCloseIsTampering) {
  const auto log = only(".log");
  const auto size = files.contents(log).size();
  const std::uint64_t closing = 48 + 52;
  for (std::uint64_t length = 0; length < size - closing; length += 11) {
    files.truncate(log, length);
    EXPECT_ERROR(Errc::tampered, open());
  }
  files.truncate(log, 0);
  files.remove(log);
  EXPECT_ERROR(Errc::damaged, open());
}

TEST_F(Tamper, EverySwapOfTwoFilesIsNoticed) {
  auto all = names();
  std::erase(all, "/store/LOCK");
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      files.swap_files(all[a], all[b]);
      SCOPED_TRACE(all[a] + " " + all[b]);
      EXPECT_ERROR(Errc::tampered, open().verify());
      files.put_back(whole);
    }
  }
}

TEST_F(Tamper, ATableUnderAnotherTablesNameDoesNotOpen) {
  const auto tables = names(".ldb");
  const auto first = files.contents(tables[0]);
  files.set_contents(tables[1], first);
  EXPECT_ERROR(Errc::tampered, open().verify());
}

TEST_F(Tamper, AMissingFileIsDamageAndNeverAMissingEntry) {
  for (const auto& path : names()) {
    if (path.ends_with("LOCK")) continue;
    const auto before = files.contents(path);
    files.remove(path);
    const auto calls = files.calls();
    EXPECT_ERROR(Errc::damaged, open());
    EXPECT_EQ(files.calls(), calls) << path;
    files.set_contents(path, before);
  }
  EXPECT_EQ(all_of(open()), expected);
}

TEST_F(Tamper, ATableThatVanishesFromAnOpenStoreIsNeverAMissingEntry) {
  auto store = open();
  for (const auto& table : names(".ldb")) files.remove(table);
  EXPECT_ERROR(Errc::damaged, store.get("0001"));
}

// One file of an earlier state among the files of now.
TEST_F(Tamper, AnOlderVersionOfAFileIsNoticedOrHarmless) {
  std::vector<std::pair<std::string, Bytes>> older;
  for (int session = 0; session < 3; ++session) {
    auto store = open();
    for (int n = 0; n < 4; ++n) {
      put(store, fmt::format("new {} {}", session, n), text_for(1, 50));
      for (const auto& path : names()) older.emplace_back(path, files.contents(path));
    }
    if (session == 1) store.compact("", "");
  }
  whole = files.snapshot();
  expected = all_of(open());
  files.put_back(whole);
  for (const auto& [path, contents] : older) {
    files.set_contents(path, contents);
    expect_noticed_or_harmless(path);
    files.put_back(whole);
  }
  EXPECT_GT(noticed, 10U);
}

// An earlier manifest with the CURRENT that names it: the files of now belong to a later one.
TEST_F(Tamper, AnOlderManifestWithItsCurrentIsNoticed) {
  const auto current = files.contents("/store/CURRENT");
  const auto manifest = only("MANIFEST");
  const auto contents = files.contents(manifest);
  {
    auto store = open();
    put(store, "later", "1");
  }
  files.set_contents("/store/CURRENT", current);
  files.set_contents(manifest, contents);
  EXPECT_ERROR(Errc::damaged, open());  // the log that it vouches for is gone
}

TEST_F(Tamper, FilesOfAnotherStoreUnderTheSameKeyDoNotOpenHere) {
  MemoryFiles other;
  other.make_directory(kDirectory);
  {
    Store store{other, kDirectory, key};
    Batch batch;
    batch.put("foreign", "1");
    store.commit(batch);
  }
  const auto log = only(".log");
  for (const auto& name : other.children(kDirectory)) {
    if (!name.ends_with(".log")) continue;
    files.set_contents(log, other.contents(joined(kDirectory, name)));
    EXPECT_ERROR(Errc::tampered, open());
  }
}

TEST_F(Tamper, AfterACrashATornTailIsDroppedAndTheRestIsThere) {
  const auto before = files.snapshot();
  {
    auto store = open();
    put(store, "one", "1");
    put(store, "two", text_for(2, 3000));
    files.stop_after(0);
  }
  files.restart({PowerCut::Data::kept, PowerCut::Names::kept});
  const auto log = names(".log").back();
  const auto size = files.contents(log).size();
  for (std::uint64_t length = size; length > size - 3000; length -= 41) {
    files.truncate(log, length);
    const auto cut = files.snapshot();
    auto found = all_of(open());
    EXPECT_EQ(found.contains("two"), length == size);
    EXPECT_EQ(found["one"], "1");
    files.put_back(cut);
  }
}

TEST_F(Tamper, AStoreOfANewerProgramIsRefusedAndNotCalledTampered) {
  const auto path = only("MANIFEST");
  // Nobody without the key can make such a header; with a foreign byte it is tampering.
  files.flip_bit(path, 4, 1);
  EXPECT_ERROR(Errc::tampered, open());
}

}  // namespace
}  // namespace attune::storage::test
