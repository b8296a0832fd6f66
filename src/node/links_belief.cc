// Links: who is believed to be the partner or an own device, and under which keys a handshake opens.
#include <utility>

#include "node/links.h"
#include "node/pairing_state.h"

namespace attune::node {

net::HandshakeContext Links::handshake_context() {
  net::HandshakeContext context;
  context.clock = &home_.clock();
  context.freshness = &freshness_;
  context.device = &home_.vault().device;
  if (const auto* admit = home_.people().own().admit_of(home_.vault().device_id())) context.admit = admit->wire;
  context.keys = [this] { return live_keys(); };
  context.believes = [this](const net::PeerProof& proof) { return believes(proof); };
  context.known_offset = [this](net::KeyChoice key) { return known_offset(key); };
  return context;
}

bool Links::partner_allowed() const { return !home_.vault().ask_before_partner || partner_asked_for(home_.book()); }

void Links::allow_partner() {
  if (!partner_allowed()) ask_for_partner(home_.book());
}

// Without the couple's keys nothing of the partner's opens here, and nothing is dialled under them.
std::vector<net::LivePsk> Links::live_keys() const {
  std::vector<net::LivePsk> keys;
  using Whose = net::KeyChoice::Whose;
  std::size_t index = 0;
  const auto add = [&](const identity::CoupleKey& key, bool newest) {
    keys.push_back({net::KeyChoice{Whose::partner, index++, newest, net::KeyMark{key.hash().bytes()}}, key.psk()});
  };
  if (partner_allowed()) {
    // Of a meeting nobody knows whether the other side has kept it, too: until it is proven both keys are dialled.
    if (const auto meeting = home_.book().meeting()) add(meeting->key, true);
    if (const auto pairing = home_.book().pairing()) {
      bool newest = true;
      for (const identity::CoupleKey& key : home_.book().couple_keys(pairing->partner)) {
        add(key, std::exchange(newest, false));
      }
    }
  }
  const auto& own = home_.vault().self_keys;
  for (std::size_t i = 0; i < own.size(); ++i) {
    keys.push_back({net::KeyChoice{Whose::own, i, i == 0}, own[own.size() - 1 - i].psk()});
  }
  return keys;
}

bool Links::believes(const net::PeerProof& proof) const {
  if (proof.device == home_.vault().device_id()) return false;  // ourselves, by way of the network
  const bool own = proof.key.whose == net::KeyChoice::Whose::own;
  const identity::Roster* partner = home_.people().partner();
  if (!own && partner == nullptr) return false;
  return home_.people().believes(own ? home_.vault().root : partner->root(), proof.device, proof.admit);
}

std::optional<std::chrono::milliseconds> Links::known_offset(net::KeyChoice key) const {
  const bool own = key.whose == net::KeyChoice::Whose::own;
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    if (peer.own == own && peer.clock_ahead.count() != 0) return peer.clock_ahead;
  }
  return std::nullopt;
}

}  // namespace attune::node
