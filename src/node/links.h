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
#include "net/listener.h"
#include "node/attempt.h"
#include "node/home.h"
#include "node/log.h"
#include "node/peers.h"
#include "sync/by_file.h"
#include "sync/session.h"

namespace attune::node {

// What one sync brought, over all devices that were reached.
struct SyncOutcome {
  struct Missed {
    net::HostPort at;
    Error why;
  };
  std::vector<DeviceId> reached;  // up to date with each of them
  // Records, since it began, by whichever link. One that arrived where its link broke before that was said is not sent.
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::vector<Missed> missed;    // addresses that the person named and where nobody was synced with
  std::optional<Error> failure;  // the last thing that went wrong, where something did
  bool words_needed = false;     // nobody who was reached has the self key of the newest revoke
};

// What a sync does not do: with this device, past this moment, and where nothing moves for that long.
struct SyncLimits {
  std::optional<DeviceId> but;
  Steady until = Steady::max();
  std::chrono::milliseconds stall{60'000};
};

// A key under which beacons of devices of ours are sent and opened.
struct LiveBeaconKey {
  net::KeyChoice choice;
  identity::BeaconKey key;
  std::optional<std::chrono::milliseconds> known_offset;  // docs/protocol.md section 3.4
  [[nodiscard]] bool own() const noexcept { return choice.whose == net::KeyChoice::Whose::own; }
};

class Links {
 public:
  // Borrowed things outlive it.
  Links(asio::io_context& context, Home& home, const Log& log);
  ~Links();
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;

  // Serves one accepted connection to its end.
  asio::awaitable<void> serve(net::Tcp::socket socket, net::Listener::Note note);
  // One sync with each device that is linked, remembered, or at one of these addresses.
  using Told = std::function<void(const SyncOutcome&)>;
  asio::awaitable<SyncOutcome> sync_now(std::vector<net::HostPort> named, Told told);
  // One sync with whoever of the partner or of this person is at this address; `own`: whose
  // device is expected there, which saves two seconds of silence at a device of the other kind. Throws
  // Errc::unreachable.
  asio::awaitable<void> sync_at(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome, Told told,
                                SyncLimits limits);

  // The same without addresses, together with whoever turns up in that time: at a remembered address, by found(), or by
  // a connection that comes in. Ends earlier once every device that is known was reached, or `given_up` says so (asked
  // after each step and after recheck_searches()); later, up to three times that, where somebody broke off, or while a
  // session goes on in which something moves. Never past the limits; a device that is left out is a stranger meanwhile.
  asio::awaitable<SyncOutcome> sync_search(std::chrono::milliseconds search, Told told, std::function<bool()> given_up,
                                           SyncLimits limits);
  void recheck_searches();

  // From now on: dial these addresses and all remembered devices, again and again, and stay linked.
  void keep_linked(const std::vector<net::HostPort>& named);
  void set_listening_port(std::uint16_t port) noexcept { listening_port_ = port; }
  // The person asked for the partner: from now on, also after a restart, the partner's devices are dialled and served.
  // Until then, in a home that was restored so, they are neither; they get a stranger's silence.
  void allow_partner();

  // --- without a network (sync/by_file.h, docs/protocol.md, section 8)
  struct FileOutcome {
    std::uint64_t records = 0;  // in the file, or new here
    std::size_t readers = 0;    // devices that can read it, where it was written
    DeviceId maker;             // where it was taken
    bool own = false;           // it goes between devices of this person
    bool too_old = false;       // its key is from before a device was removed: it says which devices there are, no more
    bool unknown_here = false;  // whoever made it did not know this device: likewise
    bool words_needed = false;  // this device lacks the newest self key
    sync::SetAside aside;
  };
  // `own`: for this person's devices, else the partner's. Throws Errc::not_paired, Errc::exists, Errc::refused where
  // there is no such device.
  FileOutcome write_file(const std::string& path, bool own, const sync::FileProgress& progress);
  // Throws Errc::not_found, damaged, incompatible, and Errc::refused for one that is not for this device.
  FileOutcome take_file(const std::string& path, const sync::FileProgress& progress);

  // Devices were revoked or self keys came, here: the same as when a session brings it.
  void rosters_changed() { notice_revokes_and_keys(nullptr); }
  // One sync with all remembered devices but that one, before it is revoked. Names nobody new and waits for nobody
  // longer than `patience` in all.
  asio::awaitable<SyncOutcome> sync_without(DeviceId lost, std::chrono::seconds patience, Told told);

  // --- finding each other (node/discovery.h)
  [[nodiscard]] std::vector<LiveBeaconKey> beacon_keys() const;  // one for each key that opens a handshake
  // A device of ours, or of the partner, says that it listens there: dials it, unless linked_at().
  void found(net::HostPort at, bool own);
  [[nodiscard]] bool linked_with(bool own) const;                    // with any device of that person
  [[nodiscard]] bool linked_at(bool own, std::uint16_t port) const;  // with a device that listens on that port
  [[nodiscard]] bool lacks(bool own) const;                          // a device is known that is not linked

  // --- a check of the network (node/network_check.h)
  // Called when a dial and its handshake have ended, whoever wanted them. {}: nobody is told.
  void on_attempt(std::function<void(const Attempt&)> told) { attempted_ = std::move(told); }
  [[nodiscard]] bool dialling() const;  // somebody, now, and up to the end of the handshake
  void widen() { freshness_.widen(); }  // the window for clocks, for ten minutes: the person asked
  // How far ahead of ours the clock is of somebody who dialled and is linked; who is dialled does not say.
  [[nodiscard]] std::optional<std::chrono::milliseconds> clock_ahead(bool own) const;
  [[nodiscard]] bool calls_partner() const { return partner_allowed(); }

  // The person leaves: `leave` writes it down, and what is between this node and the partner's ends with that. Before,
  // it is made sure that one of the partner's devices can be told, where any can be reached; true: one was. Without
  // anybody to tell it is enough to write it down: book_changed() does the rest.
  asio::awaitable<bool> leave_telling(std::function<void()> leave);
  void on_partner_left(std::function<void()> told) { partner_left_ = std::move(told); }
  // Own devices that are linked and have everything that this one has; waits a few seconds for those that have not.
  asio::awaitable<std::vector<DeviceId>> own_devices_level();

  // Pushes what is new; ends what is left with somebody who is the partner no more.
  void book_changed();
  void kick();  // the machine slept: dial again now, and drop links, which may all be dead
  // The network changed: dial again now, and drop the links whose own address is `here` no more.
  void moved_to(const std::function<bool(const asio::ip::address&)>& here);
  // Ends every session on purpose, in at most two seconds, and every dial at once. Only where a name is being looked up
  // something may remain on the context, which must not run on after this object's end.
  asio::awaitable<void> finish();
  void reopen() noexcept { finishing_ = false; }  // after finish(): a command may sync once more
  [[nodiscard]] std::size_t linked() const noexcept { return live_.size(); }

 private:
  struct Live;    // a session that runs
  struct Target;  // somewhere to dial again and again
  struct Search;  // one sync_search()
  class Tally;    // what goes while a sync goes on

  [[nodiscard]] net::HandshakeContext handshake_context();
  // How far ahead a clock of each person's devices was when it showed last; nullopt: not at all, or nobody knows.
  struct KnownOffsets {
    std::optional<std::chrono::milliseconds> own, partner;
    [[nodiscard]] const std::optional<std::chrono::milliseconds>& of(const net::KeyChoice& key) const {
      return key.whose == net::KeyChoice::Whose::own ? own : partner;
    }
  };
  [[nodiscard]] const KnownOffsets& known_offsets() const;
  [[nodiscard]] bool partner_allowed() const;
  template <class Take>
  void each_couple_key(Take take) const;  // likewise, the partner's alone, and whether or not they may be called
  template <class Take>
  void each_key(Take take) const;  // take(choice, key) for each that opens a handshake, a person's newest first
  [[nodiscard]] std::vector<net::LivePsk> live_keys() const;
  [[nodiscard]] std::vector<sync::LiveParcelKey> parcel_keys() const;
  [[nodiscard]] const sync::LiveParcelKey& parcel_key(const std::vector<sync::LiveParcelKey>& keys, bool own) const;
  [[nodiscard]] sync::Setup setup_without_keys(const net::PeerProof& proof) const;
  void check_maker(const net::PeerProof& proof, const std::string& path) const;  // throws Errc::refused
  [[nodiscard]] std::vector<net::LivePsk> keys_to_dial(std::optional<bool> own) const;
  [[nodiscard]] std::size_t age_of(const net::KeyChoice& key) const;  // 0: that person's newest now; the oldest: gone
  [[nodiscard]] bool revoked(const DeviceId& device) const;
  [[nodiscard]] bool believes(const net::PeerProof& proof) const;
  asio::awaitable<std::unique_ptr<net::Channel>> connect(net::HostPort to, std::optional<bool> own,
                                                         Steady until = Steady::max());
  void note_attempt(const net::HostPort& at, std::optional<bool> own, AttemptEnd end) const;
  // `told`: after each message, with how far it is. Throws Errc::exists where another link to that device stands.
  using SessionTold = std::function<void(const sync::Summary&)>;
  asio::awaitable<sync::Summary> run_session(std::unique_ptr<net::Channel> channel, bool dialled, bool stay,
                                             SessionTold told);
  using Address = std::pair<net::HostPort, std::optional<bool>>;  // and whose device is expected there
  asio::awaitable<SyncOutcome> sync_all(std::vector<Address> at, SyncLimits limits, Told told);
  asio::awaitable<void> sync_in_rounds(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome, Told told,
                                       SyncLimits limits);
  asio::awaitable<std::optional<Error>> sync_once(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome,
                                                  Told told, SyncLimits limits);
  asio::awaitable<std::shared_ptr<Live>> link_at(net::HostPort at, Steady until);
  // A session of a sync, which ends within those limits.
  asio::awaitable<sync::Summary> run_watched(std::unique_ptr<net::Channel> channel, const SyncOutcome& outcome,
                                             Told told, SyncLimits limits);
  // Throws Errc::unreachable where nothing moves for too long, or the time is over.
  asio::awaitable<void> await_level_or_end(std::shared_ptr<Live> live, SyncLimits limits);
  // Counts its device in once both have everything, by this link or one that took its place. Else why the last of them
  // ended. Throws as above.
  asio::awaitable<std::optional<Error>> await_level(std::shared_ptr<Live> live, SyncOutcome& outcome,
                                                    SyncLimits limits);
  [[nodiscard]] sync::Setup setup_for(const net::PeerProof& proof, bool stay) const;
  // A session may have brought a revoke: links to that device are closed, and all others begin anew under newer keys.
  // Or it brought a self key: what others left out for lack of one may go now.
  void notice_revokes_and_keys(const sync::Session* bringer);
  [[nodiscard]] std::shared_ptr<Live> enter(net::Channel& channel, sync::Session& session, const RootId& root,
                                            bool dialled);
  void leave(const DeviceId& device, const std::shared_ptr<Live>& live);
  void noted_level(Live& live);
  void noted_left(Live& live);
  void follow_partner();
  void let_go(const RootId& partner);
  void drop_partner_targets();
  asio::awaitable<void> reach_partner();
  asio::awaitable<void> stay_linked(std::unique_ptr<net::Channel> channel);
  asio::awaitable<void> poll_until(std::function<bool()> holds, std::chrono::milliseconds patience);
  asio::awaitable<void> keep(std::shared_ptr<Target> target);
  asio::awaitable<bool> link(Target& target, net::HostPort to);
  void keep_new(net::HostPort at, std::optional<DeviceId> device, std::optional<bool> own, bool once,
                std::vector<net::HostPort> others = {});
  void hand_on(Target& target);  // its dial hangs: somebody else tries the other places
  [[nodiscard]] bool room_for_found(bool own) const;

  asio::awaitable<void> count_in(std::shared_ptr<Search> search, std::shared_ptr<Live> live, SyncLimits limits);
  void note_missed(const Error& error);  // for each search: a dial or a session failed
  [[nodiscard]] bool all_reached(const SyncOutcome& outcome, const std::optional<DeviceId>& but) const;
  [[nodiscard]] std::vector<DeviceId> known_devices(bool own) const;  // admitted, but this one
  void add_target(net::HostPort at, std::optional<DeviceId> device, std::optional<bool> own);

  asio::io_context& context_;
  Home& home_;
  const Log& log_;
  net::Freshness freshness_;
  net::HandshakeContext handshake_;
  std::map<DeviceId, std::shared_ptr<Live>> live_;
  struct Gone {
    std::uint64_t sent = 0, received = 0;
  };
  std::map<DeviceId, Gone> gone_;  // records, since this node began
  std::vector<std::shared_ptr<Target>> targets_;
  std::vector<std::shared_ptr<Search>> searches_;
  std::optional<RootId> partner_;  // whom links are with, as far as was seen
  std::function<void()> partner_left_;
  std::function<void(const Attempt&)> attempted_;
  // Read when a device was remembered or forgotten: who knocks must not see how many there are.
  mutable std::optional<KnownOffsets> offsets_;
  std::uint16_t listening_port_ = 0;
  std::uint64_t revokes_seen_;
  std::uint64_t keys_seen_;
  bool keeping_ = false;
  bool finishing_ = false;
  int running_ = 0;  // coroutines that finish() waits for
};

}  // namespace attune::node
