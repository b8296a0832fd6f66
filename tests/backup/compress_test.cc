#include "backup/compress.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <rapidcheck/gtest.h>

#include "backup/archives.h"
#include "support/error_matcher.h"

namespace attune::backup {
namespace {

using test::source_of;

std::string compressed(std::string_view plain, std::size_t at_once = 1000) {
  std::string out;
  Compressor compressor{[&](BytesView bytes) { append(out, bytes); }};
  for (; !plain.empty(); plain.remove_prefix(std::min(plain.size(), at_once))) {
    compressor.write(as_bytes(plain.substr(0, at_once)));
  }
  compressor.finish();
  return out;
}

std::string decompressed(std::string_view file, std::size_t at_once = 1000) {
  Decompressor decompressor{source_of(file)};
  std::string plain;
  Bytes buffer(at_once);
  for (std::size_t size = at_once; size == at_once;) {
    size = decompressor.read(buffer);
    append(plain, BytesView{buffer}.first(size));
  }
  return plain;
}

std::string prose(std::size_t size) {
  std::string text;
  for (std::uint32_t i = 1; text.size() < size; i = i * 1103515245 + 12345) text += "word" + std::to_string(i >> 20U);
  text.resize(size);
  return text;
}

TEST(Compress, RoundTripsWhateverThePieces) {
  for (const std::size_t size : {0UL, 1UL, 65536UL, 1000000UL}) {
    const auto plain = prose(size);
    for (const std::size_t at_once : {7UL, 65536UL, 2000000UL}) {
      EXPECT_TRUE(decompressed(compressed(plain, at_once), at_once) == plain) << size;
    }
  }
}

TEST(Compress, SizesTellLittle) {
  EXPECT_EQ(compressed("").size(), 65536U);
  EXPECT_EQ(compressed(prose(100)).size(), compressed(prose(20000)).size());
  EXPECT_EQ(padded_size(0), 65536U);
  EXPECT_EQ(padded_size(65536), 65536U);
  EXPECT_EQ(padded_size(65537), 131072U);
}

RC_GTEST_PROP(Compress, PaddingIsMonotonousAndSmall, ()) {
  const auto size = *rc::gen::inRange<std::uint64_t>(0, 1ULL << 36U);
  const auto padded = padded_size(size);
  RC_ASSERT(padded >= size);
  RC_ASSERT(padded_size(padded) == padded);
  RC_ASSERT(padded <= size + size / 8 + 65536 + 65536 / 8);
  RC_ASSERT(padded_size(size + 1) >= padded);
}

TEST(Compress, NoticesEveryTruncation) {
  const auto file = compressed("a few words");
  for (std::size_t size = 0; size < file.size(); size += size < 100 ? 1 : 997) {
    EXPECT_ERROR(Errc::damaged, decompressed(file.substr(0, size)));
  }
  EXPECT_ERROR(Errc::damaged, decompressed(file.substr(0, file.size() - 1)));
}

TEST(Compress, NoticesDamageInFrameAndPadding) {
  const auto plain = prose(500);
  const auto file = compressed(plain);
  const auto frame = ZSTD_findFrameCompressedSize(file.data(), file.size());
  for (std::size_t at = 0; at < file.size(); at += at < frame + 16 ? 1 : 997) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    try {
      // A frame that decodes to the same bytes all the same (unused bits) has lost nothing.
      EXPECT_EQ(decompressed(damaged), plain) << at;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::damaged) << at;
    }
  }
}

std::string skippable(std::uint32_t size, char fill, char magic = 0x50) {
  std::string frame{magic, 0x2A, 0x4D, 0x18};
  for (unsigned i = 0; i < 4; ++i) frame += static_cast<char>(size >> (8 * i));
  return frame + std::string(size, fill);
}

TEST(Compress, AcceptsOneFrameAndItsPaddingOnly) {
  const auto file = compressed("words");
  const auto frame = file.substr(0, ZSTD_findFrameCompressedSize(file.data(), file.size()));
  EXPECT_EQ(decompressed(frame + skippable(0, 0)), "words");
  EXPECT_EQ(decompressed(frame + skippable(100000, 0)), "words");
  EXPECT_ERROR(Errc::damaged, decompressed(frame));
  EXPECT_ERROR(Errc::damaged, decompressed(frame + skippable(3, 1)));
  EXPECT_ERROR(Errc::damaged, decompressed(frame + skippable(3, 0, 0x51)));
  EXPECT_ERROR(Errc::damaged, decompressed(frame + skippable(3, 0) + skippable(3, 0)));
  EXPECT_ERROR(Errc::damaged, decompressed(frame + frame));
  EXPECT_ERROR(Errc::damaged, decompressed(frame + frame + skippable(3, 0)));
  EXPECT_ERROR(Errc::damaged, decompressed(skippable(3, 0) + frame + skippable(3, 0)));
  EXPECT_ERROR(Errc::damaged, decompressed(file + "x"));
  EXPECT_ERROR(Errc::damaged, decompressed(""));
  EXPECT_ERROR(Errc::damaged, decompressed("plain text"));
}

TEST(Compress, RefusesWindowsThatAskForMuchMemory) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(), ZSTD_freeCCtx};
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, 24);
  const std::string plain(64, 'x');
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_outBuffer room{out.data(), out.size(), 0};
  ZSTD_compressStream2(context.get(), &room, &in, ZSTD_e_flush);  // now zstd cannot know the size, so the window stands
  ASSERT_EQ(ZSTD_compressStream2(context.get(), &room, &in, ZSTD_e_end), 0U);
  EXPECT_ERROR(Errc::damaged, decompressed(out.substr(0, room.pos) + skippable(0, 0)));
}

TEST(Compress, ABombStopsAtItsFirstItem) {
  std::string bomb;
  Compressor compressor{[&](BytesView bytes) { append(bomb, bytes); }};
  const Bytes zeros(1U << 20U);
  for (int i = 0; i < 512; ++i) compressor.write(zeros);
  compressor.finish();
  ASSERT_LT(bomb.size(), 200000U);
  auto contents = std::make_shared<Decompressor>(source_of(bomb));
  std::uint64_t taken = 0;
  const auto root = test::person(std::byte{1});
  test::Collector collector{root};
  EXPECT_ERROR(Errc::damaged, read_archive(
                                  [&](std::span<std::byte> into) {
                                    taken += into.size();
                                    return contents->read(into);
                                  },
                                  root.id, collector));
  EXPECT_LT(taken, 10U);
}

}  // namespace
}  // namespace attune::backup
