// Files that are written once: tables and CURRENT, as pages of one size, so that any place can be read.
// docs/store-format.md, section 1.4. Any fault in them is tampering: they are named only once they are durable.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/bytes.h"
#include "core/file.h"
#include "storage/seal.h"

namespace attune::storage {

inline constexpr std::size_t kPageSize = 16 << 10;  // plaintext
inline constexpr std::size_t kPageOverhead = 40;    // nonce 24, tag 16
inline constexpr std::size_t kSealedPage = kPageSize + kPageOverhead;

// Of the plaintext in a file of that size; 0 where no such file can be.
[[nodiscard]] std::uint64_t plain_size(std::uint64_t file_size) noexcept;

// Threads: one.
class PageWriter {
 public:
  PageWriter(std::unique_ptr<WriteFile> file, Seal seal);  // the header is in `file`
  void append(BytesView plain);
  void finish();  // the last page; returns when everything is durable. Nothing may be appended afterwards.

 private:
  enum class Last { no, yes };
  void write_page(Last last);

  std::unique_ptr<WriteFile> file_;
  Seal seal_;
  Bytes page_;  // room for the nonce, then plaintext
  std::uint64_t index_ = 0;
  bool finished_ = false;
};

// Threads: any.
class PageReader {
 public:
  // Checks the header and the last page, so that a cut file is found at once. Throws Errc::tampered.
  PageReader(std::unique_ptr<ReadFile> file, std::string path, const FileName& name, const StoreKey& key);
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }  // of the plaintext
  // Fewer bytes only at the end. Throws Errc::tampered.
  [[nodiscard]] std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;

 private:
  using Page = std::array<std::byte, kSealedPage>;
  [[nodiscard]] BytesView open_page(std::uint64_t index, Page& page) const;
  void copy_from(std::uint64_t index, std::size_t at, std::span<std::byte> into) const;

  std::unique_ptr<ReadFile> file_;
  std::string path_;
  Seal seal_;
  std::uint64_t pages_ = 0;
  std::uint64_t size_ = 0;
  // The page that was opened last: blocks are smaller than pages, and compactions read one after the other.
  mutable std::mutex recent_mutex_;
  mutable std::unique_ptr<Page> recent_;
  mutable std::uint64_t recent_index_ = 0;
  mutable BytesView recent_plain_;  // empty: none
};

}  // namespace attune::storage
