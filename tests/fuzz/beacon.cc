// A datagram from anybody in the network. docs/protocol.md, section 7.
#include "net/beacon.h"

#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "fuzz/target.h"

namespace attune::fuzz {
namespace {

constexpr Instant kNow{std::chrono::milliseconds{1'790'000'000'000}};
constexpr std::uint64_t kDay = 1'790'000'000'000ULL / 86'400'000ULL;

const crypto::Secret<struct FuzzMasterTag, 32>& master() {
  static const auto key = known_secret<crypto::Secret<struct FuzzMasterTag, 32>>(7);
  return key;
}
const net::BeaconKeys& keys() {
  static const net::BeaconKeys all{master().bytes(), kNow};
  return all;
}

// As docs/protocol.md says it, and not as the code does.
net::SealedBeacon sealed_by_hand(std::uint64_t day, BytesView plain) {
  const auto key = crypto::derive<crypto::Secret<struct FuzzDayTag, 32>>(master().bytes(), "attBEACN", day);
  net::SealedBeacon datagram{};
  const crypto::XNonce nonce{};
  crypto::xseal(key.bytes(), nonce, as_bytes("attune beacon v1"), plain, std::span{datagram}.subspan(24));
  return datagram;
}

void check(BytesView datagram) {
  if (const auto beacon = keys().open(datagram)) {
    promise(beacon->port != 0 && beacon->sent <= kLatestInstant, "a beacon's fields are in range");
    promise(beacon->address == net::plain_address(beacon->address), "an address has one form");
    // A time far from the key's own day would be sealed under another key: only its bytes are compared then.
    net::Beacon again = *beacon;
    again.sent = kNow;
    promise(keys().open(keys().seal(again)) == again, "what was opened can be said again");
  }
  if (const auto beacon = keys().open_pairing(datagram)) {
    promise(beacon->port != 0 && beacon->sent <= kLatestInstant, "a pairing beacon's fields are in range");
    net::PairingBeacon again = *beacon;
    again.sent = kNow;
    promise(keys().open_pairing(keys().seal(again)) == again, "what was opened can be said again");
  }
}

void fuzz(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  if (how % 4 == 0) {
    check(draw.rest());
  } else {  // whoever holds the key
    const auto plain = draw.array<net::kBeaconPlain>();
    const std::uint64_t day = kDay + how / 4 % 5 - 2;
    const auto datagram = sealed_by_hand(day, plain);
    const bool opens = keys().open(datagram).has_value();
    promise(!opens || (day + 1 >= kDay && day <= kDay + 1), "only the days beside it open");
    const bool zeros = std::all_of(plain.begin() + 26, plain.end(), [](std::byte b) { return b == std::byte{0}; });
    const bool port = plain[8] != std::byte{0} || plain[9] != std::byte{0};
    const bool in_time = read_be64(std::span{plain}.first<8>()) <= 253402300799999ULL;
    const bool in_days = day + 1 >= kDay && day <= kDay + 1;
    promise(opens == (zeros && port && in_time && in_days), "a beacon opens if it is well made, and only then");
    check(datagram);
    auto flipped = datagram;
    flipped[draw.below(flipped.size())] ^= static_cast<std::byte>(1U << draw.below(8));
    promise(!keys().open(flipped) && !keys().open_pairing(flipped), "no altered beacon opens");
  }
}

std::vector<Bytes> seeds() {
  const net::Beacon beacon{kNow, asio::ip::make_address("192.168.1.7"), 40000};
  InputBuilder plain;
  plain.byte(9).u64(1'790'000'000'000ULL).u16(40000).raw(Bytes(10)).raw(Bytes(2, std::byte{0xFF}));
  plain.byte(192).byte(168).byte(1).byte(7).raw(Bytes(30)).u16(3).u16(1);
  return {InputBuilder{}.byte(0).raw(keys().seal(beacon)).take(), plain.take()};
}

const Registration registration{{"beacon", Weight::light, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
