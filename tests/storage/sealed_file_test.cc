#include <gtest/gtest.h>

#include "storage/sealed_file.h"

#include "storage/fixture.h"

namespace attune::storage::test {
namespace {

class SealedFile : public StoreTest {
 protected:
  std::string path = "/store/heads";
};

TEST_F(SealedFile, GivesBackWhatWasWritten) {
  EXPECT_EQ(read_sealed_file(files, path, "heads", key), std::nullopt);
  write_sealed_file(files, path, "heads", key, as_bytes("first"));
  write_sealed_file(files, path, "heads", key, as_bytes("second"));
  EXPECT_EQ(as_text(*read_sealed_file(files, path, "heads", key)), "second");
  write_sealed_file(files, path, "heads", key, {});
  EXPECT_TRUE(read_sealed_file(files, path, "heads", key)->empty());
}

TEST_F(SealedFile, OpensOnlyInItsRoleAndUnderItsKey) {
  write_sealed_file(files, path, "heads", key, as_bytes("text"));
  EXPECT_ERROR(Errc::tampered, read_sealed_file(files, path, "tails", key));
  EXPECT_ERROR(Errc::tampered, read_sealed_file(files, path, "heads", store_key(2)));
}

TEST_F(SealedFile, AnyFlippedBitAndAnyOtherLengthIsTampering) {
  write_sealed_file(files, path, "heads", key, as_bytes("text"));
  const auto whole = files.contents(path);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      files.flip_bit(path, at, bit);
      EXPECT_ERROR(Errc::tampered, read_sealed_file(files, path, "heads", key));
      files.flip_bit(path, at, bit);
    }
    files.set_contents(path, Bytes{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at)});
    EXPECT_ERROR(Errc::tampered, read_sealed_file(files, path, "heads", key));
    files.set_contents(path, whole);
  }
  auto longer = whole;
  longer.push_back(std::byte{0});
  files.set_contents(path, longer);
  EXPECT_ERROR(Errc::tampered, read_sealed_file(files, path, "heads", key));
}

TEST_F(SealedFile, HidesItsTextAndNeverSealsAlike) {
  write_sealed_file(files, path, "heads", key, as_bytes("a text to look for"));
  const auto once = files.contents(path);
  EXPECT_FALSE(on_disk("look for"));
  write_sealed_file(files, path, "heads", key, as_bytes("a text to look for"));
  EXPECT_NE(files.contents(path), once);
}

}  // namespace
}  // namespace attune::storage::test
