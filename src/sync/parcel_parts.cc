#include "sync/parcel_parts.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

#include "core/error.h"
#include "crypto/hash.h"
#include "crypto/random.h"

namespace attune::sync::parcel {
namespace {

constexpr std::byte kVersion{1};
constexpr std::size_t kLock = ParcelSecret::size + crypto::kTagSize;
constexpr int kMaxDepth = 16;
constexpr std::uint64_t kSmall = 4;  // chunks

ParcelSecret secret_of(crypto::Hasher& hasher) {
  return ParcelSecret::born([&](auto into) {
    auto digest = hasher.finish();
    std::ranges::copy(digest, into.begin());
    crypto::wipe(digest);
  });
}

// Known to the maker and to that reader alone, and to neither without its own device's secret: what a handshake of
// both static keys and one fresh key would prove.
ParcelSecret lock_key(const crypto::SharedSecret& of_statics, const crypto::SharedSecret& of_ephemeral,
                      const Unlocking& parcel, const crypto::XPublic& reader) {
  crypto::Hasher hasher{"attune parcel lock v1", of_statics.bytes()};
  hasher.add(of_ephemeral.bytes()).add(parcel.salt).add(parcel.ephemeral.bytes()).add(parcel.maker.bytes()).add(reader);
  return secret_of(hasher);
}

crypto::XPublic public_of(const DeviceId& device) {
  crypto::XPublic key;
  std::ranges::copy(device.bytes(), key.begin());
  return key;
}

}  // namespace

const std::array<std::byte, 16> kMagic = [] {
  std::array<std::byte, 16> magic{};
  std::ranges::copy(as_bytes(kName), magic.begin());
  magic.back() = kVersion;
  return magic;
}();

crypto::Nonce nonce_of(std::uint64_t number, Kind kind) {
  crypto::Nonce nonce{};
  std::ranges::copy(be64(number), nonce.begin());
  nonce.back() = static_cast<std::byte>(kind);
  return nonce;
}

// In steps of 16 KiB while it is small, of 64 KiB from then on: those of the two largest frames of a channel.
std::uint64_t padded_chunks(std::uint64_t chunks) {
  return chunks <= kSmall ? chunks : (chunks + kSmall - 1) / kSmall * kSmall;
}

bool all_zero(BytesView bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{}; });
}

ParcelSecret file_key_of(const identity::ParcelKey& key, const ParcelSalt& salt) {
  crypto::Hasher hasher{"attune parcel head v1", key.bytes()};
  hasher.add(salt);
  return secret_of(hasher);
}

ParcelSecret body_key_of(const ParcelSecret& seed, const ParcelSecret& file_key, const ParcelSalt& salt,
                         BytesView head) {
  crypto::Hasher hasher{"attune parcel body v1", seed.bytes()};
  hasher.add(file_key.bytes()).add(salt).add(head);
  return secret_of(hasher);
}

Locking Locking::drawn(const ParcelSalt& salt, const crypto::DeviceSecret& maker) {
  Locking locking{salt, crypto::random_secret<crypto::EphemeralSecret>(), {}, crypto::x25519_public(maker.bytes())};
  locking.ephemeral = crypto::x25519_public(locking.ephemeral_secret.bytes());
  return locking;
}

std::optional<std::string> lock_for(const Locking& locking, const crypto::DeviceSecret& maker, const DeviceId& reader,
                                    const ParcelSecret& seed) {
  const crypto::XPublic to = public_of(reader);
  try {
    const auto of_statics = crypto::x25519(maker.bytes(), to);
    const auto of_ephemeral = crypto::x25519(locking.ephemeral_secret.bytes(), to);
    const Unlocking parcel{locking.salt, DeviceId{locking.maker}, DeviceId{locking.ephemeral}};
    const ParcelSecret key = lock_key(of_statics, of_ephemeral, parcel, to);
    std::array<std::byte, kLock> lock{};
    crypto::seal(key.bytes(), crypto::Nonce{}, {}, seed.bytes(), lock);  // the key is this lock's alone
    return to_string(lock);
  } catch (const Error&) {
    return std::nullopt;  // whoever admitted such a key must not keep the others from their parcel
  }
}

std::optional<ParcelSecret> unlocked(const Unlocking& parcel, const crypto::DeviceSecret& own, std::string_view lock) {
  try {
    const auto of_statics = crypto::x25519(own.bytes(), public_of(parcel.maker));
    const auto of_ephemeral = crypto::x25519(own.bytes(), public_of(parcel.ephemeral));
    const ParcelSecret key = lock_key(of_statics, of_ephemeral, parcel, crypto::x25519_public(own.bytes()));
    bool open = false;
    auto seed = ParcelSecret::born([&](auto into) {
      std::ranges::fill(into, std::byte{});
      open = crypto::open(key.bytes(), crypto::Nonce{}, {}, as_bytes(lock), into);
    });
    if (open) return seed;
  } catch (const Error&) {
    return std::nullopt;  // a key that agrees on nothing: nobody's lock
  }
  return std::nullopt;
}

v1::ParcelHead parse_head(BytesView bytes, const std::string& name) {
  v1::ParcelHead head;
  google::protobuf::io::CodedInputStream stream{as_uchar(bytes), static_cast<int>(bytes.size())};
  stream.SetRecursionLimit(kMaxDepth);
  const bool parsed = head.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
  const auto whole = [](const std::string& lock) { return lock.size() == kLock; };
  if (!parsed || head.maker().size() != DeviceId::size || head.ephemeral().size() != DeviceId::size ||
      head.locks_size() > kMaxLocks || !std::ranges::all_of(head.locks(), whole)) {
    throw Error{Errc::damaged, fmt::format("the head of {} cannot be read", name), "ask for a new one"};
  }
  return head;
}

}  // namespace attune::sync::parcel
