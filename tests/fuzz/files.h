// A file that is bytes in memory, for readers that want one.
#pragma once

#include <algorithm>
#include <memory>

#include "core/file.h"

namespace attune::fuzz {

class BytesFile final : public ReadFile {
 public:
  explicit BytesFile(BytesView bytes) : bytes_{to_bytes(bytes)} {}
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= bytes_.size()) return 0;
    const auto from = BytesView{bytes_}.subspan(static_cast<std::size_t>(offset));
    const std::size_t count = std::min(from.size(), into.size());
    std::copy_n(from.begin(), count, into.begin());
    return count;
  }
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }

 private:
  Bytes bytes_;
};

// What is written to it stays with whoever made it.
class BytesSink final : public WriteFile {
 public:
  explicit BytesSink(Bytes& to) : to_{to} {}
  void append(BytesView bytes) override { attune::append(to_, bytes); }
  void sync() override {}
  void close() override {}

 private:
  Bytes& to_;
};

}  // namespace attune::fuzz
