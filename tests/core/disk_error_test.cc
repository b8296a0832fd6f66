#include <gtest/gtest.h>

#include "core/disk_error.h"

#include <gmock/gmock.h>

#include <array>
#include <cerrno>
#include <string>

#include "core/file.h"

namespace attune {
namespace {

using testing::HasSubstr;

TEST(DiskError, NamesWhatWhereAndWhy) {
  const Error error = disk_error("read", "/a/b", EACCES);
  EXPECT_EQ(error.code(), Errc::disk);
  EXPECT_EQ(std::string{error.what()}, "cannot read /a/b: Permission denied");
}

// The usual hint sends people to look for room on the disk, which helps against nothing but a full one.
TEST(DiskError, HintsByItsCause) {
  EXPECT_THAT(std::string{disk_hint(ENOSPC)}, HasSubstr("room"));
  for (const int cause : std::array{EACCES, EPERM, EROFS, ENOENT, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EPIPE}) {
    EXPECT_FALSE(disk_hint(cause).empty()) << cause;
    EXPECT_EQ(disk_hint(cause).find("room"), std::string_view::npos) << cause;
  }
  EXPECT_TRUE(disk_hint(EIO).empty());
}

TEST(DiskError, OfAFileThatIsNoFolderSaysSo) {
  PosixFiles files;
  try {
    static_cast<void>(files.create("/dev/null/x"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(), disk_hint(ENOTDIR));
  }
}

}  // namespace
}  // namespace attune
