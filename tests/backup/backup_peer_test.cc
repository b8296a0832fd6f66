// A backup without attune: the programs `age` and `zstd` open it, as docs/backup-format.md promises.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "backup/archives.h"
#include "support/needs.h"

namespace attune::backup {
namespace {

TEST(BackupPeer, AgeAndZstdOpenIt) {
  if (std::system("command -v age zstd > /dev/null") != 0) ATTUNE_NOT_RUN("the programs age and zstd are not here");
  std::string folder = testing::TempDir() + "attune-backup-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto root = test::person(std::byte{1});
  auto made = test::journal_of(root, test::person(std::byte{2}));
  const auto key = identity::self_key_from(root.self_seed, nullptr);
  made.logs.push_back(test::make_log("long", root.id, {}, key, std::vector<std::size_t>(2000, 300)));
  const auto plain = test::written(made, key);
  {
    std::ofstream file{folder + "/backup.age", std::ios::binary};
    crypto::AgeWriter age{root.backup_recipient, [&](BytesView bytes) { file << as_text(bytes); }};
    Compressor compressor{[&](BytesView bytes) { age.write(bytes); }};
    compressor.write(as_bytes(plain));
    compressor.finish();
    age.finish();
    std::ofstream{folder + "/identity"} << as_text(crypto::age_identity(root.backup).bytes());
  }
  const auto command =
      "cd '" + folder + "' && age -d -i identity backup.age > backup.zst && zstd -q -d backup.zst -o plain";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::ifstream opened{folder + "/plain", std::ios::binary};
  const std::string got{std::istreambuf_iterator<char>{opened}, {}};
  EXPECT_TRUE(got == plain);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace attune::backup
