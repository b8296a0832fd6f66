#include "storage/pages.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "crypto/aead.h"

namespace attune::storage {
namespace {

static_assert(kPageOverhead == crypto::kXNonceSize + crypto::kTagSize);

// version 1, index 8, last 1. Which file it is stands in the key.
using PageData = std::array<std::byte, 10>;
PageData associated_data(std::uint64_t index, bool last) {
  PageData data;
  data[0] = kFormatVersion;
  std::ranges::copy(be64(index), data.begin() + 1);
  data[9] = std::byte{last};
  return data;
}

std::uint64_t page_count(std::uint64_t file_size) noexcept {
  return file_size <= kHeaderSize ? 0 : (file_size - kHeaderSize + kSealedPage - 1) / kSealedPage;
}

Seal opened_header(const ReadFile& file, const std::string& path, const FileName& name, const StoreKey& key) {
  HeaderBytes header;
  const std::size_t got = file.read_at(0, header);
  auto seal = read_header(key, name, BytesView{header}.first(got));
  if (!seal) throw tampered(path);
  return std::move(*seal);
}

}  // namespace

std::uint64_t plain_size(std::uint64_t file_size) noexcept {
  const std::uint64_t around = kHeaderSize + page_count(file_size) * kPageOverhead;
  return file_size < around ? 0 : file_size - around;
}

PageWriter::PageWriter(std::unique_ptr<WriteFile> file, Seal seal) : file_{std::move(file)}, seal_{std::move(seal)} {
  page_.reserve(kSealedPage);
  page_.resize(crypto::kXNonceSize);
}

void PageWriter::append(BytesView plain) {
  ATTUNE_CHECK(!finished_);
  while (!plain.empty()) {
    const std::size_t room = kPageSize - (page_.size() - crypto::kXNonceSize);
    if (room == 0) {  // written only when more follows: the last page, full or not, is sealed as the last one
      write_page(Last::no);
      continue;
    }
    const BytesView piece = plain.first(std::min(room, plain.size()));
    attune::append(page_, piece);
    plain = plain.subspan(piece.size());
  }
}

void PageWriter::finish() {
  if (finished_) return;
  write_page(Last::yes);
  file_->sync();
  file_->close();
  finished_ = true;
}

void PageWriter::write_page(Last last) {
  const crypto::XNonce nonce = crypto::random_xnonce();
  std::ranges::copy(nonce, page_.begin());
  const std::size_t length = page_.size() - crypto::kXNonceSize;
  page_.resize(page_.size() + crypto::kTagSize);
  const auto body = std::span{page_}.subspan(crypto::kXNonceSize);
  crypto::xseal(seal_.key.bytes(), nonce, associated_data(index_, last == Last::yes), body.first(length), body);
  file_->append(page_);
  ++index_;
  page_.resize(crypto::kXNonceSize);
}

PageReader::PageReader(std::unique_ptr<ReadFile> file, std::string path, const FileName& name, const StoreKey& key)
    : file_{std::move(file)}, path_{std::move(path)}, seal_{opened_header(*file_, path_, name, key)} {
  size_ = plain_size(file_->size());
  pages_ = page_count(file_->size());
  if (pages_ == 0 || file_->size() < kHeaderSize + (pages_ - 1) * kSealedPage + kPageOverhead) throw tampered(path_);
  recent_ = std::make_unique<Page>();
  recent_index_ = pages_ - 1;
  recent_plain_ = open_page(recent_index_, *recent_);
}

BytesView PageReader::open_page(std::uint64_t index, Page& page) const {
  const bool last = index + 1 == pages_;
  const std::size_t length = last ? static_cast<std::size_t>(size_ - index * kPageSize) : kPageSize;
  const auto sealed = std::span{page}.first(length + kPageOverhead);
  if (file_->read_at(kHeaderSize + index * kSealedPage, sealed) != sealed.size()) throw tampered(path_);
  crypto::XNonce nonce;
  std::ranges::copy(sealed.first<crypto::kXNonceSize>(), nonce.begin());
  const auto body = sealed.subspan(crypto::kXNonceSize);
  if (!crypto::xopen(seal_.key.bytes(), nonce, associated_data(index, last), body, body.first(length))) {
    throw tampered(path_);
  }
  return body.first(length);
}

void PageReader::copy_from(std::uint64_t index, std::size_t at, std::span<std::byte> into) const {
  const std::unique_lock recent{recent_mutex_, std::try_to_lock};
  if (!recent.owns_lock()) {  // another thread is in it: faster to open the page once more than to wait
    const auto page = std::make_unique<Page>();  // not on the stack, where the plaintext would stay
    std::ranges::copy(open_page(index, *page).subspan(at, into.size()), into.begin());
    return;
  }
  if (recent_index_ != index || recent_plain_.empty()) {
    recent_plain_ = {};  // stays so where the page does not open
    recent_plain_ = open_page(index, *recent_);
    recent_index_ = index;
  }
  std::ranges::copy(recent_plain_.subspan(at, into.size()), into.begin());
}

std::size_t PageReader::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return 0;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  std::size_t done = 0;
  while (done < count) {
    const std::uint64_t index = (offset + done) / kPageSize;
    const auto at = static_cast<std::size_t>((offset + done) % kPageSize);
    const std::size_t piece = std::min(count - done, kPageSize - at);
    copy_from(index, at, into.subspan(done, piece));
    done += piece;
  }
  return count;
}

}  // namespace attune::storage
