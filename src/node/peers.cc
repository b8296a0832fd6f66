#include "node/peers.h"

#include "attune/home.pb.h"
#include "core/error.h"

namespace attune::node {
namespace {

PeerMemory decoded(const DeviceId& device, std::string_view value) {
  home::v1::Peer message;
  if (!message.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    throw Error{Errc::damaged, "what is remembered of a device cannot be read"};
  }
  PeerMemory peer;
  peer.device = device;
  peer.root = RootId::from(message.root()).value_or(RootId{});
  peer.own = message.own();
  peer.host = message.host();
  peer.port = static_cast<std::uint16_t>(message.port());
  if (message.last_sync() > 0) peer.last_sync = Instant{std::chrono::milliseconds{message.last_sync()}};
  peer.clock_ahead = std::chrono::milliseconds{message.clock_ahead()};
  peer.aside = {.held_here = message.held_here(), .held_there = message.held_there(), .disputed = message.disputed()};
  return peer;
}

}  // namespace

std::vector<PeerMemory> remembered_peers(const book::Book& book) {
  std::vector<PeerMemory> peers;
  for (const auto& [device, value] : book.peers()) peers.push_back(decoded(device, value));
  return peers;
}

PeerMemory remembered_peer(const book::Book& book, const DeviceId& device) {
  for (const PeerMemory& peer : remembered_peers(book)) {
    if (peer.device == device) return peer;
  }
  PeerMemory blank;
  blank.device = device;
  return blank;
}

void remember(book::Book& book, const PeerMemory& peer) {
  home::v1::Peer message;
  message.set_root(std::string{peer.root.raw()});
  message.set_own(peer.own);
  message.set_host(peer.host);
  message.set_port(peer.port);
  if (peer.last_sync) message.set_last_sync(peer.last_sync->time_since_epoch().count());
  message.set_clock_ahead(peer.clock_ahead.count());
  message.set_held_here(peer.aside.held_here);
  message.set_held_there(peer.aside.held_there);
  message.set_disputed(peer.aside.disputed);
  book.set_peer(peer.device, message.SerializeAsString());
}

}  // namespace attune::node
