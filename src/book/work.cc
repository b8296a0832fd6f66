#include "book/work.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "book/keys.h"
#include "core/check.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "journal/codec.h"

namespace attune::book {
namespace {

// Erasures stand outside the count, one for each device that a person may have; more of them can only be meant to harm.
constexpr std::size_t kFreeErases = 64;

std::size_t distinct(std::vector<OpId>& ids) {
  std::ranges::sort(ids);
  return ids.size() - std::ranges::unique(ids).size();  // an op that stands in two logs is one
}

bool too_many_by(const RootId& author, const std::vector<At>& places) {
  if (places.size() <= kMaxOps) return false;
  std::vector<OpId> acts;
  std::vector<OpId> erases;
  for (const At& at : places) {
    if (at.seen.author != author) continue;
    const bool erase = at.seen.op && std::holds_alternative<journal::Erase>(at.seen.op->act);
    (erase ? erases : acts).push_back(at.seen.id);
  }
  return distinct(acts) > kMaxOps || distinct(erases) > kFreeErases;
}

std::string payload_of(const journal::Op& op) {
  std::string payload(log::kPayloadRandom, '\0');
  crypto::random_fill(std::as_writable_bytes(std::span{payload}));
  return payload + journal::encode(op);
}

}  // namespace

Work::~Work() {
  if (!committed_) shelf_.logs.forget();
}

Work::Touched& Work::touch(const ObjectId& object) {
  auto [found, first] = touched_.try_emplace(object);
  if (first) {
    found->second.places = shelf_.load(object);
    found->second.before = ops_of(found->second.places);
  }
  return found->second;
}

void Work::append(const CoupleId& space, const ObjectId& object, const journal::Op& op) {
  append_payload(space, object, op, as_bytes(payload_of(op)));
}

void Work::append_payload(const CoupleId& space, const ObjectId& object, const journal::Op& op, BytesView payload) {
  const auto [place, hash] = shelf_.logs.append(space, object, payload, shelf_.self.self_keys->back(), batch_);
  note(object, {place, {hash, shelf_.self.root, !space.is_none(), op}, false});
}

void Work::append_firsts(const CoupleId& space, const std::vector<std::pair<ObjectId, journal::Op>>& firsts) {
  if (firsts.empty()) return;
  std::vector<std::string> payloads;
  std::vector<log::NewRecord> records;
  payloads.reserve(firsts.size());
  records.reserve(firsts.size());
  for (const auto& [object, op] : firsts) {
    payloads.push_back(payload_of(op));
    records.push_back({object, as_bytes(payloads.back())});
  }
  const auto appended = shelf_.logs.append(space, records, shelf_.self.self_keys->back(), batch_);
  for (std::size_t i = 0; i < firsts.size(); ++i) {
    const auto& [object, op] = firsts[i];
    const auto& [place, hash] = appended[i];
    note_first({object, crypto::printed_id(object), {place, {hash, shelf_.self.root, !space.is_none(), op}, false}});
  }
}

void Work::note(const ObjectId& object, At at) {
  Touched& touched = touch(object);
  const RootId author = at.seen.author;
  touched.places.push_back(std::move(at));
  if (too_many_by(author, touched.places)) {
    throw Error{Errc::refused, "one entry holds at most 4,096 acts of one person", "write a new entry instead"};
  }
}

void Work::note_payload(const ObjectId& object, log::Place place, journal::Op op) {
  Touched& touched = touch(object);
  const auto found = std::ranges::find(touched.places, place, &At::place);
  ATTUNE_CHECK(found != touched.places.end());
  found->seen.op = std::move(op);
}

bool Work::is_first(const Noted& noted) {
  const journal::Seen& seen = noted.at.seen;
  return seen.op && std::holds_alternative<journal::EntryContent>(seen.op->act) &&
         seen.author == noted.object.creator && !shelf_.store.get(object_key(noted.printed), buffer_);
}

void Work::note_first(const Noted& first) {
  std::string places;
  add_place(places, first.at.place);
  batch_.put(object_key(first.printed), places);
  const auto& content = std::get<journal::EntryContent>(first.at.seen.op->act);
  const auto [key, value] =
      index_of_first(first.object, first.printed, content, first.at.seen.shared, shelf_.self.root);
  batch_.put(key, value);
  ++more_entries_;
  changed_.push_back(first.object);
}

void Work::note_all(std::vector<Noted>& arriving, const HashOf& hash_of) {
  // By printed id, so that what shares one in this batch is found, be it one object or two; ops are too big to be moved
  // about by sorting.
  std::vector<std::pair<PrintedId, std::size_t>> order;
  order.reserve(arriving.size());
  for (std::size_t i = 0; i < arriving.size(); ++i) order.emplace_back(arriving[i].printed, i);
  std::ranges::sort(order);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto& [printed, index] = order[i];
    const bool alone =
        (i == 0 || order[i - 1].first != printed) && (i + 1 == order.size() || order[i + 1].first != printed);
    Noted& noted = arriving[index];
    if (alone && is_first(noted)) {
      note_first(noted);
    } else {
      noted.at.seen.id = hash_of(index);
      note(noted.object, std::move(noted.at));
    }
  }
}

void Work::plan() {
  for (auto& [object, touched] : touched_) {
    const auto drop = journal::payloads_to_drop(object, ops_of(touched.places));
    if (drop.empty()) continue;
    for (At& at : touched.places) {
      at.drop = std::ranges::binary_search(drop, at.seen.id);
      if (at.drop && !at.held) dropped_.insert(at.place);
    }
  }
  planned_ = true;
}

void Work::mark(std::string_view from, std::string_view to) {
  batch_.put(erasing_key(from, to), "");
  erases_ = true;
}

void Work::drop(const std::vector<At>& places) {
  for (const At& at : places) {
    if (!at.drop) continue;
    if (at.held) {
      shelf_.logs.drop_payload(at.place, batch_);
      const auto [from, to] = shelf_.logs.key_range(at.place);
      mark(from, to);
    } else {
      shelf_.logs.settle(at.place, batch_);
    }
  }
}

void Work::index(const ObjectId& object, const Touched& touched) {
  auto now = ops_of(touched.places);
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (touched.places[i].drop) now[i].op.reset();
  }
  const IndexKeys before = index_of(object, touched.before, shelf_.self.root);
  const IndexKeys after = index_of(object, now, shelf_.self.root);
  for (const auto& [key, value] : before.keys) {
    if (after.keys.contains(key)) continue;
    batch_.remove(key);
    if (erases_) mark(key, key);  // when a text goes, its moment and kind go too
  }
  for (const auto& [key, value] : after.keys) {
    const auto old = before.keys.find(key);
    if (old == before.keys.end() || old->second != value) batch_.put(key, value);
  }
  more_entries_ += int{after.listed} - int{before.listed};
  const auto entry = journal::fold_entry(object, std::move(now));
  if (!entry) return;
  changed_.push_back(object);
  if (object.creator == shelf_.self.root) note_torn(*entry, touched.before);
}

void Work::note_torn(const journal::Entry& entry, const std::vector<journal::Seen>& before) {
  if (!entry.erased) {
    const auto erased = [&](const ObjectId& shared) {
      const auto other = shelf_.fold(shared);
      return other && other->erased;
    };
    if (std::ranges::any_of(shared_as(entry), erased)) torn_.push_back(entry.id);
    return;
  }
  if (const auto origin = shelf_.origin_of(entry.id)) torn_.push_back(*origin);
  // What an erased entry was shared as is told by payloads that go with it.
  if (const auto was = journal::fold_entry(entry.id, before))
    std::ranges::copy(shared_as(*was), std::back_inserter(torn_));
}

// By printed id, because two objects may share one; sorted, so that making the index anew gives the same bytes.
void Work::write_places() {
  std::map<PrintedId, std::vector<log::Place>> lists;
  for (const auto& [object, touched] : touched_) {
    for (const At& at : touched.places) {
      if (at.stored) continue;
      const PrintedId printed = crypto::printed_id(object);
      auto [list, first] = lists.try_emplace(printed);
      if (first) list->second = places_of(shelf_.store.get(object_key(printed)).value_or(""));
      list->second.push_back(at.place);
    }
  }
  for (auto& [printed, places] : lists) {
    std::ranges::sort(places);
    std::string value;
    for (const log::Place place : places) add_place(value, place);
    batch_.put(object_key(printed), value);
  }
}

void Work::commit() {
  if (!planned_) plan();
  for (const auto& [object, touched] : touched_) {
    drop(touched.places);
    index(object, touched);
  }
  write_places();
  const std::uint64_t entries = shelf_.entries + static_cast<std::uint64_t>(more_entries_);
  if (more_entries_ != 0 && entries != 0) batch_.put(book_value("entries"), u64_value(entries));
  if (more_entries_ != 0 && entries == 0) batch_.remove(book_value("entries"));
  if (!batch_.empty()) shelf_.store.commit(batch_);
  shelf_.logs.committed();
  committed_ = true;
  shelf_.entries = entries;
}

void Work::commit(Change change) {
  commit();
  change.objects = std::move(changed_);
  if (shelf_.observer) shelf_.observer(change);
}

}  // namespace attune::book
