#include "net/beacon.h"

#include <algorithm>

#include "core/check.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "net/padding.h"

namespace attune::net {
namespace {

constexpr std::string_view kSealTag = "attune beacon v1";  // associated data of both kinds
constexpr std::string_view kDayContext = "attBEACN";
constexpr std::string_view kPairingTag = "attune pairing beacon v1";

// docs/protocol.md section 7: where the fields stand; zeros up to the end.
constexpr std::size_t kTimeAt = 0;      // 8
constexpr std::size_t kPortAt = 8;      // 2
constexpr std::size_t kAddressAt = 10;  // 16, or the tag of a pairing
constexpr std::size_t kFieldsEnd = 26;

std::uint64_t milliseconds_of(Instant moment) {
  const Instant within = std::clamp(moment, Instant{}, kLatestInstant);
  return static_cast<std::uint64_t>(within.time_since_epoch().count());
}

std::uint64_t day_of(Instant moment) {
  constexpr std::uint64_t kDay = 24ULL * 60 * 60 * 1000;
  return milliseconds_of(moment) / kDay;
}

std::array<std::byte, 16> address_bytes(const asio::ip::address& address) {
  const auto v6 = address.is_v6() ? address.to_v6() : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
  std::array<std::byte, 16> bytes{};
  std::ranges::transform(v6.to_bytes(), bytes.begin(), [](std::uint8_t byte) { return std::byte{byte}; });
  return bytes;
}

template <class Plain>
void put(Plain& plain, std::size_t at, BytesView bytes) {
  std::ranges::copy(bytes, plain.begin() + static_cast<std::ptrdiff_t>(at));
}

template <class Plain>
Plain plain_of(Instant sent, std::uint16_t port, BytesView sixteen) {
  Plain plain{};
  put(plain, kTimeAt, be64(milliseconds_of(sent)));
  put(plain, kPortAt, be16(port));
  put(plain, kAddressAt, sixteen);
  return plain;
}

// nullopt: what follows the fields is not zero, the time is out of range, or there is no port.
struct Fields {
  Instant sent;
  std::uint16_t port;
  std::span<const std::byte, 16> sixteen;
};
std::optional<Fields> fields_of(std::span<const std::byte, kBeaconPlain> plain) {
  const auto zero = [](std::byte byte) { return byte == std::byte{0}; };
  if (!std::ranges::all_of(plain.subspan<kFieldsEnd>(), zero)) return std::nullopt;
  const std::uint64_t sent = read_be64(plain.subspan<kTimeAt, 8>());
  if (sent > static_cast<std::uint64_t>(kLatestInstant.time_since_epoch().count())) return std::nullopt;
  const auto port = static_cast<std::uint16_t>(read_be16(plain.subspan<kPortAt, 2>()));
  if (port == 0) return std::nullopt;
  return Fields{Instant{std::chrono::milliseconds{sent}}, port, plain.subspan<kAddressAt, 16>()};
}

}  // namespace

BeaconKeys::BeaconKeys(crypto::KeyView master, Instant now) : day_{day_of(now)} {
  const std::uint64_t before = day_ == 0 ? 0 : day_ - 1;
  for (const std::uint64_t day : {day_, before, day_ + 1}) {
    keys_.push_back(crypto::derive<DayKey>(master, kDayContext, day));
  }
}

BeaconKeys BeaconKeys::of_pairing(Instant now) {
  const auto published = crypto::Hasher{kPairingTag}.finish();
  return {published, now};
}

bool BeaconKeys::made_for(Instant now) const noexcept { return day_of(now) == day_; }

SealedBeacon BeaconKeys::sealed(std::uint64_t day, const Plain& plain) const {
  const std::size_t index = day == day_ ? 0 : day < day_ ? 1 : 2;
  const crypto::XNonce nonce = crypto::random_xnonce();
  SealedBeacon datagram{};
  std::ranges::copy(nonce, datagram.begin());
  crypto::xseal(keys_[index].bytes(), nonce, as_bytes(kSealTag), plain,
                std::span{datagram}.subspan(crypto::kXNonceSize));
  return datagram;
}

std::optional<BeaconKeys::Plain> BeaconKeys::opened(BytesView datagram) const {
  if (datagram.size() != kBeaconSize) return std::nullopt;
  crypto::XNonce nonce{};
  std::ranges::copy(datagram.first(crypto::kXNonceSize), nonce.begin());
  for (const DayKey& key : keys_) {
    Plain plain{};
    if (crypto::xopen(key.bytes(), nonce, as_bytes(kSealTag), datagram.subspan(crypto::kXNonceSize), plain))
      return plain;
  }
  return std::nullopt;
}

SealedBeacon BeaconKeys::seal(const Beacon& beacon) const {
  ATTUNE_CHECK(beacon.port != 0);
  const auto address = address_bytes(beacon.address);
  return sealed(day_of(beacon.sent), plain_of<Plain>(beacon.sent, beacon.port, address));
}

SealedBeacon BeaconKeys::seal(const PairingBeacon& beacon) const {
  ATTUNE_CHECK(beacon.port != 0);
  return sealed(day_of(beacon.sent), plain_of<Plain>(beacon.sent, beacon.port, beacon.tag));
}

std::optional<Beacon> BeaconKeys::open(BytesView datagram) const {
  const auto plain = opened(datagram);
  if (!plain) return std::nullopt;
  const auto fields = fields_of(*plain);
  if (!fields) return std::nullopt;
  asio::ip::address_v6::bytes_type bytes{};
  std::ranges::transform(fields->sixteen, bytes.begin(),
                         [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  return Beacon{fields->sent, plain_address(asio::ip::address_v6{bytes}), fields->port};
}

std::optional<PairingBeacon> BeaconKeys::open_pairing(BytesView datagram) const {
  const auto plain = opened(datagram);
  if (!plain) return std::nullopt;
  const auto fields = fields_of(*plain);
  if (!fields) return std::nullopt;
  PairingBeacon beacon{fields->sent, fields->port, {}};
  std::ranges::copy(fields->sixteen, beacon.tag.begin());
  return beacon;
}

BytesView name_of(const SealedBeacon& beacon) { return BytesView{beacon}.first<32>(); }

asio::ip::address plain_address(const asio::ip::address& address) {
  if (address.is_v4()) return address;
  auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
  v6.scope_id(0);
  return v6;
}

}  // namespace attune::net
