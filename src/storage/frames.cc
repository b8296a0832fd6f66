#include "storage/frames.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "crypto/aead.h"

namespace attune::storage {
namespace {

constexpr std::uint32_t kLastFlag = 0x8000'0000U;
constexpr std::size_t kPublicHead = 12;  // length and synced: in the clear, authenticated
constexpr std::size_t kExtentSize = 8 + FileId::size + 8;
static_assert(kFrameHead == kPublicHead + crypto::kXNonceSize);
static_assert(kFrameOverhead == kFrameHead + crypto::kTagSize);

// version 1, offset 8, length 4, synced 8. Which file it is stands in the key.
using FrameData = std::array<std::byte, 1 + 8 + kPublicHead>;
FrameData associated_data(std::uint64_t offset, BytesView public_head) {
  FrameData data;
  data[0] = kFormatVersion;
  const auto to = std::ranges::copy(be64(offset), data.begin() + 1).out;
  std::ranges::copy(public_head.first<kPublicHead>(), to);
  return data;
}

Bytes encoded(const Extent& extent) {
  Bytes bytes;
  append(bytes, be64(extent.number));
  append(bytes, extent.id.bytes());
  append(bytes, be64(extent.upto));
  return bytes;
}

std::vector<Extent> decoded(BytesView bytes) {
  std::vector<Extent> extents;
  for (; bytes.size() >= kExtentSize; bytes = bytes.subspan(kExtentSize)) {
    extents.push_back({read_be64(bytes.first<8>()), FileId{bytes.subspan<8, FileId::size>()},
                       read_be64(bytes.subspan<8 + FileId::size, 8>())});
  }
  return extents;
}

struct FrameHead {
  std::uint64_t size = 0;  // of the whole frame
  std::uint64_t synced = 0;
  bool last = false;
};

// nullopt: no frame of this size can stand there.
std::optional<FrameHead> parse_head(BytesView head, std::uint64_t room) {
  const std::uint32_t word = read_be32(head.first<4>());
  const std::uint32_t length = word & ~kLastFlag;
  if (length > kMaxFrame || length + kFrameOverhead > room) return std::nullopt;
  return FrameHead{length + kFrameOverhead, read_be64(head.subspan<4, 8>()), (word & kLastFlag) != 0};
}

// A file read from front to back through one buffer.
class Window {
 public:
  explicit Window(const ReadFile& file) : file_{file}, size_{file.size()} {}
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  // What is asked for next is read once more, from the disk where the system lets us.
  void forget() {
    buffer_.clear();
    file_.drop_cached();
  }
  // Valid until the next call. Shorter only at the end of the file.
  BytesView view(std::uint64_t offset, std::size_t count) {
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - std::min(offset, size_)));
    if (count == 0) return {};
    if (offset < begin_ || offset + count > begin_ + buffer_.size()) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(std::max(count, kChunk), size_ - offset));
      buffer_.resize(wanted);
      buffer_.resize(file_.read_at(offset, buffer_));
      begin_ = offset;
    }
    const auto skip = static_cast<std::size_t>(offset - begin_);
    return BytesView{buffer_}.subspan(skip, std::min(count, buffer_.size() - skip));
  }

 private:
  static constexpr std::size_t kChunk = 256 << 10;
  const ReadFile& file_;
  std::uint64_t size_;
  std::uint64_t begin_ = 0;
  Bytes buffer_;
};

class FrameReader {
 public:
  FrameReader(Window& window, const Seal& seal) : window_{window}, seal_{seal} {}

  // Adds the frame's plaintext to `plain`; nullopt: no authentic frame there.
  std::optional<FrameHead> read(std::uint64_t offset, Bytes& plain) {
    const BytesView public_head = window_.view(offset, kPublicHead);
    if (public_head.size() < kPublicHead) return std::nullopt;
    const auto head = parse_head(public_head, window_.size() - offset);
    if (!head) return std::nullopt;
    const BytesView frame = window_.view(offset, static_cast<std::size_t>(head->size));
    if (frame.size() < head->size) return std::nullopt;
    crypto::XNonce nonce;
    std::ranges::copy(frame.subspan<kPublicHead, crypto::kXNonceSize>(), nonce.begin());
    const std::size_t before = plain.size();
    plain.resize(before + frame.size() - kFrameOverhead);
    if (crypto::xopen(seal_.key.bytes(), nonce, associated_data(offset, frame), frame.subspan(kFrameHead),
                      std::span{plain}.subspan(before))) {
      return head;
    }
    plain.resize(before);
    return std::nullopt;
  }

  // Does any frame behind `bad` say that `bad` was durable? Only such frames are opened, so that the search is quick.
  [[nodiscard]] bool was_durable(std::uint64_t bad) {
    Bytes plain;
    for (std::uint64_t at = bad; at + kFrameOverhead <= window_.size(); ++at) {
      const BytesView public_head = window_.view(at, kPublicHead);
      if (public_head.size() < kPublicHead) return false;
      const auto head = parse_head(public_head, window_.size() - at);
      if (!head || head->synced <= bad || head->synced > at) continue;
      plain.clear();
      if (read(at, plain)) return true;
    }
    return false;
  }

 private:
  Window& window_;
  const Seal& seal_;
};

}  // namespace

FrameWriter::FrameWriter(std::unique_ptr<WriteFile> file, Seal seal, FileType type)
    : file_{std::move(file)}, seal_{std::move(seal)}, type_{type} {
  frame_.reserve(kMaxFrame / 2 + 1024 + kFrameOverhead);  // LevelDB flushes at the latest after 32 KiB
  frame_.resize(kFrameHead);
}

void FrameWriter::append(BytesView plain) {
  while (!plain.empty()) {
    const std::size_t room = kMaxFrame - (frame_.size() - kFrameHead);
    const BytesView piece = plain.first(std::min(room, plain.size()));
    attune::append(frame_, piece);
    plain = plain.subspan(piece.size());
    if (piece.size() == room) flush();
  }
}

void FrameWriter::flush() {
  if (frame_.size() > kFrameHead) write_frame(Last::no);
}

void FrameWriter::sync() {
  flush();
  file_->sync();
  durable_ = offset_;  // only now: a failed sync must not be vouched for
}

void FrameWriter::finish(const std::vector<Extent>& others) {
  flush();
  if (durable_ != 0) {
    for (const Extent& other : others) attune::append(frame_, encoded(other));
    write_frame(Last::yes);
  }
  file_->close();
}

void FrameWriter::write_frame(Last last) {
  if (type_ == FileType::log && durable_ == 0) {  // else a spoilt header with frames behind could be a crash
    file_->sync();
    durable_ = kHeaderSize;
  }
  const std::size_t length = frame_.size() - kFrameHead;
  const auto word = static_cast<std::uint32_t>(length) | (last == Last::yes ? kLastFlag : 0U);
  auto to = std::ranges::copy(be32(word), frame_.begin()).out;
  to = std::ranges::copy(be64(durable_), to).out;
  const crypto::XNonce nonce = crypto::random_xnonce();
  std::ranges::copy(nonce, to);
  const auto data = associated_data(offset_, frame_);
  frame_.resize(frame_.size() + crypto::kTagSize);
  const auto body = std::span{frame_}.subspan(kFrameHead);
  crypto::xseal(seal_.key.bytes(), nonce, data, body.first(length), body);
  file_->append(frame_);
  offset_ += frame_.size();
  frame_.resize(kFrameHead);
}

RecoveredFrames recover_frames(const ReadFile& file, const std::string& path, const FileName& name,
                               const StoreKey& key) {
  Window window{file};
  RecoveredFrames found;
  const auto seal = read_header(key, name, window.view(0, kHeaderSize));
  if (!seal) {
    // A log's header is durable before its first frame, so a crash can spoil it only while nothing stands behind it.
    if (name.type == FileType::log && window.size() <= kHeaderSize) return found;
    throw tampered(path);
  }
  found.id = seal->id;
  found.extent = kHeaderSize;
  found.plain.reserve(static_cast<std::size_t>(window.size() - kHeaderSize));
  FrameReader reader{window, *seal};
  while (found.extent < window.size()) {
    const std::size_t before = found.plain.size();
    auto frame = reader.read(found.extent, found.plain);
    if (!frame) {
      window.forget();  // a bit that was read wrongly once must not pass for what a crash has torn: that is cut off
      frame = reader.read(found.extent, found.plain);
    }
    if (!frame) {
      if (reader.was_durable(found.extent)) throw tampered(path);
      return found;  // torn by a crash: whoever wrote it was never told that it is saved
    }
    found.extent += frame->size;
    if (frame->last) {
      if (found.extent != window.size()) throw tampered(path);
      found.others = decoded(BytesView{found.plain}.subspan(before));
      found.plain.resize(before);
    }
  }
  return found;
}

}  // namespace attune::storage
