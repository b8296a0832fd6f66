// Any call may fail. What was acknowledged stays; after a failed write or sync nothing is written any more.
#include <gtest/gtest.h>

#include <functional>

#include "storage/fixture.h"

namespace attune::storage::test {
namespace {

class Faults : public StoreTest {
 protected:
  static void expect_stopped(const std::function<void()>& change) {
    try {
      change();
      ADD_FAILURE() << "done after a fault";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::disk);
      EXPECT_NE(std::string_view{error.what()}.find("nothing is written any more"), std::string_view::npos)
          << error.what();
    }
  }
};

TEST_F(Faults, AFailedSyncIsFinalForTheProcess) {
  {
    auto store = open();
    put(store, "saved", "1");
    files.fail_next(Change::Kind::sync);
    EXPECT_ERROR(Errc::disk, put(store, "failed", "1"));
    const auto calls = files.calls();
    EXPECT_ERROR(Errc::disk, put(store, "later", "1"));
    EXPECT_ERROR(Errc::disk, store.compact("", ""));
    EXPECT_EQ(files.calls(), calls);
    EXPECT_EQ(store.get("saved"), "1");
  }
  auto store = open();
  EXPECT_EQ(store.get("saved"), "1");
  EXPECT_EQ(store.get("later"), std::nullopt);
  put(store, "later", "2");
}

TEST_F(Faults, AStoreThatFailedIsNotClosedAsIfItWereWhole) {
  {
    auto store = open();
    put(store, "saved", "1");
    files.fail_next(Change::Kind::append);
    EXPECT_ERROR(Errc::disk, put(store, "failed", "1"));
  }
  EXPECT_EQ(all_of(open()), (std::map<std::string, std::string>{{"saved", "1"}}));
}

TEST_F(Faults, WhicheverCallFailsNothingAcknowledgedIsLost) {
  bool failed = true;
  for (std::size_t nth = 1; failed; ++nth) {
    MemoryFiles disk;
    disk.make_directory(kDirectory);
    disk.sync_directory("/");
    std::map<std::string, std::string> saved;
    std::string tried;
    failed = false;
    disk.fail_call(nth);
    try {
      for (int session = 0; session < 2; ++session) {
        Store store{disk, kDirectory, key};
        for (int n = 0; n < 3; ++n) {
          tried = fmt::format("{}-{}", session, n);
          Batch batch;
          batch.put(tried, text_for(1, 200));
          store.commit(batch);
          saved[tried] = text_for(1, 200);
        }
        tried.clear();
        store.compact("", "");
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::disk) << nth << error.what();
    }
    failed = disk.calls() >= nth;
    disk.restart({PowerCut::Data::dropped, PowerCut::Names::dropped});
    Store store{disk, kDirectory, key};
    auto found = all_of(store);
    if (!saved.contains(tried)) found.erase(tried);
    EXPECT_EQ(found, saved) << nth;
  }
}

// The last of them makes durable what was removed, and is no call of LevelDB's.
TEST_F(Faults, WhicheverCallOfACompactionFailsIsTheLastChange) {
  {
    auto store = open();
    for (std::uint64_t n = 0; n < 20; ++n) put(store, fmt::format("{:02}", n), text_for(n, 300));
  }
  const auto before = files.snapshot();
  std::size_t directories = 0;
  for (std::size_t nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    files.put_back(before);
    {
      auto store = open();
      files.fail_call(nth);
      const auto calls = files.calls();
      try {
        store.compact("", "");
        EXPECT_LT(files.calls(), calls + nth) << "it failed, and nobody was told";
        break;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::disk) << error.what();
      }
      directories += files.fault()->kind == Change::Kind::sync_directory ? 1U : 0U;
      expect_stopped([&] { put(store, "later", "1"); });
      expect_stopped([&] { store.compact("", ""); });
    }
    EXPECT_EQ(files.written_since_fault(), 0U) << "not even by closing";
  }
  EXPECT_GE(directories, 2U);
}

TEST_F(Faults, WhicheverReadFailsNothingWrongIsAnswered) {
  {
    auto store = open();
    Batch batch;
    for (std::uint64_t n = 0; n < 200; ++n) batch.put(fmt::format("{:04}", n), text_for(n, 500));
    store.commit(batch);
    store.compact("", "");
    put(store, "log", "1");
  }
  const auto before = files.snapshot();
  for (std::size_t nth = 1;; ++nth) {
    files.put_back(before);
    files.fail_read(nth);
    const auto reads = files.reads();
    try {
      auto store = open();
      for (std::uint64_t n = 0; n < 200; n += 20) ASSERT_EQ(store.get(fmt::format("{:04}", n)), text_for(n, 500));
      EXPECT_EQ(all_of(store).size(), 201U);
      if (files.reads() - reads < nth) break;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::disk);
    }
    files.put_back(before);
    EXPECT_EQ(all_of(open()).size(), 201U);
  }
}

// Behind the last commit nothing says that it was durable: one wrong bit must not make it what a crash has torn.
TEST_F(Faults, ABitReadWronglyAfterACrashTakesNothingAway) {
  auto disk = std::make_unique<attune::test::MemoryDisk>();
  {
    auto store = open();
    put(store, "table", "1");
    into_tables(store);
    put(store, "before", "1");
    put(store, "last", text_for(1, 300));
    *disk = files.snapshot();
  }
  std::size_t turned = 0;
  for (std::size_t nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    files.put_back(*disk);
    files.flip_read(nth);
    const auto reads = files.reads();
    try {
      const auto store = open();
      EXPECT_EQ(all_of(store).size(), 3U);
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == Errc::tampered || error.code() == Errc::damaged) << error.what();
    }
    if (files.reads() - reads < nth) break;
    ++turned;
    EXPECT_EQ(all_of(open()).size(), 3U);
  }
  EXPECT_GE(turned, 4U);
}

TEST_F(Faults, AStoreThatIsToRefuseRefusesEverythingUntilItIsOpenedAgain) {
  {
    auto store = open();
    put(store, "saved", "1");
    store.refuse(Error{Errc::damaged, "half an index"});
    store.refuse(Error{Errc::disk, "something later"});
    EXPECT_ERROR(Errc::damaged, static_cast<void>(store.get("saved")));
    EXPECT_ERROR(Errc::damaged, static_cast<void>(all_of(store)));
    EXPECT_ERROR(Errc::damaged, store.scan_back("", "", [](auto, auto) { return Store::Visit::stop; }));
    EXPECT_ERROR(Errc::damaged, put(store, "later", "1"));
    EXPECT_ERROR(Errc::damaged, store.compact("", ""));
  }
  EXPECT_EQ(all_of(open()), (std::map<std::string, std::string>{{"saved", "1"}}));
}

// LevelDB's iterators go on behind what they could not read. Who stops at what he wanted would never hear of it.
TEST_F(Faults, NoScanLeavesOutWhatCouldNotBeRead) {
  std::map<std::string, std::string> all;
  {
    auto store = open();
    Batch batch;
    for (std::uint64_t n = 0; n < 400; ++n) all.emplace(fmt::format("{:04}", n), text_for(n, 500));
    for (const auto& [name, value] : all) batch.put(name, value);
    batch.put("0000a", "removed");
    store.commit(batch);
    store.compact("", "");
    remove(store, "0000a");  // in another table: without it, the first one's stands again
    store.compact("", "0000");
  }
  const auto before = files.snapshot();
  std::size_t refused = 0;
  for (const auto ask : {&MemoryFiles::fail_read, &MemoryFiles::flip_read}) {
    for (const bool back : {false, true}) {
      for (std::size_t nth = 1;; ++nth) {
        SCOPED_TRACE(nth);
        files.put_back(before);
        auto store = open();
        (files.*ask)(nth);
        const auto reads = files.reads();
        const auto first_is = [&](const std::string& expected) {
          return [&, expected](std::string_view name, std::string_view value) {
            EXPECT_EQ(name, expected);
            EXPECT_EQ(value, all.at(expected));
            return Store::Visit::stop;
          };
        };
        for (std::uint64_t n = 0; n < all.size(); n += 7) {  // each block
          const auto name = fmt::format("{:04}", n);
          try {
            if (back) {
              store.scan_back("", name + "+", first_is(name));
            } else {
              store.scan(name, "", first_is(name));
            }
          } catch (const Error& error) {
            EXPECT_EQ(error.code() == Errc::disk, ask == &MemoryFiles::fail_read) << error.what();
            ++refused;
          }
        }
        if (files.reads() - reads < nth) break;
      }
    }
  }
  EXPECT_GE(refused, 40U);
}

// Values overwritten or removed while still in memory, in one table, and across tables.
TEST_F(Faults, CompactLeavesNothingOfWhatWasReplacedWhereverItStood) {
  auto store = open();
  const auto gone = [&](std::uint64_t n) { return text_for(n, 120); };
  put(store, "a", gone(1));
  put(store, "a", "kept");
  put(store, "b", gone(2));
  remove(store, "b");
  store.compact("a", "b");  // never was in a table before
  EXPECT_FALSE(in_decrypted_files(gone(1)));
  EXPECT_FALSE(in_decrypted_files(gone(2)));

  put(store, "c", gone(3));
  put(store, "m", "far away");
  store.compact("x", "z");  // writes the memory out, with both
  put(store, "c", "kept");
  put(store, "a", gone(4));
  put(store, "a", "kept again");
  store.compact("a", "c");
  EXPECT_FALSE(in_decrypted_files(gone(3)));
  EXPECT_FALSE(in_decrypted_files(gone(4)));
  EXPECT_EQ(all_of(store), (std::map<std::string, std::string>{{"a", "kept again"}, {"c", "kept"}, {"m", "far away"}}));

  put(store, "d", gone(5));
  {
    Batch batch;
    batch.remove("d");
    store.commit(batch);
  }
  store.compact("zz", "");  // in a table now, put and removal together
  store.compact("d", "d");
  EXPECT_FALSE(in_decrypted_files(gone(5)));
}

TEST_F(Faults, CompactAfterReopeningRemovesWhatTheLastSessionReplaced) {
  {
    auto store = open();
    put(store, "a", text_for(1, 120));
    put(store, "a", "kept");
  }
  auto store = open();  // the log became a table
  EXPECT_TRUE(in_decrypted_files(text_for(1, 120)));
  store.compact("a", "a");
  EXPECT_FALSE(in_decrypted_files(text_for(1, 120)));
}

TEST_F(Faults, CompactRemovesFromAStoreOfManyTables) {
  auto store = open();
  Batch batch;
  for (std::uint64_t n = 0; n < 24; ++n) {
    batch.clear();
    for (std::uint64_t i = 0; i < 1000; ++i)
      batch.put(fmt::format("{:08x}", (n * 1000 + i) * 2654435761U), text_for(n, 2800));
    store.commit(batch);
  }
  const auto victim = fmt::format("{:08x}", 5007ULL * 2654435761U);
  const auto text = std::string{"a text to be erased "} + text_for(77, 300);
  put(store, victim, text);
  into_tables(store);
  ASSERT_GE(names(".ldb").size(), 3U);
  put(store, victim, "");
  store.compact(victim, victim);
  EXPECT_FALSE(in_decrypted_files("a text to be erased"));
  EXPECT_EQ(all_of(store).size(), 24000U);
}

}  // namespace
}  // namespace attune::storage::test
