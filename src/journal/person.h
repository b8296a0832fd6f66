// A person's own facts, folded from ops on their profile object in the own log: name, devices, pairing.
#pragma once

#include <map>
#include <optional>

#include "journal/op.h"

namespace attune::journal {

// The object that a person's profile and device names stand on: number = all zero.
[[nodiscard]] ObjectId profile_object(const RootId& person);
// The object that pairing with that partner stands on: the first 16 bytes of the couple id.
[[nodiscard]] ObjectId pairing_object(const RootId& person, const CoupleId& couple);

struct ProfileFacts {
  std::string name;
  std::map<DeviceId, DeviceNamed> devices;  // the latest op for each
  Instant newest;
  friend bool operator==(const ProfileFacts&, const ProfileFacts&) = default;
};
[[nodiscard]] ProfileFacts fold_profile(const RootId& person, std::vector<Seen> ops);

struct PairingFacts {
  std::optional<Paired> paired;  // the latest
  Instant since;                 // its op time
  bool left = false;             // after that
  Instant changed;               // greatest time of pairings and leavings
  Instant newest;
  friend bool operator==(const PairingFacts&, const PairingFacts&) = default;
};
[[nodiscard]] PairingFacts fold_pairing(const RootId& person, std::vector<Seen> ops);

}  // namespace attune::journal
