// The bytes of a beacon, sans-I/O: "at this address, on this port, I listen". docs/protocol.md, section 7.
// 96 bytes, always: a random nonce and what XChaCha20-Poly1305 made of the rest, under a key that is another one each
// day. Whoever lacks the key sees noise of one length, and cannot tell two beacons of one device from those of two.
#pragma once

#include <array>
#include <asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"
#include "crypto/aead.h"
#include "crypto/secret.h"

namespace attune::net {

// The UDP port of beacons: in the user range, where IANA has assigned nothing, and below the ports that systems draw
// for outgoing traffic.
inline constexpr std::uint16_t kBeaconPort = 29417;

inline constexpr std::size_t kBeaconPlain = 56;
inline constexpr std::size_t kBeaconSize = crypto::kXNonceSize + kBeaconPlain + crypto::kTagSize;
using SealedBeacon = std::array<std::byte, kBeaconSize>;

// A place where a device listens. `address` has no scope: which link an address belongs to is the receiver's affair.
struct Beacon {
  Instant sent;
  asio::ip::address address;
  std::uint16_t port = 0;
  friend bool operator==(const Beacon&, const Beacon&) = default;
};
// While somebody shows three words. It is sealed under a published constant, so it proves nothing: no address, which a
// reader takes from the datagram, but a name that tells two codes shown at once apart.
using PairingTag = std::array<std::byte, 16>;
struct PairingBeacon {
  Instant sent;
  std::uint16_t port = 0;
  PairingTag tag{};  // drawn for one code
  friend bool operator==(const PairingBeacon&, const PairingBeacon&) = default;
};

// The keys of three days made from one key: that of the clock's day, the day before and the day after. REQUIRES:
// moments between 1970 and kLatestInstant; others count as the nearest of these.
class BeaconKeys {
 public:
  BeaconKeys(crypto::KeyView master, Instant now);
  static BeaconKeys of_pairing(Instant now);  // from the published constant

  // Made anew where the clock's day is another one by now. `master` is what the keys were made from.
  [[nodiscard]] bool made_for(Instant now) const noexcept;

  // Under the key of the day when it is sent, which is the one they were made for or beside it.
  [[nodiscard]] SealedBeacon seal(const Beacon& beacon) const;
  [[nodiscard]] SealedBeacon seal(const PairingBeacon& beacon) const;
  // nullopt: another length, another key, another day, or not as seal() writes it. Takes no memory.
  [[nodiscard]] std::optional<Beacon> open(BytesView datagram) const;
  [[nodiscard]] std::optional<PairingBeacon> open_pairing(BytesView datagram) const;

 private:
  using DayKey = crypto::Secret<struct BeaconDayTag, 32>;
  using Plain = std::array<std::byte, kBeaconPlain>;
  [[nodiscard]] SealedBeacon sealed(std::uint64_t day, const Plain& plain) const;
  [[nodiscard]] std::optional<Plain> opened(BytesView datagram) const;

  std::uint64_t day_;
  std::vector<DayKey> keys_;  // of day_, the day before, the day after
};

// The first 32 bytes of a datagram that opened: no two beacons share them, so net/freshness.h can tell a repeated one.
[[nodiscard]] BytesView name_of(const SealedBeacon& beacon);

// Without its scope, and v4 where it came mapped into v6: how addresses are compared and sealed.
[[nodiscard]] asio::ip::address plain_address(const asio::ip::address& address);

}  // namespace attune::net
