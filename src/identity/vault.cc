// docs/store-format.md, section 5. No protobuf here: its messages keep copies of what they carry, and this file carries
// secrets.
#include "identity/vault.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/error.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "identity/vault_contents.h"

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
