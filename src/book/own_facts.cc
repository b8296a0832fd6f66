// A person's own facts, as ops in the own log: name, devices and the couple's keys. Pairings: pairings.cc.
#include <algorithm>
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

// Kept of one pairing and one number of revokes. Two who make a key apart from each other make one each; more of them
// can only be meant to fill this disk.
constexpr std::size_t kMostKeysOfACount = 8;

// Which of the keys on a pairing's object are that pairing's. A key of an older program does not say; then its time
// does, as it did there, and it is older than all that say so.
enum class Of { another, perhaps, this_one };

Of belongs(const KeySeen& seen, Instant time, const PairingSeen* pairing) {
  if (pairing == nullptr) return Of::perhaps;
  if (!seen.pairing.is_none()) return seen.pairing == pairing->facts.op ? Of::this_one : Of::another;
  return time >= pairing->facts.since ? Of::perhaps : Of::another;
}

struct OwnKey {
  DatedKey dated;
  Of of = Of::another;
};

// In no order; the same key as often as it was kept.
std::vector<OwnKey> own_keys(const Shelf& shelf, const RootId& partner, const PairingSeen* pairing) {
  std::vector<OwnKey> keys;
  for (const At& at : shelf.load(pairing_object_with(shelf, partner), Detail::full)) {
    const bool own_key = at.seen.op && std::holds_alternative<journal::KeyOp>(at.seen.op->act) &&
                         at.seen.author == shelf.self.root && !at.seen.shared;
    if (!own_key) continue;
    log::Record record = shelf.record_at(at.place);
    // One that an older program took unread must not keep the others from being found.
    auto seen = holds_key(*record.payload) ? key_in(*record.payload, partner) : std::nullopt;
    crypto::wipe(*record.payload);
    if (!seen) continue;
    const Of of = belongs(*seen, at.seen.op->time, pairing);
    keys.push_back({{std::move(seen->key), at.seen.op->time}, of});
  }
  return keys;
}

// What makes two keys one: what is claimed of a key may be made up beside what is true of it.
auto claim_of(const identity::CoupleKey& key) { return std::tuple{key.hash(), key.revokes, key.revokes_hash}; }

}  // namespace

journal::ProfileFacts Book::profile() const {
  const RootId& self = state_->self.root;
  return journal::fold_profile(self, ops_of(state_->load(journal::profile_object(self), Detail::full)));
}

void Book::set_name(const std::string& name) {
  const auto facts = profile();
  Work work{*state_, From::here};
  append_turn(work, journal::profile_object(state_->self.root), journal::next_time(state_->clock.now(), facts.newest),
              journal::Profile{name}, facts.names);
  work.commit({});
}

void Book::name_device(const DeviceId& device, const std::string& name, std::optional<Instant> added_at) {
  const auto facts = profile();
  const auto found = facts.devices.find(device);
  const auto turns = facts.device_names.find(device);
  const Instant since = found == facts.devices.end() ? added_at.value_or(state_->clock.now()) : found->second.added_at;
  Work work{*state_, From::here};
  append_turn(work, journal::profile_object(state_->self.root), journal::next_time(state_->clock.now(), facts.newest),
              journal::DeviceNamed{device, name, since},
              turns == facts.device_names.end() ? journal::Turns{} : turns->second);
  work.commit({});
}

// Whatever stood before the latest pairing is superseded by that pairing's key.
std::vector<DatedKey> Book::couple_keys(const RootId& partner) const {
  const Shelf& shelf = *state_;
  const auto pairings = all_pairings(shelf);
  auto all = own_keys(shelf, partner, pairings.with(partner));
  const auto age = [](const OwnKey& key) { return std::tuple{key.of, key.dated.key.revokes, key.dated.key.hash()}; };
  // Devices that were given the same key apart from each other have each kept it: the first time counts.
  std::ranges::sort(all, {}, [](const OwnKey& key) { return key.dated.since; });
  std::ranges::stable_sort(all, std::ranges::greater{}, age);
  std::vector<DatedKey> keys;
  std::set<decltype(claim_of(all.front().dated.key))> known;
  for (OwnKey& key : all) {
    if (known.insert(claim_of(key.dated.key)).second) keys.push_back(std::move(key.dated));
  }
  return keys;
}

// A key that is not the newest of its count would never be used, and whoever is at the other end may send as many as
// they like.
void Book::add_couple_key(const RootId& partner, const identity::CoupleKey& key) {
  Shelf& shelf = *state_;
  const auto pairings = all_pairings(shelf);
  const PairingSeen* pairing = pairings.with(partner);
  auto held = own_keys(shelf, partner, pairing);
  const Of of = pairing == nullptr ? Of::perhaps : Of::this_one;
  std::erase_if(held, [&](const OwnKey& other) {
    const identity::CoupleKey& that = other.dated.key;
    return other.of != of || that.revokes != key.revokes || that.revokes_hash != key.revokes_hash;
  });
  std::set<identity::CoupleKeyHash> hashes;
  for (const OwnKey& other : held) hashes.insert(other.dated.key.hash());
  if (hashes.size() >= kMostKeysOfACount || (!hashes.empty() && *hashes.rbegin() >= key.hash())) return;
  Work work{shelf, From::here};
  append_key(work, shelf, partner, key, pairing == nullptr ? OpId{} : pairing->facts.op);
  work.commit({});
}

}  // namespace attune::book
