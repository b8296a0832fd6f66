// Links to other devices: who may connect, whom to dial, one session per pair of devices, and what becomes of it.
// Everything runs on the node's one thread. docs/protocol.md, section 6.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "net/channel.h"
#include "node/home.h"
#include "node/log.h"
#include "node/peers.h"
#include "sync/session.h"

namespace attune::node {

// What one sync brought, over all devices that were reached.
struct SyncOutcome {
  struct Missed {
    net::HostPort at;
    Error why;
  };
  std::vector<DeviceId> reached;  // up to date with each of them
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::vector<Missed> missed;    // addresses that the person named and where nobody was synced with
  std::optional<Error> failure;  // the last thing that went wrong, where something did
  bool words_needed = false;     // nobody who was reached has the self key of the newest revoke
};

class Links {
 public:
  // Borrowed things outlive it.
  Links(asio::io_context& context, Home& home, const Log& log);
  ~Links();
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;

  // Serves one accepted connection to its end.
  asio::awaitable<void> serve(net::Tcp::socket socket, std::function<void()> authenticated);
  // One sync with each device that is linked, remembered, or at one of these addresses.
  using Told = std::function<void(const SyncOutcome&)>;
  asio::awaitable<SyncOutcome> sync_now(std::vector<net::HostPort> named, Told told);
  // One sync with whoever of the partner or of this person is at this address; `own`: whose
  // device is expected there, which saves two seconds of silence at a device of the other kind. Throws
  // Errc::unreachable.
  asio::awaitable<void> sync_at(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome, Told told);

  // From now on: dial these addresses and all remembered devices, again and again, and stay linked.
  void keep_linked(const std::vector<net::HostPort>& named);
  void set_listening_port(std::uint16_t port) noexcept { listening_port_ = port; }
  // The person asked for the partner: from now on, also after a restart, the partner's devices are dialled and served.
  // Until then, in a home that was restored so, they are neither; they get a stranger's silence.
  void allow_partner();

  // Devices were revoked here: the same as when a session brings it.
  void rosters_changed() { notice_revokes(nullptr); }
  // One sync with all remembered devices but that one, before it is revoked. Names nobody new and waits for nobody
  // longer than `patience` in all.
  asio::awaitable<SyncOutcome> sync_without(DeviceId lost, std::chrono::seconds patience, Told told);
  void book_changed();  // push what is new
  void kick();          // the network may have changed: dial again now, and drop links that may be dead
  // Ends every session on purpose, in at most two seconds, and every dial at once. Only where a name is being looked up
  // something may remain on the context, which must not run on after this object's end.
  asio::awaitable<void> finish();
  [[nodiscard]] std::size_t linked() const noexcept { return live_.size(); }

 private:
  struct Live;    // a session that runs
  struct Target;  // somewhere to dial again and again

  [[nodiscard]] net::HandshakeContext handshake_context();
  [[nodiscard]] std::optional<std::chrono::milliseconds> known_offset(net::KeyChoice key) const;
  [[nodiscard]] bool partner_allowed() const;
  [[nodiscard]] std::vector<net::LivePsk> live_keys() const;
  [[nodiscard]] std::vector<net::LivePsk> keys_to_dial(std::optional<bool> own) const;
  [[nodiscard]] bool revoked(const DeviceId& device) const;
  [[nodiscard]] bool believes(const net::PeerProof& proof) const;
  asio::awaitable<std::unique_ptr<net::Channel>> connect(net::HostPort to, std::optional<bool> own);
  // `told`: after each message, with how far it is. Throws Errc::exists where another link to that device stands.
  using SessionTold = std::function<void(const sync::Summary&)>;
  asio::awaitable<sync::Summary> run_session(std::unique_ptr<net::Channel> channel, bool dialled, bool stay,
                                             SessionTold told);
  using Address = std::pair<net::HostPort, std::optional<bool>>;  // and whose device is expected there
  asio::awaitable<SyncOutcome> sync_all(std::vector<Address> at, std::optional<DeviceId> but, Steady until, Told told);
  asio::awaitable<bool> sync_once(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome, Told told);
  asio::awaitable<void> await_level(std::shared_ptr<Live> live, SyncOutcome& outcome);
  [[nodiscard]] sync::Setup setup_for(const net::PeerProof& proof, bool stay) const;
  // A session brought a revoke: links to that device are closed, and all others begin anew under newer keys.
  void notice_revokes(const sync::Session* bringer);
  [[nodiscard]] std::shared_ptr<Live> enter(net::Channel& channel, sync::Session& session, const RootId& root,
                                            bool dialled);
  void leave(const DeviceId& device, const std::shared_ptr<Live>& live);
  void noted_level(Live& live);
  asio::awaitable<void> keep(std::shared_ptr<Target> target);
  asio::awaitable<bool> link(Target& target);
  void add_target(net::HostPort at, std::optional<DeviceId> device, std::optional<bool> own);

  asio::io_context& context_;
  Home& home_;
  const Log& log_;
  net::Freshness freshness_;
  net::HandshakeContext handshake_;
  std::map<DeviceId, std::shared_ptr<Live>> live_;
  std::vector<std::shared_ptr<Target>> targets_;
  std::uint16_t listening_port_ = 0;
  std::uint64_t revokes_seen_;
  bool keeping_ = false;
  bool finishing_ = false;
  int running_ = 0;  // coroutines that finish() waits for
};

}  // namespace attune::node
