// With whom a person shares: pairings and leavings in the own log, and the meeting that comes before. A meeting becomes
// a pairing with the first session under its key; whoever asks for the pairing before never hears of it.
#include "book/pairings.h"

#include <algorithm>
#include <utility>

#include "book/key_op.h"
#include "book/keys.h"
#include "book/state.h"
#include "core/error.h"
#include "identity/root.h"
#include "journal/codec.h"

namespace attune::book {
namespace {

using journal::Op;

storage::Key meeting_key() { return book_value("meeting"); }

ObjectId object_of(const Shelf& shelf, const RootId& partner) {
  return journal::pairing_object(shelf.self.root, identity::couple_of(shelf.self.root, partner));
}

Pairing pairing_of(const Shelf& shelf, journal::Paired paired) {
  return {paired.partner, std::move(paired.partner_name), std::move(paired.check),
          identity::couple_of(shelf.self.root, paired.partner)};
}

// The one that would count; it may have been left.
const PairingSeen* latest(const std::vector<PairingSeen>& all) {
  const auto found = std::ranges::max_element(
      all, {}, [](const PairingSeen& seen) { return std::pair{seen.facts.since, seen.pairing.couple}; });
  return found == all.end() ? nullptr : &*found;
}

const Pairing* counting(const std::vector<PairingSeen>& all) {
  const PairingSeen* seen = latest(all);
  return seen == nullptr || seen->facts.left ? nullptr : &seen->pairing;
}

Instant newest_of(const std::vector<PairingSeen>& all) {
  Instant newest;
  for (const PairingSeen& seen : all) newest = std::max(newest, seen.facts.newest);
  return newest;
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
  append(key_payload(time, paired.partner, key).bytes());
  return value;
}

struct MeetingSeen {
  journal::Paired paired;
  Instant time;
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
  return {std::move(*paired), op.time, std::move(*key)};
}

// nullopt where something came of it, or of another one, since: a pairing, a leaving, or a pairing with somebody else.
std::optional<MeetingSeen> meeting_in(const Shelf& shelf) {
  auto value = shelf.store.get(meeting_key());
  if (!value) return std::nullopt;
  MeetingSeen meeting = read_meeting(*value);
  crypto::wipe(*value);
  const auto all = all_pairings(shelf);
  const Pairing* now = counting(all);
  const bool later =
      std::ranges::any_of(all, [&](const PairingSeen& seen) { return seen.facts.changed >= meeting.time; });
  if (later || (now != nullptr && now->partner != meeting.paired.partner)) return std::nullopt;
  return meeting;
}

}  // namespace

journal::PairingFacts pairing_facts(const Shelf& shelf, const ObjectId& object) {
  return journal::fold_pairing(shelf.self.root, ops_of(shelf.load(object, Detail::full)));
}

void append_key(Work& work, const ObjectId& object, Instant time, const RootId& partner,
                const identity::CoupleKey& key) {
  const crypto::SecretBytes payload = key_payload(time, partner, key);
  work.append_payload(CoupleId{}, object, Op{time, journal::KeyOp{}}, payload.bytes());
}

namespace {

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

std::vector<PairingSeen> all_pairings(const Shelf& shelf) {
  std::vector<PairingSeen> all;
  for (const ObjectId& object : pairing_objects(shelf)) {
    auto facts = pairing_facts(shelf, object);
    if (!facts.paired) continue;
    Pairing pairing = pairing_of(shelf, *facts.paired);
    all.push_back({std::move(pairing), std::move(facts)});
  }
  return all;
}

std::optional<CoupleId> couple_at(const Shelf& shelf, Instant time) {
  const auto all = all_pairings(shelf);
  if (all.size() == 1) return all.front().pairing.couple;  // whatever the clocks said
  std::optional<std::pair<Instant, CoupleId>> found;
  for (const PairingSeen& seen : all) {
    for (const At& at : shelf.load(object_of(shelf, seen.pairing.partner), Detail::outline)) {
      const bool paired = at.seen.op && std::holds_alternative<journal::Paired>(at.seen.op->act);
      if (!paired || at.seen.author != shelf.self.root || at.seen.op->time > time) continue;
      const std::pair when{at.seen.op->time, seen.pairing.couple};
      if (!found || *found < when) found = when;
    }
  }
  return found ? std::optional{found->second} : std::nullopt;
}

void append_pairing(Work& work, const Shelf& shelf, const journal::Paired& pairing, const identity::CoupleKey& key) {
  const ObjectId object = object_of(shelf, pairing.partner);
  const auto before = pairing_facts(shelf, object);
  const Instant newest = std::max(before.newest, newest_of(all_pairings(shelf)));
  const Instant time = journal::next_time(shelf.clock.now(), newest);
  journal::Paired named = pairing;
  // A device that was restored from the words alone does not know its person's name; here it was known.
  if (named.partner_name.empty() && before.paired) named.partner_name = before.paired->partner_name;
  work.append(CoupleId{}, object, Op{time, std::move(named)});
  append_key(work, object, journal::next_time(shelf.clock.now(), time), pairing.partner, key);
  work.batch().remove(meeting_key());
}

std::optional<Pairing> Book::pairing() const {
  const auto all = all_pairings(*state_);
  const Pairing* now = counting(all);
  return now == nullptr ? std::nullopt : std::optional{*now};
}

void Book::pair(const journal::Paired& pairing, const identity::CoupleKey& key) {
  Work work{*state_, From::here};
  append_pairing(work, *state_, pairing, key);
  work.commit({});
}

void Book::leave() {
  Shelf& shelf = *state_;
  const auto all = all_pairings(shelf);
  const PairingSeen* seen = latest(all);
  if (seen == nullptr || seen->facts.left) throw Error{Errc::not_paired, "there is nobody to leave"};
  Work work{shelf, From::here};
  work.append(CoupleId{}, object_of(shelf, seen->pairing.partner),
              Op{journal::next_time(shelf.clock.now(), newest_of(all)), journal::Left{}});
  work.batch().remove(meeting_key());
  work.commit({});
}

void Book::meet(const journal::Paired& pairing, const identity::CoupleKey& key) {
  Shelf& shelf = *state_;
  const Instant time = journal::next_time(shelf.clock.now(), newest_of(all_pairings(shelf)));
  const crypto::SecretBytes value = meeting_value(time, pairing, key);
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
