// A power cut after every single call that changes the disk, while a home is made, lived in, backed up, restored, given
// another passphrase: what was acknowledged is there, what was not is there whole or not at all, and nothing is refused
// or held in doubt for a mere crash.
#include <gmock/gmock.h>

#include "node/home_in_memory.h"
#include "support/error_matcher.h"
#include "support/every_cut.h"

namespace attune::test {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HomeCrash : public ::testing::TestWithParam<Cuts> {
 protected:
  // nullopt: it opens.
  std::optional<Errc> refusal(FileSystem& disk, std::string_view passphrase) {
    try {
      static_cast<void>(open_home_on(disk, clock_, kHome, passphrase));
      return std::nullopt;
    } catch (const Error& error) {
      return error.code();
    }
  }

  // `look` sees the disk as a cut after n changes would leave it.
  using Look = std::function<void(MemoryFiles& disk, std::size_t n)>;
  void at_every_cut(const Look& look) {
    const std::size_t end = files_.recorded();
    const std::size_t step = GetParam() == Cuts::all ? 1 : std::max<std::size_t>(1, end / 10);
    for (std::size_t n = 0; n <= end; n = n == end ? end + 1 : std::min(n + step, end)) {
      every_.after(n, n == end ? 1 : 0, files_, [&](MemoryFiles& disk) { look(disk, n); });
    }
    every_.print();
  }

  [[nodiscard]] bool all_returned(std::size_t n) const { return n == files_.recorded(); }

  MemoryFiles files_;
  ManualClock clock_;
  EveryCut every_{GetParam()};
};

TEST_P(HomeCrash, AHomeThatIsMadeIsThereWholeOrCanBeMadeAgain) {
  files_.record();
  static_cast<void>(make_home_on(files_));
  int again = 0;
  at_every_cut([&](MemoryFiles& disk, std::size_t n) {
    if (!node::home_exists(kHome, disk)) {
      EXPECT_FALSE(all_returned(n));
      if (again++ % 5 == 0) static_cast<void>(make_home_on(disk));
      return;
    }
    const auto home = open_home_on(disk, clock_);
    EXPECT_EQ(home->book().profile().name, "Ada");
    EXPECT_THAT(home->notes(), IsEmpty());
    EXPECT_THAT(home->book().verify().problems, IsEmpty());
  });
}

TEST_P(HomeCrash, LivedInItLosesNothingAndIsNeverInDoubt) {
  static_cast<void>(make_home_on(files_));
  files_.record();
  std::vector<std::pair<std::size_t, std::size_t>> written{{0, 0}};  // changes of the disk, entries by then
  for (int session = 0; session < 2; ++session) {
    const auto home = open_home_on(files_, clock_);
    for (int n = 0; n < 8; ++n) {
      write(*home, "entry");
      home->note_commit();
      clock_.advance(std::chrono::seconds{n == 3 ? 61 : 1});  // the heads are written once a minute, too
      written.emplace_back(files_.recorded(), written.back().second + 1);
    }
  }
  const auto acknowledged_by = [&](std::size_t changes) {
    std::size_t entries = 0;
    for (const auto& [at, count] : written) entries = at <= changes ? count : entries;
    return entries;
  };
  at_every_cut([&](MemoryFiles& disk, std::size_t n) {
    const auto home = open_home_on(disk, clock_);
    const std::size_t found = bodies(*home).size();
    EXPECT_TRUE(found == acknowledged_by(n) || found == acknowledged_by(n) + 1) << found;
    EXPECT_THAT(home->notes(), IsEmpty());
    write(*home, "afterwards");
  });
}

TEST_P(HomeCrash, ABackupIsThereWholeOrNotAtAll) {
  const crypto::Entropy words = make_home_on(files_);
  {
    const auto home = open_home_on(files_, clock_);
    write(*home, "one");
    files_.record();
    back_up(*home, files_);
  }
  const identity::Root root = identity::root_from(words);
  at_every_cut([&](MemoryFiles& disk, std::size_t n) {
    if (disk.facts(kBackup)) {
      EXPECT_EQ(backup::verify(disk, kBackup, root, kNobody).entries, 1U);
    } else {
      EXPECT_FALSE(all_returned(n));
    }
    EXPECT_THAT(bodies(*open_home_on(disk, clock_)), ElementsAre("one"));
  });
}

TEST_P(HomeCrash, ARestoreIsThereWholeOrCanBeDoneAgain) {
  const crypto::Entropy words = make_home_on(files_);
  {
    const auto home = open_home_on(files_, clock_);
    write(*home, "one");
    back_up(*home, files_);
  }
  files_.record();
  restore_other(words, files_);
  int again = 0;
  at_every_cut([&](MemoryFiles& disk, std::size_t n) {
    if (!node::home_exists(kOther, disk)) {
      EXPECT_FALSE(all_returned(n));
      if (again++ % 5 != 0) return;
      restore_other(words, disk);
    }
    const auto home = open_home_on(disk, clock_, kOther);
    EXPECT_THAT(bodies(*home), ElementsAre("one"));
    EXPECT_THAT(home->notes(), IsEmpty());
    EXPECT_THAT(home->book().verify().problems, IsEmpty());
  });
}

TEST_P(HomeCrash, OfTwoPassphrasesOneOpensIt) {
  static_cast<void>(make_home_on(files_));
  files_.record();
  replace_passphrase(files_, kPassphrase, kNewPassphrase);
  at_every_cut([&](MemoryFiles& disk, std::size_t n) {
    const auto by_new = refusal(disk, kNewPassphrase);
    const auto by_old = refusal(disk, kPassphrase);
    EXPECT_NE(by_new, by_old) << "one of them, and not both";
    EXPECT_EQ(by_new ? by_new : by_old, Errc::wrong_passphrase);
    EXPECT_TRUE(!by_new || !all_returned(n));
  });
}

// What was begun can be ended, and then there is room for another home; what is left meanwhile opens for nobody.
TEST_P(HomeCrash, AWipeIsWholeOrCanBeDoneAgain) {
  static_cast<void>(make_home_on(files_));
  files_.record();
  node::wipe_home(kHome, files_);
  std::size_t noise = 1;
  while (files_.recorded_change(noise).find("overwrite") == std::string::npos) ++noise;
  int again = 0;
  at_every_cut([&](MemoryFiles& disk, std::size_t n) {
    EXPECT_TRUE(n <= noise || refusal(disk, kPassphrase)) << "the vault is overwritten first";
    if (node::home_exists(kHome, disk)) {
      EXPECT_FALSE(all_returned(n));
      node::wipe_home(kHome, disk);
    }
    EXPECT_FALSE(node::home_exists(kHome, disk));
    EXPECT_THAT(disk.children(kHome), Each(AnyOf("lock", "vault.lock"))) << "which are in nobody's way";
    if (again++ % 5 == 0) static_cast<void>(make_home_on(disk));
  });
}

INSTANTIATE_TEST_SUITE_P(Quick, HomeCrash, ::testing::Values(Cuts::some));
INSTANTIATE_TEST_SUITE_P(Prove, HomeCrash, ::testing::Values(Cuts::all));

}  // namespace
}  // namespace attune::test
