#include "net/frame.h"

#include <algorithm>

#include "core/check.h"
#include "core/error.h"
#include "crypto/aead.h"
#include "net/padding.h"

namespace attune::net {
namespace {

constexpr std::size_t kLengthSize = 2;
constexpr std::size_t kMessageHeader = 4;
constexpr std::size_t kLargestContent = kFrameSizes.back() - kPaddingHeader;

std::size_t frame_size_for(std::size_t content) {
  for (const std::size_t size : kFrameSizes) {
    if (content <= size - kPaddingHeader) return size;
  }
  return kFrameSizes.back();
}

// How many bytes of wire the frame takes that begins here; as long as its length has not arrived, that length alone.
std::size_t frame_at(BytesView wire) {
  if (wire.size() < kLengthSize) return kLengthSize;
  const std::size_t size = read_be16(wire.first(kLengthSize));
  // Only five values are possible, so nothing else is ever waited for.
  const bool possible =
      std::ranges::any_of(kFrameSizes, [&](std::size_t plain) { return plain + crypto::kTagSize == size; });
  if (!possible) throw Error{Errc::peer_misbehaved, "the other side sent a frame of an impossible size"};
  return kLengthSize + size;
}

}  // namespace

void Sealer::seal(std::string_view message, Bytes& wire) {
  ATTUNE_CHECK(message.size() <= kMaxMessage);
  const auto header = be32(static_cast<std::uint32_t>(message.size()));
  BytesView rest = as_bytes(message);
  BytesView head = header;  // goes before the first content
  while (!head.empty() || !rest.empty()) {
    const std::size_t body = std::min(rest.size(), kLargestContent - head.size());
    const std::size_t content = head.size() + body;
    plain_.assign(frame_size_for(content), std::byte{});
    std::ranges::copy(be16(content), plain_.begin());
    std::ranges::copy(head, plain_.begin() + kPaddingHeader);
    std::ranges::copy(rest.first(body), plain_.begin() + static_cast<std::ptrdiff_t>(kPaddingHeader + head.size()));
    const std::size_t sealed = plain_.size() + crypto::kTagSize;
    append(wire, be16(sealed));
    wire.resize(wire.size() + sealed);
    cipher_.encrypt(plain_, std::span{wire}.last(sealed));
    crypto::wipe(plain_);
    head = {};
    rest = rest.subspan(body);
  }
}

Opener::~Opener() {
  crypto::wipe(stream_);
  crypto::wipe(message_);
}

void Opener::feed(BytesView wire) {
  if (taken_ == stream_.size()) {
    stream_.clear();  // the usual case: everything was handed out
  } else {
    stream_.erase(0, taken_);
  }
  whole_ -= taken_;
  taken_ = 0;
  while (!wire.empty()) {
    // A frame that lies in `wire` as a whole is opened where it lies.
    if (wire_.empty() && wire.size() >= kLengthSize && wire.size() >= frame_at(wire)) {
      const std::size_t frame = frame_at(wire);
      open_frame(wire.subspan(kLengthSize, frame - kLengthSize));
      wire = wire.subspan(frame);
      continue;
    }
    const std::size_t take = std::min(wire.size(), frame_at(wire_) - wire_.size());
    append(wire_, wire.first(take));
    wire = wire.subspan(take);
    if (wire_.size() == frame_at(wire_)) {
      open_frame(BytesView{wire_}.subspan(kLengthSize));
      wire_.clear();
    }
  }
}

void Opener::open_frame(BytesView sealed) {
  plain_.resize(sealed.size() - crypto::kTagSize);
  cipher_.decrypt(sealed, plain_);
  const auto content = unpadded(plain_);
  // An empty frame would be work for nothing, and nothing that ends.
  if (!content || content->empty())
    throw Error{Errc::peer_misbehaved, "the other side sent a frame with a false length"};
  append(stream_, *content);
  crypto::wipe(plain_);
  find_messages();
}

void Opener::find_messages() {
  while (stream_.size() - whole_ >= kMessageHeader) {
    const std::size_t size = read_be32(as_bytes(stream_).subspan(whole_).first<kMessageHeader>());
    if (size > kMaxMessage)
      throw Error{Errc::peer_misbehaved, "the other side announced a message larger than any may be"};
    if (stream_.size() - whole_ < kMessageHeader + size) return;
    whole_ += kMessageHeader + size;
  }
}

std::string* Opener::next() {
  if (taken_ == whole_) return nullptr;
  const auto header = as_bytes(stream_).subspan(taken_).first<kMessageHeader>();
  const std::size_t size = read_be32(header);
  message_.assign(stream_, taken_ + kMessageHeader, size);
  crypto::wipe(std::as_writable_bytes(std::span{stream_}.subspan(taken_, kMessageHeader + size)));
  taken_ += kMessageHeader + size;
  return &message_;
}

bool Opener::between_messages() const noexcept { return wire_.empty() && taken_ == stream_.size(); }

}  // namespace attune::net
