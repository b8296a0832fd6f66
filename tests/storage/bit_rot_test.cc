// Every bit of every file of a closed store is turned, every file cut to every length, every two swapped, every older
// version put back: the store says so and names the file, or it is the very same data.
#include <gtest/gtest.h>

#include "storage/fixture.h"
#include "support/counted.h"
#include "support/damage.h"

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

  static void commit(Store& store, const std::string& name, const std::string& value) { put(store, name, value); }
  void keep_version() { versions.push_back(files.snapshot()); }
  // Every so many.
  [[nodiscard]] static std::size_t step() { return GetParam(); }

  // `touched`: of which the answer must name one, if there is an answer.
  void expect_noticed_or_harmless(const std::vector<std::string>& touched) {
    const auto calls = files.calls();
    try {
      const auto store = open();
      EXPECT_EQ(all_of(store), expected);
      damages.harmless();
    } catch (const Error& error) {
      damages.one();
      attune::test::expect_damage(error, touched);
    }
    untouched = files.calls() == calls;
  }
  // A store that was refused at once was not changed, and need not be put back.
  void put_back(const std::function<void()>& undo) {
    if (untouched) return undo();
    files.put_back(whole);
  }
  void change(const std::string& path, const Bytes& file, const Bytes& all) {
    files.set_contents(path, file);
    expect_noticed_or_harmless({path});
    put_back([&] { files.set_contents(path, all); });
  }
  static bool grows(const std::string& path) {
    return path.ends_with(".log") || path.find("MANIFEST") != std::string::npos;
  }
  // The closing frames of manifest and log vouch for each other, so one of them may go without loss.
  static constexpr std::size_t kClosing = 52 + 48;

  attune::test::MemoryDisk whole;
  std::vector<attune::test::MemoryDisk> versions;
  Contents expected;
  bool untouched = false;
  attune::test::Counted damages{attune::test::kDamages};
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
    SCOPED_TRACE(path);
    const Bytes all = files.contents(path);
    const std::size_t before = damages.all_harmless();
    attune::test::each_bit(all, step(), [&](const Bytes& file) { change(path, file, all); });
    EXPECT_LE(damages.all_harmless() - before, grows(path) ? kClosing * 8 / step() + 1 : 0);
  }
}

TEST_P(BitRot, EveryTruncation) {
  for (const auto& path : names()) {
    SCOPED_TRACE(path);
    const Bytes all = files.contents(path);
    const std::size_t before = damages.all_harmless();
    attune::test::each_length(all, step(), [&](const Bytes& file) { change(path, file, all); });
    EXPECT_LE(damages.all_harmless() - before, grows(path) ? kClosing / step() + 1 : 0);
  }
}

TEST_P(BitRot, EveryTwoSwapped) {
  attune::test::each_two(names(), [&](const std::string& one, const std::string& other) {
    files.swap_files(one, other);
    expect_noticed_or_harmless({one, other});
    files.put_back(whole);
  });
  EXPECT_EQ(damages.all_harmless(), 0U);
}

TEST_P(BitRot, EveryOlderVersionOfAFile) {
  for (const auto& version : versions) {
    const MemoryFiles older{version};
    for (const auto& name : older.children(kDirectory)) {
      const std::string path = joined(kDirectory, name);
      SCOPED_TRACE(path);
      files.set_contents(path, older.contents(path));
      expect_noticed_or_harmless({path});
      files.put_back(whole);
    }
  }
  EXPECT_GT(damages.all_noticed(), 4U);
}

// Which no store can see: the heads file beside it does.
TEST_P(BitRot, AnOlderStorePutBackAsAWholeOpensAsItWas) {
  for (const auto& version : versions) {
    files.put_back(version);
    const Contents found = all_of(open());
    damages.harmless();
    EXPECT_LE(found.size(), expected.size());
    for (const auto& [name, value] : found) EXPECT_EQ(expected.at(name), value);
  }
}

INSTANTIATE_TEST_SUITE_P(Quick, BitRot, ::testing::Values(211));
INSTANTIATE_TEST_SUITE_P(Prove, BitRot, ::testing::Values(1));

}  // namespace
}  // namespace attune::storage::test
