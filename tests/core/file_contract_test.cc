#include <gtest/gtest.h>

#include "core/file_contract.h"

namespace attune::test {
namespace {

using Places = ::testing::Types<PosixPlace, MemoryPlace>;
TYPED_TEST_SUITE(FileContract, Places);

TYPED_TEST(FileContract, WhatWasAppendedIsReadAtAnyOffset) {
  this->write(this->at("a"), "hello world");
  const auto file = this->files().open(this->at("a"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size(), 11U);
  std::array<std::byte, 5> word{};
  EXPECT_EQ(file->read_at(6, word), 5U);
  EXPECT_EQ(as_text(word), "world");
}

TYPED_TEST(FileContract, ReadingPastTheEndGivesWhatThereIs) {
  this->write(this->at("a"), "abc");
  const auto file = this->files().open(this->at("a"));
  std::array<std::byte, 8> into{};
  EXPECT_EQ(file->read_at(1, into), 2U);
  EXPECT_EQ(file->read_at(3, into), 0U);
  EXPECT_EQ(file->read_at(1000, into), 0U);
}

TYPED_TEST(FileContract, AMissingFileIsNoError) {
  EXPECT_EQ(this->files().open(this->at("none")), nullptr);
  EXPECT_EQ(this->files().facts(this->at("none")), std::nullopt);
  EXPECT_FALSE(this->files().remove(this->at("none")));
  EXPECT_TRUE(this->files().children(this->at("none")).empty());
  EXPECT_EQ(read_file(this->files(), this->at("none"), 10), std::nullopt);
  this->files().remove_directory(this->at("none"));
}

TYPED_TEST(FileContract, CreateEmptiesWhatIsThere) {
  this->write(this->at("a"), "long text");
  this->write(this->at("a"), "b");
  EXPECT_EQ(this->text_of(this->at("a")), "b");
}

TYPED_TEST(FileContract, OverwritingReplacesTheBytesInTheirPlace) {
  this->write(this->at("a"), "a secret text");
  const auto before = this->files().facts(this->at("a"));
  this->files().overwrite(this->at("a"), as_bytes("XXXXXXXX"));
  EXPECT_EQ(this->text_of(this->at("a")), "XXXXXXXX text");
  EXPECT_EQ(this->files().facts(this->at("a"))->inode, before->inode);
  this->files().overwrite(this->at("none"), as_bytes("x"));
  EXPECT_EQ(this->files().facts(this->at("none")), std::nullopt);
}

TYPED_TEST(FileContract, FilesAreForTheirOwnerOnly) {
  this->write(this->at("a"), "x");
  this->files().make_directory(this->at("d"));
  EXPECT_EQ(this->files().facts(this->at("a"))->mode, 0600U);
  EXPECT_EQ(this->files().facts(this->at("d"))->mode, 0700U);
  EXPECT_FALSE(this->files().facts(this->at("a"))->directory);
  EXPECT_TRUE(this->files().facts(this->at("d"))->directory);
}

TYPED_TEST(FileContract, MakingADirectoryTwiceIsFineAndOverAFileIsNot) {
  this->files().make_directory(this->at("d"));
  this->files().make_directory(this->at("d"));
  this->write(this->at("a"), "x");
  EXPECT_ERROR(Errc::disk, this->files().make_directory(this->at("a")));
  EXPECT_EQ(this->text_of(this->at("a")), "x");
}

TYPED_TEST(FileContract, OnlyAnEmptyDirectoryIsRemoved) {
  this->files().make_directory(this->at("d"));
  this->write(this->at("d/a"), "x");
  EXPECT_ERROR(Errc::disk, this->files().remove_directory(this->at("d")));
  EXPECT_EQ(this->text_of(this->at("d/a")), "x");
  EXPECT_TRUE(this->files().remove(this->at("d/a")));
  this->files().remove_directory(this->at("d"));
  EXPECT_EQ(this->files().facts(this->at("d")), std::nullopt);
}

TYPED_TEST(FileContract, ADirectoryIsNotOpenedAsAFile) {
  this->files().make_directory(this->at("d"));
  EXPECT_ERROR(Errc::disk, this->files().open(this->at("d")));
  EXPECT_ERROR(Errc::disk, this->files().create(this->at("d")));
}

TYPED_TEST(FileContract, NothingIsCreatedBelowAMissingDirectory) {
  EXPECT_ERROR(Errc::disk, this->files().create(this->at("none/a")));
  EXPECT_ERROR(Errc::disk, this->files().sync_directory(this->at("none")));
}

TYPED_TEST(FileContract, ChildrenAreTheNamesInADirectory) {
  this->write(this->at("b"), "");
  this->write(this->at("a"), "");
  this->files().make_directory(this->at("c"));
  auto names = this->files().children(this->directory());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "c"}));
}

TYPED_TEST(FileContract, RenameReplacesAFileAndKeepsItsInode) {
  this->write(this->at("old"), "old");
  this->write(this->at("new"), "new");
  const auto inode = this->files().facts(this->at("new"))->inode;
  this->files().rename(this->at("new"), this->at("old"));
  EXPECT_EQ(this->text_of(this->at("old")), "new");
  EXPECT_EQ(this->files().facts(this->at("old"))->inode, inode);
  EXPECT_EQ(this->files().open(this->at("new")), nullptr);
  EXPECT_ERROR(Errc::disk, this->files().rename(this->at("none"), this->at("old")));
}

TYPED_TEST(FileContract, RenameOverReplacesAFile) {
  this->write(this->at("old"), "old");
  this->write(this->at("new"), "new");
  this->files().rename_over(this->at("new"), this->at("old"), as_bytes("XXX"));
  EXPECT_EQ(this->text_of(this->at("old")), "new");
  EXPECT_EQ(this->files().open(this->at("new")), nullptr);
  EXPECT_ERROR(Errc::disk, this->files().rename_over(this->at("none"), this->at("old"), as_bytes("XXX")));
  EXPECT_EQ(this->text_of(this->at("old")), "new");
}

TYPED_TEST(FileContract, RenameMovesADirectoryWithWhatIsInIt) {
  this->files().make_directory(this->at("d"));
  this->write(this->at("d/a"), "x");
  this->files().rename(this->at("d"), this->at("e"));
  EXPECT_EQ(this->text_of(this->at("e/a")), "x");
}

TYPED_TEST(FileContract, AFileThatWasRemovedCanBeReadByWhoHasItOpen) {
  this->write(this->at("a"), "x");
  const auto file = this->files().open(this->at("a"));
  EXPECT_TRUE(this->files().remove(this->at("a")));
  this->files().sync_directory(this->directory());
  std::array<std::byte, 1> into{};
  EXPECT_EQ(file->read_at(0, into), 1U);
  EXPECT_EQ(as_text(into), "x");
}

TYPED_TEST(FileContract, ALockIsHeldOnceAndFreeAfterItsHolder) {
  auto first = this->files().try_lock(this->at("lock"));
  ASSERT_TRUE(first);
  EXPECT_EQ(this->files().try_lock(this->at("lock")), nullptr);
  first.reset();
  EXPECT_NE(this->files().try_lock(this->at("lock")), nullptr);
}

TYPED_TEST(FileContract, ReplaceFileLeavesTheNewContentsAndNoOtherFile) {
  replace_file(this->files(), this->at("a"), as_bytes("one"));
  replace_file(this->files(), this->at("a"), as_bytes("two"));
  EXPECT_EQ(this->text_of(this->at("a")), "two");
  EXPECT_EQ(this->files().children(this->directory()).size(), 1U);
}

TYPED_TEST(FileContract, AFileLargerThanItsLimitIsDamaged) {
  this->write(this->at("a"), "12345");
  EXPECT_EQ(read_file(this->files(), this->at("a"), 5)->size(), 5U);
  EXPECT_ERROR(Errc::damaged, read_file(this->files(), this->at("a"), 4));
}

TYPED_TEST(FileContract, RemoveTreeTakesEverythingBelow) {
  this->files().make_directory(this->at("d"));
  this->files().make_directory(this->at("d/e"));
  this->write(this->at("d/e/a"), "x");
  this->write(this->at("d/b"), "x");
  remove_tree(this->files(), this->at("d"));
  EXPECT_EQ(this->files().facts(this->at("d")), std::nullopt);
  remove_tree(this->files(), this->at("d"));
}

TYPED_TEST(FileContract, APrivateDirectoryIsOursAndClosed) {
  this->files().make_directory(this->at("d"));
  check_private_directory(this->files(), this->at("d"));
  this->write(this->at("a"), "x");
  EXPECT_ERROR(Errc::refused, check_private_directory(this->files(), this->at("a")));
}

}  // namespace
}  // namespace attune::test
