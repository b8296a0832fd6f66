#include "journal/person.h"

#include <algorithm>
#include <utility>

#include "journal/order.h"

namespace attune::journal {

ObjectId profile_object(const RootId& person) { return {.creator = person, .number = {}}; }

ObjectId pairing_object(const RootId& person, const CoupleId& couple) {
  return {.creator = person, .number = ObjectNumber{couple.bytes().first<ObjectNumber::size>()}};
}

// In canonical order, so each later op simply takes the place of the one before.
ProfileFacts fold_profile(const RootId& person, std::vector<Seen> ops) {
  ProfileFacts facts;
  for (Seen& seen : in_order(std::move(ops))) {
    if (seen.author != person || !seen.op) continue;
    if (auto* profile = std::get_if<Profile>(&seen.op->act)) {
      facts.name = std::move(profile->name);
    } else if (auto* named = std::get_if<DeviceNamed>(&seen.op->act)) {
      const DeviceId device = named->device;
      facts.devices.insert_or_assign(device, std::move(*named));
    } else {
      continue;
    }
    facts.newest = std::max(facts.newest, seen.op->time);
  }
  return facts;
}

PairingFacts fold_pairing(const RootId& person, std::vector<Seen> ops) {
  PairingFacts facts;
  for (Seen& seen : in_order(std::move(ops))) {
    if (seen.author != person || !seen.op) continue;
    if (auto* paired = std::get_if<Paired>(&seen.op->act)) {
      facts.paired = std::move(*paired);
      facts.since = seen.op->time;
      facts.left = false;
    } else if (std::holds_alternative<Left>(seen.op->act)) {
      facts.left = true;
    } else if (!std::holds_alternative<KeyOp>(seen.op->act)) {
      continue;
    }
    if (!std::holds_alternative<KeyOp>(seen.op->act)) facts.changed = seen.op->time;
    facts.newest = std::max(facts.newest, seen.op->time);
  }
  return facts;
}

}  // namespace attune::journal
