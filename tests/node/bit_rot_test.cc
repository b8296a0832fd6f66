// A home whose files are changed by hand while it is closed: each bit of its heads file turned, every two files
// swapped, every older version put back. It says so with exit code 6, or notes that it is in doubt, or it is the very
// same data.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>

#include "node/homes.h"
#include "node/passphrase.h"
#include "support/error_matcher.h"
#include "support/memory_files.h"

namespace attune::test {
namespace {

constexpr auto* kHome = "/people/ada";
constexpr std::string_view kFirstPassphrase = "the passphrase before";

struct Extent {
  std::size_t bits = 0;      // each so many of the heads file
  std::size_t openings = 0;  // each so many of the changes for which the whole home is opened
};
std::ostream& operator<<(std::ostream& out, const Extent& extent) { return out << "each " << extent.openings; }

class HomeRot : public ::testing::TestWithParam<Extent> {
 protected:
  HomeRot() {
    ::unsetenv("XDG_RUNTIME_DIR");
    static_cast<void>(node::init_home(wanted_home(kHome), as_bytes(kFirstPassphrase), files_));
    keep_version();
    live(kFirstPassphrase, {"first", "second"});
    const auto ask = [] { return crypto::SecretBytes::copied(as_bytes(kPassphrase)); };
    node::change_passphrase(kHome, as_bytes(kFirstPassphrase), ask, std::nullopt, files_);
    keep_version();
    live(kPassphrase, {"third", "fourth"});
    {
      const auto home = open();
      home->book().erase(written_.front());  // which compacts, so that there is a table
      home->book().finish_erasures();
    }
    keep_version();
    live(kPassphrase, {"fifth"});
    whole_ = files_.snapshot();
    expected_ = bodies(*open());
    files_.put_back(whole_);
  }
  void TearDown() override { std::cout << points_ << " changes, " << points_ - noticed_ << " of them harmless\n"; }

  std::unique_ptr<node::Home> open(std::string_view passphrase = kPassphrase) {
    return std::make_unique<node::Home>(kHome, as_bytes(passphrase), std::chrono::milliseconds{0}, clock_,
                                        std::make_unique<TableZones>(), files_);
  }
  void live(std::string_view passphrase, const std::vector<std::string>& entries) {
    {
      const auto home = open(passphrase);
      for (const std::string& entry : entries) {
        clock_.advance(std::chrono::seconds{1});
        written_.push_back(write(*home, entry));
      }
    }
    keep_version();
  }
  void keep_version() { versions_.push_back(files_.snapshot()); }
  // Every file of a home, its store included.
  static std::vector<std::string> paths_in(const MemoryFiles& files) {
    std::vector<std::string> paths;
    for (const std::string& directory : {std::string{kHome}, joined(kHome, "store")}) {
      for (const std::string& name : files.children(directory)) {
        const std::string path = joined(directory, name);
        if (!files.facts(path)->directory) paths.push_back(path);
      }
    }
    return paths;
  }
  static bool mentions(std::string_view text, const std::string& path) {
    return text.find(path) != std::string_view::npos;
  }
  static std::string file_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  // Opens the home as it is now, and puts it right again.
  void expect_noticed_or_harmless(const std::vector<std::string>& named) {
    ++points_;
    try {
      const auto home = open();
      EXPECT_EQ(bodies(*home), expected_);
      EXPECT_THAT(home->book().verify().problems, ::testing::IsEmpty());
      if (!home->notes().empty()) ++noticed_;
    } catch (const Error& error) {
      ++noticed_;
      EXPECT_TRUE(error.code() == Errc::tampered || error.code() == Errc::damaged) << error.what();
      EXPECT_EQ(exit_status(error.code()), 6);
      const bool names = std::ranges::any_of(named, [&](const auto& path) { return mentions(error.what(), path); });
      EXPECT_TRUE(names) << error.what();
    }
    files_.put_back(whole_);
  }
  [[nodiscard]] bool this_time() { return turn_++ % GetParam().openings == 0; }

  MemoryFiles files_;
  ManualClock clock_;
  std::vector<ObjectId> written_;
  std::vector<MemoryDisk> versions_;
  MemoryDisk whole_;
  std::vector<std::string> expected_;
  std::size_t turn_ = 0, points_ = 0, noticed_ = 0;
};

// The home stays open; its heads file alone is read again for each change.
TEST_P(HomeRot, EveryBitAndEveryLengthOfTheHeadsFile) {
  const auto home = open();
  const std::string path = home->paths().heads;
  const auto key = storage::StoreKey::copied(home->vault().store.bytes());
  const node::HeadsFile heads{files_, path, home->paths().instance, key, clock_};
  EXPECT_EQ(heads.doubt(home->book().logs()), std::nullopt);
  const Bytes whole = files_.contents(path);
  const auto expect_tampered = [&] {
    ++points_;
    ++noticed_;
    try {
      static_cast<void>(heads.doubt(home->book().logs()));
      ADD_FAILURE() << "not noticed";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::tampered);
      EXPECT_TRUE(mentions(error.what(), path)) << error.what();
    }
  };
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += GetParam().bits) {
    SCOPED_TRACE(bit);
    files_.flip_bit(path, bit / 8, static_cast<unsigned>(bit % 8));
    expect_tampered();
    files_.flip_bit(path, bit / 8, static_cast<unsigned>(bit % 8));
  }
  for (std::size_t size = 0; size < whole.size(); size += GetParam().bits) {
    SCOPED_TRACE(size);
    files_.truncate(path, size);
    expect_tampered();
    files_.set_contents(path, whole);
  }
}

TEST_P(HomeRot, ABitInEachFile) {
  for (const std::string& path : paths_in(files_)) {
    const std::size_t size = files_.contents(path).size();
    for (std::size_t i = 0; i < 40 && size > 0; ++i) {
      if (!this_time()) continue;
      const std::size_t bit = i * (size * 8 - 1) / 39;
      SCOPED_TRACE(fmt::format("{} bit {}", path, bit));
      files_.flip_bit(path, bit / 8, static_cast<unsigned>(bit % 8));
      expect_noticed_or_harmless({path});
    }
  }
}

TEST_P(HomeRot, EveryTwoFilesSwapped) {
  const auto paths = paths_in(files_);
  EXPECT_GE(paths.size(), 9U);
  for (std::size_t a = 0; a < paths.size(); ++a) {
    for (std::size_t b = a + 1; b < paths.size(); ++b) {
      SCOPED_TRACE(paths[a] + " and " + paths[b]);
      if (this_time()) {  // what is in them
        files_.swap_files(paths[a], paths[b]);
        expect_noticed_or_harmless({paths[a], paths[b]});
      }
      if (this_time()) {  // the files themselves
        files_.rename(paths[a], "/aside");
        files_.rename(paths[b], paths[a]);
        files_.rename("/aside", paths[b]);
        expect_noticed_or_harmless({paths[a], paths[b]});
      }
    }
  }
}

TEST_P(HomeRot, EveryOlderVersionOfEachFile) {
  for (const MemoryDisk& version : versions_) {
    const MemoryFiles older{version};
    for (const std::string& path : paths_in(older)) {
      if (!this_time()) continue;
      const Bytes contents = older.contents(path);
      SCOPED_TRACE(path);
      if (file_in(path) == "vault" && contents != files_.contents(path)) {
        // It opens with the passphrase that it was made with, as docs/threats.md says, and holds the same keys.
        files_.set_contents(path, contents);
        EXPECT_ERROR(Errc::wrong_passphrase, open());
        EXPECT_EQ(bodies(*open(kFirstPassphrase)), expected_);
        files_.put_back(whole_);
        continue;
      }
      files_.set_contents(path, contents);
      // Another file may be the one that does not fit any more.
      expect_noticed_or_harmless(paths_in(files_));
    }
  }
}

// The store of earlier under the heads of now: noticed, and the own logs are not continued.
TEST_P(HomeRot, EveryOlderStore) {
  for (const MemoryDisk& version : versions_) {
    const MemoryFiles older{version};
    const std::string store = joined(kHome, "store");
    files_.put_back(whole_);
    remove_tree(files_, store);
    files_.make_directory(store);
    for (const std::string& name : older.children(store)) {
      files_.set_contents(joined(store, name), older.contents(joined(store, name)));
    }
    const auto home = open();
    ++points_;
    EXPECT_LE(bodies(*home).size(), expected_.size());
    if (bodies(*home) == expected_) continue;
    ++noticed_;
    ASSERT_EQ(home->notes().size(), 1U);
    const auto before = home->book().logs().all();
    for (const log::Held& log : before) EXPECT_TRUE(!log.mine || log.retired);
    write(*home, "afterwards");
    EXPECT_EQ(home->book().logs().all().size(), before.size() + 1);
  }
  EXPECT_GE(noticed_, 3U);
}

INSTANTIATE_TEST_SUITE_P(Quick, HomeRot, ::testing::Values(Extent{29, 23}));
INSTANTIATE_TEST_SUITE_P(Prove, HomeRot, ::testing::Values(Extent{1, 1}));

}  // namespace
}  // namespace attune::test
