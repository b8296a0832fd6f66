#include "book/shelf.h"

#include <algorithm>
#include <array>
#include <utility>

#include "book/key_op.h"
#include "book/keys.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "journal/codec.h"

namespace attune::book {

std::vector<journal::Seen> ops_of(const std::vector<At>& places) {
  std::vector<journal::Seen> ops;
  ops.reserve(places.size());
  for (const At& at : places) {
    if (at.stands) ops.push_back(at.seen);
  }
  return ops;
}

std::vector<ObjectId> shared_as(const journal::Entry& entry) {
  std::vector<ObjectId> all;
  if (entry.shared_as) all.push_back({entry.id.creator, *entry.shared_as});
  for (const ObjectNumber& number : entry.also_shared_as) all.push_back({entry.id.creator, number});
  return all;
}

std::vector<journal::Seen> ops_of(std::vector<At>&& places) {
  std::vector<journal::Seen> ops;
  ops.reserve(places.size());
  for (At& at : places) {
    if (at.stands) ops.push_back(std::move(at.seen));
  }
  return ops;
}

journal::Op op_in(std::string_view payload, Errc fault) {
  if (payload.size() < log::kPayloadRandom) throw Error{fault, "a record is too short to hold an act"};
  try {
    return journal::decode(payload.substr(log::kPayloadRandom));
  } catch (const Error& error) {
    if (fault == error.code()) throw;
    throw Error{fault, error.what()};  // the same bytes are another's fault when they come from another
  }
}

journal::Op arrived_op(std::string_view payload, bool by_creator) {
  journal::Op op = op_in(payload, Errc::peer_misbehaved);
  // The journal only knows that it is one.
  if (std::holds_alternative<journal::KeyOp>(op.act) && !holds_key(payload)) {
    throw Error{Errc::peer_misbehaved, "a key came that cannot be read"};
  }
  return by_creator ? journal::outline(std::move(op)) : journal::outline(journal::as_bystander(std::move(op)));
}

namespace {

// The key of a couple, or of answers that are not opened yet.
bool carries_secret(const At& at) {
  return at.seen.op && (std::holds_alternative<journal::KeyOp>(at.seen.op->act) ||
                        std::holds_alternative<journal::Answered>(at.seen.op->act));
}

}  // namespace

At Shelf::at(log::Place place, const log::Record& record, Detail detail) const {
  const log::Held* held = logs.find(place.log);
  if (held == nullptr) throw Error{Errc::damaged, "an index names a log that is not here"};
  At at{place, {record.hash, held->name.author, !held->name.own_space(), std::nullopt}};
  at.stands = trust.stands(place);
  if (!record.payload) return at;
  at.held = true;
  at.bytes = record.payload->size();
  if (held->name.author != record.object.creator) {
    at.seen.op = journal::decode_bystander(std::string_view{*record.payload}.substr(log::kPayloadRandom));
  } else {
    at.seen.op = op_in(*record.payload, Errc::damaged);
  }
  if (detail == Detail::outline) at.seen.op = journal::outline(std::move(*at.seen.op));
  return at;
}

log::Record Shelf::record_at(log::Place place) const {
  auto record = logs.read(place);
  if (!record) throw Error{Errc::damaged, "an index names a record that is not here"};
  return std::move(*record);
}

std::vector<At> Shelf::load(const ObjectId& object, Detail detail) const {
  auto places = load_all(object, detail);
  std::erase_if(places, [](const At& at) { return !at.stands; });
  return places;
}

std::vector<At> Shelf::load_all(const ObjectId& object, Detail detail) const {
  std::vector<At> all;
  const auto value = store.get(object_key(crypto::printed_id(object)));
  if (!value) return all;
  for (const log::Place place : places_of(*value)) {
    log::Record record = record_at(place);
    if (record.object != object) continue;
    all.push_back(at(place, record, detail));
    if (carries_secret(all.back())) crypto::wipe(*record.payload);
  }
  return all;
}

std::vector<ObjectId> Shelf::objects_of(const PrintedId& printed) const {
  std::vector<ObjectId> objects;
  const auto value = store.get(object_key(printed));
  if (!value) return objects;
  for (const log::Place place : places_of(*value)) {
    log::Record record = record_at(place);
    if (record.payload) crypto::wipe(*record.payload);  // it may hold a key, and is not looked at
    const ObjectId& object = record.object;
    if (!std::ranges::count(objects, object)) objects.push_back(object);
  }
  return objects;
}

std::optional<journal::Entry> Shelf::fold(const ObjectId& object) const {
  auto places = load(object, Detail::full);
  if (places.empty()) return std::nullopt;
  auto entry = journal::fold_entry(object, ops_of(std::move(places)));
  // Earlier versions are for their author alone.
  if (entry && object.creator != self.root) entry->earlier.clear();
  return entry;
}

std::optional<ObjectId> Shelf::origin_of(const ObjectId& shared) const {
  if (shared.creator != self.root) return std::nullopt;
  const auto value = store.get(origin_key(crypto::printed_id(shared)));
  if (!value) return std::nullopt;
  const auto number = ObjectNumber::from(*value);
  if (!number) throw Error{Errc::damaged, "an index of the journal cannot be read"};
  return ObjectId{shared.creator, *number};
}

std::vector<CoupleId> Shelf::couples_of(const std::vector<At>& places) const {
  std::vector<CoupleId> couples;
  for (const At& at : places) {
    if (at.seen.author != self.root || !at.seen.shared) continue;
    const CoupleId& couple = logs.find(at.place.log)->name.couple;
    if (!std::ranges::count(couples, couple)) couples.push_back(couple);
  }
  return couples;
}

ObjectId Shelf::lead(const journal::Entry& entry) const {
  if (!entry.shared_as || entry.shared) return entry.id;
  const ObjectId shared{entry.id.creator, *entry.shared_as};
  return fold(shared) ? shared : entry.id;  // its log may not have come yet
}

// A Bloom filter: printed ids are hashes, so each of their words is as good as a hash of its own. All bits of an id lie
// in one cache line, so that asking costs one access to memory and not four.
namespace {

constexpr std::size_t kLineBits = 512;
constexpr std::size_t kFilterLines = std::size_t{1} << 15U;  // 2 MiB; one wrong "perhaps" in hundreds at a million
constexpr std::size_t kFewestArriving = 256;
constexpr std::size_t kKeysForEach = 16;

}  // namespace

NewObjects::Bits NewObjects::bits_of(const PrintedId& printed) {
  const auto bytes = printed.bytes();
  Bits bits{(read_be32(bytes.first<4>()) % kFilterLines) * (kLineBits / 64), {}};
  std::uint64_t left = read_be64(bytes.last<8>());
  for (int probe = 0; probe < 4; ++probe, left /= kLineBits) {
    const std::size_t bit = left % kLineBits;
    bits.words[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  return bits;
}

void NewObjects::prepare(const storage::Store& store, std::size_t arriving) {
  if (tried_ || arriving < kFewestArriving) return;
  tried_ = true;
  NewObjects known;
  known.lines_.assign(kFilterLines * (kLineBits / 64), 0);
  std::size_t left = arriving * kKeysForEach;
  const storage::Key from{storage::Table::object};
  store.scan(from, from.end(), [&](std::string_view key, std::string_view) {
    if (is_object_key(key)) known.add(printed_of(key));
    return --left == 0 ? storage::Store::Visit::stop : storage::Store::Visit::go_on;
  });
  if (left > 0) lines_ = std::move(known.lines_);  // all of them: what failed in between would call the rest new
}

void NewObjects::add(const PrintedId& printed) {
  if (lines_.empty()) return;
  const Bits bits = bits_of(printed);
  for (std::size_t i = 0; i < bits.words.size(); ++i) lines_[bits.line + i] |= bits.words[i];
}

bool NewObjects::certainly_new(const PrintedId& printed) const {
  if (lines_.empty()) return false;
  const Bits bits = bits_of(printed);
  for (std::size_t i = 0; i < bits.words.size(); ++i) {
    if ((lines_[bits.line + i] & bits.words[i]) != bits.words[i]) return true;
  }
  return false;
}

}  // namespace attune::book
