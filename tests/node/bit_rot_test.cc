// A home whose files are changed by hand while it is closed: each bit of its vault and its heads file turned, every two
// files swapped, every older version put back. It says so with exit code 6, or notes that it is in doubt, or it is the
// very same data.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <set>

#include "node/home_in_memory.h"
#include "support/counted.h"
#include "support/damage.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

constexpr std::string_view kFirstPassphrase = "the passphrase before";

struct RotSteps {
  std::size_t bits = 0;      // each so many of the heads file and the vault
  std::size_t openings = 0;  // each so many of the changes for which the whole home is opened
};
std::ostream& operator<<(std::ostream& out, const RotSteps& steps) { return out << "each " << steps.openings; }

class HomeRot : public ::testing::TestWithParam<RotSteps> {
 protected:
  // Files of the last session have older versions under the same names, also a manifest that a compaction went on with.
  HomeRot() {
    static_cast<void>(make_home_on(files_, kFirstPassphrase));
    keep_version();
    live(kFirstPassphrase, {"first", "second"});
    replace_passphrase(files_, kFirstPassphrase, kPassphrase);
    keep_version();
    live(kPassphrase, {"third", "fourth"}, 0);
    live(kPassphrase, {"fifth", "sixth", "seventh"}, 1);
    whole_ = files_.snapshot();
    expected_ = bodies(*open());
    files_.put_back(whole_);
  }

  std::unique_ptr<node::Home> open(std::string_view passphrase = kPassphrase) {
    return open_home_on(files_, clock_, kHome, passphrase);
  }
  // One session. `gone`: which of all entries is erased after the first one, which compacts, so that there is a table.
  void live(std::string_view passphrase, const std::vector<std::string>& entries,
            std::optional<std::size_t> gone = {}) {
    {
      const auto home = open(passphrase);
      for (const std::string& entry : entries) {
        clock_.advance(std::chrono::seconds{1});
        written_.push_back(write(*home, entry));
        keep_version();
        if (!gone) continue;
        home->book().erase(written_.at(*gone));
        home->book().finish_erasures();
        gone.reset();
        keep_version();
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

  // Opens the home as it is now, and puts it right again.
  void expect_noticed_or_harmless(const std::vector<std::string>& touched) {
    try {
      const auto home = open();
      EXPECT_EQ(bodies(*home), expected_);
      EXPECT_THAT(home->book().verify().problems, ::testing::IsEmpty());
      if (home->notes().empty()) {
        damages_.harmless();
      } else {
        damages_.one();
      }
    } catch (const Error& error) {
      damages_.one();
      expect_damage(error, touched);
    }
    files_.put_back(whole_);
  }
  // It opens with the passphrase that it was made with, as docs/threats.md says, and holds the same keys.
  void expect_older_vault_to_open_as_it_was() {
    damages_.one();
    EXPECT_ERROR(Errc::wrong_passphrase, open());
    const auto home = open(kFirstPassphrase);
    EXPECT_EQ(bodies(*home), expected_);
    EXPECT_THAT(home->notes(), ::testing::IsEmpty());
  }
  [[nodiscard]] bool this_time() { return turn_++ % GetParam().openings == 0; }

  MemoryFiles files_;
  ManualClock clock_;
  std::vector<ObjectId> written_;
  std::vector<MemoryDisk> versions_;
  MemoryDisk whole_;
  std::vector<std::string> expected_;
  std::size_t turn_ = 0;
  Counted damages_{kDamages};
};

// The home stays open; its heads file alone is read again for each change.
TEST_P(HomeRot, EveryBitAndEveryLengthOfTheHeadsFile) {
  const auto home = open();
  const std::string path = home->paths().heads;
  const auto key = storage::StoreKey::copied(home->vault().store.bytes());
  const node::HeadsFile heads{files_, path, home->paths().instance, key, clock_};
  EXPECT_EQ(heads.doubt(home->book().logs()), std::nullopt);
  const auto expect_tampered = [&](const Bytes& file) {
    damages_.one();
    files_.set_contents(path, file);
    try {
      static_cast<void>(heads.doubt(home->book().logs()));
      ADD_FAILURE() << "not noticed";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::tampered);
      expect_damage(error, {path});
    }
  };
  const Bytes whole = files_.contents(path);
  each_bit(whole, GetParam().bits, expect_tampered);
  each_length(whole, GetParam().bits, expect_tampered);
  files_.set_contents(path, whole);
}

// Found before the passphrase is tried, so that opening each of them is quick.
TEST_P(HomeRot, EveryBitAndEveryLengthOfTheVault) {
  const std::string path = joined(kHome, "vault");
  const auto expect_damaged = [&](const Bytes& file) {
    damages_.one();
    files_.set_contents(path, file);
    const std::size_t calls = files_.calls();
    try {
      static_cast<void>(open());
      ADD_FAILURE() << "not noticed";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::damaged);
      expect_damage(error, {path});
    }
    EXPECT_EQ(files_.calls(), calls) << "the home was changed";
  };
  const Bytes whole = files_.contents(path);
  each_bit(whole, GetParam().bits, expect_damaged);
  each_length(whole, GetParam().bits, expect_damaged);
  files_.set_contents(path, whole);
  EXPECT_EQ(bodies(*open()), expected_);
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
  EXPECT_GE(paths_in(files_).size(), 9U);
  each_two(paths_in(files_), [&](const std::string& one, const std::string& other) {
    if (this_time()) {  // what is in them
      files_.swap_files(one, other);
      expect_noticed_or_harmless({one, other});
    }
    if (this_time()) {  // the files themselves
      files_.rename(one, "/aside");
      files_.rename(other, one);
      files_.rename("/aside", other);
      expect_noticed_or_harmless({one, other});
    }
  });
}

// Each that there ever was, also of files that have long gone: one of them alone, while all others stay.
TEST_P(HomeRot, EveryOlderVersionOfEachFile) {
  std::set<std::string> changed;
  for (const MemoryDisk& version : versions_) {
    const MemoryFiles older{version};
    for (const std::string& path : paths_in(older)) {
      const Bytes contents = older.contents(path);
      if (files_.facts(path) && files_.contents(path) == contents) continue;
      changed.insert(files_.facts(path) ? path : "gone");
      if (!this_time()) continue;
      SCOPED_TRACE(path);
      files_.set_contents(path, contents);
      if (path == joined(kHome, "vault")) {
        expect_older_vault_to_open_as_it_was();
        files_.put_back(whole_);
      } else {
        expect_noticed_or_harmless({path});
      }
    }
  }
  const auto has = [&](std::string_view part) {
    return std::ranges::any_of(changed, [&](const auto& path) { return path.find(part) != std::string::npos; });
  };
  for (const std::string_view part : {"gone", "/vault", "/heads", "/store/CURRENT", "/store/MANIFEST", ".log"}) {
    EXPECT_TRUE(has(part)) << part << " has no older version";
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
    EXPECT_LE(bodies(*home).size(), expected_.size());
    if (bodies(*home) == expected_) {
      damages_.harmless();
      continue;
    }
    damages_.one();
    ASSERT_EQ(home->notes().size(), 1U);
    const auto before = home->book().logs().all();
    for (const log::Held& log : before) EXPECT_TRUE(!log.mine || log.retired);
    write(*home, "afterwards");
    EXPECT_EQ(home->book().logs().all().size(), before.size() + 1);
  }
  EXPECT_GE(damages_.all_noticed(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Quick, HomeRot, ::testing::Values(RotSteps{29, 23}));
INSTANTIATE_TEST_SUITE_P(Prove, HomeRot, ::testing::Values(RotSteps{1, 1}));

}  // namespace
}  // namespace attune::test
