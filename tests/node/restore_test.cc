// A home that is restored from the words: with a backup or without one, whole or not at all.
#include <gmock/gmock.h>

#include <fstream>

#include "backup/backup.h"
#include "node/homes.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const node::Progress kNobody = [](std::string_view, double, double) {};

class Restores : public ::testing::Test {
 protected:
  Restores() : words{make_home(folder.at("old"))} {
    const auto home = open_home(folder.at("old"), clock);
    write(*home, "one");
    write(*home, "two");
    backup::create(home->files(), file, home->book(), home->self(), home->vault().backup_recipient, clock, kNobody);
  }
  node::Restored restore(const crypto::Entropy& with, std::optional<std::string> from,
                         const node::Progress& progress = kNobody) {
    node::Restore wanted;
    wanted.home = folder.at("new");
    wanted.device = "phone";
    wanted.file = std::move(from);
    wanted.cost = crypto::kInteractive;
    return node::restore_home(wanted, with, as_bytes(kPassphrase), progress);
  }
  void expect_nothing() {
    EXPECT_FALSE(node::home_exists(folder.at("new")));
    EXPECT_THAT(folder.names(), UnorderedElementsAre("old", "backup.age"));
  }

  Folder folder;
  ManualClock clock;
  std::string file = folder.at("backup.age");
  crypto::Entropy words;
};

TEST_F(Restores, ABackupMakesANewDeviceOfTheSamePerson) {
  const node::Restored restored = restore(words, file);
  EXPECT_EQ(restored.entries, 2U);
  EXPECT_EQ(restored.name, "Ada");
  EXPECT_EQ(restored.device, "phone");
  const auto home = open_home(folder.at("new"), clock);
  const auto old = open_home(folder.at("old"), clock);
  EXPECT_THAT(bodies(*home), UnorderedElementsAre("one", "two"));
  EXPECT_EQ(home->vault().root, old->vault().root);
  EXPECT_NE(home->vault().device_id(), old->vault().device_id());
  EXPECT_NE(home->people().own().admit_of(home->vault().device_id()), nullptr);
  EXPECT_THAT(home->notes(), IsEmpty());
  // The old device's log is there and is not continued.
  for (const log::Held& log : home->book().logs().all()) {
    EXPECT_EQ(log.mine, old->book().logs().find(log.name.id) == nullptr);
  }
}

TEST_F(Restores, WithoutABackupTheHomeIsEmpty) {
  EXPECT_EQ(restore(words, std::nullopt).entries, 0U);
  EXPECT_THAT(bodies(*open_home(folder.at("new"), clock)), IsEmpty());
}

TEST_F(Restores, OtherWordsADamagedFileOrNoneLeaveNothing) {
  EXPECT_ERROR(Errc::wrong_words, restore(crypto::random_secret<crypto::Entropy>(), file));
  expect_nothing();
  EXPECT_ERROR(Errc::not_found, restore(words, folder.at("no such file")));
  expect_nothing();
  Bytes bytes = *read_file(PosixFiles{}, file, 1U << 20U);
  bytes.resize(bytes.size() - 20);
  PosixFiles files;
  replace_file(files, file, bytes);
  EXPECT_ERROR(Errc::damaged, restore(words, file));
  expect_nothing();
}

TEST_F(Restores, ABadAddressOrNameIsFoundBeforeAnythingIsMade) {
  node::Restore wanted;
  wanted.home = folder.at("new");
  wanted.device = "phone";
  wanted.peers = {"not an address"};
  EXPECT_ERROR(Errc::usage, node::restore_home(wanted, words, as_bytes(kPassphrase), kNobody));
  wanted.peers = {};
  wanted.device = "\n";
  EXPECT_ERROR(Errc::usage, node::restore_home(wanted, words, as_bytes(kPassphrase), kNobody));
  wanted.device = "phone";
  EXPECT_ERROR(Errc::usage, node::restore_home(wanted, words, as_bytes("short"), kNobody));
  expect_nothing();
}

TEST_F(Restores, NobodyInReachIsNoFailure) {
  node::Restore wanted;
  wanted.home = folder.at("new");
  wanted.device = "phone";
  wanted.file = file;
  wanted.cost = crypto::kInteractive;
  wanted.peers = {"127.0.0.1:1"};  // nobody listens there
  const node::Restored restored = node::restore_home(wanted, words, as_bytes(kPassphrase), kNobody);
  EXPECT_FALSE(restored.synced);
  EXPECT_EQ(restored.entries, 2U);
}

TEST_F(Restores, NothingIsRestoredOverAHome) {
  EXPECT_EQ(restore(words, file).entries, 2U);
  EXPECT_ERROR(Errc::exists, restore(words, file));
  EXPECT_EQ(open_home(folder.at("new"), clock)->book().entries(), 2U);
}

// Reading may take minutes. The locks of a home that came meanwhile say that it is open.
TEST_F(Restores, AHomeThatCameMeanwhileKeepsItsPlaceAndItsLocks) {
  make_home(folder.at("other"), "Ben");
  std::unique_ptr<node::Home> came;
  const node::Progress comes = [&](std::string_view, double, double) {
    if (came) return;
    fs::rename(folder.at("other"), folder.at("new"));
    came = open_home(folder.at("new"), clock);
  };
  EXPECT_ERROR(Errc::exists, restore(words, file, comes));
  ASSERT_TRUE(came);
  EXPECT_ERROR(Errc::busy, open_home(folder.at("new"), clock));
  write(*came, "still here");
  came.reset();
  const auto home = open_home(folder.at("new"), clock);
  EXPECT_EQ(home->book().profile().name, "Ben");
  EXPECT_THAT(bodies(*home), ElementsAre("still here"));
  EXPECT_THAT(folder.names(), UnorderedElementsAre("old", "new", "backup.age"));
}

TEST_F(Restores, WhatAnInterruptedOneLeftIsReplaced) {
  fs::create_directories(folder.at("new.new/store"));
  std::ofstream{folder.at("new.new/store/000003.log")} << "half";
  EXPECT_EQ(restore(words, file).entries, 2U);
  EXPECT_THAT(folder.names(), UnorderedElementsAre("old", "new", "backup.age"));
}

TEST_F(Restores, ThePartnerIsNotDialledWhereThePersonSaidNo) {
  node::Restore wanted;
  wanted.home = folder.at("new");
  wanted.device = "phone";
  wanted.file = file;
  wanted.cost = crypto::kInteractive;
  wanted.dial_partner = false;
  static_cast<void>(node::restore_home(wanted, words, as_bytes(kPassphrase), kNobody));
  EXPECT_TRUE(open_home(folder.at("new"), clock)->vault().ask_before_partner);
}

}  // namespace
}  // namespace attune::test
