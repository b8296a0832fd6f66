// Finding each other: when beacons are sent, and what is made of those that come. docs/protocol.md, section 7.
// Nothing of it is shown or kept: that somebody's beacon was heard tells when they are at home.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/beacons.h"
#include "net/freshness.h"
#include "node/home.h"
#include "node/links.h"
#include "node/log.h"
#include "node/pace.h"

namespace attune::node {

class Discovery {
 public:
  // Borrowed things outlive it.
  Discovery(asio::io_context& context, Home& home, Links& links, const Log& log);
  ~Discovery();
  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;

  // From now on it sends and hears, for a listener bound like this. Where the port is taken it only sends.
  void begin(const net::Tcp::endpoint& listener, std::uint16_t port = net::kBeaconPort);
  [[nodiscard]] bool on() const noexcept { return listener_.has_value(); }
  void look();          // now, and often for a while: the network changed, the machine woke, the person asked
  void book_changed();  // if something waits and nobody is there to take it, now
  void stop();

  // --- a check of the network (node/network_check.h)
  // Each beacon that is sent, with why it could not be where it could not; and each that opens under a key of ours and
  // came from the address it names: fresh or not, and one's own.
  struct Watch {
    std::function<void(const net::LocalAddress& from, asio::error_code why)> sent;
    std::function<void(const net::Beacon& beacon, const asio::ip::address& from, bool own)> heard;
  };
  void watch(Watch watch) { watch_ = std::move(watch); }  // {}: nobody does any more
  [[nodiscard]] bool hears() const noexcept { return ear_ != nullptr; }
  [[nodiscard]] const std::optional<net::Tcp::endpoint>& listener() const noexcept { return listener_; }
  void widen() { freshness_.widen(); }  // the window for clocks, as Links does

 private:
  struct Key {
    LiveBeaconKey live;
    net::BeaconKeys days;
  };
  struct Stranger {  // heard, and not linked when it was
    bool own;
    std::uint16_t port;
  };

  asio::awaitable<void> run();
  void send();
  void send_under(const Key& key, const std::vector<net::LocalAddress>& from);
  [[nodiscard]] bool wanted(bool own) const;
  void heard(const net::SealedBeacon& datagram, const net::Udp::endpoint& from);
  void heed(const net::Beacon& beacon, const asio::ip::address& from, const net::KeyChoice& key);
  [[nodiscard]] bool may_dial(const std::string& place, const net::KeyChoice& key);
  const std::vector<Key>& keys();

  asio::io_context& context_;
  Home& home_;
  Links& links_;
  const Log& log_;
  Pace pace_;
  net::Freshness freshness_;
  asio::steady_timer timer_;
  std::unique_ptr<net::BeaconEar> ear_;
  std::optional<net::Tcp::endpoint> listener_;
  std::uint16_t port_ = net::kBeaconPort;
  bool everybody_ = true;  // the next beacon is for all, not only for those that are missing
  std::optional<Stranger> stranger_;
  std::uint64_t waiting_ = 0;
  std::vector<Key> keys_;
  std::optional<Steady> keys_of_;
  // By whose key and whether it is the newest: places, when they were last.
  std::map<std::pair<net::KeyChoice::Whose, bool>, std::map<std::string, Steady>> dialled_;
  Watch watch_;
};

}  // namespace attune::node
