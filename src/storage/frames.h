// Files that grow: logs and the manifest, as frames in order. docs/store-format.md, section 1.3. A frame says where it
// stands and how far the file was known to be durable when it was written; that tells a crash from tampering.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/file.h"
#include "storage/seal.h"

namespace attune::storage {

inline constexpr std::size_t kMaxFrame = 64 << 10;  // plaintext
// length 4, synced 8, nonce 24, and the tag 16 behind
inline constexpr std::size_t kFrameHead = 36;
inline constexpr std::size_t kFrameOverhead = 52;

// How far a file is known: which one, and up to which offset.
struct Extent {
  std::uint64_t number = 0;  // 0: none
  FileId id;
  std::uint64_t upto = 0;
};

// Seals frames and appends them. Threads: one.
class FrameWriter {
 public:
  // The header is in `file`. A log's header is made durable before its first frame follows.
  FrameWriter(std::unique_ptr<WriteFile> file, Seal seal, FileType type);
  void append(BytesView plain);  // kept until flush(), or kMaxFrame
  void flush();                  // what was appended, as one frame
  void sync();                   // flushes; returns when everything is durable
  // Flushes and writes the closing frame: nothing comes after it (and there is none in a file that was never synced).
  // `others` is how far the manifest (for a log) or the logs (for the manifest) are durable: they vouch for each
  // other's tails.
  void finish(const std::vector<Extent>& others);
  [[nodiscard]] std::uint64_t durable() const noexcept { return durable_; }
  [[nodiscard]] const FileId& id() const noexcept { return seal_.id; }

 private:
  enum class Last { no, yes };
  void write_frame(Last last);

  std::unique_ptr<WriteFile> file_;
  Seal seal_;
  FileType type_;
  Bytes frame_;  // room for the head, then plaintext
  std::uint64_t offset_ = kHeaderSize;
  std::uint64_t durable_ = 0;
};

struct RecoveredFrames {
  Bytes plain;
  FileId id;                   // none: a log whose creation a crash cut short
  std::uint64_t extent = 0;    // the file is good up to here
  std::vector<Extent> others;  // what the closing frame vouches for; empty where there is none
};
// Reads and authenticates the whole file. A tail that a crash can explain is left out; throws Errc::tampered otherwise.
[[nodiscard]] RecoveredFrames recover_frames(const ReadFile& file, const std::string& path, const FileName& name,
                                             const StoreKey& key);

}  // namespace attune::storage
