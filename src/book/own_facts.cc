// A person's own facts, as ops in the own log: name, devices, pairings and the couple's keys.
#include <algorithm>
#include <utility>

#include "book/book.h"
#include "book/key_op.h"
#include "book/keys.h"
#include "book/state.h"
#include "book/work.h"
#include "core/error.h"
#include "identity/root.h"

namespace attune::book {
namespace {

using journal::Op;

struct PairingSeen {
  Pairing pairing;
  Instant since;
};

// All pairings so far, in no order.
std::vector<PairingSeen> all_pairings(const Shelf& shelf) {
  std::vector<ObjectId> objects;
  const storage::Key from = pairings();
  shelf.store.scan(from, from.end(), [&](std::string_view key, std::string_view) {
    const auto number = ObjectNumber::from(key.substr(from.str().size()));
    if (!number) throw Error{Errc::damaged, "an index of the journal cannot be read"};
    objects.push_back({shelf.self.root, *number});
    return storage::Store::Visit::go_on;
  });
  std::vector<PairingSeen> all;
  for (const ObjectId& object : objects) {
    auto facts = journal::fold_pairing(shelf.self.root, ops_of(shelf.load(object, Detail::full)));
    if (!facts.paired) continue;
    journal::Paired& paired = *facts.paired;
    const CoupleId couple = identity::couple_of(shelf.self.root, paired.partner);
    all.push_back({{paired.partner, std::move(paired.partner_name), std::move(paired.check), couple}, facts.since});
  }
  return all;
}

journal::PairingFacts pairing_facts(const Shelf& shelf, const ObjectId& object) {
  return journal::fold_pairing(shelf.self.root, ops_of(shelf.load(object, Detail::full)));
}

void append_key(Work& work, const ObjectId& object, Instant time, const RootId& partner,
                const identity::CoupleKey& key) {
  const crypto::SecretBytes payload = key_payload(time, partner, key);
  work.append_payload(CoupleId{}, object, Op{time, journal::KeyOp{}}, payload.bytes());
}

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

void Book::name_device(const DeviceId& device, const std::string& name) {
  const auto known = profile().devices;
  const auto found = known.find(device);
  const Instant added_at = found == known.end() ? state_->clock.now() : found->second.added_at;
  append_to_profile(*state_, journal::DeviceNamed{device, name, added_at});
}

std::optional<Pairing> Book::pairing() const {
  auto all = all_pairings(*state_);
  const auto latest = std::ranges::max_element(
      all, {}, [](const PairingSeen& seen) { return std::pair{seen.since, seen.pairing.couple}; });
  if (latest == all.end()) return std::nullopt;
  return std::move(latest->pairing);
}

std::vector<identity::CoupleKey> Book::couple_keys(const RootId& partner) const {
  const Shelf& shelf = *state_;
  const ObjectId object = journal::pairing_object(shelf.self.root, identity::couple_of(shelf.self.root, partner));
  std::vector<identity::CoupleKey> keys;
  for (const At& at : shelf.load(object, Detail::full)) {
    const bool own_key = at.seen.op && std::holds_alternative<journal::KeyOp>(at.seen.op->act) &&
                         at.seen.author == shelf.self.root && !at.seen.shared;
    if (!own_key) continue;
    log::Record record = shelf.record_at(at.place);
    auto key = key_in(*record.payload, partner);
    crypto::wipe(*record.payload);
    if (key) keys.push_back(std::move(*key));
  }
  std::ranges::sort(keys, std::ranges::greater{},
                    [](const identity::CoupleKey& key) { return std::pair{key.revokes, key.hash()}; });
  return keys;
}

void Book::pair(const journal::Paired& pairing, const identity::CoupleKey& key) {
  Shelf& shelf = *state_;
  const ObjectId object =
      journal::pairing_object(shelf.self.root, identity::couple_of(shelf.self.root, pairing.partner));
  // Later than every other pairing, so that it is the latest whatever the clocks said then.
  Instant newest = pairing_facts(shelf, object).newest;
  for (const PairingSeen& seen : all_pairings(shelf)) newest = std::max(newest, seen.since);
  const Instant time = journal::next_time(shelf.clock.now(), newest);
  Work work{shelf, From::here};
  work.append(CoupleId{}, object, Op{time, pairing});
  append_key(work, object, journal::next_time(shelf.clock.now(), time), pairing.partner, key);
  work.commit({});
}

void Book::add_couple_key(const RootId& partner, const identity::CoupleKey& key) {
  Shelf& shelf = *state_;
  const ObjectId object = journal::pairing_object(shelf.self.root, identity::couple_of(shelf.self.root, partner));
  Work work{shelf, From::here};
  const Instant time = journal::next_time(shelf.clock.now(), pairing_facts(shelf, object).newest);
  append_key(work, object, time, partner, key);
  work.commit({});
}

}  // namespace attune::book
