// A person's own facts, as ops in the own log: name, devices and the couple's keys. Pairings: pairings.cc.
#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "book/book.h"
#include "book/key_op.h"
#include "book/keys.h"
#include "book/pairings.h"
#include "book/state.h"
#include "book/work.h"
#include "core/error.h"
#include "identity/root.h"

namespace attune::book {
namespace {

using journal::Op;

// Kept of one pairing and one number of revokes. Two who make a key apart from each other make one each; more of them
// can only be meant to fill this disk.
constexpr std::ptrdiff_t kMostKeysOfACount = 8;

void append_to_profile(Shelf& shelf, journal::Act act) {
  const ObjectId object = journal::profile_object(shelf.self.root);
  const auto facts = journal::fold_profile(shelf.self.root, ops_of(shelf.load(object, Detail::full)));
  Work work{shelf, From::here};
  work.append(CoupleId{}, object, Op{journal::next_time(shelf.clock.now(), facts.newest), std::move(act)});
  work.commit({});
}

}  // namespace

journal::ProfileFacts Book::profile() const {
  const RootId& self = state_->self.root;
  return journal::fold_profile(self, ops_of(state_->load(journal::profile_object(self), Detail::full)));
}

void Book::set_name(const std::string& name) { append_to_profile(*state_, journal::Profile{name}); }

void Book::name_device(const DeviceId& device, const std::string& name, std::optional<Instant> added_at) {
  const auto known = profile().devices;
  const auto found = known.find(device);
  const Instant since = found == known.end() ? added_at.value_or(state_->clock.now()) : found->second.added_at;
  append_to_profile(*state_, journal::DeviceNamed{device, name, since});
}

std::vector<DatedKey> Book::couple_keys(const RootId& partner) const {
  const Shelf& shelf = *state_;
  const ObjectId object = journal::pairing_object(shelf.self.root, identity::couple_of(shelf.self.root, partner));
  // Whatever stood before the latest pairing is superseded by that pairing's key.
  const Instant paired = pairing_facts(shelf, object).since;
  std::vector<DatedKey> keys;
  for (const At& at : shelf.load(object, Detail::full)) {
    const bool own_key = at.seen.op && std::holds_alternative<journal::KeyOp>(at.seen.op->act) &&
                         at.seen.author == shelf.self.root && !at.seen.shared;
    if (!own_key) continue;
    log::Record record = shelf.record_at(at.place);
    // One that an older program took unread must not keep the others from being found.
    auto key = holds_key(*record.payload) ? key_in(*record.payload, partner) : std::nullopt;
    crypto::wipe(*record.payload);
    if (key) keys.push_back({std::move(*key), at.seen.op->time});
  }
  const auto age = [&](const DatedKey& dated) {
    return std::tuple{dated.since >= paired, dated.key.revokes, dated.key.hash()};
  };
  // Devices that were given the same key apart from each other have each kept it: the first time counts.
  std::ranges::sort(keys, {}, &DatedKey::since);
  std::ranges::stable_sort(keys, std::ranges::greater{}, age);
  std::set<identity::CoupleKeyHash> known;
  std::erase_if(keys, [&](const DatedKey& dated) { return !known.insert(dated.key.hash()).second; });
  return keys;
}

// A key that is not the newest of its count would never be used, and whoever is at the other end may send as many as
// they like.
void Book::add_couple_key(const RootId& partner, const identity::CoupleKey& key) {
  Shelf& shelf = *state_;
  const ObjectId object = journal::pairing_object(shelf.self.root, identity::couple_of(shelf.self.root, partner));
  const auto facts = pairing_facts(shelf, object);
  auto held = couple_keys(partner);
  const auto same = [hash = key.hash()](const DatedKey& other) { return other.key.hash() == hash; };
  if (std::ranges::any_of(held, same)) return;
  std::erase_if(held,
                [&](const DatedKey& other) { return other.since < facts.since || other.key.revokes != key.revokes; });
  const auto newer = [hash = key.hash()](const DatedKey& other) { return hash < other.key.hash(); };
  if (std::ssize(held) >= kMostKeysOfACount || std::ranges::any_of(held, newer)) return;
  Work work{shelf, From::here};
  append_key(work, object, journal::next_time(shelf.clock.now(), facts.newest), partner, key);
  work.commit({});
}

}  // namespace attune::book
