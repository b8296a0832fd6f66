#include "core/stopping_files.h"

#include <gmock/gmock.h>

#include <functional>
#include <vector>

#include "support/error_matcher.h"
#include "support/memory_files.h"

namespace attune::test {
namespace {

class Stopping : public ::testing::Test {
 protected:
  static constexpr auto* kPath = "/a";

  void expect_nothing_is_changed() {
    const auto calls = disk.calls();
    const std::vector<std::function<void()>> changes{[&] { static_cast<void>(files.create("/b")); },
                                                     [&] { files.make_directory("/c"); },
                                                     [&] { files.remove_directory("/c"); },
                                                     [&] { files.overwrite(kPath, as_bytes("x")); },
                                                     [&] { static_cast<void>(files.remove(kPath)); },
                                                     [&] { files.rename(kPath, "/d"); },
                                                     [&] { files.rename_over(kPath, kPath, {}); },
                                                     [&] { files.sync_directory("/"); },
                                                     [&] { open_file->append(as_bytes("more")); },
                                                     [&] { open_file->sync(); },
                                                     [&] { open_file->close(); }};
    for (const auto& change : changes) {
      try {
        change();
        ADD_FAILURE() << "done";
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::disk);
        EXPECT_THAT(error.what(), ::testing::HasSubstr("since an earlier fault"));
      }
    }
    EXPECT_EQ(disk.calls(), calls);
    EXPECT_EQ(files.open(kPath)->size(), 5U);
    EXPECT_TRUE(files.facts(kPath));
    EXPECT_EQ(files.children("/").size(), 1U);
  }

  MemoryFiles disk;
  StoppingFiles files{disk};
  std::unique_ptr<WriteFile> open_file = [this] {
    auto file = files.create(kPath);
    file->append(as_bytes("first"));
    file->sync();
    return file;
  }();
};

TEST_F(Stopping, AfterAFailedSyncNothingIsChangedAndReadingGoesOn) {
  disk.fail_next(Change::Kind::sync);
  EXPECT_ERROR(Errc::disk, open_file->sync());
  expect_nothing_is_changed();
}

TEST_F(Stopping, AfterAnyOtherChangeThatFailedAsWell) {
  disk.fail_next(Change::Kind::sync_directory);
  EXPECT_ERROR(Errc::disk, files.sync_directory("/"));
  expect_nothing_is_changed();
}

TEST_F(Stopping, AfterWhatItsOwnerFoundAsWell) {
  files.stop(Error{Errc::disk, "what a change builds on is gone"});
  expect_nothing_is_changed();
}

TEST_F(Stopping, WhoeverPassesItsAnswerOnSaysItOnce) {
  const Error once = stopped_by(Error{Errc::disk, "no space"});
  EXPECT_STREQ(stopped_by(once).what(), once.what());
}

TEST_F(Stopping, AReadThatFailsStopsNothing) {
  disk.fail_look(1);
  EXPECT_ERROR(Errc::disk, files.facts(kPath));
  open_file->append(as_bytes(" and second"));
  EXPECT_EQ(files.open(kPath)->size(), 16U);
}

}  // namespace
}  // namespace attune::test
