#include "crypto/age.h"

#include <gtest/gtest.h>
#include <sodium.h>
#include <zlib.h>

#include <rapidcheck/gtest.h>
#include <fstream>
#include <iterator>
#include <map>

#include "crypto/age_files.h"
#include "crypto/age_header.h"
#include "support/error_matcher.h"
#include "support/needs.h"
#include "support/vectors.h"

namespace attune::crypto {
namespace {

using test::backup_secret;
using test::decrypted;
using test::encrypted;
using test::source_of;

std::string sha256(std::string_view bytes) {
  std::array<std::byte, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(as_uchar(std::span<std::byte>{digest}), as_uchar(as_bytes(bytes)), bytes.size());
  return to_hex(digest);
}

std::string inflated(std::string_view zlib) {
  z_stream stream{};
  EXPECT_EQ(inflateInit(&stream), Z_OK);
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(zlib.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(zlib.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    std::array<char, 65536> part;
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = part.size();
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(part.data(), part.size() - stream.avail_out);
  }
  EXPECT_EQ(result, Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

// A file of the public kit: what it is, what must come of it, and its bytes.
struct KitFile {
  std::map<std::string, std::string> says;
  std::string age;
};

KitFile kit_file(const std::string& text) {
  KitFile file;
  std::size_t at = 0;
  for (;;) {
    const auto end = text.find('\n', at);
    const auto line = text.substr(at, end - at);
    at = end + 1;
    if (line.empty()) break;
    const auto colon = line.find(": ");
    file.says[line.substr(0, colon)] = line.substr(colon + 2);
  }
  file.age = text.substr(at);
  if (file.says["compressed"] == "zlib") file.age = inflated(file.age);
  return file;
}

struct Outcome {
  std::optional<Errc> error;
  std::string said;
  std::string released;
};

Outcome outcome_of(const KitFile& file) {
  Outcome outcome;
  try {
    const auto identity = file.says.contains("identity") ? test::secret_in(file.says.at("identity"))
                                                         : backup_secret(std::byte{7});  // the empty file
    AgeReader reader{identity, source_of(file.age)};
    test::read_all(reader, outcome.released, 4096);
  } catch (const Error& error) {
    outcome.error = error.code();
    outcome.said = error.what();
  }
  return outcome;
}

TEST(Age, PassesThePublicKit) {
  const auto names = attune::test::vector_folder("age/testkit");
  if (names.empty()) ATTUNE_NOT_RUN("the public vectors are not here (ATTUNE_VECTORS)");
  ASSERT_EQ(attune::test::ran("age testkit", names.size()), 38U);
  for (const auto& name : names) {
    const auto file = kit_file(*attune::test::vector_file("age/testkit/" + name));
    const auto outcome = outcome_of(file);
    const auto& expect = file.says.at("expect");
    if (expect == "success") {
      EXPECT_FALSE(outcome.error) << name << ": " << outcome.said;
    } else {
      EXPECT_EQ(outcome.error, expect == "no match" ? Errc::wrong_words : Errc::damaged)
          << name << ": " << outcome.said;
    }
    if (file.says.contains("payload")) {
      EXPECT_EQ(sha256(outcome.released), file.says.at("payload")) << name;
    } else {
      EXPECT_EQ(outcome.released, "") << name;
    }
  }
}

TEST(Age, ReadsWhatAgeItselfHasWritten) {
  const std::string folder = attune::test::project_file("tests/vectors/age/generated/");
  std::ifstream index_file{folder + "index.json"};
  const auto index = nlohmann::json::parse(index_file);
  const auto identity = test::secret_in(index.at("identity").get<std::string>());
  EXPECT_EQ(to_string(age_identity(identity).bytes()), index.at("identity"));
  EXPECT_EQ(age_recipient(x25519_public(identity.bytes())), index.at("recipient"));
  ASSERT_EQ(attune::test::ran("files of age", index.at("files").size()), 5U);
  for (const auto& vector : index.at("files")) {
    std::ifstream file{folder + vector.at("file").get<std::string>(), std::ios::binary};
    const std::string age{std::istreambuf_iterator<char>{file}, {}};
    const auto plain = decrypted(identity, age);
    EXPECT_EQ(plain.size(), vector.at("size"));
    EXPECT_EQ(sha256(plain), vector.at("payload_sha256"));
  }
}

std::string prose(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 7 + i / 251) & 0xFF);
  return text;
}

class AgeSizes : public testing::TestWithParam<std::size_t> {};

TEST_P(AgeSizes, RoundTripWhateverThePieces) {
  const auto identity = backup_secret(std::byte{7});
  const auto plain = prose(GetParam());
  for (const std::size_t written : {1000UL, 65535UL, 65536UL, 300000UL}) {
    const auto file = encrypted(x25519_public(identity.bytes()), plain, written);
    EXPECT_EQ(decrypted(identity, file, 65536), plain);
    EXPECT_EQ(decrypted(identity, file, 1), plain);
    EXPECT_EQ(decrypted(identity, file, 100001), plain);
    // One stanza, one nonce, one tag for each chunk: nothing else makes the file longer.
    const auto chunks = std::max<std::size_t>(1, (plain.size() + 65535) / 65536);
    EXPECT_EQ(file.size(), parse_age_header(file).size + 16 + plain.size() + 16 * chunks);
  }
}

INSTANTIATE_TEST_SUITE_P(ChunkEdges, AgeSizes,
                         testing::Values(0, 1, 65535, 65536, 65537, 131071, 131072, 131073, 200000));

TEST(Age, TheWriterCanReadBackWithTheFilesKey) {
  const auto identity = backup_secret(std::byte{7});
  std::string file;
  AgeWriter writer{x25519_public(identity.bytes()), [&](BytesView bytes) { append(file, bytes); }};
  writer.write(as_bytes("kept"));
  writer.finish();
  AgeReader reader{writer.file_key(), source_of(file)};
  std::string plain;
  test::read_all(reader, plain, 10);
  EXPECT_EQ(plain, "kept");
  const auto other = AgeFileKey::born([](auto into) { std::ranges::fill(into, std::byte{1}); });
  EXPECT_ERROR(Errc::damaged, AgeReader(other, source_of(file)));
}

TEST(Age, TellsWrongWordsFromDamageAndFromAMissingEnd) {
  const auto identity = backup_secret(std::byte{7});
  const auto file = encrypted(x25519_public(identity.bytes()), prose(200000));
  EXPECT_ERROR(Errc::wrong_words, decrypted(backup_secret(std::byte{8}), file));
  const auto said = [&](const std::string& bytes) -> std::string {
    try {
      static_cast<void>(decrypted(identity, bytes));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::damaged);
      return error.what();
    }
    return "";
  };
  const auto payload = parse_age_header(file).size + 16;
  EXPECT_EQ(said(file.substr(0, payload + 2 * 65552)), "the end of the file is missing");
  EXPECT_EQ(said(file.substr(0, payload)), "the end of the file is missing");
  EXPECT_EQ(said(file.substr(0, payload - 1)), "the file ends behind its header");
  EXPECT_EQ(said(file + "x"), "the file is damaged or cut short between byte " + std::to_string(payload + 3 * 65552) +
                                  " and " + std::to_string(file.size() + 1));
  std::string damaged = file;
  damaged[payload + 65552 + 5] ^= 1;
  EXPECT_EQ(said(damaged), "the file is damaged between byte " + std::to_string(payload + 65552) + " and " +
                               std::to_string(payload + 2 * 65552));
  for (const auto* other : {"not an age file\n", "", "no line's end", "age-encryption.org/v1"}) {
    EXPECT_EQ(said(other), "the file is not an age v1 file") << other;
  }
}

TEST(Age, NoticesEveryFlippedBit) {
  const auto identity = backup_secret(std::byte{7});
  const auto file = encrypted(x25519_public(identity.bytes()), "a short secret");
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      try {
        static_cast<void>(decrypted(identity, damaged));
        ADD_FAILURE() << "byte " << at << " bit " << bit;
      } catch (const Error& error) {
        EXPECT_TRUE(error.code() == Errc::damaged || error.code() == Errc::wrong_words);
      }
    }
  }
}

TEST(Age, HeadersAreSevenBit) {
  // With its top bit set any character passes for base64 in libsodium 1.0.18; attune refuses it before.
  const auto identity = backup_secret(std::byte{7});
  for (int round = 0; round < 20; ++round) {
    const auto file = encrypted(x25519_public(identity.bytes()), "");
    for (std::size_t at = 0; at < parse_age_header(file).size; ++at) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x80);
      EXPECT_ERROR(Errc::damaged, decrypted(identity, damaged));
    }
  }
}

TEST(Age, NoticesEveryTruncation) {
  const auto identity = backup_secret(std::byte{7});
  const auto file = encrypted(x25519_public(identity.bytes()), prose(500));
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_ERROR(Errc::damaged, decrypted(identity, file.substr(0, size)));
  }
}

TEST(Age, ChunksHaveTheirPlaces) {
  const auto identity = backup_secret(std::byte{7});
  const auto file = encrypted(x25519_public(identity.bytes()), prose(200000));
  const auto payload = parse_age_header(file).size + 16;
  std::string swapped = file;
  std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(payload),
                   swapped.begin() + static_cast<std::ptrdiff_t>(payload) + 65552,
                   swapped.begin() + static_cast<std::ptrdiff_t>(payload) + 65552);
  EXPECT_ERROR(Errc::damaged, decrypted(identity, swapped));
  std::string doubled = file;
  doubled.insert(payload, file.substr(payload, 65552));
  EXPECT_ERROR(Errc::damaged, decrypted(identity, doubled));
}

TEST(Age, HeadersHaveALimit) {
  std::string header = "age-encryption.org/v1\n";
  for (int i = 0; i < 20000; ++i) header += "-> x\n\n";
  EXPECT_ERROR(Errc::damaged, decrypted(backup_secret(std::byte{7}), header));
}

RC_GTEST_PROP(Age, AnyBytesBehindTheFirstLineAreRefused, (const std::string& bytes)) {
  try {
    static_cast<void>(decrypted(backup_secret(std::byte{7}), "age-encryption.org/v1\n" + bytes));
    RC_FAIL("accepted");
  } catch (const Error& error) {
    RC_ASSERT(error.code() == Errc::damaged);
  }
}

}  // namespace
}  // namespace attune::crypto
