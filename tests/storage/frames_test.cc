// Frames and pages by themselves: what is a torn tail, what is tampering.
#include <gtest/gtest.h>

#include "storage/frames.h"

#include "storage/fixture.h"
#include "storage/pages.h"

namespace attune::storage::test {
namespace {

class Sealed : public StoreTest {
 protected:
  static constexpr FileName kLog{FileType::log, 7};
  static constexpr FileName kTable{FileType::table, 8};
  const std::string log = "/store/000007.log";
  const std::string table = "/store/000008.ldb";

  template <class Writer>
  Writer writer(const std::string& path, const FileName& name) {
    auto file = files.create(path);
    auto seal = new_seal(key, name);
    file->append(header_of(key, name, seal.id));
    file->sync();
    if constexpr (std::is_same_v<Writer, FrameWriter>) {
      return Writer{std::move(file), std::move(seal), name.type};
    } else {
      return Writer{std::move(file), std::move(seal)};
    }
  }
  static void frame(FrameWriter& to, std::string_view text) {
    to.append(as_bytes(text));
    to.flush();
  }
  RecoveredFrames recovered() { return recover_frames(*files.open(log), log, kLog, key); }
  std::string text() { return to_string(recovered().plain); }
  // A frame of these tests has one letter.
  static std::uint64_t frame_at(std::uint64_t n) { return kHeaderSize + n * (kFrameOverhead + 1); }
};

// A system that read one bit wrongly, and hands out what it has until it is told to let go of it.
class CachedWrongly final : public ReadFile {
 public:
  CachedWrongly(std::unique_ptr<ReadFile> disk, std::uint64_t wrong) : disk_{std::move(disk)}, wrong_{wrong} {}
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::size_t read = disk_->read_at(offset, into);
    if (cached_ && wrong_ >= offset && wrong_ < offset + read) into[wrong_ - offset] ^= std::byte{1};
    return read;
  }
  std::uint64_t size() const override { return disk_->size(); }
  void drop_cached() const override { cached_ = false; }

 private:
  std::unique_ptr<ReadFile> disk_;
  std::uint64_t wrong_;
  mutable bool cached_ = true;
};

TEST_F(Sealed, WhatTheSystemKeepsOfATornEndIsNotBelieved) {
  auto to = writer<FrameWriter>(log, kLog);
  for (const auto* letter : {"a", "b"}) frame(to, letter);
  to.sync();
  const CachedWrongly file{files.open(log), frame_at(1) + 5};
  EXPECT_EQ(to_string(recover_frames(file, log, kLog, key).plain), "ab");
}

TEST_F(Sealed, AFrameThatIsLostWhileALaterOneSurvivesIsACrashIfNeitherWasSynced) {
  auto to = writer<FrameWriter>(log, kLog);
  frame(to, "a");
  to.sync();
  for (const auto* letter : {"b", "c", "d"}) frame(to, letter);
  files.flip_bit(log, frame_at(1) + 5);
  EXPECT_EQ(text(), "a");
}

TEST_F(Sealed, AFrameThatWasSyncedBeforeALaterOneIsTampering) {
  auto to = writer<FrameWriter>(log, kLog);
  frame(to, "a");
  to.sync();
  frame(to, "b");
  EXPECT_EQ(text(), "ab");
  files.flip_bit(log, frame_at(0) + 5);  // the later frame says that this one was durable
  EXPECT_ERROR(Errc::tampered, recovered());
}

TEST_F(Sealed, TheClosingFrameVouchesForWhatWasSynced) {
  auto to = writer<FrameWriter>(log, kLog);
  frame(to, "a");
  frame(to, "b");
  to.sync();
  to.finish({{3, FileId{}, 99}});
  const auto found = recovered();
  EXPECT_EQ(as_text(found.plain), "ab");
  ASSERT_EQ(found.others.size(), 1U);
  EXPECT_EQ(found.others[0].number, 3U);
  EXPECT_EQ(found.others[0].upto, 99U);
  for (const std::uint64_t n : {0, 1}) {
    files.flip_bit(log, frame_at(n) + 20);
    EXPECT_ERROR(Errc::tampered, recovered());
    files.flip_bit(log, frame_at(n) + 20);
  }
  auto longer = files.contents(log);
  longer.resize(longer.size() + 60);
  files.set_contents(log, longer);
  EXPECT_ERROR(Errc::tampered, recovered());  // nothing comes after the closing frame
}

TEST_F(Sealed, FramesDoNotOpenInAnotherOrder) {
  auto to = writer<FrameWriter>(log, kLog);
  for (const auto* letter : {"a", "b"}) frame(to, letter);
  to.sync();
  frame(to, "c");
  auto swapped = files.contents(log);
  const auto at = [&](std::uint64_t n) { return swapped.begin() + static_cast<std::ptrdiff_t>(frame_at(n)); };
  std::swap_ranges(at(0), at(1), at(1));
  files.set_contents(log, swapped);
  EXPECT_ERROR(Errc::tampered, recovered());
}

TEST_F(Sealed, MuchInOneFlushBecomesSeveralFramesAndComesBackWhole) {
  const auto big = text_for(1, 200'000);
  auto to = writer<FrameWriter>(log, kLog);
  frame(to, big);
  to.sync();
  EXPECT_EQ(text(), big);
}

TEST_F(Sealed, NoTwoFilesOrFramesAreSealedAlike) {
  auto to = writer<FrameWriter>(log, kLog);
  frame(to, "same text");
  frame(to, "same text");
  const auto once = files.contents(log);
  const BytesView first = BytesView{once}.subspan(kHeaderSize + kFrameHead, 9);
  const BytesView second = BytesView{once}.subspan(kHeaderSize + 9 + kFrameOverhead + kFrameHead, 9);
  EXPECT_FALSE(equal(first, second));
  auto again = writer<FrameWriter>(log, kLog);
  EXPECT_FALSE(equal(BytesView{once}.first(kHeaderSize), files.contents(log)));
}

class SealedPages : public Sealed {
 protected:
  std::string write(std::size_t size) {
    auto written = text_for(size, size);
    auto to = writer<PageWriter>(table, kTable);
    for (std::size_t at = 0; at < size; at += 5000) to.append(as_bytes(std::string_view{written}.substr(at, 5000)));
    to.finish();
    return written;
  }
  [[nodiscard]] PageReader reader() const { return PageReader{files.open(table), table, kTable, key}; }
  std::string read(std::uint64_t offset, std::size_t count) const {
    std::string into(count, '?');
    const auto got = reader().read(offset, std::as_writable_bytes(std::span{into}));
    return into.substr(0, got);
  }
};

TEST_F(SealedPages, AnyPartOfAnySizeIsReadBack) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kPageSize - 1, kPageSize, kPageSize + 1, 3 * kPageSize}) {
    const auto written = write(size);
    EXPECT_EQ(reader().size(), size);
    EXPECT_EQ(plain_size(files.contents(table).size()), size);
    EXPECT_EQ(read(0, size + 10), written);
    EXPECT_EQ(read(size, 10), "");
    const std::size_t near_edge = std::min(size, kPageSize - 3);
    EXPECT_EQ(read(near_edge, 20), written.substr(near_edge, 20));
  }
}

TEST_F(SealedPages, RefusesAPageMovedToAnotherPlace) {
  const auto written = write(3 * kPageSize);
  auto swapped = files.contents(table);
  const auto at = [&](std::size_t n) {
    return swapped.begin() + static_cast<std::ptrdiff_t>(kHeaderSize + n * kSealedPage);
  };
  std::swap_ranges(at(0), at(1), at(1));
  files.set_contents(table, swapped);
  EXPECT_ERROR(Errc::tampered, read(0, 10));
  EXPECT_ERROR(Errc::tampered, read(kPageSize, 10));
  EXPECT_EQ(read(2 * kPageSize, 10), written.substr(2 * kPageSize, 10));
}

TEST_F(SealedPages, RefusesAFileThatWasCutAtAPage) {
  write(3 * kPageSize);
  for (const std::size_t pages : {0, 1, 2}) {
    files.truncate(table, kHeaderSize + pages * kSealedPage);
    EXPECT_ERROR(Errc::tampered, reader());
  }
}

}  // namespace
}  // namespace attune::storage::test
