// A power cut after every single call that changes the disk, while a home is made, lived in, backed up, restored, given
// another passphrase, wiped, and while two sync: what was acknowledged is there, what was not is there whole or not at
// all, and nothing is refused or held in doubt for a mere crash.
#include <gmock/gmock.h>

#include "node/computers.h"
#include "node/home_in_memory.h"
#include "support/error_matcher.h"
#include "support/every_cut.h"

namespace attune::test {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto* kSecondBackup = "/people/backup-2.age";
constexpr std::string_view kThirdPassphrase = "a third battery horse";

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

  // `look` sees the disk as a cut after n changes of `life` would leave it; `acknowledged` says by which of its answers
  // the look of two such places differs.
  using Look = std::function<void(MemoryFiles& disk, std::size_t n)>;
  using Acknowledged = std::function<std::uint64_t(std::size_t n)>;
  void at_every_cut(const MemoryFiles& life, const Acknowledged& acknowledged, const Look& look) {
    const std::size_t end = life.recorded();
    const std::size_t step = GetParam() == Cuts::all ? 1 : std::max<std::size_t>(1, end / 10);
    for (std::size_t n = 0; n <= end; n = n == end ? end + 1 : std::min(n + step, end)) {
      every_.after(n, acknowledged(n), life, [&](MemoryFiles& disk) { look(disk, n); });
    }
    every_.print();
    EXPECT_GT(every_.disks(), GetParam() == Cuts::all ? 10U : 2U);
  }
  void at_every_cut(const Look& look) {
    at_every_cut(files_, [this](std::size_t n) { return all_returned(n) ? 1 : 0; }, look);
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

// With its heads file, and a backup that is made meanwhile.
TEST_P(HomeCrash, LivedInItLosesNothingAndIsNeverInDoubt) {
  const identity::Root root = identity::root_from(make_home_on(files_));
  files_.record();
  struct Answer {
    std::size_t changes = 0;
    std::size_t entries = 0;
    bool backed_up = false;
  };
  std::vector<Answer> answers{{}};
  const auto answered = [&](std::size_t entries, bool backed_up) {
    answers.push_back({files_.recorded(), answers.back().entries + entries, answers.back().backed_up || backed_up});
  };
  for (int session = 0; session < 2; ++session) {
    const auto home = open_home_on(files_, clock_);
    for (int n = 0; n < 8; ++n) {
      write(*home, "entry");
      answered(1, false);
      home->note_commit();
      clock_.advance(std::chrono::seconds{n == 3 ? 61 : 1});  // the heads are written once a minute, too
    }
    if (session == 0) back_up(*home, files_);
    answered(0, true);
  }
  const auto last_by = [&](std::size_t n) {
    return static_cast<std::size_t>(std::ranges::upper_bound(answers, n, {}, &Answer::changes) - answers.begin()) - 1;
  };
  at_every_cut(files_, last_by, [&](MemoryFiles& disk, std::size_t n) {
    const Answer& by_then = answers[last_by(n)];
    const auto home = open_home_on(disk, clock_);
    const std::size_t found = bodies(*home).size();
    EXPECT_TRUE(found == by_then.entries || found == by_then.entries + 1) << found;
    EXPECT_THAT(home->notes(), IsEmpty());
    EXPECT_THAT(home->book().verify().problems, IsEmpty());
    if (disk.facts(kBackup)) {
      EXPECT_EQ(backup::verify(disk, kBackup, root, kNobody).entries, 8U);
    } else {
      EXPECT_FALSE(by_then.backed_up);
    }
    write(*home, "afterwards");
  });
}

// The first one stays as it is, and the one that was cut off can be made once more under the same name.
TEST_P(HomeCrash, ASecondBackupIsThereWholeOrNotAtAll) {
  const identity::Root root = identity::root_from(make_home_on(files_));
  {
    const auto home = open_home_on(files_, clock_);
    write(*home, "one");
    back_up(*home, files_);
    write(*home, "two");
    files_.record();
    EXPECT_ERROR(Errc::exists, back_up(*home, files_));
    back_up(*home, files_, kSecondBackup);
  }
  at_every_cut([&](MemoryFiles& disk, std::size_t n) {
    EXPECT_EQ(backup::verify(disk, kBackup, root, kNobody).entries, 1U);
    const auto home = open_home_on(disk, clock_);
    EXPECT_THAT(bodies(*home), ::testing::UnorderedElementsAre("one", "two"));
    if (!disk.facts(kSecondBackup)) {
      EXPECT_FALSE(all_returned(n));
      back_up(*home, disk, kSecondBackup);
    }
    EXPECT_EQ(backup::verify(disk, kSecondBackup, root, kNobody).entries, 2U);
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
  int again = 0;
  at_every_cut([&](MemoryFiles& disk, std::size_t n) {
    const auto by_new = refusal(disk, kNewPassphrase);
    const auto by_old = refusal(disk, kPassphrase);
    EXPECT_NE(by_new, by_old) << "one of them, and not both";
    EXPECT_EQ(by_new ? by_new : by_old, Errc::wrong_passphrase);
    EXPECT_TRUE(!by_new || !all_returned(n));
    if (again++ % 5 != 0) return;
    replace_passphrase(disk, by_new ? kPassphrase : kNewPassphrase, kThirdPassphrase);
    EXPECT_EQ(refusal(disk, kThirdPassphrase), std::nullopt);
  });
}

// What was begun can be ended, and then there is room for another home; what is left meanwhile opens for nobody.
// So does a whole vault that a change of passphrase left behind when it was cut.
TEST_P(HomeCrash, AWipeIsWholeOrCanBeDoneAgain) {
  static_cast<void>(make_home_on(files_));
  const std::string left = std::string{kHome} + "/vault.new";
  const Bytes vault = files_.contents(std::string{kHome} + "/vault");
  replace_file(files_, left, vault);
  files_.record();
  node::wipe_home(kHome, files_);
  std::size_t noise = 1;
  for (int overwritten = 0; overwritten < 2; ++noise) {
    overwritten += files_.recorded_change(noise).find("overwrite") == std::string::npos ? 0 : 1;
  }
  --noise;
  int again = 0;
  const auto stage = [&](std::size_t n) { return (n > noise ? 1U : 0U) + (all_returned(n) ? 1U : 0U); };
  at_every_cut(files_, stage, [&](MemoryFiles& disk, std::size_t n) {
    EXPECT_TRUE(n <= noise || refusal(disk, kPassphrase)) << "the vault is overwritten first";
    EXPECT_TRUE(n <= noise || !disk.facts(left) || disk.contents(left) != vault) << "and so is what was to replace it";
    if (node::home_exists(kHome, disk)) {
      EXPECT_FALSE(all_returned(n));
      node::wipe_home(kHome, disk);
    }
    EXPECT_FALSE(node::home_exists(kHome, disk));
    EXPECT_THAT(disk.children(kHome), Each(AnyOf("lock", "vault.lock"))) << "which are in nobody's way";
    if (again++ % 5 == 0) static_cast<void>(make_home_on(disk));
  });
}

// Two who sync, message by message. One of them crashes; the other one is where they were at that moment, and when they
// meet again both have all that either had.
class CoupleCrash : public HomeCrash {
 protected:
  struct Moment {
    std::size_t changes = 0;      // of Ada's disk
    std::set<std::string> known;  // to her
    MemoryDisk bens;
  };

  CoupleCrash() {
    for (Computer* at : {&ada_, &ben_}) {
      static_cast<void>(node::init_home(wanted_home(Computer::kHome), as_bytes(kPassphrase), at->files()));
      at->open();
    }
    pair(ada_.home(), ben_.home());
    ada_.files().record();
    note();
  }

  void note() { moments_.push_back({ada_.files().recorded(), texts(ada_), ben_.image()}); }
  void write_one(Computer& at) {
    write(at.home(), "entry " + std::to_string(++written_), true);
    clock_.advance(std::chrono::seconds{31});  // the heads are written once a minute
    at.home().note_commit();
    note();
  }
  void sync() {
    ContactOf<Computer> contact{ada_, ben_};
    for (int messages = 0; messages < 200 && !contact.over(); ++messages) {
      contact.run(random_, 1);
      note();
    }
    ASSERT_TRUE(contact.over());
    EXPECT_EQ(texts(ada_), texts(ben_));
  }
  [[nodiscard]] std::size_t last_by(std::size_t n) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(moments_, n, {}, &Moment::changes) - moments_.begin()) - 1;
  }
  void meet_again(const MemoryFiles& disk, const Moment& then) {
    Computer ada{clock_};
    Computer ben{clock_};
    ada.set_image(disk.snapshot());
    ben.set_image(then.bens);
    std::set<std::string> expected = texts(ada);
    EXPECT_TRUE(std::ranges::includes(expected, then.known)) << "something is lost";
    expected.merge(texts(ben));
    expect_level_once_met(ada, ben, expected);
  }

  Computer ada_{clock_}, ben_{clock_};
  std::mt19937_64 random_{1};
  std::vector<Moment> moments_;
  int written_ = 0;
};

TEST_P(CoupleCrash, BothHaveEverythingOnceTheyMeetAgain) {
  for (int day = 0; day < 2; ++day) {
    for (Computer* at : {&ada_, &ben_, &ada_, &ben_}) write_one(*at);
    ASSERT_NO_FATAL_FAILURE(sync());
  }
  at_every_cut(
      ada_.files(), [this](std::size_t n) { return last_by(n); },
      [this](MemoryFiles& disk, std::size_t n) { meet_again(disk, moments_[last_by(n)]); });
}

INSTANTIATE_TEST_SUITE_P(Quick, HomeCrash, ::testing::Values(Cuts::some));
INSTANTIATE_TEST_SUITE_P(Quick, CoupleCrash, ::testing::Values(Cuts::some));
INSTANTIATE_TEST_SUITE_P(Prove, HomeCrash, ::testing::Values(Cuts::all));
INSTANTIATE_TEST_SUITE_P(Prove, CoupleCrash, ::testing::Values(Cuts::all));

}  // namespace
}  // namespace attune::test
