#include <gtest/gtest.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "core/file_contract.h"
#include "support/every_cut.h"

namespace attune::test {
namespace {

TEST(Path, ParentIsWhatStandsBeforeTheLastName) {
  EXPECT_EQ(parent_of("a"), ".");
  EXPECT_EQ(parent_of("a/b"), "a");
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(parent_of("/a/b/"), "/a");
  EXPECT_EQ(parent_of("a//b"), "a");
  EXPECT_EQ(parent_of("/"), "/");
  EXPECT_EQ(parent_of(""), ".");
}

TEST(Path, JoinedPutsOneSlashBetween) {
  EXPECT_EQ(joined("a", "b"), "a/b");
  EXPECT_EQ(joined("a/", "b"), "a/b");
  EXPECT_EQ(joined("/", "b"), "/b");
  EXPECT_EQ(joined("", "b"), "b");
}

class Posix : public ::testing::Test {
 protected:
  PosixPlace place;
  std::string at(std::string_view name) const { return joined(place.directory, name); }
};

TEST_F(Posix, ASymbolicLinkIsNeverFollowed) {
  replace_file(place.files, at("target"), as_bytes("secret"));
  ASSERT_EQ(::symlink(at("target").c_str(), at("link").c_str()), 0);
  EXPECT_ERROR(Errc::disk, place.files.open(at("link")));
  EXPECT_ERROR(Errc::disk, place.files.create(at("link")));
  EXPECT_ERROR(Errc::disk, place.files.try_lock(at("link")));
  EXPECT_EQ(to_string(*read_file(place.files, at("target"), 100)), "secret");
  EXPECT_FALSE(place.files.facts(at("link"))->directory);
}

// How much of a file the system holds in memory, from 0 to 1; nullopt where it does not say.
std::optional<double> share_held(const std::string& path, std::size_t size) {
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, number, 0);
  ::close(number);
  if (at == MAP_FAILED) return std::nullopt;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((size + page - 1) / page);
  const int looked = ::mincore(at, size, pages.data());
  ::munmap(at, size);
  if (looked != 0) return std::nullopt;
  const auto held = std::ranges::count_if(pages, [](unsigned char one) { return (one & 1U) != 0; });
  return static_cast<double>(held) / static_cast<double>(pages.size());
}

TEST_F(Posix, WhatTheSystemKeepsOfAFileIsDropped) {
  struct statfs where{};
  ASSERT_EQ(::statfs(place.directory.c_str(), &where), 0);
  if (where.f_type == TMPFS_MAGIC || where.f_type == RAMFS_MAGIC) GTEST_SKIP() << "it stands in memory alone";
  const Bytes bytes(4U << 20U, std::byte{7});
  replace_file(place.files, at("a"), bytes);
  const auto before = share_held(at("a"), bytes.size());
  if (!before || *before < 0.8) GTEST_SKIP() << "this file system does not say what it holds";
  place.files.open(at("a"))->drop_cached();
  EXPECT_LT(share_held(at("a"), bytes.size()).value_or(1), 0.2);
}

TEST_F(Posix, RenameOverOverwritesWhatTheNameStoodForBefore) {
  replace_file(place.files, at("a"), as_bytes("a secret text"));
  ASSERT_EQ(::link(at("a").c_str(), at("kept").c_str()), 0);  // what a disk may still hold of it
  replace_file_over(place.files, at("a"), as_bytes("another"), as_bytes("XXXXXXXX"));
  EXPECT_EQ(to_string(*read_file(place.files, at("a"), 100)), "another");
  EXPECT_EQ(to_string(*read_file(place.files, at("kept"), 100)), "XXXXXXXX text");
}

TEST_F(Posix, RemoveTreeTakesALinkAndNotWhereItLeads) {
  place.files.make_directory(at("d"));
  place.files.make_directory(at("kept"));
  replace_file(place.files, at("kept/a"), as_bytes("x"));
  ASSERT_EQ(::symlink(at("kept").c_str(), at("d/link").c_str()), 0);
  remove_tree(place.files, at("d"));
  EXPECT_NE(place.files.open(at("kept/a")), nullptr);
}

TEST_F(Posix, AFifoUnderAFilesNameNeitherStopsNorTricksUs) {
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  EXPECT_ERROR(Errc::disk, place.files.open(at("fifo")));
  EXPECT_ERROR(Errc::disk, place.files.create(at("fifo")));
}

TEST_F(Posix, AFileThatOthersCouldReadIsClosedToThemWhenWeWriteIt) {
  replace_file(place.files, at("a"), as_bytes("x"));
  ASSERT_EQ(::chmod(at("a").c_str(), 0666), 0);
  place.files.create(at("a"))->close();
  EXPECT_EQ(place.files.facts(at("a"))->mode, 0600U);
}

TEST_F(Posix, ADirectoryThatOthersMayEnterIsRefused) {
  for (const mode_t open : {mode_t{0750}, mode_t{0701}, mode_t{0770}, mode_t{0755}}) {
    ASSERT_EQ(::chmod(place.directory.c_str(), open), 0);
    EXPECT_ERROR(Errc::refused, check_private_directory(place.files, place.directory));
  }
  ASSERT_EQ(::chmod(place.directory.c_str(), 0700), 0);
  check_private_directory(place.files, place.directory);
}

TEST(MemoryFiles, APowerCutTakesWhatWasNotSynced) {
  MemoryPlace place;
  place.files.sync_directory("/");
  auto file = place.files.create("/home/a");
  file->append(as_bytes("kept"));
  file->sync();
  place.files.sync_directory("/home");
  file->append(as_bytes("lost"));
  place.files.restart({PowerCut::Data::dropped, PowerCut::Names::dropped});
  EXPECT_EQ(to_string(place.files.contents("/home/a")), "kept");
  EXPECT_ERROR(Errc::disk, file->append(as_bytes("late")));
}

TEST(MemoryFiles, ANameThatWasNotSyncedMayGoWithAllThatWas) {
  MemoryPlace place;
  place.files.sync_directory("/");
  auto file = place.files.create("/home/a");
  file->append(as_bytes("text"));
  file->sync();
  place.files.restart({PowerCut::Data::kept, PowerCut::Names::dropped});
  EXPECT_EQ(place.files.open("/home/a"), nullptr);
}

TEST(MemoryFiles, ReplaceFileSurvivesAPowerCutAtEveryCall) {
  MemoryPlace place;
  place.files.sync_directory("/");
  replace_file(place.files, "/home/a", as_bytes("old contents"));
  place.files.record();
  replace_file(place.files, "/home/a", as_bytes("new and longer contents"));
  EveryCut every{Cuts::all};
  for (std::size_t n = 0; n <= place.files.recorded(); ++n) {
    const bool returned = n == place.files.recorded();
    every.after(n, returned ? 1 : 0, place.files, [returned](MemoryFiles& left) {
      const auto text = to_string(left.contents("/home/a"));
      EXPECT_TRUE(text == "new and longer contents" || (text == "old contents" && !returned)) << text;
    });
  }
  EXPECT_EQ(every.disks(), 12U);  // old, new, and beside the old one: an empty file, a whole one, zeros, 7 torn ones
}

TEST(MemoryFiles, ReplaceFileLeavesTheOldContentsWhicheverCallFails) {
  for (std::size_t nth = 1;; ++nth) {
    MemoryPlace place;
    replace_file(place.files, "/home/a", as_bytes("old"));
    place.files.fail_call(nth);
    try {
      replace_file(place.files, "/home/a", as_bytes("new"));
      EXPECT_GT(nth, 4U);
      return;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::disk);
    }
    const auto text = to_string(place.files.contents("/home/a"));
    EXPECT_TRUE(text == "old" || text == "new");
  }
}

}  // namespace
}  // namespace attune::test
