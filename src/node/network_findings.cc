#include "node/network_findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "net/beacon.h"
#include "net/freshness.h"
#include "node/words.h"

namespace attune::node {
namespace {

using Beacons = NetworkObservations::Beacons;
using Listening = NetworkObservations::Listening;
using std::chrono::milliseconds;

bool apart(const NetworkObservations& seen) {
  return std::ranges::any_of(seen.parties, [](const Party& party) { return !party.reached; });
}

bool too_far(milliseconds ahead) { return std::chrono::abs(ahead) > net::Freshness::kWindow; }

std::string in_words(milliseconds time) {
  const auto minutes = std::chrono::round<std::chrono::minutes>(std::chrono::abs(time)).count();
  if (minutes < 120) return fmt::format("{} minutes", minutes);
  return fmt::format("{} hours", (minutes + 30) / 60);
}

std::string place(const net::HostPort& at) {
  return at.host.find(':') == std::string::npos ? fmt::format("{}:{}", at.host, at.port)
                                                : fmt::format("[{}]:{}", at.host, at.port);
}

std::string networks(const NetworkObservations& seen) {
  std::vector<std::string> all;
  for (const net::LocalAddress& one : seen.addresses) {
    if (one.address.is_v4()) all.push_back(fmt::format("{}/{}", one.address.to_string(), one.prefix));
  }
  return all.empty() ? std::string{"none with IPv4"} : fmt::format("{}", fmt::join(all, ", "));
}

// --- what concerns this computer alone

std::string how_to_open(const std::string& port) {
  return fmt::format(
      "Let the home network in: TCP port {} and UDP port {}. With ufw, for example: sudo ufw allow from "
      "192.168.0.0/16 to any port {} proto udp, and the same for TCP.",
      port, net::kBeaconPort, net::kBeaconPort);
}

std::string port_here(const NetworkObservations& seen) {
  return seen.port == 0 ? std::string{"that attune status shows"} : fmt::format("{}", seen.port);
}

void own_firewall(const NetworkObservations& seen, std::vector<Finding>& found) {
  std::vector<std::string> kept_in;
  std::vector<std::string> lost;
  for (const Echo& echo : seen.echoes) {
    if (echo.forbidden) kept_in.push_back(echo.from.to_string());
    const bool heard_nothing = seen.beacons == Beacons::on && !echo.forbidden && !echo.came_back;
    if (heard_nothing) lost.push_back(echo.from.to_string());
  }
  for (const auto& address : seen.closed) lost.push_back(address.to_string());
  for (const Party& party : seen.parties) {
    for (const Called& call : party.calls) {
      if (call.attempt.end == AttemptEnd::forbidden) kept_in.push_back(place(call.attempt.at));
    }
  }
  if (!kept_in.empty()) {
    found.push_back(
        {Cause::firewall,
         fmt::format("This computer does not let attune send to its network ({}): a firewall here forbids it.",
                     fmt::join(kept_in, ", ")),
         "Allow attune to send to the home network in this computer's firewall."});
  } else if (!lost.empty()) {
    found.push_back({Cause::firewall,
                     fmt::format("What this computer sends to itself over its network does not arrive ({}): a firewall "
                                 "here drops it, and drops what your partner's computer sends in the same way.",
                                 fmt::join(lost, ", ")),
                     how_to_open(port_here(seen))});
  }
}

void own_side(const NetworkObservations& seen, std::vector<Finding>& found) {
  own_firewall(seen, found);
  if (!apart(seen)) return;
  if (seen.listening == Listening::here || seen.listening == Listening::nowhere) {
    found.push_back({Cause::listening,
                     seen.listening == Listening::here
                         ? "This node listens on this computer alone; no other can call it."
                         : "This computer cannot be called: attune could not listen.",
                     "Start it without --listen, or with an address of the home network: attune down, attune up; and "
                     "attune config listen shows what is set."});
  }
  if (seen.beacons == Beacons::off) {
    found.push_back({Cause::discovery,
                     "Beacons are switched off here, so devices only meet at addresses that they remember or are told.",
                     "Switch them on (attune config discovery on; up without --no-discovery), or name an address: "
                     "attune sync --peer HOST:PORT."});
  } else if (seen.beacons == Beacons::deaf) {
    found.push_back({Cause::discovery,
                     fmt::format("Another program on this computer holds UDP port {}, so no beacon can be heard here.",
                                 net::kBeaconPort),
                     "End that program, or name an address: attune sync --peer HOST:PORT."});
  }
}

void nobody_there(const NetworkObservations& seen, std::vector<Finding>& found) {
  if (seen.partner_left) {
    found.push_back({Cause::nobody, "Your partner has said that they left; their devices are not called any more.",
                     "attune status shows it. To begin anew, pair again: attune leave, then attune pair."});
  } else if (seen.partner_not_asked) {
    found.push_back({Cause::nobody, "Since this device was restored, it does not call your partner's devices.",
                     "When you want it to: attune sync."});
  } else if (seen.parties.empty()) {
    found.push_back({Cause::nobody, "There is nobody to find yet: this journal knows no other device.",
                     "Pair with your partner (attune pair), or make another device of yours (attune restore)."});
  }
}

// --- what concerns somebody else

std::string whose(const Party& party) { return party.own ? party.name : party.name + "'s computer"; }

Finding vpn_takes(const Party& party, const std::string& tunnel) {
  return {
      Cause::vpn, fmt::format("A VPN on this computer ({}) takes what is meant for {}.", tunnel, whose(party)),
      "Switch the VPN off and try again, or let it leave the local network alone (often called split tunnelling, or "
      "\"allow access to local network\")."};
}

Finding vpn_perhaps(const NetworkObservations& seen) {
  return {Cause::vpn,
          fmt::format("A VPN is up on this computer ({}). Many of them cut a computer off from its home network.",
                      fmt::join(seen.tunnels, ", ")),
          "Switch it off for a moment and try again."};
}

Finding other_subnet(const NetworkObservations& seen, const Party& party, const Called& call) {
  return {
      Cause::subnet,
      fmt::format("{} was last at {}, which is in none of the networks of this computer ({}).", whose(party),
                  place(call.attempt.at), networks(seen)),
      "Bring both into one network: the same Wi-Fi, and not its guest network. Where a router joins the two networks, "
      "name the address that attune status shows there: attune sync --peer HOST:PORT."};
}

Finding clock_off(const Party& party, milliseconds ahead) {
  return {
      Cause::clock,
      fmt::format("The clock of {} is {} {} this one.", whose(party), in_words(ahead),
                  ahead.count() > 0 ? "ahead of" : "behind"),
      "Let both computers set their clocks by themselves. Up to a day apart they also find each other while both have "
      "run attune sync in the last ten minutes."};
}

Finding removed_there(const Party& party) {
  return {
      Cause::key, fmt::format("A device answers for {} that was removed, or that nobody vouches for.", whose(party)),
      "On that computer: attune status. A device that was removed is made anew with attune wipe and attune restore."};
}

Finding other_version(const Party& party) {
  return {Cause::version,
          fmt::format("{} is there and has the right key and time, but does not understand this device: the two "
                      "programs are of different versions.",
                      whose(party)),
          "Compare attune --version on both, and bring the older one up to date."};
}

// Somebody accepts and says nothing: a stranger's port looks like this, and so does a node that is not convinced.
void unconvinced(const Party& party, const Called& call, std::vector<Finding>& found) {
  const std::string there = place(call.attempt.at);
  found.push_back(
      {Cause::clock,
       fmt::format("Something at {}, where {} was last, takes the call and then says nothing. From here that "
                   "looks the same whether the clocks are more than 90 seconds apart, or one of the next two.",
                   there, whose(party)),
       "Compare the time on both computers. Then run attune sync on both within ten minutes: for so long "
       "clocks may be a day apart."});
  found.push_back({Cause::key,
                   "Or the two have no key in common: a device was removed or made anew, or another computer has that "
                   "address by now.",
                   "Run attune status on both: the check words must be the same. If they are not, pair again."});
  found.push_back({Cause::version, "Or one of the two programs is too old for the other.",
                   "Compare attune --version on both, and bring the older one up to date."});
}

Finding firewall_there(const Party& party, const Called& call) {
  const std::string text =
      call.announced
          ? fmt::format(
                "{} says that it listens at {}, but no call gets through: it has a firewall (or a VPN), or the "
                "router keeps its devices apart.",
                whose(party), place(call.attempt.at))
          : fmt::format("{} is on at {}, but lets no call in: it has a firewall, or a VPN that swallows its answers.",
                        whose(party), call.attempt.at.host);
  return {Cause::firewall, text, "On that computer: " + how_to_open(fmt::format("{}", call.attempt.at.port))};
}

Finding isolated(const Party& party) {
  return {Cause::isolation,
          fmt::format("If {} is on and in this network, and the same is said there, then the router keeps its devices "
                      "apart, as guest networks do.",
                      whose(party)),
          "Put both into a network that is no guest network, and switch off what the router calls client isolation, AP "
          "isolation or \"devices may not see each other\"."};
}

Finding isolated_for_sure(const Party& party) {
  return {Cause::isolation,
          fmt::format("Beacons of {} arrive, but nothing that is meant for it alone gets there: the router keeps its "
                      "devices apart.",
                      whose(party)),
          isolated(party).next};
}

Finding filtered(const Party& party) {
  return {
      Cause::multicast,
      fmt::format("Or {} has another address by now, and the router does not pass on broadcast and multicast, by which "
                  "it would be found there.",
                  whose(party)),
      "Look there for attune status and name what it shows: attune sync --peer HOST:PORT. In the router, switch off "
      "what filters multicast or broadcast (on some: \"IGMP snooping\", \"multicast filter\")."};
}

Finding filtered_for_sure(const Party& party) {
  return {
      Cause::multicast,
      fmt::format("{} was only found at the address it had last. Beacons did not get through: the network filters "
                  "broadcast and multicast, or beacons are switched off there. With a new address it would be lost.",
                  whose(party)),
      "In the router, switch off what filters multicast or broadcast (on some: \"IGMP snooping\", \"multicast "
      "filter\"); on that computer: attune config discovery on."};
}

Finding one_family(const Party& party, bool v6) {
  return {Cause::multicast,
          fmt::format("Of {} only beacons by {} arrive, though this computer has both: the network may filter {}.",
                      whose(party), v6 ? "IPv6" : "IPv4", v6 ? "broadcast" : "multicast"),
          "Look in the router for what filters multicast or broadcast."};
}

Finding node_down(const Party& party, const Called& call) {
  return {Cause::no_answer,
          fmt::format("A computer answers at {}, where {} was last, but no attune listens there.", call.attempt.at.host,
                      whose(party)),
          "On that computer: attune up. If it has another address now, it is found as soon as attune runs there."};
}

Finding not_there(const Party& party) {
  return {
      Cause::no_answer,
      fmt::format("Nothing answers for {}. It may be off, asleep or away, or attune may not run on it.", whose(party)),
      "Wake it and run attune up there; then attune doctor --network on both."};
}

// What a call to where somebody is says about them. true: nothing else needs to be guessed.
bool judged(const NetworkObservations& seen, const Party& party, const Called& call, std::vector<Finding>& found) {
  const auto heard_in_time = std::ranges::any_of(party.heard, [](const auto& one) { return !too_far(one.ahead); });
  const AttemptEnd end = call.attempt.end;
  if (end == AttemptEnd::opened || end == AttemptEnd::forbidden) return true;  // reached; or said above
  if (end == AttemptEnd::not_believed) {
    found.push_back(removed_there(party));
  } else if (end == AttemptEnd::silent) {
    if (heard_in_time) found.push_back(other_version(party));
    if (party.heard.empty()) unconvinced(party, call, found);
  } else if (end == AttemptEnd::strange) {
    found.push_back(node_down(party, call));
  } else if (call.tunnel) {
    found.push_back(vpn_takes(party, *call.tunnel));
  } else if (call.announced) {
    if (end == AttemptEnd::unreachable) found.push_back(isolated_for_sure(party));
    if (end != AttemptEnd::unreachable) found.push_back(firewall_there(party, call));
    if (end == AttemptEnd::no_answer) found.push_back(isolated(party));
  } else if (!call.near) {
    found.push_back(other_subnet(seen, party, call));
  } else if (end == AttemptEnd::refused) {
    found.push_back(node_down(party, call));
  } else if (end == AttemptEnd::no_answer && call.neighbour == net::Neighbour::answers) {
    found.push_back(firewall_there(party, call));
  } else {
    return false;
  }
  return true;
}

// What was seen now goes before what is remembered: somebody may have set a clock right since. Also where they are
// linked: when the window for clocks is narrow again they may not find each other.
void clocks(const Party& party, std::vector<Finding>& found) {
  milliseconds ahead = party.reached ? party.clock_ahead_now : party.clock_ahead;
  if (!party.heard.empty()) {
    const auto size = [](const HeardBeacon& one) { return std::chrono::abs(one.ahead); };
    ahead = std::ranges::min_element(party.heard, {}, size)->ahead;
  }
  if (too_far(ahead)) found.push_back(clock_off(party, ahead));
}

void families(const NetworkObservations& seen, const Party& party, std::vector<Finding>& found) {
  if (party.heard.empty()) return;
  const auto of = [](bool v6) { return [v6](const auto& one) { return one.v6 == v6; }; };
  const auto have = [&](bool v6) {
    return std::ranges::any_of(seen.addresses, [v6](const auto& one) { return one.address.is_v6() == v6; });
  };
  if (!have(true) || !have(false)) return;
  for (const bool v6 : {true, false}) {
    if (std::ranges::all_of(party.heard, of(v6))) found.push_back(one_family(party, v6));
  }
}

void about(const NetworkObservations& seen, const Party& party, std::vector<Finding>& found) {
  const bool own_firewall = std::ranges::any_of(found, [](const Finding& one) { return one.cause == Cause::firewall; });
  clocks(party, found);
  if (party.reached) {
    if (party.only_by_address) found.push_back(filtered_for_sure(party));
    return;
  }
  bool all_judged = !party.calls.empty();
  for (const Called& call : party.calls) {
    if (!judged(seen, party, call, found)) all_judged = false;
  }
  // No need to guess where something is certain.
  if (!all_judged && party.heard.empty() && !own_firewall) {
    found.push_back(not_there(party));
    found.push_back(isolated(party));
    if (seen.beacons == Beacons::on) found.push_back(filtered(party));
  }
  families(seen, party, found);
}

// Of one cause the first that was said of somebody is enough.
void drop_repeated(std::vector<Finding>& found, std::size_t from) {
  for (std::size_t i = from; i < found.size();) {
    const auto same = [&](const Finding& earlier) { return earlier.cause == found[i].cause; };
    const auto here = found.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(found.begin() + static_cast<std::ptrdiff_t>(from), here, same)) {
      found.erase(here);
    } else {
      ++i;
    }
  }
}

}  // namespace

std::string_view name_of(Cause cause) noexcept {
  switch (cause) {
    case Cause::no_network: return "no_network";
    case Cause::nobody: return "nobody";
    case Cause::discovery: return "discovery";
    case Cause::listening: return "listening";
    case Cause::firewall: return "firewall";
    case Cause::vpn: return "vpn";
    case Cause::isolation: return "isolation";
    case Cause::multicast: return "multicast";
    case Cause::subnet: return "subnet";
    case Cause::clock: return "clock";
    case Cause::no_answer: return "no_answer";
    case Cause::version: return "version";
    case Cause::key: return "key";
  }
  return "";
}

std::vector<Finding> network_findings(const NetworkObservations& seen) {
  if (seen.removed) return {{Cause::key, std::string{kRemoved}, std::string{kRemovedHint}}};
  std::vector<Finding> found;
  if (seen.addresses.empty() && apart(seen)) {
    found.push_back({Cause::no_network, "This computer is in no network: no interface that is up has an address.",
                     "Connect it: Wi-Fi on, or a cable, in the same network as your partner's computer."});
    if (!seen.tunnels.empty()) found.push_back(vpn_perhaps(seen));
    return found;
  }
  own_side(seen, found);
  nobody_there(seen, found);
  if (seen.words_needed) found.push_back({Cause::key, std::string{kWordsNeeded}, std::string{kWordsNeededHint}});
  for (const Party& party : seen.parties) {
    const std::size_t from = found.size();
    about(seen, party, found);
    drop_repeated(found, from);
  }
  const auto names_vpn = [](const Finding& one) { return one.cause == Cause::vpn; };
  if (apart(seen) && !seen.tunnels.empty() && std::ranges::none_of(found, names_vpn))
    found.push_back(vpn_perhaps(seen));
  return found;
}

}  // namespace attune::node
