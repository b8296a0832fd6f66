// Links: staying linked, dialling again with a growing pause.
#include <algorithm>
#include <asio/this_coro.hpp>
#include <utility>

#include "core/error.h"
#include "node/links.h"
#include "node/links_parts.h"
#include "node/pace.h"
#include "node/pairing_state.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

constexpr int kMostForKeys = 3;

class Dialling {
 public:
  Dialling(std::optional<net::HostPort>& place, asio::steady_timer& slow, const net::HostPort& to)
      : place_{place}, slow_{slow} {
    place_ = to;
  }
  ~Dialling() {
    place_.reset();
    slow_.cancel();
  }
  Dialling(const Dialling&) = delete;
  Dialling& operator=(const Dialling&) = delete;

 private:
  std::optional<net::HostPort>& place_;
  asio::steady_timer& slow_;
};

}  // namespace

void Links::keep_linked(const std::vector<net::HostPort>& named) {
  keeping_ = true;
  for (const net::HostPort& at : named) {
    add_target(at, std::nullopt, std::nullopt);
    for (const auto& target : targets_) target->named |= target->at == at;
  }
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    const bool wanted = peer.own || !partner_left(home_.book());
    if (wanted && peer.dialable()) add_target({peer.host, peer.port}, peer.device, peer.own);
  }
}

void Links::add_target(net::HostPort at, std::optional<DeviceId> device, std::optional<bool> own) {
  for (const auto& target : targets_) {
    const bool same_device = device && target->device == device;
    if (target->over || (!same_device && target->at != at)) continue;
    if (same_device && !target->named) target->at = std::move(at);  // it moved
    target->once = false;
    return;
  }
  constexpr bool once = false;
  keep_new(std::move(at), device, own, once);
}

void Links::keep_new(net::HostPort at, std::optional<DeviceId> device, std::optional<bool> own, bool once,
                     std::vector<net::HostPort> others) {
  std::erase_if(targets_, [](const auto& target) { return target->over; });
  auto target = std::make_shared<Target>(context_, std::move(at), device, own);
  target->once = once;
  target->found = std::move(others);
  targets_.push_back(target);
  spawn(context_, keep(target), log_, target->stop);
}

// Dials, and stays until the session's end. true: it brought the key that the next one needs, and nothing else.
asio::awaitable<bool> Links::link(Target& target, net::HostPort to) {
  std::unique_ptr<net::Channel> channel;
  {
    const Dialling dialling{target.dialling, target.slow, to};
    target.began = home_.clock().steady();
    target.slow.expires_after(kSlowDial);
    target.slow.async_wait([this, weak = target.weak_from_this()](asio::error_code cancelled) {
      const auto still = weak.lock();
      if (!cancelled && still && still->dialling) hand_on(*still);
    });
    net::HostPort dialled = to;
    channel = co_await connect(std::move(dialled), target.own);
  }
  if (!target.named) target.at = std::move(to);
  target.linked = home_.clock().steady();
  target.device = channel->peer().device;
  target.own = channel->peer().key.whose == net::KeyChoice::Whose::own;
  SessionTold nobody = [](const sync::Summary&) {};
  const sync::Summary ended = co_await run_session(std::move(channel), true, true, std::move(nobody));
  co_return ended.key_session && !ended.words_needed;
}

asio::awaitable<void> Links::keep(std::shared_ptr<Target> target) {
  co_await asio::this_coro::throw_if_cancelled(false);  // a dial that is ended fails as any other
  ++running_;
  DialPace pace;
  int for_keys = 0;  // sessions in a row that brought keys and nothing else
  while (!finishing_ && !target->over && !home_.removed() && !(target->device && revoked(*target->device))) {
    const auto linked_already = target->device ? live_.find(*target->device) : live_.end();
    if (linked_already != live_.end()) {
      std::shared_ptr<Live> live = linked_already->second;
      while (!live->ended && !finishing_ && !target->over) co_await wait(live->moved);
      pace.anew();
    } else {
      net::HostPort to = target->next_place();
      target->linked.reset();
      const auto lasted = [&] { return home_.clock().steady() - *target->linked; };
      try {
        const bool only_keys = co_await link(*target, std::move(to));
        for_keys = only_keys ? for_keys + 1 : 0;
        // The key is here: now the journal. Not without end, though, whatever the other side says.
        if (only_keys && for_keys < kMostForKeys) continue;
        if (!only_keys) pace.ended(lasted());
      } catch (const Error& error) {
        log_.info(std::string{"a link broke off: "} + std::string{name_of(error.code())});
        if (target->linked) pace.broke_off(lasted());
        note_missed(error);
      }
    }
    if (finishing_ || target->over) break;
    if (!target->found.empty()) continue;  // another place to try
    if (target->once) break;
    if (!target->kicked) {
      target->pause.expires_after(pace.next_pause());
      co_await wait(target->pause);
    }
    if (std::exchange(target->kicked, false)) pace.anew();
  }
  target->over = true;
  --running_;
  if (!finishing_) std::erase(targets_, target);
}

}  // namespace attune::node
