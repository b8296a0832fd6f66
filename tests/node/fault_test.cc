// Each call to the file system fails in its turn, in each way that it can, while a home is made, lived in, backed up,
// restored, given another passphrase, wiped: what was acknowledged is there, what failed is undone or whole, after a
// failed write nothing is written any more, and afterwards the home opens and goes on.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <iostream>

#include "backup/backup.h"
#include "node/homes.h"
#include "node/passphrase.h"
#include "support/error_matcher.h"
#include "support/memory_files.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Fails = MemoryFiles::Fails;

constexpr auto* kHome = "/people/ada";
constexpr auto* kOther = "/people/phone";
constexpr auto* kBackup = "/people/backup.age";
constexpr std::string_view kNewPassphrase = "another battery horse";
const node::Progress kNobody = [](std::string_view, double, double) {};

struct Extent {
  std::size_t most = 0;  // points of each kind of fault; 0: all
};
std::ostream& operator<<(std::ostream& out, const Extent& extent) { return out << extent.most << " of each"; }

// What is done to which call.
struct Kind {
  std::string_view name;
  std::size_t (MemoryFiles::*counted)() const;
  void (*ask)(MemoryFiles& files, std::size_t nth);
  bool wrong_bytes = false;
};
const std::array kKinds{
    Kind{"call", &MemoryFiles::calls, [](MemoryFiles& files, std::size_t nth) { files.fail_call(nth, Fails::before); }},
    Kind{"half of call", &MemoryFiles::calls,
         [](MemoryFiles& files, std::size_t nth) { files.fail_call(nth, Fails::half); }},
    Kind{"done call", &MemoryFiles::calls,
         [](MemoryFiles& files, std::size_t nth) { files.fail_call(nth, Fails::after); }},
    Kind{"read", &MemoryFiles::reads, [](MemoryFiles& files, std::size_t nth) { files.fail_read(nth); }},
    Kind{"look", &MemoryFiles::looks, [](MemoryFiles& files, std::size_t nth) { files.fail_look(nth); }},
    Kind{"flipped read", &MemoryFiles::reads, [](MemoryFiles& files, std::size_t nth) { files.flip_read(nth); }, true}};

class HomeFaults : public ::testing::TestWithParam<Extent> {
 protected:
  HomeFaults() {
    ::unsetenv("XDG_RUNTIME_DIR");
    files_.make_directory("/people");
    files_.sync_directory("/");
  }
  void TearDown() override { std::cout << points_ << " points\n"; }

  static std::unique_ptr<node::Home> open(FileSystem& disk, const Clock& clock, const std::string& home = kHome,
                                          std::string_view passphrase = kPassphrase) {
    return std::make_unique<node::Home>(home, as_bytes(passphrase), std::chrono::milliseconds{0}, clock,
                                        std::make_unique<TableZones>(), disk);
  }
  static crypto::Entropy make(FileSystem& disk) {
    const node::Created created = node::init_home(wanted_home(kHome), as_bytes(kPassphrase), disk);
    return crypto::entropy_of(created.words.bytes());
  }

  // What failed, and the disk as it is then: with the machine still on, or after a power cut.
  struct Failure {
    std::optional<Error> error;  // nullopt: the act was acknowledged
    bool power_cut = false;
  };
  using Act = std::function<void()>;
  using Look = std::function<void(MemoryFiles& disk, const Failure& failure)>;
  void whichever_fails(const Act& act, const Look& look) {
    const MemoryDisk before = files_.snapshot();
    for (const Kind& kind : kKinds) {
      files_.put_back(before);
      const std::size_t from = (files_.*kind.counted)();
      act();
      const std::size_t total = (files_.*kind.counted)() - from;
      const std::size_t most = GetParam().most;
      const std::size_t step = most == 0 ? 1 : std::max<std::size_t>(1, total / most);
      for (std::size_t nth = most == 0 ? 1 : 1 + kind.name.size() % step; nth <= total; nth += step) {
        SCOPED_TRACE(fmt::format("{} {} of {}", kind.name, nth, total));
        files_.put_back(before);
        kind.ask(files_, nth);
        one_point(kind, act, look, nth % 2 == 0);
      }
    }
  }
  void one_point(const Kind& kind, const Act& act, const Look& look, bool power_cut_first) {
    Failure failure;
    try {
      act();
    } catch (const Error& error) {
      failure.error = error;
      const bool damage = error.code() == Errc::damaged || error.code() == Errc::tampered;
      // A vault that reads otherwise the second time was changed meanwhile, for all that one can know.
      const bool right = kind.wrong_bytes ? damage || error.code() == Errc::busy : error.code() == Errc::disk;
      EXPECT_TRUE(right) << error.what();
    }
    if (!undoes_by_renaming_) {
      EXPECT_EQ(files_.written_since_fault(), 0U);
    }
    ++points_;
    const MemoryDisk after = files_.snapshot();
    const auto look_at = [&](MemoryFiles& disk, bool power_cut) {
      failure.power_cut = power_cut;
      SCOPED_TRACE(failure.error ? failure.error->what() : "acknowledged");
      try {
        look(disk, failure);
      } catch (const Error& error) {
        ADD_FAILURE() << error.what();
      }
    };
    const bool both = GetParam().most == 0;
    if (both || power_cut_first) {
      files_.restart({PowerCut::Data::dropped, PowerCut::Names::dropped});
      look_at(files_, true);
    }
    MemoryFiles machine_on{after};
    if (both || !power_cut_first) look_at(machine_on, false);
  }

  MemoryFiles files_;
  ManualClock clock_;
  bool undoes_by_renaming_ = false;  // what nobody was told of: that is not writing
  std::size_t points_ = 0;
};

TEST_P(HomeFaults, AHomeThatIsMadeIsThereWholeOrNotAtAll) {
  undoes_by_renaming_ = true;
  whichever_fails([&] { static_cast<void>(make(files_)); },
                  [&](MemoryFiles& disk, const Failure& failure) {
                    // Its words were not shown, so nobody shall have to live with it.
                    EXPECT_EQ(node::home_exists(kHome, disk), !failure.error);
                    if (failure.error) static_cast<void>(make(disk));
                    const auto home = open(disk, clock_);
                    EXPECT_EQ(home->book().profile().name, "Ada");
                    EXPECT_THAT(home->notes(), IsEmpty());
                  });
}

TEST_P(HomeFaults, LivedInItLosesNothingAndIsNeverInDoubt) {
  static_cast<void>(make(files_));
  std::size_t acknowledged = 0;
  const auto live = [&] {
    acknowledged = 0;
    for (int session = 0; session < 2 && !files_.fault(); ++session) {
      const auto home = open(files_, clock_);
      EXPECT_EQ(bodies(*home).size(), acknowledged);
      for (int n = 0; n < 3; ++n) {
        clock_.advance(std::chrono::seconds{n == 1 ? 61 : 1});  // the heads are written once a minute
        write(*home, "entry");
        ++acknowledged;
        home->note_commit();
      }
    }
  };
  whichever_fails(live, [&](MemoryFiles& disk, const Failure& failure) {
    const auto home = open(disk, clock_);
    const std::size_t found = bodies(*home).size();
    EXPECT_TRUE(found == acknowledged || (failure.error && found == acknowledged + 1)) << found;
    EXPECT_THAT(home->notes(), IsEmpty());
    EXPECT_THAT(home->book().verify().problems, IsEmpty());
    write(*home, "afterwards");
  });
}

TEST_P(HomeFaults, ABackupIsThereWholeOrNotAtAll) {
  MemoryFiles journal;  // the backup goes to another disk
  const crypto::Entropy words = make(journal);
  const auto home = open(journal, clock_);
  write(*home, std::string(3000, 'x'));
  write(*home, "one");
  const identity::Root root = identity::root_from(words);
  const auto create = [&](FileSystem& disk) {
    backup::create(disk, kBackup, home->book(), home->self(), home->vault().backup_recipient, clock_, kNobody);
  };
  whichever_fails([&] { create(files_); },
                  [&](MemoryFiles& disk, const Failure& failure) {
                    EXPECT_TRUE(failure.error || disk.facts(kBackup));
                    if (disk.facts(kBackup)) {
                      EXPECT_EQ(backup::verify(disk, kBackup, root, kNobody).entries, 2U);
                      disk.remove(kBackup);
                    }
                    if (!failure.power_cut) {
                      EXPECT_THAT(disk.children("/people"), IsEmpty());
                    }
                    create(disk);
                  });
  write(*home, "a disk for backups that fails does not end the journal");
}

TEST_P(HomeFaults, ARestoreIsThereWholeOrNotAtAll) {
  const crypto::Entropy words = make(files_);
  {
    const auto home = open(files_, clock_);
    write(*home, "one");
    backup::create(files_, kBackup, home->book(), home->self(), home->vault().backup_recipient, clock_, kNobody);
  }
  remove_tree(files_, kHome);
  node::Restore wanted;
  wanted.home = kOther;
  wanted.device = "phone";
  wanted.file = kBackup;
  wanted.cost = crypto::kInteractive;
  undoes_by_renaming_ = true;
  const auto restore = [&](FileSystem& disk) {
    static_cast<void>(node::restore_home(wanted, words, as_bytes(kPassphrase), kNobody, disk));
  };
  whichever_fails([&] { restore(files_); },
                  [&](MemoryFiles& disk, const Failure& failure) {
                    EXPECT_EQ(node::home_exists(kOther, disk), !failure.error);
                    if (failure.error) restore(disk);
                    const auto home = open(disk, clock_, kOther);
                    EXPECT_THAT(bodies(*home), ElementsAre("one"));
                    EXPECT_THAT(home->notes(), IsEmpty());
                  });
}

TEST_P(HomeFaults, OfTwoPassphrasesOneOpensItAndAFailureSaysWhich) {
  static_cast<void>(make(files_));
  const auto ask = [] { return crypto::SecretBytes::copied(as_bytes(kNewPassphrase)); };
  const auto change = [&] { node::change_passphrase(kHome, as_bytes(kPassphrase), ask, std::nullopt, files_); };
  whichever_fails(change, [&](MemoryFiles& disk, const Failure& failure) {
    const auto opens = [&](std::string_view passphrase) {
      try {
        return open(disk, clock_, kHome, passphrase) != nullptr;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::wrong_passphrase) << error.what();
        return false;
      }
    };
    const bool by_new = opens(kNewPassphrase);
    EXPECT_NE(opens(kPassphrase), by_new);
    if (!failure.error) {
      EXPECT_TRUE(by_new);
    }
    if (failure.error && by_new && !failure.power_cut) {
      EXPECT_THAT(failure.error->what(), HasSubstr("new passphrase"));
    }
  });
}

TEST_P(HomeFaults, AWipeThatFailedCanBeDoneAgain) {
  static_cast<void>(make(files_));
  whichever_fails([&] { node::wipe_home(kHome, files_); },
                  [&](MemoryFiles& disk, const Failure& failure) {
                    EXPECT_TRUE(failure.error || !disk.facts(kHome));
                    if (node::home_exists(kHome, disk)) node::wipe_home(kHome, disk);
                    EXPECT_FALSE(node::home_exists(kHome, disk));
                    static_cast<void>(make(disk));
                  });
}

INSTANTIATE_TEST_SUITE_P(Quick, HomeFaults, ::testing::Values(Extent{2}));
INSTANTIATE_TEST_SUITE_P(Prove, HomeFaults, ::testing::Values(Extent{0}));

}  // namespace
}  // namespace attune::test
