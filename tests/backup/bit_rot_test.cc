// Every bit of a backup turned, every length, its chunks moved, dropped, taken from another: it is refused, always.
#include <gtest/gtest.h>

#include "backup/archives.h"
#include "backup/backup.h"
#include "backup/compress.h"
#include "support/counted.h"
#include "support/damage.h"
#include "support/error_matcher.h"
#include "support/memory_files.h"

namespace attune::backup {
namespace {

constexpr const char* kFile = "journal.age";
constexpr std::size_t kChunk = (64 << 10) + 16;  // age's, sealed

// Every so many bits and lengths.
class BackupRot : public ::testing::TestWithParam<std::size_t> {
 protected:
  // Each record is erased: what is left of it, some fifty bytes, does not compress.
  [[nodiscard]] Bytes backup_of(std::size_t records, const std::string& log = "many") const {
    auto made = test::journal_of(ada, ben);
    const auto key = identity::self_key_from(ada.self_seed, nullptr);
    made.logs.push_back(test::make_log(log, ada.id, {}, key, std::vector<std::size_t>(records, 0)));
    made.entries += records;
    Bytes file;
    crypto::AgeWriter age{ada.backup_recipient, [&](BytesView bytes) { append(file, bytes); }};
    Compressor compressor{[&](BytesView bytes) { age.write(bytes); }};
    compressor.write(as_bytes(test::written(made, key)));
    compressor.finish();
    age.finish();
    return file;
  }
  [[nodiscard]] Facts verified(BytesView file) {
    files.set_contents(kFile, to_bytes(file));
    return verify(files, kFile, ada, {});
  }
  // With another stanza it may look as if it were somebody else's, and only then.
  enum class Stanza { whole, changed };
  void expect_refused(BytesView file, Stanza stanza = Stanza::whole) {
    damages.one();
    try {
      static_cast<void>(verified(file));
      ADD_FAILURE() << "taken for a backup";
    } catch (const Error& error) {
      if (stanza == Stanza::changed && error.code() == Errc::wrong_words) return;
      attune::test::expect_damage(error, {kFile});
    }
  }
  // The lines of the header that hold the file's key, sealed for the words.
  static std::string_view stanza_of(const Bytes& file) {
    const std::string_view text = as_text(file);
    const std::size_t begin = text.find("\n-> ") + 1;
    return text.substr(begin, text.find("\n---") + 1 - begin);
  }
  // The text of the header, the nonce of the payload, and each chunk.
  static std::vector<Bytes> pieces_of(const Bytes& file) {
    const std::string_view text = as_text(file);
    const std::size_t header = text.find('\n', text.find("\n---") + 1) + 1;
    std::vector<Bytes> pieces;
    std::size_t at = 0;
    for (std::size_t size : {header, std::size_t{16}}) {
      pieces.push_back(to_bytes(BytesView{file}.subspan(at, size)));
      at += size;
    }
    for (; at < file.size(); at += pieces.back().size()) {
      pieces.push_back(to_bytes(BytesView{file}.subspan(at, std::min(kChunk, file.size() - at))));
    }
    return pieces;
  }
  static Bytes joined_of(const std::vector<Bytes>& pieces) {
    Bytes file;
    for (const Bytes& piece : pieces) append(file, piece);
    return file;
  }

  attune::test::MemoryFiles files;
  identity::Root ada = test::person(std::byte{1});
  identity::Root ben = test::person(std::byte{2});
  attune::test::Counted damages{attune::test::kDamages};
};

TEST_P(BackupRot, EveryBit) {
  const Bytes file = backup_of(60);
  ASSERT_EQ(verified(file).records, 66U);
  ASSERT_GT(file.size(), kChunk);  // padded, so that its size does not tell how much is in it
  ASSERT_LT(file.size(), 2 * kChunk);
  const std::string_view stanza = stanza_of(file);
  const auto begin = static_cast<std::size_t>(stanza.data() - as_text(file).data());
  attune::test::each_bit(file, GetParam(), [&](const Bytes& changed) {
    const bool same = as_text(changed).substr(begin, stanza.size()) == stanza;
    expect_refused(changed, same ? Stanza::whole : Stanza::changed);
  });
}

TEST_P(BackupRot, EveryOtherLength) {
  Bytes file = backup_of(60);
  attune::test::each_length(file, GetParam(), [&](const Bytes& cut) { expect_refused(cut); });
  file.push_back(std::byte{0});
  expect_refused(file);
}

// It is whole, and no file can tell that there is a newer one: what it says of itself does.
TEST_P(BackupRot, AnOlderOneInItsPlaceIsTheOlderOne) {
  const Bytes older = backup_of(60);
  const Bytes newer = backup_of(70);
  EXPECT_EQ(verified(older).records, 66U);
  EXPECT_EQ(verified(newer).records, 76U);
  EXPECT_EQ(verified(older).records, 66U);
  damages.harmless();
}

TEST_P(BackupRot, CutAroundEachEdgeOfAChunk) {
  const Bytes file = backup_of(6'000);
  std::size_t edge = 0;
  const auto pieces = pieces_of(file);
  ASSERT_GT(pieces.size(), 5U);
  for (const Bytes& piece : pieces) {
    for (const std::size_t size : {edge + 1, edge, edge - (edge == 0 ? 0 : 1)}) {
      SCOPED_TRACE(size);
      expect_refused(BytesView{file}.first(size));
    }
    edge += piece.size();
  }
}

TEST_P(BackupRot, PiecesSwappedDroppedDoubledOrOfAnotherBackup) {
  const auto mine = pieces_of(backup_of(6'000));
  const auto other = pieces_of(backup_of(6'000, "other"));
  const auto again = pieces_of(backup_of(6'000));  // the same contents under another file key
  EXPECT_EQ(verified(joined_of(mine)).records, 6'006U);
  for (std::size_t i = 0; i < mine.size(); ++i) {
    SCOPED_TRACE(i);
    for (const auto* from : {&other, &again}) {
      auto spliced = mine;
      spliced[i] = from->at(i);
      expect_refused(joined_of(spliced));
      spliced.assign(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(i));
      spliced.insert(spliced.end(), from->begin() + static_cast<std::ptrdiff_t>(i), from->end());
      if (i > 0) expect_refused(joined_of(spliced));
    }
    auto dropped = mine;
    dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(i));
    expect_refused(joined_of(dropped));
    auto doubled = mine;
    doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(i), mine[i]);
    expect_refused(joined_of(doubled));
    for (std::size_t k = i + 1; k < mine.size(); ++k) {
      auto swapped = mine;
      std::swap(swapped[i], swapped[k]);
      expect_refused(joined_of(swapped));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Quick, BackupRot, ::testing::Values(1009));
INSTANTIATE_TEST_SUITE_P(Prove, BackupRot, ::testing::Values(1));

}  // namespace
}  // namespace attune::backup
