// With whom a person shares: pairings and leavings in the own log, and the meeting that comes before. A meeting becomes
// a pairing with the first session under its key; whoever asks for the pairing before never hears of it.
#include "book/pairings.h"

#include <algorithm>
#include <utility>

#include "book/key_op.h"
#include "book/keys.h"
#include "book/state.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "identity/root.h"
#include "journal/codec.h"

namespace attune::book {
namespace {

using journal::Op;

storage::Key meeting_key() { return book_value("meeting"); }

Pairing pairing_of(const Shelf& shelf, journal::Paired paired) {
  return {paired.partner, std::move(paired.partner_name), std::move(paired.check),
          identity::couple_of(shelf.self.root, paired.partner)};
}

// What a meeting keeps in the place of the acts that it knew: while they are the same, nothing came since.
OpId mark_of(const journal::Turns& turns) {
  crypto::Hasher hasher{"attune meeting v1"};
  for (const OpId& id : turns.open) hasher.add(id.bytes());
  return hasher.finish_as<OpId>();
}

// The value of a meeting: size of the op (4 bytes), the op of the pairing, a payload with its key.
constexpr std::size_t kSizeBytes = 4;

crypto::SecretBytes meeting_value(Instant time, const journal::Paired& paired, const identity::CoupleKey& key) {
  const std::string op = journal::encode(Op{time, paired});
  crypto::SecretBytes value;
  const auto append = [&value](BytesView bytes) {
    for (const std::byte byte : bytes) value.push_back(byte);
  };
  append(be32(static_cast<std::uint32_t>(op.size())));
  append(as_bytes(op));
  append(key_payload(time, paired.partner, key, OpId{}).bytes());
  return value;
}

struct MeetingSeen {
  journal::Paired paired;
  identity::CoupleKey key;
};

MeetingSeen read_meeting(std::string_view value) {
  const auto damaged = [] { return Error{Errc::damaged, "a pairing that has just begun cannot be read"}; };
  if (value.size() < kSizeBytes) throw damaged();
  const std::uint32_t size = read_be32(std::span<const std::byte, kSizeBytes>{as_bytes(value).data(), kSizeBytes});
  if (value.size() - kSizeBytes < size) throw damaged();
  Op op = journal::decode(value.substr(kSizeBytes, size));
  auto* paired = std::get_if<journal::Paired>(&op.act);
  if (paired == nullptr) throw damaged();
  auto key = key_in(value.substr(kSizeBytes + size), paired->partner);
  if (!key) throw damaged();
  return {std::move(*paired), std::move(key->key)};
}

// nullopt where something came of it, or of another one, since: a pairing, a leaving, or a pairing with somebody else.
std::optional<MeetingSeen> meeting_in(const Shelf& shelf) {
  auto value = shelf.store.get(meeting_key());
  if (!value) return std::nullopt;
  MeetingSeen meeting = read_meeting(*value);
  crypto::wipe(*value);
  const auto seen = all_pairings(shelf);
  const PairingSeen* now = seen.in_force();
  const bool changed = meeting.paired.after != std::vector{mark_of(seen.turns)};
  if (changed || (now != nullptr && now->pairing.partner != meeting.paired.partner)) return std::nullopt;
  return meeting;
}

std::vector<ObjectId> pairing_objects(const Shelf& shelf) {
  std::vector<ObjectId> objects;
  const storage::Key from = pairings();
  shelf.store.scan(from, from.end(), [&](std::string_view key, std::string_view) {
    const auto number = ObjectNumber::from(key.substr(from.str().size()));
    if (!number) throw Error{Errc::damaged, "an index of the journal cannot be read"};
    objects.push_back({shelf.self.root, *number});
    return storage::Store::Visit::go_on;
  });
  return objects;
}

}  // namespace

ObjectId pairing_object_with(const Shelf& shelf, const RootId& partner) {
  return journal::pairing_object(shelf.self.root, identity::couple_of(shelf.self.root, partner));
}

const PairingSeen* PairingsSeen::with(const RootId& partner) const {
  const auto found = std::ranges::find(all, partner, [](const PairingSeen& seen) { return seen.pairing.partner; });
  return found == all.end() ? nullptr : &*found;
}

PairingsSeen all_pairings(const Shelf& shelf) {
  std::vector<std::vector<journal::Seen>> objects;
  for (const ObjectId& object : pairing_objects(shelf)) {
    objects.push_back(ops_of(shelf.load(object, Detail::full)));
    // Of a pairing on another partner's object nothing counts: no honest device writes one.
    std::erase_if(objects.back(), [&](const journal::Seen& seen) {
      const auto* paired = seen.op ? std::get_if<journal::Paired>(&seen.op->act) : nullptr;
      return paired != nullptr && pairing_object_with(shelf, paired->partner) != object;
    });
  }
  auto facts = journal::fold_pairings(shelf.self.root, std::move(objects));
  PairingsSeen seen{{}, {}, std::move(facts.turns), facts.newest};
  for (std::size_t i = 0; i < facts.objects.size(); ++i) {
    journal::PairingFacts& one = facts.objects[i];
    if (!one.paired) continue;
    if (facts.now == i) seen.now = seen.all.size();
    Pairing pairing = pairing_of(shelf, *one.paired);
    seen.all.push_back({std::move(pairing), std::move(one)});
  }
  return seen;
}

std::optional<CoupleId> couple_at(const Shelf& shelf, Instant time) {
  const auto all = all_pairings(shelf).all;
  if (all.size() == 1) return all.front().pairing.couple;  // whatever the clocks said
  std::optional<std::pair<Instant, CoupleId>> found;
  for (const PairingSeen& seen : all) {
    for (const At& at : shelf.load(pairing_object_with(shelf, seen.pairing.partner), Detail::outline)) {
      const bool paired = at.seen.op && std::holds_alternative<journal::Paired>(at.seen.op->act);
      if (!paired || at.seen.author != shelf.self.root || at.seen.op->time > time) continue;
      const std::pair when{at.seen.op->time, seen.pairing.couple};
      if (!found || *found < when) found = when;
    }
  }
  return found ? std::optional{found->second} : std::nullopt;
}

// Which key is the newest is not for its time to say: only for how long those before it still open (protocol.md, 3.2).
void append_key(Work& work, const Shelf& shelf, const RootId& partner, const identity::CoupleKey& key,
                const OpId& pairing) {
  const Instant time = journal::next_time(shelf.clock.now(), Instant{});
  const crypto::SecretBytes payload = key_payload(time, partner, key, pairing);
  work.append_payload(CoupleId{}, pairing_object_with(shelf, partner), Op{time, journal::KeyOp{}}, payload.bytes());
}

void append_pairing(Work& work, const Shelf& shelf, const journal::Paired& pairing, const identity::CoupleKey& key) {
  const auto seen = all_pairings(shelf);
  journal::Paired named = pairing;
  // A device that was restored from the words alone does not know its person's name; here it was known.
  const PairingSeen* before = seen.with(pairing.partner);
  if (named.partner_name.empty() && before != nullptr) named.partner_name = before->pairing.partner_name;
  const OpId op = append_turn(work, pairing_object_with(shelf, pairing.partner),
                              journal::next_time(shelf.clock.now(), seen.newest), std::move(named), seen.turns);
  append_key(work, shelf, pairing.partner, key, op);
  work.batch().remove(meeting_key());
}

std::optional<Pairing> Book::pairing() const {
  const auto seen = all_pairings(*state_);
  const PairingSeen* now = seen.in_force();
  return now == nullptr ? std::nullopt : std::optional{now->pairing};
}

std::vector<Pairing> Book::pairings_so_far() const {
  std::vector<Pairing> pairings;
  auto all = all_pairings(*state_).all;
  for (PairingSeen& seen : all) pairings.push_back(std::move(seen.pairing));
  return pairings;
}

void Book::pair(const journal::Paired& pairing, const identity::CoupleKey& key) {
  Work work{*state_, From::here};
  append_pairing(work, *state_, pairing, key);
  work.commit({});
}

void Book::leave() {
  Shelf& shelf = *state_;
  const auto seen = all_pairings(shelf);
  const PairingSeen* now = seen.in_force();
  if (now == nullptr) throw Error{Errc::not_paired, "there is nobody to leave"};
  Work work{shelf, From::here};
  append_turn(work, pairing_object_with(shelf, now->pairing.partner),
              journal::next_time(shelf.clock.now(), seen.newest), journal::Left{}, seen.turns);
  work.batch().remove(meeting_key());
  work.commit({});
}

void Book::meet(const journal::Paired& pairing, const identity::CoupleKey& key) {
  Shelf& shelf = *state_;
  journal::Paired marked = pairing;
  marked.after = {mark_of(all_pairings(shelf).turns)};
  const crypto::SecretBytes value = meeting_value(journal::next_time(shelf.clock.now(), Instant{}), marked, key);
  storage::Batch batch;
  batch.put(meeting_key(), as_text(value.bytes()));
  shelf.store.commit(batch);
}

std::optional<Meeting> Book::meeting() const {
  auto meeting = meeting_in(*state_);
  if (!meeting) return std::nullopt;
  return Meeting{pairing_of(*state_, std::move(meeting->paired)), std::move(meeting->key)};
}

bool Book::prove(const identity::CoupleKeyHash& key) {
  Shelf& shelf = *state_;
  const auto meeting = meeting_in(shelf);
  if (!meeting || meeting->key.hash() != key) return false;
  Work work{shelf, From::here};
  append_pairing(work, shelf, meeting->paired, meeting->key);
  work.commit({});
  return true;
}

void Book::forget_meeting() {
  storage::Batch batch;
  batch.remove(meeting_key());
  state_->store.commit(batch);
}

std::optional<RootId> Book::counterpart() const {
  if (const auto met = meeting_in(*state_)) return met->paired.partner;
  if (const auto paired = pairing()) return paired->partner;
  return std::nullopt;
}

}  // namespace attune::book
