// docs/store-format.md, section 5. No protobuf here: its messages keep copies of what they carry, and this file carries
// secrets.
#include "identity/vault.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/error.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/random.h"

namespace attune::identity {
namespace {

constexpr std::string_view kMagic = "ATTVAULT";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kStep = 4096;  // sizes of the whole file, so that they tell next to nothing
constexpr std::size_t kChecksumSize = 32;

// Where each part of the header stands; all of it is associated data.
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kMemoryAt = 12;
constexpr std::size_t kPassesAt = 20;
constexpr std::size_t kSaltAt = 24;
constexpr std::size_t kCommitmentAt = 40;
constexpr std::size_t kNonceAt = 72;
constexpr std::size_t kHeaderSize = 96;
constexpr std::size_t kAround = kHeaderSize + crypto::kTagSize + kChecksumSize;  // what is not contents
static_assert(kNonceAt + crypto::kXNonceSize == kHeaderSize && kAround < kStep);

using Header = std::array<std::byte, kHeaderSize>;

[[noreturn]] void damaged() { throw Error{Errc::damaged, "the vault is damaged"}; }
[[noreturn]] void tampered() { throw Error{Errc::tampered, "the vault was changed by something that is not attune"}; }

// The contents in the clear, in a guarded page from the first byte to the last.
class Contents {
 public:
  explicit Contents(std::size_t size) : page_{crypto::allocate_guarded(size)}, size_{size} {
    std::ranges::fill(all(), std::byte{0});
  }
  [[nodiscard]] std::span<std::byte> all() const noexcept { return {page_.get(), size_}; }

 private:
  crypto::GuardedPage page_;
  std::size_t size_;
};

// A field is its kind (1 byte), the length of its value (2 bytes) and the value; zeros follow the last one.
enum class Field : std::uint8_t {
  end = 0,
  root = 1,
  backup_recipient = 2,
  device = 3,
  store = 4,
  self_key = 5,  // one each, oldest first
  ask_before_partner = 6,
};
constexpr std::size_t kFieldHead = 3;
constexpr std::size_t kSelfKeySize = SelfKeySecret::size + StatementHash::size;

class FieldWriter {
 public:
  explicit FieldWriter(std::span<std::byte> into) : left_{into} {}
  // A value of one piece or of two that follow each other.
  void put(Field field, BytesView value, BytesView more = {}) {
    const std::size_t size = value.size() + more.size();
    ATTUNE_CHECK(size <= std::numeric_limits<std::uint16_t>::max() && kFieldHead + size <= left_.size());
    left_[0] = static_cast<std::byte>(field);
    left_[1] = static_cast<std::byte>(size >> 8U);
    left_[2] = static_cast<std::byte>(size & 0xFFU);
    left_ = left_.subspan(kFieldHead);
    for (const BytesView piece : {value, more}) {
      std::ranges::copy(piece, left_.begin());
      left_ = left_.subspan(piece.size());
    }
  }

 private:
  std::span<std::byte> left_;
};

class FieldReader {
 public:
  struct Found {
    Field field;
    BytesView value;
  };
  explicit FieldReader(BytesView from) : left_{from} {}

  // The last one is of kind `end`. What is malformed was sealed that way, with the right passphrase: damaged.
  Found next() {
    if (left_.empty() || left_[0] == std::byte{0}) {
      if (std::ranges::any_of(left_, [](std::byte b) { return b != std::byte{0}; })) damaged();
      return {Field::end, {}};
    }
    if (left_.size() < kFieldHead) damaged();
    const auto field = static_cast<Field>(left_[0]);
    const std::size_t size = std::to_integer<std::size_t>(left_[1]) * 256 + std::to_integer<std::size_t>(left_[2]);
    if (left_.size() < kFieldHead + size) damaged();
    const BytesView value = left_.subspan(kFieldHead, size);
    left_ = left_.subspan(kFieldHead + size);
    return {field, value};
  }

 private:
  BytesView left_;
};

std::size_t contents_size(const Vault& vault) {
  constexpr std::size_t single = 4 * (kFieldHead + 32) + (kFieldHead + 1);
  return single + vault.self_keys.size() * (kFieldHead + kSelfKeySize);
}

void write_contents(const Vault& vault, std::span<std::byte> into) {
  FieldWriter writer{into};
  writer.put(Field::root, vault.root.bytes());
  writer.put(Field::backup_recipient, vault.backup_recipient);
  writer.put(Field::device, vault.device.bytes());
  writer.put(Field::store, vault.store.bytes());
  for (const SelfKey& key : vault.self_keys) writer.put(Field::self_key, key.secret.bytes(), key.revoke.bytes());
  const std::array ask{vault.ask_before_partner ? std::byte{1} : std::byte{0}};
  writer.put(Field::ask_before_partner, ask);
}

// Exactly once, exactly that size.
template <std::size_t N>
class Single {
 public:
  void take(BytesView value) {
    if (found_ || value.size() != N) damaged();
    found_.emplace(value.data(), N);
  }
  [[nodiscard]] std::span<const std::byte, N> get() const {
    if (!found_) damaged();
    return *found_;
  }

 private:
  std::optional<std::span<const std::byte, N>> found_;
};

SelfKey self_key_in(BytesView value) {
  if (value.size() != kSelfKeySize) damaged();
  const std::span<const std::byte, kSelfKeySize> all{value.data(), kSelfKeySize};
  return SelfKey{SelfKeySecret::copied(all.first<SelfKeySecret::size>()),
                 StatementHash{all.last<StatementHash::size>()}};
}

Vault read_contents(BytesView from) {
  Single<32> root, backup_recipient, device, store;
  Single<1> ask;
  std::vector<SelfKey> self_keys;
  FieldReader reader{from};
  for (auto found = reader.next(); found.field != Field::end; found = reader.next()) {
    switch (found.field) {
      case Field::root: root.take(found.value); break;
      case Field::backup_recipient: backup_recipient.take(found.value); break;
      case Field::device: device.take(found.value); break;
      case Field::store: store.take(found.value); break;
      case Field::self_key: self_keys.push_back(self_key_in(found.value)); break;
      case Field::ask_before_partner: ask.take(found.value); break;
      default:
        // To pass over it would be to lose it: the next change writes the vault anew without it.
        throw Error{Errc::incompatible, "the vault holds something of a newer attune"};
    }
  }
  const std::byte asks = ask.get()[0];
  if (self_keys.empty() || asks > std::byte{1}) damaged();
  crypto::XPublic recipient;
  std::ranges::copy(backup_recipient.get(), recipient.begin());
  return Vault{RootId{root.get()},
               recipient,
               crypto::DeviceSecret::copied(device.get()),
               StoreSecret::copied(store.get()),
               std::move(self_keys),
               asks == std::byte{1}};
}

Header header_for(const crypto::PassphraseCost& cost) {
  Header header{};
  const auto at = [&](std::size_t offset) { return header.begin() + static_cast<std::ptrdiff_t>(offset); };
  std::ranges::copy(as_bytes(kMagic), header.begin());
  std::ranges::copy(be32(kVersion), at(kVersionAt));
  std::ranges::copy(be64(cost.memory), at(kMemoryAt));
  std::ranges::copy(be32(cost.passes), at(kPassesAt));
  crypto::random_fill(std::span{header}.subspan<kSaltAt, 16>());
  std::ranges::copy(crypto::random_xnonce(), at(kNonceAt));
  return header;
}

// From the passphrase: the key that seals, and the commitment that says, without it, whether the passphrase is right.
// The commitment also binds the file to one key: no second one opens it as something else.
struct Opening {
  crypto::Stretched both;
  [[nodiscard]] crypto::KeyView key() const { return both.bytes().first<32>(); }
  [[nodiscard]] std::span<const std::byte, 32> commitment() const { return both.bytes().last<32>(); }
};

std::array<std::byte, kChecksumSize> checksum_of(BytesView before) {
  return crypto::Hasher{"attune vault checksum v1"}.add(before).finish();
}

crypto::XNonce nonce_in(const Header& header) {
  crypto::XNonce nonce;
  std::ranges::copy(std::span{header}.subspan<kNonceAt, crypto::kXNonceSize>(), nonce.begin());
  return nonce;
}

// A file whose bytes are as they were written, by whomever.
Header checked_header(BytesView file) {
  if (file.size() < kStep || file.size() > kMaxVault || file.size() % kStep != 0) damaged();
  if (!equal(file.first(kMagic.size()), as_bytes(kMagic))) damaged();
  const std::size_t before = file.size() - kChecksumSize;
  if (!equal(file.subspan(before), checksum_of(file.first(before)))) damaged();
  Header header;
  std::ranges::copy(file.first(kHeaderSize), header.begin());
  const auto version = read_be32(std::span{header}.subspan<kVersionAt, 4>());
  if (version > kVersion) throw Error{Errc::incompatible, "the vault was written by a newer attune"};
  if (version != kVersion) tampered();
  return header;
}

crypto::PassphraseCost cost_in(const Header& header) {
  const crypto::PassphraseCost cost{read_be64(std::span{header}.subspan<kMemoryAt, 8>()),
                                    read_be32(std::span{header}.subspan<kPassesAt, 4>())};
  // Before Argon2 is asked for it: too little would be guessed at, too much would take the machine down.
  if (!crypto::acceptable(cost)) tampered();
  return cost;
}

}  // namespace

DeviceId Vault::device_id() const { return DeviceId{crypto::x25519_public(device.bytes())}; }

Bytes lock_vault(const Vault& vault, BytesView passphrase, const crypto::PassphraseCost& cost) {
  ATTUNE_CHECK(!vault.self_keys.empty());
  if (!crypto::acceptable(cost)) throw Error{Errc::usage, "the cost of unlocking is out of its limits"};
  const std::size_t size = (kAround + contents_size(vault) + kStep - 1) / kStep * kStep;
  if (size > kMaxVault) throw Error{Errc::refused, "the vault is full: too many devices were revoked"};
  const Contents contents{size - kAround};
  write_contents(vault, contents.all());

  Header header = header_for(cost);
  const Opening opening{crypto::stretch(passphrase, std::span{header}.subspan<kSaltAt, 16>(), cost)};
  std::ranges::copy(opening.commitment(), header.begin() + static_cast<std::ptrdiff_t>(kCommitmentAt));

  Bytes file(size);
  const std::span<std::byte> out{file};
  std::ranges::copy(header, file.begin());
  crypto::xseal(opening.key(), nonce_in(header), header, contents.all(),
                out.subspan(kHeaderSize, contents.all().size() + crypto::kTagSize));
  std::ranges::copy(checksum_of(out.first(size - kChecksumSize)), out.last(kChecksumSize).begin());
  return file;
}

Vault unlock_vault(BytesView file, BytesView passphrase) {
  const Header header = checked_header(file);
  const Opening opening{crypto::stretch(passphrase, std::span{header}.subspan<kSaltAt, 16>(), cost_in(header))};
  if (!crypto::equal_secrets(opening.commitment(), std::span{header}.subspan<kCommitmentAt, 32>())) {
    throw Error{Errc::wrong_passphrase, "this passphrase does not open the vault"};
  }
  const BytesView sealed = file.subspan(kHeaderSize, file.size() - kHeaderSize - kChecksumSize);
  const Contents contents{sealed.size() - crypto::kTagSize};
  if (!crypto::xopen(opening.key(), nonce_in(header), header, sealed, contents.all())) tampered();
  return read_contents(contents.all());
}

crypto::PassphraseCost vault_cost(BytesView file) { return cost_in(checked_header(file)); }

}  // namespace attune::identity
