#include <gtest/gtest.h>

#include "storage/store.h"

#include <stdlib.h>

#include <filesystem>

#include "storage/fixture.h"

namespace attune::storage::test {
namespace {

TEST_F(StoreTest, KeepsWhatWasCommitted) {
  {
    auto store = open();
    put(store, "a", "1");
    put(store, "b", "2");
    remove(store, "a");
    EXPECT_EQ(store.get("a"), std::nullopt);
    EXPECT_EQ(store.get("b"), "2");
  }
  auto store = open();
  EXPECT_EQ(all_of(store), (std::map<std::string, std::string>{{"b", "2"}}));
}

TEST_F(StoreTest, ABatchCanBeUsedAgainAfterClear) {
  auto store = open();
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.put("a", "1");
  EXPECT_FALSE(batch.empty());
  EXPECT_GT(batch.bytes(), 2U);
  store.commit(batch);
  batch.clear();
  EXPECT_TRUE(batch.empty());
  batch.put("b", "2");
  store.commit(batch);
  EXPECT_EQ(all_of(store).size(), 2U);
}

TEST_F(StoreTest, AnEmptyBatchTouchesNothing) {
  auto store = open();
  const auto before = files.calls();
  Batch batch;
  store.commit(batch);
  EXPECT_EQ(files.calls(), before);
}

TEST_F(StoreTest, GetReusesTheBufferAndTellsMissingFromEmpty) {
  auto store = open();
  put(store, "a", "");
  std::string value = "old";
  EXPECT_TRUE(store.get("a", value));
  EXPECT_EQ(value, "");
  EXPECT_FALSE(store.get("b", value));
}

class ScanTest : public StoreTest {
 protected:
  static std::string keys(const Store& store, std::string_view from, std::string_view to, std::size_t limit = 99) {
    std::string seen;
    store.scan(from, to, [&](std::string_view key, std::string_view) {
      seen += key;
      return seen.size() < limit ? Store::Visit::go_on : Store::Visit::stop;
    });
    return seen;
  }
  static std::string keys_back(const Store& store, std::string_view from, std::string_view to, std::size_t limit = 99) {
    std::string seen;
    store.scan_back(from, to, [&](std::string_view key, std::string_view) {
      seen += key;
      return seen.size() < limit ? Store::Visit::go_on : Store::Visit::stop;
    });
    return seen;
  }
};

TEST_F(ScanTest, TakesTheStartAndLeavesTheEndInBothDirections) {
  auto store = open();
  for (const auto* key_text : {"b", "c", "d", "f"}) put(store, key_text, "x");
  EXPECT_EQ(keys(store, "b", "d"), "bc");
  EXPECT_EQ(keys(store, "", ""), "bcdf");
  EXPECT_EQ(keys(store, "c", ""), "cdf");
  EXPECT_EQ(keys(store, "e", "e"), "");
  EXPECT_EQ(keys_back(store, "b", "d"), "cb");
  EXPECT_EQ(keys_back(store, "", ""), "fdcb");
  EXPECT_EQ(keys_back(store, "c", "e"), "dc");
  EXPECT_EQ(keys_back(store, "c", "z"), "fdc");
  EXPECT_EQ(keys_back(store, "g", "z"), "");
  EXPECT_EQ(keys(store, "", "", 2), "bc");
  EXPECT_EQ(keys_back(store, "", "", 2), "fd");
}

TEST_F(ScanTest, AnEmptyStoreHasNothingToVisit) {
  auto store = open();
  EXPECT_EQ(keys(store, "", ""), "");
  EXPECT_EQ(keys_back(store, "", ""), "");
}

TEST_F(StoreTest, WhatTheVisitorThrowsComesThrough) {
  auto store = open();
  put(store, "a", "1");
  EXPECT_ERROR(Errc::refused, store.scan("", "", [](std::string_view, std::string_view) -> Store::Visit {
    throw Error{Errc::refused, "enough"};
  }));
  put(store, "b", "2");
}

TEST_F(StoreTest, IsOpenedOnceAtATime) {
  auto store = open();
  EXPECT_ERROR(Errc::busy, open());
  put(store, "a", "1");
}

TEST_F(StoreTest, AnotherKeyOpensNothingAndChangesNothing) {
  {
    auto store = open();
    put(store, "a", "1");
  }
  const auto before = files.calls();
  EXPECT_ERROR(Errc::tampered, (Store{files, kDirectory, store_key(2)}));
  EXPECT_EQ(files.calls(), before);
  EXPECT_EQ(open().get("a"), "1");
}

TEST_F(StoreTest, NothingThatWasWrittenCanBeReadInAnyFile) {
  {
    auto store = open();
    for (std::uint64_t n = 0; n < 300; ++n) put(store, fmt::format("diary/{:05}", n), text_for(n, 400));
    EXPECT_FALSE(on_disk("diary/"));
    into_tables(store);
    for (std::uint64_t n = 300; n < 400; ++n) put(store, fmt::format("diary/{:05}", n), text_for(n, 400));
  }
  EXPECT_FALSE(names(".ldb").empty());
  for (std::uint64_t n = 0; n < 400; ++n) EXPECT_FALSE(on_disk(text_for(n, 400).substr(100, 16)));
  // LevelDB's own words are sealed as well, so that not even the kind of store shows in contents.
  for (const auto* word : {"diary", "leveldb.BytewiseComparator", "MANIFEST-", "filter.leveldb"}) {
    EXPECT_FALSE(on_disk(word)) << word;
    EXPECT_TRUE(in_decrypted_files(word)) << word;
  }
}

TEST_F(StoreTest, ManyBatchesStayRightThroughFlushesAndCompactions) {
  std::map<std::string, std::string> expected;
  {
    auto store = open();
    Batch batch;
    for (std::uint64_t n = 0; n < 60; ++n) {
      batch.clear();
      for (std::uint64_t i = 0; i < 400; ++i) {
        const auto name = fmt::format("{:08x}", (n * 400 + i) * 2654435761U % 20011U);
        const auto value = text_for(n * 400 + i, 700);
        batch.put(name, value);
        expected[name] = value;
      }
      store.commit(batch);
    }
    EXPECT_EQ(all_of(store), expected);
    store.verify();
  }
  auto store = open();
  EXPECT_EQ(all_of(store), expected);
  for (const auto& [name, value] : expected) ASSERT_EQ(store.get(name), value);
  store.verify();
  EXPECT_GT(store.disk_bytes(), expected.size() * 700);
}

TEST_F(StoreTest, AValueOfAMebibyteIsOneCommit) {
  const auto value = text_for(7, 1 << 20);
  {
    auto store = open();
    put(store, "big", value);
  }
  EXPECT_EQ(open().get("big"), value);
}

TEST(StoreOnDisk, KeepsWhatWasCommittedAndOnlyItsOwnerMayRead) {
  std::string pattern = (std::filesystem::temp_directory_path() / "attune-store-XXXXXX").string();
  const std::string directory = ::mkdtemp(pattern.data());
  PosixFiles files;
  const auto key = store_key();
  const auto place = joined(directory, "store");
  {
    Store store{files, place, key};
    Batch batch;
    for (std::uint64_t n = 0; n < 5000; ++n) batch.put(fmt::format("{:05}", n), text_for(n, 600));
    store.commit(batch);
    store.compact("", "");
    EXPECT_ERROR(Errc::busy, (Store{files, place, key}));
  }
  {
    Store store{files, place, key};
    EXPECT_EQ(all_of(store).size(), 5000U);
    store.verify();
  }
  EXPECT_EQ(files.facts(place)->mode, 0700U);
  for (const auto& name : files.children(place)) EXPECT_EQ(files.facts(joined(place, name))->mode, 0600U) << name;
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace attune::storage::test
