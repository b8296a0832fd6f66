// The program `age` as an independent peer: each opens what the other wrote.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/age_files.h"
#include "crypto/random.h"
#include "support/needs.h"

namespace attune::crypto {
namespace {

class AgePeer : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v age age-keygen > /dev/null") != 0) ATTUNE_NOT_RUN("the program age is not here");
    std::string name = testing::TempDir() + "attune-age-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  void put(const std::string& name, std::string_view bytes) {
    std::ofstream{folder_ / name, std::ios::binary} << bytes;
  }
  std::string get(const std::string& name) {
    std::ifstream file{folder_ / name, std::ios::binary};
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  }
  bool run(const std::string& command) {
    return std::system(("cd '" + folder_.string() + "' && " + command + " 2> errors").c_str()) == 0;
  }

  std::filesystem::path folder_;
};

std::string some_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  random_fill(std::as_writable_bytes(std::span{bytes}));
  return bytes;
}

TEST_F(AgePeer, OpensWhatAttuneWrites) {
  const auto identity = random_secret<BackupSecret>();
  put("identity", as_text(age_identity(identity).bytes()));
  for (const std::size_t size : {0UL, 1UL, 65535UL, 65536UL, 65537UL, 131072UL, 300000UL}) {
    const auto plain = some_bytes(size);
    put("file.age", test::encrypted(x25519_public(identity.bytes()), plain));
    ASSERT_TRUE(run("age -d -i identity -o plain file.age")) << get("errors");
    EXPECT_TRUE(get("plain") == plain) << size;
  }
}

TEST_F(AgePeer, WritesWhatAttuneOpens) {
  const auto identity = random_secret<BackupSecret>();
  const auto recipient = age_recipient(x25519_public(identity.bytes()));
  for (const std::size_t size : {0UL, 1UL, 65535UL, 65536UL, 65537UL, 131072UL, 300000UL}) {
    const auto plain = some_bytes(size);
    put("plain", plain);
    ASSERT_TRUE(run("age -r " + recipient + " -o file.age plain")) << get("errors");
    EXPECT_TRUE(test::decrypted(identity, get("file.age")) == plain) << size;
  }
}

TEST_F(AgePeer, AgreesOnHowKeysAreWritten) {
  const auto identity = random_secret<BackupSecret>();
  put("identity", as_text(age_identity(identity).bytes()));
  ASSERT_TRUE(run("age-keygen -y identity > recipient")) << get("errors");
  EXPECT_EQ(get("recipient"), age_recipient(x25519_public(identity.bytes())) + "\n");
}

}  // namespace
}  // namespace attune::crypto
