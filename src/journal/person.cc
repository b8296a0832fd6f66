#include "journal/person.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "journal/order.h"

namespace attune::journal {
namespace {

template <class A>
Turn turn_of(const Seen& seen, const A& act) {
  return {.id = seen.id, .time = seen.op->time, .after = act.after};
}

}  // namespace

ObjectId profile_object(const RootId& person) { return {.creator = person, .number = {}}; }

ObjectId pairing_object(const RootId& person, const CoupleId& couple) {
  return {.creator = person, .number = ObjectNumber{couple.bytes().first<ObjectNumber::size>()}};
}

ProfileFacts fold_profile(const RootId& person, std::vector<Seen> ops) {
  ProfileFacts facts;
  std::map<OpId, Profile> names;
  std::map<OpId, DeviceNamed> devices;
  std::vector<Turn> name_turns;
  std::map<DeviceId, std::vector<Turn>> device_turns;
  for (Seen& seen : in_order(std::move(ops))) {
    if (seen.author != person || !seen.op) continue;
    if (auto* profile = std::get_if<Profile>(&seen.op->act)) {
      name_turns.push_back(turn_of(seen, *profile));
      names.emplace(seen.id, std::move(*profile));
    } else if (auto* named = std::get_if<DeviceNamed>(&seen.op->act)) {
      device_turns[named->device].push_back(turn_of(seen, *named));
      devices.emplace(seen.id, std::move(*named));
    } else {
      continue;
    }
    facts.newest = std::max(facts.newest, seen.op->time);
  }
  facts.names = take_turns(name_turns);
  if (facts.names.in_force) facts.name = std::move(names.at(*facts.names.in_force).name);
  for (const auto& [device, turns] : device_turns) {
    const Turns taken = take_turns(turns);
    if (taken.in_force) facts.devices.emplace(device, std::move(devices.at(*taken.in_force)));
    facts.device_names.emplace(device, taken);
  }
  return facts;
}

namespace {

struct PairingTurns {
  std::vector<Turn> turns;
  std::vector<Paired> paired;  // as they are; of a leaving nothing
};

PairingTurns pairing_turns(const RootId& person, std::vector<std::vector<Seen>> objects) {
  PairingTurns all;
  for (std::size_t object = 0; object < objects.size(); ++object) {
    for (Seen& seen : in_order(std::move(objects[object]))) {
      if (seen.author != person || !seen.op) continue;
      auto* begun = std::get_if<Paired>(&seen.op->act);
      auto* left = std::get_if<Left>(&seen.op->act);
      if (begun == nullptr && left == nullptr) continue;
      auto& after = begun != nullptr ? begun->after : left->after;
      all.turns.push_back({seen.id, seen.op->time, std::move(after), left != nullptr, object});
      all.paired.push_back(begun != nullptr ? std::move(*begun) : Paired{});
    }
  }
  return all;
}

}  // namespace

PairingsFacts fold_pairings(const RootId& person, std::vector<std::vector<Seen>> objects) {
  PairingsFacts facts;
  facts.objects.resize(objects.size());
  auto [turns, paired] = pairing_turns(person, std::move(objects));
  facts.turns = take_turns(turns);
  const std::set<OpId> open{facts.turns.open.begin(), facts.turns.open.end()};
  std::vector<std::tuple<bool, Instant, OpId>> best(facts.objects.size());
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const Turn& turn = turns[i];
    facts.newest = std::max(facts.newest, turn.time);
    if (turn.ends) continue;
    PairingFacts& of = facts.objects[turn.object];
    const std::tuple weight{open.contains(turn.id), turn.time, turn.id};
    if (of.paired && weight < best[turn.object]) continue;
    best[turn.object] = weight;
    of = {std::move(paired[i]), turn.id, turn.time};
    if (facts.turns.in_force == turn.id) facts.now = turn.object;
  }
  return facts;
}

}  // namespace attune::journal
