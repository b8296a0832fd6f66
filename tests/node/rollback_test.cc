// Twelve ways in which a home comes to be older than it was, or there twice. Where anything on the disk tells, our own
// program never uses a place of a log again; where nothing can (an image of the whole disk), the first sync with
// somebody who knows better finds and heals it. Nothing that was acknowledged anywhere is lost.
#include <gmock/gmock.h>

#include "node/computers.h"
#include "node/passphrase.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

class Rollback : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Rollback() : world_{GetParam()} {}
  Computer& ada() { return world_.ada(); }
  Computer& phone() { return world_.phone(); }
  Computer& ben() { return world_.ben(); }
  void write(Computer& at) { world_.some(at); }
  void sync(Computer& one, Computer& other) { world_.sync(one, other); }
  // Any or none of what people do between two moments that matter.
  void live() {
    for (std::size_t left = world_.draw(4); left > 0; --left) {
      switch (world_.draw(5)) {
        case 0: write(phone()); break;
        case 1: write(ben()); break;
        case 2: world_.sync_cut(ada(), ben()); break;
        case 3: sync(ada(), phone()); break;
        default: sync(ada(), ben());
      }
    }
  }
  // A copy of Ada's home with `cp`, on a computer of its own or beside it: only the files count.
  std::unique_ptr<Computer> copied(Computer& from) {
    from.close();
    auto copy = std::make_unique<Computer>(world_.clock());
    fill_disk(copy->files(), 300);
    copy_files(from.files(), Computer::kHome, copy->files(), Computer::kHome);
    from.open();
    return copy;
  }
  // The same disk twice, down to its inodes.
  std::unique_ptr<Computer> imaged(Computer& from) {
    auto copy = std::make_unique<Computer>(world_.clock());
    copy->set_image(from.image());
    return copy;
  }
  void expect_no_fork() { EXPECT_EQ(world_.forks(), 0U) << "a place of a log was used twice"; }
  void expect_forked() { EXPECT_GT(world_.forks(), 0U) << "nothing forked: this scenario has lost its meaning"; }

  TwoPeoplesComputers world_;
};

TEST_P(Rollback, AnOldDirectoryIsPutBack) {
  const auto old = copied(ada());
  write(ada());
  live();
  if (world_.draw(2) == 0) sync(ada(), ben());
  ada().close();
  const auto put_back = std::make_unique<Computer>(world_.clock());
  fill_disk(put_back->files(), 600);
  copy_files(old->files(), Computer::kHome, put_back->files(), Computer::kHome);
  put_back->open();
  EXPECT_EQ(put_back->doubts_told(), 1U);
  write(*put_back);
  sync(*put_back, ben());
  write(*put_back);
  world_.expect_all_well({put_back.get(), &phone(), &ben()});
  expect_no_fork();
}

TEST_P(Rollback, ADirectoryIsClonedAndBothCopiesAreUsedInTurn) {
  const auto clone = copied(ada());
  clone->open();
  for (int turn = 0; turn < 3; ++turn) {
    write(ada());
    live();
    write(*clone);
    if (world_.draw(2) == 0) sync(*clone, ben());
    if (world_.draw(2) == 0) clone->reopen();
  }
  EXPECT_EQ(clone->doubts_told(), 1U);
  EXPECT_EQ(ada().doubts_told(), 0U);
  world_.expect_all_well({&ada(), clone.get(), &phone(), &ben()});
  expect_no_fork();
}

TEST_P(Rollback, TwoCopiesRunAtOnceOnOneMachine) {
  const auto clone = copied(ada());
  clone->open();
  {
    ContactOf<Computer> one{ada(), ben(), true};
    ContactOf<Computer> other{*clone, phone(), true};
    for (int turn = 0; turn < 4; ++turn) {
      write(world_.draw(2) == 0 ? ada() : *clone);
      write(world_.draw(2) == 0 ? phone() : ben());
      one.run();
      other.run();
    }
  }
  world_.expect_all_well({&ada(), clone.get(), &phone(), &ben()});
  expect_no_fork();
}

TEST_P(Rollback, ADiskIsCopiedAndRunsAtOnceOnTwoMachines) {
  ada().reopen();
  const auto twin = imaged(ada());
  write(ada());
  write(*twin);
  EXPECT_EQ(twin->doubts_told(), 0U);  // nothing on the disk can tell
  live();
  sync(ada(), ben());
  expect_forked();
  sync(*twin, ben());  // finds it and heals it: `sync` says that both sides are level then
  const std::size_t forks = world_.forks();
  write(*twin);
  EXPECT_EQ(world_.forks(), forks) << "who knows of it uses none of the old logs";
  // Ben holds what Ada wrote, so nothing tells her before her other device has met the twin, who has no key to meet
  // her.
  world_.expect_all_well({&ada(), twin.get(), &phone(), &ben()});
  const std::size_t known = world_.forks();
  write(*twin);
  write(ada());
  EXPECT_EQ(world_.forks(), known) << "now both know";
  world_.expect_all_well({&ada(), twin.get(), &phone(), &ben()});
}

TEST_P(Rollback, ASnapshotOfARunningHomeIsResumed) {
  write(ada());
  MemoryDisk running = ada().image();  // while it is open: never closed, heads behind
  write(ada());
  live();
  sync(ada(), world_.draw(2) == 0 ? ben() : phone());
  ada().set_image(std::move(running));
  write(ada());
  const std::size_t forks = world_.forks();
  EXPECT_GT(forks, 0U) << "nothing forked: this scenario has lost its meaning";
  sync(ada(), ben());
  sync(ada(), phone());
  write(ada());
  EXPECT_EQ(world_.forks(), forks);
  world_.expect_all_well({&ada(), &phone(), &ben()});
}

TEST_P(Rollback, AnOldBackupIsRestoredTheOriginalIsGoneAndThePartnerIsMetFirst) {
  const Bytes backup = world_.backed_up(ada());
  write(ada());
  live();
  sync(ada(), ben());
  Computer made = world_.another();
  world_.restored(made, backup, "again");
  if (world_.draw(2) == 0) write(made);
  sync(made, ben());
  write(made);
  world_.expect_all_well({&made, &phone(), &ben()});
  expect_no_fork();
}

TEST_P(Rollback, AnOldBackupIsRestoredTheOriginalIsAliveAndAnOwnDeviceIsMetFirst) {
  const Bytes backup = world_.backed_up(ada());
  write(ada());
  live();
  Computer made = world_.another();
  world_.restored(made, backup, "again");
  if (world_.draw(2) == 0) write(made);
  sync(made, world_.draw(2) == 0 ? phone() : ada());
  write(made);
  write(ada());
  world_.expect_all_well({&ada(), &made, &phone(), &ben()});
  expect_no_fork();
}

TEST_P(Rollback, TheClockIsSetBackAYearAndThenFarAhead) {
  constexpr std::chrono::hours kYear{24 * 365};
  for (const auto by : {-kYear, 30 * kYear, -28 * kYear}) {
    ada().close();
    world_.clock().set(world_.clock().now() + by);
    ada().open();
    write(ada());
    live();
    write(ben());
    sync(ada(), ben());
  }
  EXPECT_EQ(ada().doubts_told(), 0U);
  world_.expect_all_well({&ada(), &phone(), &ben()});
  expect_no_fork();
}

TEST_P(Rollback, ACloneStaysOfflineWhileTheOriginalGoesOn) {
  const auto clone = copied(ada());
  clone->open();
  for (int turn = 0; turn < 4; ++turn) {
    write(*clone);
    write(ada());
    live();
    if (world_.draw(2) == 0) clone->reopen();
  }
  sync(ada(), ben());
  sync(*clone, world_.draw(2) == 0 ? ben() : phone());
  world_.expect_all_well({&ada(), clone.get(), &phone(), &ben()});
  expect_no_fork();
}

TEST_P(Rollback, TheHeadsFileOrTheVaultAloneIsPutBack) {
  constexpr std::string_view kNew = "another battery horse";
  ada().close();
  const Bytes heads = ada().files().contents("/home/heads");
  const Bytes vault = ada().files().contents("/home/vault");
  ada().open();
  write(ada());
  live();
  ada().close();
  ada().files().set_contents("/home/heads", heads);
  ada().open();  // a heads file may be behind after a crash: the store knows more, and goes on
  write(ada());
  ada().close();
  node::change_passphrase(
      Computer::kHome, as_bytes(kPassphrase), [&] { return crypto::SecretBytes::copied(as_bytes(kNew)); }, std::nullopt,
      ada().files());
  ada().files().set_contents("/home/vault", vault);
  EXPECT_ERROR(Errc::wrong_passphrase, ada().open(kNew));
  ada().open();
  write(ada());
  sync(ada(), ben());
  EXPECT_EQ(ada().doubts_told(), 0U);
  world_.expect_all_well({&ada(), &phone(), &ben()});
  expect_no_fork();
}

TEST_P(Rollback, TheStoreIsPutBackWithoutItsHeadsFile) {
  ada().close();
  MemoryFiles old{ada().image()};
  ada().open();
  write(ada());
  live();
  if (world_.draw(2) == 0) sync(ada(), ben());
  ada().close();
  for (const std::string& name : ada().files().children("/home/store")) ada().files().remove("/home/store/" + name);
  copy_files(old, "/home/store", ada().files(), "/home/store");
  ada().open();
  EXPECT_EQ(ada().doubts_told(), 1U);
  write(ada());
  sync(ada(), ben());
  write(ada());
  world_.expect_all_well({&ada(), &phone(), &ben()});
  expect_no_fork();
}

// Ben's program is changed: it runs twice from one disk, and tells each of Ada's devices something else.
TEST_P(Rollback, AForeignDeviceForksItsOwnLogTowardsTwoPeers) {
  sync(ada(), ben());
  ben().reopen();
  const auto twin = imaged(ben());
  world_.one_shared(ben());  // his two copies cannot meet, and what is private to one of them stays there
  world_.one_shared(*twin);
  sync(ada(), ben());
  sync(phone(), *twin);
  expect_forked();
  write(ada());
  EXPECT_TRUE(meet(ada(), phone())->one().exchange.so_far().up_to_date);  // it keeps nothing else from travelling
  const std::size_t forks = world_.forks();
  sync(ada(), *twin);  // whoever wrote it hears of it, and heals it, in one
  sync(phone(), *twin);
  sync(ada(), phone());
  EXPECT_EQ(world_.forks(), forks);
  world_.expect_all_well({&ada(), &phone(), &ben(), twin.get()});
}

INSTANTIATE_TEST_SUITE_P(Quick, Rollback, ::testing::Values(0));
INSTANTIATE_TEST_SUITE_P(Prove, Rollback, ::testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace attune::test
