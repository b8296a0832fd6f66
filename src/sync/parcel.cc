// How a parcel is sealed. docs/protocol.md, sections 8.1 to 8.3.
#include "sync/parcel.h"

#include <fmt/format.h>

#include <algorithm>

#include "attune/sync.pb.h"
#include "core/check.h"
#include "core/error.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "net/frame.h"
#include "sync/parcel_parts.h"

namespace attune::sync {

ParcelWriter::ParcelWriter(const ParcelSealing& sealing, std::string_view rosters, Sink sink)
    : sink_{std::move(sink)}, body_key_{[&] {
        ParcelSalt salt;
        crypto::random_fill(salt);
        return write_head(sealing, rosters, salt);
      }()} {}

ParcelSecret ParcelWriter::write_head(const ParcelSealing& sealing, std::string_view rosters, const ParcelSalt& salt) {
  const parcel::Locking locking = parcel::Locking::drawn(salt, sealing.maker);
  const auto seed = crypto::random_secret<ParcelSecret>();
  v1::ParcelHead head;
  head.set_maker(to_string(locking.maker));
  head.set_admit(sealing.admit);
  head.set_ephemeral(to_string(locking.ephemeral));
  for (const DeviceId& reader : sealing.readers) {
    if (const auto lock = parcel::lock_for(locking, sealing.maker, reader, seed)) head.add_locks(*lock);
  }
  head.set_rosters(std::string{rosters});
  head.set_number(sealing.number);
  std::string bytes;
  head.AppendToString(&bytes);

  sink_(parcel::kMagic);
  sink_(salt);
  const ParcelSecret file_key = parcel::file_key_of(sealing.key, salt);
  Bytes plain;
  append(plain, be32(static_cast<std::uint32_t>(bytes.size())));
  append(plain, as_bytes(bytes));
  plain.resize((plain.size() + parcel::kPlain - 1) / parcel::kPlain * parcel::kPlain);
  Bytes sealed(kParcelChunk);
  for (; head_chunks_ * parcel::kPlain < plain.size(); ++head_chunks_) {
    const BytesView piece = BytesView{plain}.subspan(head_chunks_ * parcel::kPlain, parcel::kPlain);
    crypto::seal(file_key.bytes(), parcel::nonce_of(head_chunks_, parcel::Kind::head), {}, piece, sealed);
    sink_(sealed);
  }
  return parcel::body_key_of(seed, file_key, salt, as_bytes(bytes));
}

void ParcelWriter::put(std::string_view message) {
  ATTUNE_CHECK(!message.empty() && message.size() <= net::kMaxMessage);
  add(be32(static_cast<std::uint32_t>(message.size())));
  add(as_bytes(message));
}

// A full chunk waits for more, since only then it is not the last one.
void ParcelWriter::add(BytesView plain) {
  while (!plain.empty()) {
    if (plain_.size() == parcel::kPlain) flush(false);
    const std::size_t size = std::min(plain.size(), parcel::kPlain - plain_.size());
    append(plain_, plain.first(size));
    plain = plain.subspan(size);
  }
}

void ParcelWriter::finish() {
  const std::uint64_t total = parcel::padded_chunks(head_chunks_ + chunks_ + 1);
  while (head_chunks_ + chunks_ + 1 < total) flush(false);
  flush(true);
}

void ParcelWriter::flush(bool last) {
  plain_.resize(parcel::kPlain);
  sealed_.resize(kParcelChunk);
  crypto::seal(body_key_.bytes(), parcel::nonce_of(chunks_, last ? parcel::Kind::last : parcel::Kind::body), {}, plain_,
               sealed_);
  sink_(sealed_);
  ++chunks_;
  plain_.clear();
}

// --- reading ---------------------------------------------------------------------------------------------------------

ParcelReader::ParcelReader(const ReadFile& file, std::string name, const std::vector<LiveParcelKey>& keys,
                           const crypto::DeviceSecret& own)
    : file_{file}, name_{std::move(name)} {
  check_heading();
  for (const LiveParcelKey& live : keys) {
    if (open_head(live, own)) return;
  }
  throw Error{Errc::damaged, fmt::format("no key of this journal opens {}: it is for somebody else, or damaged", name_),
              "ask for a new one; where a device of either of you was removed, sync once over a network"};
}

void ParcelReader::damaged(std::string_view what) const {
  throw Error{Errc::damaged, fmt::format("{} is damaged: {}", name_, what),
              "ask for it once more; nothing was changed"};
}

void ParcelReader::check_heading() {
  Bytes heading(kParcelHeading);
  const bool whole = file_.read_at(0, heading) == heading.size();
  if (!whole || !equal(BytesView{heading}.first(parcel::kName.size()), as_bytes(parcel::kName))) {
    throw Error{Errc::damaged, fmt::format("{} is no file of attune sync --to-file", name_), "check its name"};
  }
  if (!equal(BytesView{heading}.first(parcel::kMagic.size()), parcel::kMagic)) {
    throw Error{Errc::incompatible, fmt::format("{} was made by another version of attune", name_),
                "update attune on both sides"};
  }
  std::ranges::copy(BytesView{heading}.subspan(parcel::kMagic.size()), salt_.begin());
  const std::uint64_t rest = file_.size() - kParcelHeading;
  chunks_ = rest / kParcelChunk;
  if (rest % kParcelChunk != 0 || chunks_ < 2) damaged("it was cut short");
}

void ParcelReader::read_chunk(std::uint64_t place, std::span<std::byte> into) const {
  if (file_.read_at(kParcelHeading + place * kParcelChunk, into) != into.size()) damaged("it was cut short");
}

// false: sealed under another key.
bool ParcelReader::open_head(const LiveParcelKey& live, const crypto::DeviceSecret& own) {
  const ParcelSecret file_key = parcel::file_key_of(live.key, salt_);
  Bytes sealed(kParcelChunk);
  Bytes head(parcel::kPlain);
  read_chunk(0, sealed);
  if (!crypto::open(file_key.bytes(), parcel::nonce_of(0, parcel::Kind::head), {}, sealed, head)) return false;
  choice_ = live.choice;
  const std::size_t size = read_be32(std::span{head}.first<4>());
  const std::size_t whole = size + 4;
  head_chunks_ = (whole + parcel::kPlain - 1) / parcel::kPlain;
  if (size > parcel::kMaxHead || head_chunks_ >= chunks_) damaged("its head is too long");
  head.resize(head_chunks_ * parcel::kPlain);
  for (std::uint64_t i = 1; i < head_chunks_; ++i) {
    read_chunk(i, sealed);
    const auto piece = std::span{head}.subspan(i * parcel::kPlain, parcel::kPlain);
    if (!crypto::open(file_key.bytes(), parcel::nonce_of(i, parcel::Kind::head), {}, sealed, piece))
      damaged("its head was altered");
  }
  if (!parcel::all_zero(BytesView{head}.subspan(whole))) damaged("something stands behind its head");
  read_head(BytesView{head}.subspan(4, size), file_key, own);
  return true;
}

void ParcelReader::read_head(BytesView bytes, const ParcelSecret& file_key, const crypto::DeviceSecret& own) {
  const v1::ParcelHead head = parcel::parse_head(bytes, name_);
  maker_ = *DeviceId::from(head.maker());
  admit_ = head.admit();
  rosters_ = head.rosters();
  number_ = head.number();
  const parcel::Unlocking unlocking{salt_, maker_, *DeviceId::from(head.ephemeral())};
  for (const std::string& lock : head.locks()) {
    if (const auto seed = parcel::unlocked(unlocking, own, lock)) {
      body_key_ = parcel::body_key_of(*seed, file_key, salt_, bytes);
      return;
    }
  }
}

void ParcelReader::open_body_chunk(std::uint64_t number) {
  ATTUNE_CHECK(body_key_.has_value());
  Bytes sealed(kParcelChunk);
  read_chunk(head_chunks_ + number, sealed);
  plain_.resize(parcel::kPlain);
  at_ = 0;
  const parcel::Kind kind = head_chunks_ + number + 1 == chunks_ ? parcel::Kind::last : parcel::Kind::body;
  if (!crypto::open(body_key_->bytes(), parcel::nonce_of(number, kind), {}, sealed, plain_)) {
    damaged(fmt::format("piece {} of {} was altered, or its end is missing", head_chunks_ + number + 1, chunks_));
  }
}

void ParcelReader::check() {
  for (std::uint64_t number = 0; head_chunks_ + number < chunks_; ++number) open_body_chunk(number);
  plain_.clear();
  at_ = 0;
  next_chunk_ = 0;
}

// Fewer only at the end.
std::size_t ParcelReader::take(std::span<std::byte> into) {
  std::size_t taken = 0;
  while (taken < into.size()) {
    if (at_ == plain_.size()) {
      if (head_chunks_ + next_chunk_ == chunks_) break;
      open_body_chunk(next_chunk_++);
    }
    const std::size_t size = std::min(into.size() - taken, plain_.size() - at_);
    std::ranges::copy(BytesView{plain_}.subspan(at_, size), into.begin() + static_cast<std::ptrdiff_t>(taken));
    at_ += size;
    taken += size;
  }
  return taken;
}

bool ParcelReader::next(std::string& message) {
  std::array<std::byte, 4> length{};
  // A length of which not all is there can only be padding: no message fits behind it.
  const bool any = take(length) == length.size();
  const std::size_t size = read_be32(length);
  if (!any || size == 0) {
    if (size != 0) damaged("a message is cut off");
    std::array<std::byte, 256> rest{};
    for (std::size_t more = take(rest); more > 0; more = take(rest)) {
      if (!parcel::all_zero(BytesView{rest}.first(more))) damaged("something stands behind its end");
    }
    return false;
  }
  if (size > net::kMaxMessage) damaged("a message is too long");
  message.resize(size);
  if (take(std::as_writable_bytes(std::span{message.data(), message.size()})) != size) damaged("a message is cut off");
  return true;
}

}  // namespace attune::sync
