// What keeps this device apart from another one: from what was observed to what is said. Pure, so that every case can
// be written down as a table. What looks the same from one side is said to: several findings then stand for one fact,
// the likeliest first.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/interfaces.h"
#include "net/ways.h"
#include "node/attempt.h"

namespace attune::node {

enum class Cause {
  no_network,  // this computer is in no network
  nobody,      // there is nobody to find
  discovery,   // beacons are off here, or cannot be heard
  listening,   // this node cannot be called from another computer
  firewall,    // here or there
  vpn,         // takes the way to the other one
  isolation,   // the router keeps its clients apart
  multicast,   // multicast or broadcast is filtered
  subnet,      // the two are in different networks
  clock,       // clocks are too far apart
  no_answer,   // the other node is not there
  version,     // the two programs do not understand each other
  key,         // the two have no key in common
};
[[nodiscard]] std::string_view name_of(Cause cause) noexcept;

struct Finding {
  Cause cause;
  std::string text;  // whole sentences
  std::string next;  // what to do
};

// A beacon of this device's own, from one of its addresses.
struct Echo {
  asio::ip::address from;
  bool forbidden = false;  // this machine did not let it out
  bool came_back = false;  // as every other program on the network should have heard it
};
// A dial to where somebody was last, or to where a beacon says that they are.
struct Called {
  Attempt attempt;
  bool announced = false;             // by a beacon, just now
  bool near = false;                  // in a network of ours
  std::optional<std::string> tunnel;  // the packets leave by this one
  net::Neighbour neighbour = net::Neighbour::unknown;
};
struct HeardBeacon {
  bool v6 = false;
  std::chrono::milliseconds ahead{0};  // its clock, of ours
};
// The partner, of whom any device will do, or another device of this person.
struct Party {
  bool own = false;
  std::string name;
  bool reached = false;
  bool only_by_address = false;  // beacons had found nobody before
  std::vector<Called> calls;
  std::vector<HeardBeacon> heard;
  std::chrono::milliseconds clock_ahead{0};      // as remembered
  std::chrono::milliseconds clock_ahead_now{0};  // as a link showed that came in
};
struct NetworkObservations {
  enum class Beacons { on, off, deaf };                    // deaf: another program has the port
  enum class Listening { not_meant, nowhere, here, yes };  // here: on this computer alone
  bool removed = false;                                    // this device was
  bool words_needed = false;                               // for the newest key
  bool partner_left = false;                               // they said so
  bool partner_not_asked = false;                          // restored, and the partner is not to be called yet
  std::vector<net::LocalAddress> addresses;                // without loopback
  std::vector<std::string> tunnels;
  Beacons beacons = Beacons::on;
  Listening listening = Listening::yes;
  std::uint16_t port = 0;                 // of the listener
  std::vector<asio::ip::address> closed;  // own addresses at which the own listener was not reached
  std::vector<Echo> echoes;
  std::vector<Party> parties;
};

// Empty: nothing was found that keeps anybody apart.
[[nodiscard]] std::vector<Finding> network_findings(const NetworkObservations& seen);

}  // namespace attune::node
