// A person's own facts, folded from ops on objects in the own log: name, devices, pairings.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "journal/op.h"
#include "journal/turns.h"

namespace attune::journal {

// The object that a person's profile and device names stand on: number = all zero.
[[nodiscard]] ObjectId profile_object(const RootId& person);
// The object that pairing with that partner stands on: the first 16 bytes of the couple id.
[[nodiscard]] ObjectId pairing_object(const RootId& person, const CoupleId& couple);

struct ProfileFacts {
  std::string name;
  std::map<DeviceId, DeviceNamed> devices;  // the op in force for each
  Turns names;
  std::map<DeviceId, Turns> device_names;
  Instant newest;
  friend bool operator==(const ProfileFacts&, const ProfileFacts&) = default;
};
[[nodiscard]] ProfileFacts fold_profile(const RootId& person, std::vector<Seen> ops);

struct PairingFacts {
  std::optional<Paired> paired;  // of those on this object the one that counts
  OpId op;                       // that one
  Instant since;                 // its op time
  friend bool operator==(const PairingFacts&, const PairingFacts&) = default;
};
struct PairingsFacts {
  std::vector<PairingFacts> objects;  // as they were given
  std::optional<std::size_t> now;     // of them: the pairing in force; nullopt: none, or it was left
  Turns turns;                        // all pairings and leavings
  Instant newest;                     // greatest time of those
  friend bool operator==(const PairingsFacts&, const PairingsFacts&) = default;
};
// Of all pairing objects of that person together: whom a person has left or paired with, each says of all of them.
[[nodiscard]] PairingsFacts fold_pairings(const RootId& person, std::vector<std::vector<Seen>> objects);

}  // namespace attune::journal
