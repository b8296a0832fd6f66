// What LevelDB 1.23 does to a store when it is used as it comes, measured once; each became a promise of ours.
#include <gtest/gtest.h>

#include "storage/fixture.h"
#include "storage/sealed_env.h"

namespace attune::storage::test {
namespace {

class Traps : public StoreTest {
 protected:
  // As a killed process leaves the store: nothing closed.
  void crash_after(int commits) {
    {
      auto store = open();
      for (int n = 0; n < commits; ++n) {
        put(store, fmt::format("{:04}", n), text_for(static_cast<std::uint64_t>(n), 100));
      }
      files.stop_after(0);
    }
    files.restart({PowerCut::Data::kept, PowerCut::Names::kept});
  }
};

// Measured: Open() = OK, 173 of 1000 records left, the log deleted.
TEST_F(Traps, AReadErrorWhileTheLogIsReplayedStopsTheOpeningAndKeepsTheLog) {
  crash_after(200);
  const auto before = files.snapshot();
  std::size_t failed = 0;
  for (std::size_t nth = 1;; ++nth) {
    files.put_back(before);
    files.fail_read(nth);
    try {
      auto store = open();
      break;  // past the last read
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::disk);
      ++failed;
    }
    EXPECT_EQ(all_of(open()).size(), 200U) << "read " << nth;
  }
  EXPECT_GE(failed, 4U);
}

// Measured: 979 of 1000, later keys present, earlier ones gone, the log deleted.
TEST_F(Traps, AFlippedBitInTheLogIsTamperingAndChangesNothing) {
  crash_after(200);
  const auto log = only(".log");
  const auto size = files.contents(log).size();
  const auto calls = files.calls();
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{20}, std::uint64_t{100}, size / 3, size / 2}) {
    files.flip_bit(log, at);
    EXPECT_ERROR(Errc::tampered, open());
    EXPECT_EQ(files.calls(), calls);
    files.flip_bit(log, at);
  }
  EXPECT_EQ(all_of(open()).size(), 200U);
}

// Measured: cut to 60 %, Open() = OK even with paranoid checks, 599 of 1000.
TEST_F(Traps, ALogThatWasCutAfterACleanCloseIsTampering) {
  {
    auto store = open();
    for (int n = 0; n < 50; ++n) put(store, fmt::format("{:04}", n), "value");
  }
  const auto log = only(".log");
  const auto whole = files.contents(log);
  const auto calls = files.calls();
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    files.set_contents(log, Bytes{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    if (size + 200 > whole.size()) continue;  // only the closing frame is lost
    EXPECT_ERROR(Errc::tampered, open());
    EXPECT_EQ(files.calls(), calls);
  }
  files.set_contents(log, whole);
  EXPECT_EQ(all_of(open()).size(), 50U);
}

// Measured: one wrong value of 1,000, Get() = OK.
TEST_F(Traps, AFlippedBitInATableNeverGivesAWrongValue) {
  {
    auto store = open();
    Batch batch;
    for (std::uint64_t n = 0; n < 1000; ++n) batch.put(fmt::format("{:04}", n), text_for(n, 100));
    store.commit(batch);
    into_tables(store);
  }
  const auto table = only(".ldb");
  const auto size = files.contents(table).size();
  for (std::uint64_t at = 0; at < size; at += size / 12) {
    const auto before = files.snapshot();
    files.flip_bit(table, at);
    EXPECT_ERROR(Errc::tampered, open().verify());
    try {
      auto store = open();
      for (std::uint64_t n = 0; n < 1000; ++n) EXPECT_EQ(store.get(fmt::format("{:04}", n)), text_for(n, 100));
      ADD_FAILURE() << "nothing noticed";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::tampered);
    }
    files.put_back(before);
  }
  open().verify();
}

// Measured: LOG held "Manual compaction at level-0 from 'diary/secret-key-00010'".
TEST_F(Traps, LevelDbWritesNoLogOfItsOwn) {
  {
    auto store = open();
    put(store, "diary/secret-key-00010", "value");
    store.compact("diary/secret-key-00010", "diary/secret-key-00011");
  }
  {
    auto store = open();
  }
  for (const auto& name : names()) {
    EXPECT_TRUE(file_name(name) || name == joined(kDirectory, "LOCK")) << name;
  }
  EXPECT_FALSE(on_disk("secret-key"));
}

// Measured: 1,000 removed, reopened, the tables still held 73,095 bytes.
TEST_F(Traps, WhatWasRemovedIsGoneFromEveryFileAfterCompact) {
  auto store = open();
  for (std::uint64_t n = 0; n < 100; ++n) put(store, fmt::format("{:04}", n), text_for(n, 500));
  into_tables(store);
  for (std::uint64_t n = 20; n < 60; ++n) remove(store, fmt::format("{:04}", n));
  EXPECT_TRUE(in_decrypted_files(text_for(30, 500)));
  store.compact("0020", "0059");
  for (std::uint64_t n = 0; n < 100; ++n) EXPECT_EQ(in_decrypted_files(text_for(n, 500)), n < 20 || n >= 60) << n;
}

// And three of LevelDB's own ways that others met.
TEST_F(Traps, AnEmptyLogAfterACrashIsAnEmptyLog) {
  crash_after(3);
  for (const std::size_t size : {std::size_t{0}, std::size_t{40}, kHeaderSize}) {
    const auto log = joined(kDirectory, fmt::format("{:06}.log", 90 + size));
    files.set_contents(log, Bytes(size, std::byte{0}));
  }
  EXPECT_EQ(all_of(open()).size(), 3U);
}

TEST_F(Traps, AStoreWithoutItsCurrentIsNotTakenForAnEmptyOne) {
  {
    auto store = open();
    put(store, "a", "1");
  }
  const auto current = files.contents(joined(kDirectory, "CURRENT"));
  files.remove(joined(kDirectory, "CURRENT"));
  const auto calls = files.calls();
  EXPECT_ERROR(Errc::damaged, open());
  EXPECT_EQ(files.calls(), calls);
  files.set_contents(joined(kDirectory, "CURRENT"), current);
  EXPECT_EQ(open().get("a"), "1");
}

TEST_F(Traps, NoFileIsWrittenThatIsNotSealed) {
  SealedEnv env{files, kDirectory, key};
  const std::string path = joined(kDirectory, "000009.log");
  leveldb::WritableFile* opened = nullptr;
  EXPECT_TRUE(env.NewAppendableFile(path, &opened).IsNotSupportedError());
  for (const auto* name : {"LOG", "notes.txt", "LOCK", "000009.tmp"}) {
    EXPECT_TRUE(env.NewWritableFile(joined(kDirectory, name), &opened).IsNotSupportedError()) << name;
  }
  EXPECT_TRUE(env.RenameFile(path, joined(kDirectory, "CURRENT")).IsNotSupportedError());
  EXPECT_TRUE(names().empty());
  EXPECT_EQ(env.first_fault(), std::nullopt);
}

}  // namespace
}  // namespace attune::storage::test
