// Every bit of every file of a closed store is turned, every file cut to every length, every two swapped, every older
// version put back: the store says so and names the file, or it is the very same data.
#include <gtest/gtest.h>

#include <iostream>

#include "storage/fixture.h"

namespace attune::storage::test {
namespace {

using Contents = std::map<std::string, std::string>;

class BitRot : public StoreTest, public ::testing::WithParamInterface<std::size_t> {
 protected:
  // One table, a log, the manifest and CURRENT, each small enough that all of their bits can be turned.
  BitRot() {
    {
      auto store = open();
      for (std::uint64_t n = 0; n < 30; ++n) commit(store, fmt::format("0-{:03}", n), text_for(n, 250));
      store.compact("", "");
      keep_version();
    }
    keep_version();
    auto store = open();
    for (std::uint64_t n = 0; n < 20; ++n) {
      commit(store, fmt::format("1-{:03}", n), text_for(n, 250));
      if (n % 4 == 0) keep_version();
    }
  }
  void SetUp() override {
    whole = files.snapshot();
    expected = all_of(open());
    files.put_back(whole);
  }
  void TearDown() override { std::cout << points << " changes, " << points - noticed << " of them harmless\n"; }

  static void commit(Store& store, const std::string& name, const std::string& value) { put(store, name, value); }
  void keep_version() { versions.push_back(files.snapshot()); }
  // Every so many.
  [[nodiscard]] static std::size_t step() { return GetParam(); }

  // `named`: what the answer must name, if there is one.
  void expect_noticed_or_harmless(const std::string& named) {
    const auto calls = files.calls();
    ++points;
    try {
      const auto store = open();
      EXPECT_EQ(all_of(store), expected);
    } catch (const Error& error) {
      ++noticed;
      EXPECT_TRUE(error.code() == Errc::tampered || error.code() == Errc::damaged) << error.what();
      EXPECT_EQ(exit_status(error.code()), 6);
      EXPECT_NE(std::string_view{error.what()}.find(named), std::string_view::npos) << error.what();
    }
    untouched = files.calls() == calls;
  }
  // A store that was refused at once was not changed, and need not be put back.
  void put_back(const std::function<void()>& undo) {
    if (untouched) return undo();
    files.put_back(whole);
  }
  // The closing frames of manifest and log vouch for each other, so one of them may go without loss.
  static constexpr std::size_t kClosing = 52 + 48;

  attune::test::MemoryDisk whole;
  std::vector<attune::test::MemoryDisk> versions;
  Contents expected;
  bool untouched = false;
  std::size_t points = 0, noticed = 0;
};

TEST_P(BitRot, EveryFileIsSmallEnoughForAllOfItsBits) {
  for (const auto& path : names()) EXPECT_LE(files.contents(path).size(), 16U << 10U) << path;
  EXPECT_EQ(names(".ldb").size(), 1U);
  EXPECT_GT(files.contents(only(".ldb")).size(), 6'000U);
  EXPECT_GT(files.contents(only(".log")).size(), 6'000U);
  EXPECT_EQ(expected.size(), 50U);
}

TEST_P(BitRot, EveryBit) {
  for (const auto& path : names()) {
    const std::size_t size = files.contents(path).size();
    const std::size_t before = points - noticed;
    for (std::size_t bit = step() / 2; bit < size * 8; bit += step()) {
      SCOPED_TRACE(fmt::format("{} byte {} bit {}", path, bit / 8, bit % 8));
      const auto flip = [&] { files.flip_bit(path, bit / 8, static_cast<unsigned>(bit % 8)); };
      flip();
      expect_noticed_or_harmless(path);
      put_back(flip);
    }
    const bool grows = path.ends_with(".log") || path.find("MANIFEST") != std::string::npos;
    EXPECT_LE(points - noticed - before, grows ? kClosing * 8 / step() + 1 : 0) << path;
  }
}

TEST_P(BitRot, EveryTruncation) {
  for (const auto& path : names()) {
    const Bytes all = files.contents(path);
    const std::size_t before = points - noticed;
    for (std::size_t size = 0; size < all.size(); size += step()) {
      SCOPED_TRACE(fmt::format("{} cut to {} of {}", path, size, all.size()));
      files.truncate(path, size);
      expect_noticed_or_harmless(path);
      put_back([&] { files.set_contents(path, all); });
    }
    const bool grows = path.ends_with(".log") || path.find("MANIFEST") != std::string::npos;
    EXPECT_LE(points - noticed - before, grows ? kClosing / step() + 1 : 0) << path;
  }
}

TEST_P(BitRot, EveryTwoSwapped) {
  const auto all = names();
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      SCOPED_TRACE(all[a] + " " + all[b]);
      files.swap_files(all[a], all[b]);
      expect_noticed_or_harmless(kDirectory);
      files.put_back(whole);
    }
  }
  EXPECT_EQ(noticed, points);
}

TEST_P(BitRot, EveryOlderVersionOfAFile) {
  for (const auto& version : versions) {
    const MemoryFiles older{version};
    for (const auto& name : older.children(kDirectory)) {
      const std::string path = joined(kDirectory, name);
      SCOPED_TRACE(path);
      files.set_contents(path, older.contents(path));
      expect_noticed_or_harmless(kDirectory);
      files.put_back(whole);
    }
  }
  EXPECT_GT(noticed, 4U);
}

// Which no store can see: the heads file beside it does.
TEST_P(BitRot, AnOlderStorePutBackAsAWholeOpensAsItWas) {
  for (const auto& version : versions) {
    files.put_back(version);
    const Contents found = all_of(open());
    ++points;
    EXPECT_LE(found.size(), expected.size());
    for (const auto& [name, value] : found) EXPECT_EQ(expected.at(name), value);
  }
}

INSTANTIATE_TEST_SUITE_P(Quick, BitRot, ::testing::Values(211));
INSTANTIATE_TEST_SUITE_P(Prove, BitRot, ::testing::Values(1));

}  // namespace
}  // namespace attune::storage::test
