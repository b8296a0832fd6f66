// Each call to the file system fails in its turn, in each way that it can, while a home is made, lived in, backed up,
// restored, given another passphrase, wiped, and while two sync: what was acknowledged is there, what failed is undone
// or whole, after a failed write nothing is written any more, and afterwards the home opens and goes on.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <iostream>

#include "node/computers.h"
#include "node/home_in_memory.h"
#include "support/counted.h"
#include "support/damage.h"
#include "support/error_matcher.h"
#include "support/fault_kinds.h"

namespace attune::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct FaultPoints {
  std::size_t most = 0;  // points of each kind of fault; 0: all
};
std::ostream& operator<<(std::ostream& out, const FaultPoints& points) { return out << points.most << " of each"; }

class HomeFaults : public ::testing::TestWithParam<FaultPoints> {
 protected:
  HomeFaults() {
    files_.make_directory(kPeople);
    files_.sync_directory("/");
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
    for (const FaultKind& kind : kFaultKinds) {
      files_.put_back(before);
      const std::size_t from = (files_.*kind.counted)();
      act();
      const std::size_t total = (files_.*kind.counted)() - from;
      EXPECT_EQ(total == 0, reads_nothing_ && kind.counted == &MemoryFiles::reads) << kind.name;
      std::size_t told = 0;
      const std::size_t most = GetParam().most;
      const std::size_t step = most == 0 ? 1 : std::max<std::size_t>(1, total / most);
      for (std::size_t nth = most == 0 ? 1 : 1 + kind.name.size() % step; nth <= total; nth += step) {
        SCOPED_TRACE(fmt::format("{} {} of {}", kind.name, nth, total));
        files_.put_back(before);
        kind.ask(files_, nth);
        if (one_point(kind, act, look, nth % 2 == 0)) ++told;
      }
      // A fault that was asked for and never came would look as one that nobody minds.
      EXPECT_TRUE(told > 0 || total == 0 || kind.wrong_bytes) << kind.name;
    }
  }
  // Whether the act ended with an error.
  bool one_point(const FaultKind& kind, const Act& act, const Look& look, bool power_cut_first) {
    Failure failure;
    try {
      act();
    } catch (const Error& error) {
      failure.error = error;
      expect_right(error, kind);
    }
    if (!undoes_by_renaming_) {
      EXPECT_EQ(files_.written_since_fault(), 0U);
    }
    if (counts(kind, files_)) points_.one();
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
    return failure.error.has_value();
  }

  void expect_right(const Error& error, const FaultKind& kind) const {
    if (!kind.wrong_bytes) {
      EXPECT_EQ(error.code(), Errc::disk) << error.what();
    } else if (error.code() != Errc::busy) {
      // A vault that reads otherwise the second time was changed meanwhile, for all that one can know.
      expect_damage(error, {within_});
    }
  }

  MemoryFiles files_;
  ManualClock clock_;
  std::string within_ = std::string{kPeople} + "/";  // what is damaged is named, and lies here
  bool undoes_by_renaming_ = false;                  // what nobody was told of: that is not writing
  bool reads_nothing_ = false;
  Counted points_{kFaultPoints};
};

TEST_P(HomeFaults, AHomeThatIsMadeIsThereWholeOrNotAtAll) {
  undoes_by_renaming_ = true;
  whichever_fails([&] { static_cast<void>(make_home_on(files_)); },
                  [&](MemoryFiles& disk, const Failure& failure) {
                    // Its words were not shown, so nobody shall have to live with it.
                    EXPECT_EQ(node::home_exists(kHome, disk), !failure.error);
                    if (failure.error) static_cast<void>(make_home_on(disk));
                    const auto home = open_home_on(disk, clock_);
                    EXPECT_EQ(home->book().profile().name, "Ada");
                    EXPECT_THAT(home->notes(), IsEmpty());
                  });
}

TEST_P(HomeFaults, LivedInItLosesNothingAndIsNeverInDoubt) {
  static_cast<void>(make_home_on(files_));
  std::size_t acknowledged = 0;
  const auto live = [&] {
    acknowledged = 0;
    for (int session = 0; session < 3 && !files_.fault(); ++session) {
      const auto home = open_home_on(files_, clock_);
      EXPECT_EQ(bodies(*home).size(), acknowledged);
      for (int n = 0; n < 4; ++n) {
        clock_.advance(std::chrono::seconds{n == 1 ? 61 : 1});  // the heads are written once a minute
        write(*home, "entry");
        ++acknowledged;
        home->note_commit();
      }
    }
  };
  whichever_fails(live, [&](MemoryFiles& disk, const Failure& failure) {
    const auto home = open_home_on(disk, clock_);
    const std::size_t found = bodies(*home).size();
    EXPECT_TRUE(found == acknowledged || (failure.error && found == acknowledged + 1)) << found;
    EXPECT_THAT(home->notes(), IsEmpty());
    EXPECT_THAT(home->book().verify().problems, IsEmpty());
    write(*home, "afterwards");
  });
}

TEST_P(HomeFaults, ABackupIsThereWholeOrNotAtAll) {
  MemoryFiles journal;  // the backup goes to another disk
  const crypto::Entropy words = make_home_on(journal);
  const auto home = open_home_on(journal, clock_);
  write(*home, std::string(3000, 'x'));
  write(*home, "one");
  const identity::Root root = identity::root_from(words);
  whichever_fails([&] { back_up(*home, files_); },
                  [&](MemoryFiles& disk, const Failure& failure) {
                    EXPECT_TRUE(failure.error || disk.facts(kBackup));
                    if (disk.facts(kBackup)) {
                      EXPECT_EQ(backup::verify(disk, kBackup, root, kNobody).entries, 2U);
                      disk.remove(kBackup);
                    }
                    if (!failure.power_cut) {
                      EXPECT_THAT(disk.children(kPeople), IsEmpty());
                    }
                    back_up(*home, disk);
                  });
  write(*home, "a disk for backups that fails does not end the journal");
}

TEST_P(HomeFaults, ARestoreIsThereWholeOrNotAtAll) {
  const crypto::Entropy words = make_home_on(files_);
  {
    const auto home = open_home_on(files_, clock_);
    write(*home, "one");
    back_up(*home, files_);
  }
  remove_tree(files_, kHome);
  undoes_by_renaming_ = true;
  whichever_fails([&] { restore_other(words, files_); },
                  [&](MemoryFiles& disk, const Failure& failure) {
                    EXPECT_EQ(node::home_exists(kOther, disk), !failure.error);
                    if (failure.error) restore_other(words, disk);
                    const auto home = open_home_on(disk, clock_, kOther);
                    EXPECT_THAT(bodies(*home), ElementsAre("one"));
                    EXPECT_THAT(home->notes(), IsEmpty());
                  });
}

TEST_P(HomeFaults, OfTwoPassphrasesOneOpensItAndAFailureSaysWhich) {
  static_cast<void>(make_home_on(files_));
  const auto change = [&] { replace_passphrase(files_, kPassphrase, kNewPassphrase); };
  whichever_fails(change, [&](MemoryFiles& disk, const Failure& failure) {
    const auto opens = [&](std::string_view passphrase) {
      try {
        return open_home_on(disk, clock_, kHome, passphrase) != nullptr;
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
  static_cast<void>(make_home_on(files_));
  reads_nothing_ = true;
  whichever_fails([&] { node::wipe_home(kHome, files_); },
                  [&](MemoryFiles& disk, const Failure& failure) {
                    EXPECT_TRUE(failure.error || !disk.facts(kHome));
                    if (node::home_exists(kHome, disk)) node::wipe_home(kHome, disk);
                    EXPECT_FALSE(node::home_exists(kHome, disk));
                    static_cast<void>(make_home_on(disk));
                  });
}

// Ada's disk fails while she and Ben write, sync, and forget what he erased.
class CoupleFaults : public HomeFaults {
 protected:
  CoupleFaults() {
    within_ = std::string{Computer::kHome} + "/";
    Computer ada{clock_, files_};
    Computer ben{clock_};
    for (Computer* at : {&ada, &ben}) {
      static_cast<void>(node::init_home(wanted_home(Computer::kHome), as_bytes(kPassphrase), at->files()));
      at->open();
    }
    pair(ada.home(), ben.home());
    bens_disk_ = ben.image();
  }

  void live() {
    said_by_ada_.clear();
    erased_.reset();
    ben_ = std::make_unique<Computer>(clock_);
    ben_->set_image(bens_disk_);
    Computer ada{clock_, files_};
    ada.open();
    const ObjectId regretted = write_one(*ben_, kRegretted);
    write_one(ada, "one");
    sync(ada, *ben_);
    ben_->book().erase(regretted);
    erased_ = regretted;
    write_one(*ben_, "two");
    write_one(ada, "three");
    sync(*ben_, ada);
  }
  ObjectId write_one(Computer& at, const std::string& body) {
    const ObjectId id = write(at.home(), body, true);
    if (&at != ben_.get()) said_by_ada_.insert(body);
    clock_.advance(std::chrono::seconds{31});  // the heads are written once a minute
    at.home().note_commit();
    return id;
  }
  void sync(Computer& dials, Computer& other) {
    ContactOf<Computer> contact{dials, other};
    try {
      contact.run();
    } catch (const Error&) {
      // What she had said by then still arrives.
      auto& bens = &other == ben_.get() ? contact.other() : contact.one();
      for (const std::string& message : bens.inbox) bens.exchange.take(message);
      speak_again(dials, other);
      throw;
    }
    EXPECT_TRUE(contact.over());
  }
  // Her node does not end where its disk failed: it is called, or calls.
  static void speak_again(Computer& dials, Computer& other) {
    try {
      ContactOf<Computer>{dials, other}.run();
    } catch (const Error&) {
      // As it may: what counts is that nothing is written, and nothing false said.
    }
  }
  // What Ben was told that she holds, she holds.
  void expect_no_false_word(Computer& ada, Computer& ben) const {
    for (const log::Held& bens : ben.book().logs().all()) {
      const std::uint64_t confirmed = ben.book().confirmed(ada.id(), bens.number);
      const log::Held* adas = ada.book().logs().find(bens.name.id);
      EXPECT_GE(adas == nullptr ? 0 : adas->n, confirmed);
    }
    if (erased_ && ben.book().erase_confirmed(*erased_)) {
      EXPECT_THAT(texts(ada), Not(Contains(kRegretted)));
    }
  }

  static constexpr auto* kRegretted = "regretted";
  MemoryDisk bens_disk_;
  std::unique_ptr<Computer> ben_;
  std::set<std::string> said_by_ada_;
  std::optional<ObjectId> erased_;
};

TEST_P(CoupleFaults, WhatTheOtherWasToldIsTrueAndBothHaveEverythingOnceTheyMeetAgain) {
  whichever_fails([this] { live(); },
                  [this](MemoryFiles& disk, const Failure&) {
                    Computer ada{clock_, disk}, ben{clock_};
                    ada.open();
                    ben.set_image(ben_->image());
                    std::set<std::string> expected = texts(ada);
                    EXPECT_TRUE(std::ranges::includes(expected, said_by_ada_)) << "something is lost";
                    expect_no_false_word(ada, ben);
                    expected.merge(texts(ben));
                    if (erased_) expected.erase(kRegretted);
                    expect_level_once_met(ada, ben, expected);
                  });
}

INSTANTIATE_TEST_SUITE_P(Quick, HomeFaults, ::testing::Values(FaultPoints{2}));
INSTANTIATE_TEST_SUITE_P(Quick, CoupleFaults, ::testing::Values(FaultPoints{2}));
INSTANTIATE_TEST_SUITE_P(Prove, HomeFaults, ::testing::Values(FaultPoints{0}));
INSTANTIATE_TEST_SUITE_P(Prove, CoupleFaults, ::testing::Values(FaultPoints{0}));

}  // namespace
}  // namespace attune::test
