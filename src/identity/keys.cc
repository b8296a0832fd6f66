// docs/protocol.md, section 2.5 and 2.6.
#include "identity/keys.h"

#include <algorithm>

#include "core/check.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "identity/parcel_key.h"

namespace attune::identity {
namespace {

constexpr std::string_view kSelfContext = "attSELF_";
constexpr std::string_view kCoupleContext = "attCOUPL";
constexpr std::uint64_t kPsk = 1;
constexpr std::uint64_t kSeal = 2;
constexpr std::uint64_t kBackupMac = 3;
constexpr std::uint64_t kBeacon = 4;
constexpr std::uint64_t kParcel = 5;

std::array<std::byte, 32> seal_tag(const SelfKey& key, const LogId& log, std::uint64_t n, const Link& link) {
  const SealKey seal_key = key.seal_key();
  return crypto::Hasher{"attune seal v1", seal_key.bytes()}.add(log.bytes()).add_u64(n).add(link.bytes()).finish();
}

}  // namespace

SelfKey self_key_from(const SelfSeed& seed, const Statement* newest_revoke) {
  crypto::Hasher hasher{"attune self key v1", seed.bytes()};
  StatementHash revoke;
  if (newest_revoke != nullptr) {
    ATTUNE_CHECK(std::holds_alternative<Revoke>(newest_revoke->says));
    hasher.add(as_bytes(body_of(*newest_revoke)));
    revoke = newest_revoke->hash;
  }
  auto secret = SelfKeySecret::born([&](auto into) {
    auto digest = hasher.finish();
    std::ranges::copy(digest, into.begin());
    crypto::wipe(digest);
  });
  return SelfKey{std::move(secret), revoke};
}

KeyName SelfKey::name() const {
  const auto digest = crypto::Hasher{"attune key name v1"}.add(secret.bytes()).finish();
  return KeyName{std::span{digest}.first<KeyName::size>()};
}
crypto::NoisePsk SelfKey::psk() const { return crypto::derive<crypto::NoisePsk>(secret.bytes(), kSelfContext, kPsk); }
SealKey SelfKey::seal_key() const { return crypto::derive<SealKey>(secret.bytes(), kSelfContext, kSeal); }
BackupMacKey SelfKey::backup_mac_key() const {
  return crypto::derive<BackupMacKey>(secret.bytes(), kSelfContext, kBackupMac);
}
BeaconKey SelfKey::beacon_key() const { return crypto::derive<BeaconKey>(secret.bytes(), kSelfContext, kBeacon); }
SelfKey SelfKey::clone() const { return SelfKey{secret.clone(), revoke}; }

RevokesHash hash_of_revokes(std::vector<StatementHash> revokes) {
  if (revokes.empty()) return {};
  std::ranges::sort(revokes);
  crypto::Hasher hasher{"attune revokes v1"};
  for (const StatementHash& revoke : revokes) hasher.add(revoke.bytes());
  return hasher.finish_as<RevokesHash>();
}

CoupleKeyHash CoupleKey::hash() const {
  return crypto::Hasher{"attune couple key v1"}.add(secret.bytes()).finish_as<CoupleKeyHash>();
}
crypto::NoisePsk CoupleKey::psk() const {
  return crypto::derive<crypto::NoisePsk>(secret.bytes(), kCoupleContext, kPsk);
}
BeaconKey CoupleKey::beacon_key() const { return crypto::derive<BeaconKey>(secret.bytes(), kCoupleContext, kBeacon); }
CoupleKey CoupleKey::clone() const { return CoupleKey{secret.clone(), revokes, revokes_hash}; }

ParcelKey parcel_key(const SelfKey& key) {
  return crypto::derive<ParcelKey>(key.secret.bytes(), kSelfContext, kParcel);
}
ParcelKey parcel_key(const CoupleKey& key) {
  return crypto::derive<ParcelKey>(key.secret.bytes(), kCoupleContext, kParcel);
}

bool newer(const CoupleKey& one, const CoupleKey& other) {
  if (one.revokes != other.revokes) return one.revokes > other.revokes;
  return one.hash() > other.hash();
}

std::string Seal::bytes() const {
  std::string bytes{key.raw()};
  append(bytes, tag);
  return bytes;
}

std::optional<Seal> Seal::from(std::string_view bytes) {
  if (bytes.size() != size) return std::nullopt;
  Seal seal{*KeyName::from(bytes.substr(0, KeyName::size)), {}};
  std::ranges::copy(as_bytes(bytes.substr(KeyName::size)), seal.tag.begin());
  return seal;
}

Seal make_seal(const SelfKey& key, const LogId& log, std::uint64_t n, const Link& link) {
  return Seal{key.name(), seal_tag(key, log, n, link)};
}

bool seal_holds(const SelfKey& key, const Seal& seal, const LogId& log, std::uint64_t n, const Link& link) {
  if (seal.key != key.name()) return false;
  auto tag = seal_tag(key, log, n, link);
  const bool holds = crypto::equal_secrets(tag, seal.tag);
  crypto::wipe(tag);  // until it is given out, only those with the key may know it
  return holds;
}

}  // namespace attune::identity
