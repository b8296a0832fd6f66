// Keys, locks and pieces of a parcel. docs/protocol.md, sections 8.1 to 8.3. Internal to sync.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "attune/sync.pb.h"
#include "crypto/aead.h"
#include "sync/parcel.h"

namespace attune::sync::parcel {

inline constexpr std::size_t kPlain = kParcelChunk - crypto::kTagSize;
inline constexpr std::size_t kMaxHead = 2U << 20U;  // rosters are one message of a session
inline constexpr int kMaxLocks = 1024;
inline constexpr std::string_view kName = "attune parcel";
extern const std::array<std::byte, 16> kMagic;  // the name, zeros, and the version

// A head's chunks and a body's are told apart, and so is the last one.
enum class Kind : std::uint8_t { head = 0, body = 1, last = 2 };
[[nodiscard]] crypto::Nonce nonce_of(std::uint64_t number, Kind kind);
[[nodiscard]] std::uint64_t padded_chunks(std::uint64_t chunks);
[[nodiscard]] bool all_zero(BytesView bytes);

// What the head is sealed under.
[[nodiscard]] ParcelSecret file_key_of(const identity::ParcelKey& key, const ParcelSalt& salt);
// What the body is sealed under: whoever alters the head has no body that goes with it.
[[nodiscard]] ParcelSecret body_key_of(const ParcelSecret& seed, const ParcelSecret& file_key, const ParcelSalt& salt,
                                       BytesView head);

// The maker's side of all locks of one parcel.
struct Locking {
  const ParcelSalt& salt;
  crypto::EphemeralSecret ephemeral_secret;
  crypto::XPublic ephemeral{};
  crypto::XPublic maker{};
  [[nodiscard]] static Locking drawn(const ParcelSalt& salt, const crypto::DeviceSecret& maker);
};
// nullopt: that reader's key agrees on nothing.
[[nodiscard]] std::optional<std::string> lock_for(const Locking& locking, const crypto::DeviceSecret& maker,
                                                  const DeviceId& reader, const ParcelSecret& seed);
struct Unlocking {
  const ParcelSalt& salt;
  DeviceId maker;
  DeviceId ephemeral;
};
// nullopt: another device's lock, or one that this maker did not make.
[[nodiscard]] std::optional<ParcelSecret> unlocked(const Unlocking& unlocking, const crypto::DeviceSecret& own,
                                                   std::string_view lock);

// Parsed within limits, every field of its size. Throws Errc::damaged with the file's name.
[[nodiscard]] v1::ParcelHead parse_head(BytesView bytes, const std::string& name);

}  // namespace attune::sync::parcel
