#include "backup/compress.h"

#include <gmock/gmock.h>
#include <zstd.h>

#include <rapidcheck/gtest.h>
#include <map>

#include "backup/archives.h"
#include "support/error_matcher.h"
#include "support/vectors.h"

namespace attune::backup {
namespace {

using test::source_of;
using ::testing::AnyOf;

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

// Which zstd 1.5.0 to 1.5.4 spoilt at some levels.
TEST(Compress, RoundTripsWhatALibrarySpoilt) {
  const auto plain = attune::test::vector_file("zstd/PR-3517-block-splitter-corruption-test");
  ATTUNE_NEEDS_VECTORS(plain);
  ASSERT_EQ(plain->size(), 262'144U);
  for (const std::size_t at_once : {1000UL, 65536UL, 262144UL}) {
    EXPECT_TRUE(decompressed(compressed(*plain, at_once)) == *plain) << at_once;
  }
  attune::test::ran("zstd, what a library spoilt", 1);
}

// A frame without its padding is none of ours, whatever the library says of it. What it says of the doubtful ones
// depends on its version.
TEST(Compress, ReadsRareFramesOrCallsThemDamaged) {
  const std::map<std::string, std::string> good{{"empty-block.zst", ""},
                                                {"rle-first-block.zst", std::string(1U << 20U, '\0')}};
  std::size_t frames = 0;
  for (const char* name : {"empty-block.zst", "rle-first-block.zst", "off0.bin.zst", "truncated_huff_state.zst",
                           "zeroSeq_2B.zst", "zeroSeq_extraneous.zst"}) {
    SCOPED_TRACE(name);
    const auto frame = attune::test::vector_file(std::string{"zstd/"} + name);
    ATTUNE_NEEDS_VECTORS(frame);
    EXPECT_ERROR(Errc::damaged, decompressed(*frame));
    const auto wanted = good.find(name);
    try {
      const std::string plain = decompressed(*frame + skippable(0, 0));
      EXPECT_LE(plain.size(), 1U << 20U);
      EXPECT_TRUE(wanted == good.end() || plain == wanted->second);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::damaged) << error.what();
      EXPECT_TRUE(wanted == good.end());
    }
    ++frames;
  }
  EXPECT_EQ(attune::test::ran("zstd, rare frames", frames), 6U);
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

// Counts what is read of the contents. No more than that is inflated, and the rest of one block.
Source counted(Decompressor& contents, std::uint64_t& taken) {
  return [&](std::span<std::byte> into) {
    const std::size_t size = contents.read(into);
    taken += size;
    return size;
  };
}

TEST(Compress, ABombStopsAtItsFirstItem) {
  std::string bomb;
  Compressor compressor{[&](BytesView bytes) { append(bomb, bytes); }};
  const Bytes zeros(1U << 20U);
  for (int i = 0; i < 512; ++i) compressor.write(zeros);
  compressor.finish();
  ASSERT_LT(bomb.size(), 200000U);
  Decompressor contents{source_of(bomb)};
  std::uint64_t taken = 0;
  const auto root = test::person(std::byte{1});
  test::Collector collector{root};
  EXPECT_ERROR(Errc::damaged, read_archive(counted(contents, taken), root.id, collector));
  EXPECT_LT(taken, 10U);
}

constexpr std::size_t kBlock = 128U << 10U;  // the most that one may hold

// RFC 8878, section 3.1.1.2: a raw block holds its bytes, one of a run (RLE) the byte that is repeated.
enum class Block : std::uint32_t { raw, run };
void append_block(std::string& frame, Block kind, std::size_t size, std::string_view content) {
  const auto head = static_cast<std::uint32_t>(kind) << 1U | static_cast<std::uint32_t>(size) << 3U;
  for (unsigned i = 0; i < 3; ++i) frame += static_cast<char>(head >> (8 * i));
  frame += content;
}

// `begin`, and then 10 GiB of that byte.
std::string bomb_behind(std::string_view begin, char byte) {
  using namespace std::string_view_literals;
  std::string frame{"\x28\xB5\x2F\xFD\x00\x58"sv};  // no size is told, a window of 2 MiB
  if (!begin.empty()) append_block(frame, Block::raw, begin.size(), begin);
  for (std::uint64_t size = 0; size < 10ULL << 30U; size += kBlock) {
    append_block(frame, Block::run, kBlock, {&byte, 1});
  }
  return frame;
}

TEST(Compress, ABombBehindATrueBeginningStopsAtTheNextItem) {
  const auto root = test::person(std::byte{1});
  const auto key = identity::self_key_from(root.self_seed, nullptr);
  const std::string plain = test::written(test::journal_of(root, test::person(std::byte{2})), key);
  ASSERT_LT(plain.size(), kBlock);
  for (const std::size_t quarters : {0U, 1U, 2U, 3U, 4U}) {
    for (const char byte : {'\x00', '\x01', '\x7F', '\xFF'}) {
      SCOPED_TRACE(std::to_string(quarters) + " quarters, then " + std::to_string(byte));
      const std::string_view begin = std::string_view{plain}.substr(0, plain.size() * quarters / 4);
      const std::string bomb = bomb_behind(begin, byte);
      Decompressor contents{source_of(bomb)};
      std::uint64_t taken = 0;
      test::Collector collector{root};
      try {
        static_cast<void>(read_archive(counted(contents, taken), root.id, collector));
        ADD_FAILURE() << "accepted";
      } catch (const Error& error) {
        EXPECT_THAT(error.code(), AnyOf(Errc::damaged, Errc::tampered, Errc::peer_misbehaved)) << error.what();
      }
      EXPECT_GT(taken, begin.size());
      EXPECT_LE(taken, begin.size() + 4 + kMaxItem);
    }
  }
}

}  // namespace
}  // namespace attune::backup
