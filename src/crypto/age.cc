#include "crypto/age.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/check.h"
#include "core/error.h"
#include "crypto/aead.h"
#include "crypto/age_header.h"
#include "crypto/bech32.h"
#include "crypto/kdf.h"
#include "crypto/random.h"

namespace attune::crypto {
namespace {

constexpr std::size_t kChunk = 64U << 10U;
constexpr std::size_t kSealedChunk = kChunk + kTagSize;
constexpr std::string_view kPayloadInfo = "payload";

using PayloadKey = Secret<struct AgePayloadKeyTag, 32>;
using PayloadNonce = std::array<std::byte, 16>;

PayloadKey payload_key(const AgeFileKey& file_key, BytesView nonce) {
  return PayloadKey::born([&](auto into) { hkdf_sha256(nonce, file_key.bytes(), as_bytes(kPayloadInfo), into); });
}

enum class Last : std::uint8_t { no = 0, yes = 1 };

// 11 bytes of counter, one that marks the last chunk.
Nonce chunk_nonce(std::uint64_t number, Last last) {
  Nonce nonce{};
  std::ranges::copy(be64(number), nonce.begin() + 3);
  nonce.back() = static_cast<std::byte>(last);
  return nonce;
}

// Plaintext on its way: wiped when done with.
class WipedBuffer {
 public:
  explicit WipedBuffer(std::size_t size) : bytes_(size) {}
  ~WipedBuffer() { wipe(bytes_); }
  WipedBuffer(const WipedBuffer&) = delete;
  WipedBuffer& operator=(const WipedBuffer&) = delete;
  [[nodiscard]] std::span<std::byte> span() noexcept { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace

struct AgeWriter::State {
  AgeFileKey file_key = random_secret<AgeFileKey>();
  PayloadNonce nonce{};
  Sink sink;
  PayloadKey key;
  WipedBuffer plain{kChunk};
  Bytes sealed = Bytes(kSealedChunk);
  std::size_t held = 0;
  std::uint64_t chunks = 0;
  bool finished = false;

  explicit State(Sink to) : sink{std::move(to)}, key{born_key()} {}

  PayloadKey born_key() {
    random_fill(nonce);
    return payload_key(file_key, nonce);
  }

  void put_chunk(Last last) {
    const auto out = std::span{sealed}.first(held + kTagSize);
    seal(key.bytes(), chunk_nonce(chunks, last), {}, plain.span().first(held), out);
    ++chunks;
    held = 0;
    sink(out);
  }
};

AgeWriter::AgeWriter(const XPublic& recipient, Sink sink) : state_{std::make_unique<State>(std::move(sink))} {
  state_->sink(as_bytes(make_age_header(recipient, state_->file_key)));
  state_->sink(state_->nonce);
}

AgeWriter::~AgeWriter() = default;

void AgeWriter::write(BytesView plain) {
  ATTUNE_CHECK(!state_->finished);
  while (!plain.empty()) {
    // A full chunk waits until something follows it: the last one is marked, and is empty only in an empty file.
    if (state_->held == kChunk) state_->put_chunk(Last::no);
    const auto now = std::min(plain.size(), kChunk - state_->held);
    std::ranges::copy(plain.first(now), state_->plain.span().subspan(state_->held).begin());
    state_->held += now;
    plain = plain.subspan(now);
  }
}

void AgeWriter::finish() {
  ATTUNE_CHECK(!state_->finished);
  state_->finished = true;
  state_->put_chunk(Last::yes);
}

AgeFileKey AgeWriter::file_key() const { return state_->file_key.clone(); }

struct AgeReader::State {
  // One byte more than a chunk: what is behind a chunk tells whether it may be the last.
  static constexpr std::size_t kRoom = kSealedChunk + 1;

  Source source;
  Bytes sealed = Bytes(kRoom);
  std::size_t begin = 0;  // of what is held in `sealed`
  std::size_t end = 0;
  std::uint64_t offset = 0;  // in the file, of `begin`
  std::optional<PayloadKey> key;
  WipedBuffer plain{kChunk};
  std::size_t plain_begin = 0;
  std::size_t plain_end = 0;
  std::uint64_t chunks = 0;
  bool last_seen = false;

  explicit State(Source from) : source{std::move(from)} { fill(); }

  void fill() {
    std::move(sealed.begin() + static_cast<std::ptrdiff_t>(begin), sealed.begin() + static_cast<std::ptrdiff_t>(end),
              sealed.begin());
    end -= begin;
    begin = 0;
    end += source(std::span{sealed}.subspan(end));
  }
  [[nodiscard]] BytesView held() const { return BytesView{sealed}.subspan(begin, end - begin); }
  void take(std::size_t size) {
    begin += size;
    offset += size;
  }

  template <class Unwrap>
  void start(Unwrap&& unwrap) {
    const auto header = parse_age_header(as_text(held()));
    const AgeFileKey file_key = unwrap(header);
    check_age_mac(header, file_key);
    take(header.size);
    fill();
    if (held().size() < PayloadNonce{}.size()) throw Error{Errc::damaged, "the file ends behind its header"};
    key = payload_key(file_key, held().first(PayloadNonce{}.size()));
    take(PayloadNonce{}.size());
    fill();
  }

  bool open_as(BytesView chunk, Last last) {
    plain_begin = 0;
    plain_end = 0;
    if (!open(key->bytes(), chunk_nonce(chunks, last), {}, chunk, plain.span().first(chunk.size() - kTagSize)))
      return false;
    plain_end = chunk.size() - kTagSize;
    last_seen = last == Last::yes;
    return true;
  }

  // false: the last chunk was read before, and nothing is behind it.
  bool next_chunk() {
    const bool more = held().size() > kSealedChunk;
    const auto chunk = held().first(std::min(held().size(), kSealedChunk));
    if (last_seen) {
      if (chunk.empty()) return false;
      throw Error{Errc::damaged, fmt::format("something stands behind the end of the file, from byte {} on", offset)};
    }
    if (chunk.size() < kTagSize) throw Error{Errc::damaged, "the end of the file is missing"};
    // A last chunk is let through even where something follows: it is authentic, and the next read tells.
    const bool opened = more ? open_as(chunk, Last::no) || open_as(chunk, Last::yes) : open_as(chunk, Last::yes);
    if (!opened) {
      const bool cut = !more && open_as(chunk, Last::no);
      plain_end = 0;
      if (cut) throw Error{Errc::damaged, "the end of the file is missing"};
      throw Error{Errc::damaged, fmt::format("the file is damaged{} between byte {} and {}",
                                             more ? "" : " or cut short", offset, offset + chunk.size())};
    }
    if (plain_end == 0 && chunks > 0) throw Error{Errc::damaged, "the file's last chunk is empty"};
    ++chunks;
    take(chunk.size());
    fill();
    return true;
  }
};

AgeReader::AgeReader(const BackupSecret& identity, Source source) : state_{std::make_unique<State>(std::move(source))} {
  state_->start([&](const AgeHeader& header) { return unwrap_file_key(header, identity); });
}

AgeReader::AgeReader(const AgeFileKey& file_key, Source source) : state_{std::make_unique<State>(std::move(source))} {
  state_->start([&](const AgeHeader&) { return file_key.clone(); });
}

AgeReader::~AgeReader() = default;

std::size_t AgeReader::read(std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    if (state_->plain_begin == state_->plain_end && !state_->next_chunk()) break;
    const auto now = std::min(into.size() - done, state_->plain_end - state_->plain_begin);
    std::ranges::copy(state_->plain.span().subspan(state_->plain_begin, now), into.subspan(done).begin());
    state_->plain_begin += now;
    done += now;
  }
  return done;
}

SecretBytes age_identity(const BackupSecret& identity) {
  SecretBytes text;
  bech32("age-secret-key-", identity.bytes(),
         [&](char c) { text.push_back(static_cast<std::byte>(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c)); });
  return text;
}

std::string age_recipient(const XPublic& recipient) {
  std::string text;
  bech32("age", recipient, [&](char c) { text += c; });
  return text;
}

}  // namespace attune::crypto
