#include "node/aside.h"

#include <fmt/format.h>

#include <algorithm>

namespace attune::node {
namespace {

// As docs/store-format.md gives them.
constexpr std::string_view kLimits = "8 MiB or 4,096 acts of one person on an entry, 2 GiB in all";

void add(std::vector<std::string>& notes, std::string note) {
  if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));  // devices are not told apart
}

void add_all(std::vector<std::string>& notes, const sync::SetAside& aside, const std::string& whose) {
  if (aside.held_here > 0) {
    add(notes, fmt::format("part of what {} has is held back, because it is more than this device takes ({}); once its "
                           "author has erased what is not needed, the rest comes by itself within an hour",
                           whose, kLimits));
  }
  if (aside.held_there > 0) {
    add(notes, fmt::format("{} takes no more of something of yours, because it is more than it takes ({}); once you "
                           "have erased what is not needed, the rest goes by itself within an hour",
                           whose, kLimits));
  }
  if (aside.disputed > 0) {
    add(notes, fmt::format("{} and this device have different records where they should have the same, as after a disk "
                           "was put back or a home was copied; nothing was dropped, but some entries may be on one "
                           "side only: compare, and write again what is missing",
                           whose));
  }
}

}  // namespace

std::vector<std::string> aside_notes(Home& home, const std::vector<PeerMemory>& peers) {
  const auto pairing = home.book().pairing();
  const journal::ProfileFacts profile = home.book().profile();
  const identity::Roster* partner = home.people().partner();
  std::vector<std::string> notes;
  for (const PeerMemory& peer : peers) {
    // No session with it comes any more that could settle anything.
    if (home.people().own().revoked(peer.device) || (partner != nullptr && partner->revoked(peer.device))) continue;
    if (peer.own) {
      const auto named = profile.devices.find(peer.device);
      const bool known = named != profile.devices.end() && !named->second.name.empty();
      add_all(notes, peer.aside, known ? "your device " + named->second.name : "another device of yours");
    } else if (pairing && peer.root == pairing->partner) {
      add_all(notes, peer.aside, pairing->partner_name + "'s side");
    }
  }
  return notes;
}

}  // namespace attune::node
