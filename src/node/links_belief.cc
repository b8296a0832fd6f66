// Links: who is believed to be the partner or an own device, and under which keys a handshake opens.
#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/error.h"
#include "identity/parcel_key.h"
#include "node/links.h"
#include "node/links_parts.h"
#include "node/pairing_state.h"

namespace attune::node {
namespace {

// How long a couple's key still opens after the next one was made: for whoever was off meanwhile.
constexpr std::chrono::days kOldKeyLives{90};
constexpr std::size_t kMostCoupleKeys = 16;
constexpr std::size_t kOldKeysDialled = 4;  // of each person: a responder's silence costs two seconds

template <class Name>
net::KeyMark mark_of(const Name& name) {
  return net::KeyMark{name.bytes()};
}

}  // namespace

net::HandshakeContext Links::handshake_context() {
  net::HandshakeContext context;
  context.clock = &home_.clock();
  context.freshness = &freshness_;
  context.device = &home_.vault().device;
  if (const auto* admit = home_.people().own().admit_of(home_.vault().device_id())) context.admit = admit->wire;
  context.keys = [this] { return live_keys(); };
  context.believes = [this](const net::PeerProof& proof) { return believes(proof); };
  return context;
}

bool Links::partner_allowed() const { return !home_.vault().ask_before_partner || partner_asked_for(home_.book()); }

void Links::allow_partner() {
  if (!partner_allowed()) ask_for_partner(home_.book());
}

template <class Take>
void Links::each_couple_key(Take take) const {
  std::size_t index = 0;
  const auto add = [&](const identity::CoupleKey& key, bool newest) {
    take(net::KeyChoice{net::KeyChoice::Whose::partner, index++, newest, mark_of(key.hash())}, key);
  };
  // Of a meeting nobody knows whether the other side has kept it, too: until it is proven both keys are dialled.
  if (const auto meeting = home_.book().meeting()) add(meeting->key, true);
  std::vector<book::DatedKey> shared;
  if (home_.book().pairing()) shared = home_.people().couple_keys();
  std::optional<Instant> successor;
  const auto worked = key_that_worked(home_.book());
  for (const book::DatedKey& dated : shared) {
    const bool over = successor && home_.clock().now() >= *successor + kOldKeyLives;
    if ((!over && index < kMostCoupleKeys) || dated.key.hash() == worked) add(dated.key, !successor);
    // An older one's time cannot keep it open longer: somebody may have made it up.
    successor = std::min(successor.value_or(dated.since), dated.since);
  }
}

// Without the couple's keys nothing of the partner's opens here, and nothing is dialled under them.
template <class Take>
void Links::each_key(Take take) const {
  if (home_.removed()) return;
  using Whose = net::KeyChoice::Whose;
  if (partner_allowed()) each_couple_key(take);
  const auto& own = home_.keyring().all();
  for (std::size_t i = 0; i < own.size(); ++i) {
    const identity::SelfKey& key = own[own.size() - 1 - i];
    take(net::KeyChoice{Whose::own, i, i == 0, mark_of(key.revoke)}, key);
  }
}

std::vector<net::LivePsk> Links::live_keys() const {
  std::vector<net::LivePsk> keys;
  const KnownOffsets& offsets = known_offsets();
  each_key(
      [&](const net::KeyChoice& choice, const auto& key) { keys.push_back({choice, key.psk(), offsets.of(choice)}); });
  return keys;
}

// Each person's newest first. The partner's also where nobody may be called yet: a file calls nobody.
std::vector<sync::LiveParcelKey> Links::parcel_keys() const {
  std::vector<sync::LiveParcelKey> keys;
  const auto add = [&](const net::KeyChoice& choice, const auto& key) {
    keys.push_back({choice, identity::parcel_key(key)});
  };
  if (!partner_allowed() && !home_.removed()) each_couple_key(add);
  each_key(add);
  return keys;
}

std::vector<LiveBeaconKey> Links::beacon_keys() const {
  std::vector<LiveBeaconKey> keys;
  const KnownOffsets& offsets = known_offsets();
  each_key([&](const net::KeyChoice& choice, const auto& key) {
    keys.push_back({choice, key.beacon_key(), offsets.of(choice)});
  });
  return keys;
}

// Newest first; then older ones, which are all that somebody has who was off while a device was revoked. A partner who
// told that they have left is not dialled, whoever names the address.
std::vector<net::LivePsk> Links::keys_to_dial(std::optional<bool> own) const {
  std::vector<net::LivePsk> keys = live_keys();
  const bool gone = partner_left(home_.book());
  const auto worked = key_that_worked(home_.book());
  std::erase_if(keys, [&](const net::LivePsk& key) {
    const bool for_own = key.choice.whose == net::KeyChoice::Whose::own;
    const bool works = !for_own && worked && key.choice.mark == mark_of(*worked);
    return (own && *own != for_own) || (gone && !for_own) || (key.choice.index > kOldKeysDialled && !works);
  });
  std::ranges::stable_sort(keys, {},
                           [](const net::LivePsk& key) { return std::pair{!key.choice.newest, key.choice.index}; });
  return keys;
}

std::size_t Links::age_of(const net::KeyChoice& key) const {
  std::size_t age = SIZE_MAX;
  each_key([&](const net::KeyChoice& live, const auto&) {
    if (live.whose == key.whose && live.mark == key.mark) age = live.index;
  });
  return age;
}

bool Links::revoked(const DeviceId& device) const {
  const sync::People& people = home_.people();
  return people.own().revoked(device) || (people.partner() != nullptr && people.partner()->revoked(device));
}

bool Links::believes(const net::PeerProof& proof) const {
  if (proof.device == home_.vault().device_id()) return false;  // ourselves, by way of the network
  if (std::ranges::any_of(searches_, [&](const auto& search) { return search->but == proof.device; })) return false;
  const bool own = proof.key.whose == net::KeyChoice::Whose::own;
  const identity::Roster* partner = home_.people().partner();
  if (!own && partner == nullptr) return false;
  return home_.people().believes(own ? home_.vault().root : partner->root(), proof.device, proof.admit);
}

const Links::KnownOffsets& Links::known_offsets() const {
  if (offsets_) return *offsets_;
  KnownOffsets read;
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    auto& offset = peer.own ? read.own : read.partner;
    if (!offset && peer.clock_ahead.count() != 0) offset = peer.clock_ahead;
  }
  return offsets_.emplace(read);
}

}  // namespace attune::node
