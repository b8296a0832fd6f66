// What the tests of age share: whole files in memory, and the keys that files of identities spell.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "crypto/age.h"

namespace attune::crypto::test {

inline BackupSecret backup_secret(std::byte fill) {
  return BackupSecret::born([&](auto into) { std::ranges::fill(into, fill); });
}

inline Source source_of(std::string_view file) {
  return [rest = file](std::span<std::byte> into) mutable {
    const auto size = std::min(rest.size(), into.size());
    std::ranges::copy(as_bytes(rest.substr(0, size)), into.begin());
    rest.remove_prefix(size);
    return size;
  };
}

// Reads to the end, `at_once` bytes at a time; what was released is in `plain` even where it throws.
inline void read_all(AgeReader& reader, std::string& plain, std::size_t at_once) {
  Bytes buffer(at_once);
  for (;;) {
    const auto size = reader.read(buffer);
    append(plain, BytesView{buffer}.first(size));
    if (size < at_once) return;
  }
}

inline std::string decrypted(const BackupSecret& identity, std::string_view file, std::size_t at_once = 4096) {
  AgeReader reader{identity, source_of(file)};
  std::string plain;
  read_all(reader, plain, at_once);
  return plain;
}

inline std::string encrypted(const XPublic& recipient, std::string_view plain, std::size_t at_once = 65536) {
  std::string file;
  AgeWriter writer{recipient, [&](BytesView bytes) { append(file, bytes); }};
  for (; !plain.empty(); plain.remove_prefix(std::min(plain.size(), at_once))) {
    writer.write(as_bytes(plain.substr(0, at_once)));
  }
  writer.finish();
  return file;
}

// "AGE-SECRET-KEY-1...": attune only writes these, so the tests read them on their own.
inline BackupSecret secret_in(std::string_view identity) {
  constexpr std::string_view characters = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
  constexpr std::string_view prefix = "AGE-SECRET-KEY-1";
  EXPECT_TRUE(identity.starts_with(prefix));
  identity.remove_prefix(prefix.size());
  Bytes bytes;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : identity.substr(0, 52)) {
    bits = (bits << 5U) | static_cast<std::uint32_t>(characters.find(c));
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> held));
      bits &= (1U << held) - 1;
    }
  }
  EXPECT_EQ(bytes.size(), 32U);
  return BackupSecret::copied(BytesView{bytes}.first<32>());
}

}  // namespace attune::crypto::test
