// The length-delimited items of an archive: bytes in and out, every length checked before memory is taken.
// docs/backup-format.md, section 3.
#pragma once

#include <optional>

#include "backup/compress.h"
#include "crypto/hash.h"

namespace attune::backup {

inline constexpr std::size_t kMaxItem = 2U << 20U;
inline constexpr std::size_t kMaxSmallItem = 4096;          // header, log, closing
inline constexpr std::size_t kMaxParts = 4096;              // repeated fields of one item
inline constexpr std::uint64_t kMaxArchive = 16ULL << 30U;  // uncompressed

// What an item is: the number of the one field it holds (proto/attune/backup.proto).
enum class Kind : std::uint32_t { header = 1, roster = 2, log = 3, records = 4, closing = 5 };

using Digest = std::array<std::byte, 32>;

class ItemWriter {
 public:
  explicit ItemWriter(Sink sink);
  // `message`: the serialised message of that kind. REQUIRES: it fits.
  void put(Kind kind, std::string_view message);
  // Of all bytes so far.
  [[nodiscard]] Digest digest() const;

 private:
  Sink sink_;
  crypto::Hasher hasher_;
};

class ItemReader {
 public:
  explicit ItemReader(Source source);

  struct Item {
    Kind kind = Kind::header;
    BytesView message;  // valid until the next call
  };
  // nullopt: the archive has ended. Throws Errc::damaged.
  [[nodiscard]] std::optional<Item> next();
  // Of all bytes before the item that next() gave last.
  [[nodiscard]] Digest digest_before() const;
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  [[nodiscard]] bool read_exactly(std::span<std::byte> into);  // false: the end, with nothing read

  Source source_;
  crypto::Hasher before_;
  Bytes item_;
  std::size_t size_ = 0;  // of the item with its length
  std::uint64_t offset_ = 0;
};

}  // namespace attune::backup
