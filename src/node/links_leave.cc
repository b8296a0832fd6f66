// Links: the end of what was between this node and the partner's.
#include <algorithm>
#include <asio/use_awaitable.hpp>

#include "core/error.h"
#include "node/links.h"
#include "node/links_parts.h"
#include "node/pairing_state.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kReachPatience{10};
constexpr std::chrono::seconds kLevelPatience{5};
constexpr std::chrono::seconds kFarewellPatience{5};
constexpr std::chrono::milliseconds kPoll{10};

bool with_partner(const net::PeerProof& proof) { return proof.key.whose == net::KeyChoice::Whose::partner; }

}  // namespace

asio::awaitable<void> Links::poll_until(std::function<bool()> holds, std::chrono::milliseconds patience) {
  asio::steady_timer poll{context_};
  asio::steady_timer deadline{context_, patience};
  const auto late = std::make_shared<bool>(false);
  deadline.async_wait([late](asio::error_code cancelled) { *late = !cancelled; });
  while (!holds() && !*late) {
    poll.expires_after(kPoll);
    co_await wait(poll);
  }
}

void Links::follow_partner() {
  const auto now = home_.book().counterpart();
  if (now == partner_) return;
  home_.people().follow();
  const auto before = std::exchange(partner_, now);
  if (before) let_go(*before);
}

// Closed, not ended: an end would have to wait until everything under way is there.
void Links::let_go(const RootId& partner) {
  for (const auto& [device, live] : live_) {
    if (live->root == partner && !live->farewell) live->channel.close();
  }
  drop_partner_targets();
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    if (!peer.own && peer.root == partner) home_.book().forget_peer(peer.device);
  }
  offsets_.reset();
}

void Links::drop_partner_targets() {
  for (const auto& target : targets_) {
    if (target->own != false) continue;
    target->over = true;
    target->pause.cancel();
    if (target->dialling) target->stop.emit(asio::cancellation_type::terminal);
  }
}

void Links::noted_left(Live& live) {
  if (partner_left(home_.book())) return;
  note_partner_left(home_.book(), live.root);
  if (home_.book().meeting() && home_.book().pairing()) home_.book().forget_meeting();  // nothing comes of it any more
  drop_partner_targets();
  log_.info("the partner told that they have left");
  if (partner_left_) partner_left_();
}

asio::awaitable<void> Links::stay_linked(std::unique_ptr<net::Channel> channel) {
  ++running_;
  try {
    SessionTold nobody = [](const sync::Summary&) {};
    co_await run_session(std::move(channel), true, true, std::move(nobody));
  } catch (const Error& error) {
    log_.info(std::string{"a session broke off: "} + std::string{name_of(error.code())});
  }
  --running_;
}

// A session with one device of the partner, where one can be reached and none stands.
asio::awaitable<void> Links::reach_partner() {
  const Steady until = home_.clock().steady() + kReachPatience;
  const auto linked = [this] {
    return std::ranges::any_of(live_, [](const auto& entry) { return with_partner(entry.second->proof); });
  };
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    if (linked() || home_.clock().steady() >= until) co_return;
    if (peer.own || !peer.dialable()) continue;
    try {
      net::HostPort to{peer.host, peer.port};
      constexpr bool own = false;
      std::unique_ptr<net::Channel> channel = co_await connect(std::move(to), own, until);
      spawn(context_, stay_linked(std::move(channel)), log_);
    } catch (const Error& error) {
      log_.info(std::string{"the partner was not reached: "} + std::string{name_of(error.code())});
      continue;
    }
    std::function<bool()> level = [this] {
      return std::ranges::any_of(
          live_, [](const auto& entry) { return with_partner(entry.second->proof) && entry.second->session.level(); });
    };
    co_await poll_until(std::move(level), kLevelPatience);
  }
}

asio::awaitable<bool> Links::leave_telling(std::function<void()> leave) {
  co_await reach_partner();
  std::vector<std::shared_ptr<Live>> told;
  for (const auto& [device, live] : live_) {
    if (with_partner(live->proof)) told.push_back(live);
  }
  for (const auto& live : told) live->farewell = true;
  try {
    leave();
  } catch (const Error&) {
    for (const auto& live : told) live->farewell = false;
    throw;
  }
  for (const auto& live : told) {
    if (!live->ended) live->session.leave();
  }
  std::function<bool()> all_ended = [told] { return std::ranges::all_of(told, &Live::ended); };
  co_await poll_until(std::move(all_ended), kFarewellPatience);
  for (const auto& live : told) {
    if (!live->ended) live->channel.close();
  }
  co_return std::ranges::any_of(told, &Live::told_left);
}

asio::awaitable<std::vector<DeviceId>> Links::own_devices_level() {
  std::function<bool()> all_level = [this] {
    return std::ranges::all_of(
        live_, [](const auto& entry) { return with_partner(entry.second->proof) || entry.second->session.level(); });
  };
  co_await poll_until(std::move(all_level), kLevelPatience);
  std::vector<DeviceId> level;
  for (const auto& [device, live] : live_) {
    if (!with_partner(live->proof) && live->session.level()) level.push_back(device);
  }
  co_return level;
}

}  // namespace attune::node
