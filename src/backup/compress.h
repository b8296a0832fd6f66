// zstd inside a backup, as streams: one frame with a checksum, then one skippable frame of zeros that rounds the size,
// so that a file tells little about how much was written since the last one. docs/backup-format.md, section 2.
#pragma once

#include <cstdint>
#include <memory>

#include "crypto/age.h"

namespace attune::backup {

using crypto::Sink;
using crypto::Source;

// The size that `size` bytes of compressed contents are brought to: up to the next 64 KiB, then by Padmé (at most 12
// %).
[[nodiscard]] std::uint64_t padded_size(std::uint64_t size) noexcept;

class Compressor {
 public:
  explicit Compressor(Sink sink);
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  void write(BytesView plain);
  void finish();  // ends the frame and pads; once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Holds at most 9 MiB, whatever the file asks for. Throws Errc::damaged for anything that Compressor does not write:
// another frame, a larger window, more or other bytes behind the frame than its padding.
class Decompressor {
 public:
  explicit Decompressor(Source source);
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  // Less than asked only at the end, when frame, padding and the source itself were found complete.
  [[nodiscard]] std::size_t read(std::span<std::byte> into);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace attune::backup
