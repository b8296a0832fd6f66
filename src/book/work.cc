#include "book/work.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "book/keys.h"
#include "book/rebuilding.h"
#include "core/check.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "journal/codec.h"

namespace attune::book {
namespace {

template <class... Acts>
bool is_any(const At& at) {
  return at.seen.op && (std::holds_alternative<Acts>(at.seen.op->act) || ...);
}

// Records that change between having an effect and having none are folded again in the batch that says so; where they
// are more, all indexes are made anew.
constexpr std::uint64_t kMostMoved = 1000;

std::string payload_of(const journal::Op& op) {
  std::string payload(log::kPayloadRandom, '\0');
  crypto::random_fill(std::as_writable_bytes(std::span{payload}));
  return payload + journal::encode(op);
}

bool says_something(const std::vector<At>& places) {
  return std::ranges::any_of(places, [](const At& at) { return !at.stored && is_any<journal::Response>(at); });
}

// What stands takes out; what does not is taken out along with it.
journal::PayloadsToDrop to_drop(const ObjectId& object, const std::vector<At>& places) {
  const auto causes = ops_of(places);
  if (causes.size() == places.size()) return journal::payloads_to_drop(object, causes);
  std::vector<journal::Seen> all;
  for (const At& at : places) all.push_back(at.seen);
  return journal::payloads_to_drop(object, causes, all);
}

}  // namespace

// With whom a person shares, under which keys, and what they and their devices are called: their own devices alone say
// it, and must always be able to. Whoever fills a limit could keep them from leaving.
Work::Count Work::count_of(const At& at) const {
  if (is_any<journal::Erase>(at)) return Count::erase;
  const bool fact = is_any<journal::Paired, journal::Left, journal::KeyOp, journal::Profile, journal::DeviceNamed>(at);
  return fact && at.seen.author == shelf_.self.root && !at.seen.shared ? Count::free : Count::act;
}

bool Work::Tally::add(const At& at, Count count) {
  const auto [place, added] = places.emplace(at.seen.id, at.place.log);
  if (!added) return false;
  if (count == Count::free) {
    ++free;
    return true;
  }
  // An op that stands in two logs is one.
  const bool before = place != places.begin() && std::prev(place)->first == at.seen.id;
  const bool behind = std::next(place) != places.end() && std::next(place)->first == at.seen.id;
  if (!before && !behind) ++(count == Count::erase ? erases : acts);
  return true;
}

Work::~Work() {
  if (committed_) return;
  shelf_.logs.forget();
  shelf_.trust.forget();
}

Work::Touched& Work::touch(const ObjectId& object) {
  auto [found, first] = touched_.try_emplace(object);
  if (first) {
    found->second.places = shelf_.load_all(object, Detail::outline);
    found->second.before = index_of(shelf_, object, found->second.places);
    for (At& at : found->second.places) stand(at);
  }
  return found->second;
}

void Work::stand(At& at) const {
  const auto move = moves_.find(at.place.log);
  if (move != moves_.end()) at.stands = at.place.n <= move->second.to;
}

void Work::stand(std::vector<Trust::Move> moves) {
  std::uint64_t moved = 0;
  for (Trust::Move& move : moves) {
    const std::uint64_t to = std::min(move.to, shelf_.logs.find(move.log)->n);  // what comes with this change is new
    moved += std::max(move.from, to) - std::min(move.from, to);
    shelf_.trust.write(move, batch_);
    moves_.emplace(move.log, move);
  }
  moved_ = moved > 0;
  moved_too_much_ = moved > kMostMoved;
  if (moved_too_much_) {
    batch_.put(book_value("schema"), u64_value(0));  // a crash from here on makes the indexes anew
    return;
  }
  for (const auto& [log, move] : moves_) {
    const auto [first, last] = std::minmax(move.from, move.to);
    if (first == last) continue;
    shelf_.logs.view_from(log, first + 1, [&, end = last](std::uint64_t n, const log::RecordView& record) {
      if (n <= end) static_cast<void>(touch(record.object));
      return n < end;
    });
  }
}

OpId Work::append(const CoupleId& space, const ObjectId& object, const journal::Op& op) {
  return append_payload(space, object, op, as_bytes(payload_of(op)));
}

OpId Work::append_payload(const CoupleId& space, const ObjectId& object, const journal::Op& op, BytesView payload) {
  const auto [place, hash] = shelf_.logs.append(space, object, payload, shelf_.self.self_keys->back(), batch_);
  At at{place, {hash, shelf_.self.root, !space.is_none(), journal::outline(op)}, false};
  at.bytes = payload.size();
  note(object, std::move(at));
  return hash;
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
  if (from_ != From::store) check_count(touched, at);
  touched.places.push_back(std::move(at));
}

void Work::check_count(Touched& touched, const At& at) const {
  const auto [found, first] = touched.tallies.try_emplace({at.seen.author, at.stands});
  Tally& tally = found->second;
  if (first) {
    for (const At& known : touched.places) {
      // What has no effect takes no room from what has.
      if (known.seen.author == at.seen.author && (known.stands || !at.stands)) tally.add(known, count_of(known));
    }
  }
  const Count count = count_of(at);
  if (!tally.add(at, count)) throw Error{Errc::refused, "an act stands twice in one log"};
  if (count == Count::free) return;
  const bool erase = count == Count::erase;
  const std::size_t places = kMaxPlaces + (erase ? 4 * kFreeErases : 0);
  if ((erase ? tally.erases > kFreeErases : tally.acts > kMaxOps) || tally.places.size() - tally.free > places) {
    throw Error{Errc::refused, "one entry holds at most 4,096 acts of one person", "write a new entry instead"};
  }
}

// Only where the change adds to them: what takes away must always be possible.
void Work::check_bytes(const Touched& touched) const {
  std::map<RootId, std::pair<std::uint64_t, std::uint64_t>> bytes;  // in all, new
  for (const At& at : touched.places) {
    const bool own = at.seen.author == shelf_.self.root;
    if (at.drop || at.bytes <= kSmallPayload || own != (from_ == From::here) || (own && !at.stands)) continue;
    if (count_of(at) == Count::free) continue;
    auto& [all, fresh] = bytes[at.seen.author];
    all += at.bytes;
    if (!at.held) fresh += at.bytes;
  }
  for (const auto& [author, counted] : bytes) {
    if (counted.second == 0 || counted.first <= shelf_.limits.object_bytes) continue;
    throw Error{Errc::refused, "the versions of one entry have grown to more than one entry may hold",
                "write a new entry instead"};
  }
}

void Work::note_payload(const ObjectId& object, log::Place place, journal::Op op, std::uint64_t bytes) {
  Touched& touched = touch(object);
  const auto found = std::ranges::find(touched.places, place, &At::place);
  ATTUNE_CHECK(found != touched.places.end());
  found->seen.op = std::move(op);
  found->bytes = bytes;
}

bool Work::is_first(const Noted& noted) {
  const journal::Seen& seen = noted.at.seen;
  return noted.at.stands && seen.op && std::holds_alternative<journal::EntryContent>(seen.op->act) &&
         seen.author == noted.object.creator &&
         (shelf_.new_objects.certainly_new(noted.printed) || !shelf_.store.get(object_key(noted.printed), buffer_));
}

void Work::note_first(const Noted& first) {
  std::string places;
  add_place(places, first.at.place);
  batch_.put(object_key(first.printed), places);
  shelf_.new_objects.add(first.printed);
  const auto& content = std::get<journal::EntryContent>(first.at.seen.op->act);
  const auto [key, value] =
      index_of_first(first.object, first.printed, content, first.at.seen.shared, shelf_.self.root);
  batch_.put(key, value);
  ++more_entries_;
  changed_.push_back({first.object});
}

void Work::note_all(std::vector<Noted>& arriving, const HashOf& hash_of) {
  // By printed id, so that what shares one in this batch is found, be it one object or two; ops are too big to be moved
  // about by sorting.
  shelf_.new_objects.prepare(shelf_.store, arriving.size());
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
    const auto drop = to_drop(object, touched.places);
    for (At& at : touched.places) {
      at.drop = drop.contains({at.seen.author, at.seen.id});
      if (at.drop && !at.held) dropped_.insert(at.place);
    }
    if (from_ != From::store) check_bytes(touched);
  }
  planned_ = true;
}

bool Work::takes_out() const {
  return std::ranges::any_of(touched_, [](const auto& touched) {
    return std::ranges::any_of(touched.second.places, [](const At& at) { return at.drop && at.held; });
  });
}

void Work::mark(std::string_view from, std::string_view to) {
  batch_.put(erasing_key(from, to), "");
  erases_ = true;
}

void Work::drop(const std::vector<At>& places) {
  // What took a payload out may stand no more, or prove to be no reason; then whoever has the payload is asked for it.
  const bool reasons_may_go = moved_ || from_ == From::store;
  for (const At& at : places) {
    if (!at.drop) {
      if ((reasons_may_go || at.stored) && !at.held && !at.seen.op) shelf_.logs.lack(at.place, batch_);
      continue;
    }
    if (at.held) {
      shelf_.logs.drop_payload(at.place, batch_);
      if (at.seen.author != shelf_.self.root) {
        more_received_[at.seen.author] -= static_cast<std::int64_t>(at.bytes);
        ++taken_out_[at.seen.author];
      }
      const auto [from, to] = shelf_.logs.key_range(at.place);
      mark(from, to);
    } else {
      shelf_.logs.settle(at.place, batch_);
    }
  }
}

void Work::index(const ObjectId& object, const Touched& touched) {
  std::vector<At> now = touched.places;
  for (At& at : now) {
    if (at.drop) at.seen.op.reset();
  }
  const IndexKeys& before = touched.before;
  const IndexKeys after = index_of(shelf_, object, std::move(now));
  for (const auto& [key, value] : before.keys) {
    if (after.keys.contains(key)) continue;
    batch_.remove(key);
    if (erases_) mark(key, key);  // when a text goes, the moment and kind that stand go too
  }
  for (const auto& [key, value] : after.keys) {
    const auto old = before.keys.find(key);
    if (old == before.keys.end() || old->second != value) batch_.put(key, value);
  }
  more_entries_ += int{after.listed} - int{before.listed};
  for (const ObjectKind kind : after.kinds) {
    changed_.push_back({object, kind});
    if (kind == ObjectKind::check_in) check_ins_.push_back(object);
  }
  if (!after.entry) return;
  changed_.push_back({object, ObjectKind::entry, before.entry == after.entry && says_something(touched.places)});
  if (object.creator == shelf_.self.root) note_torn(*after.entry, touched.places);
}

void Work::note_torn(const journal::Entry& entry, const std::vector<At>& places) {
  if (!entry.erased) {
    const auto erased = [&](const ObjectId& shared) {
      const auto other = shelf_.fold(shared);
      return other && other->erased;
    };
    if (std::ranges::any_of(shared_as(entry), erased)) torn_.push_back(entry.id);
    return;
  }
  if (const auto origin = shelf_.origin_of(entry.id)) torn_.push_back(*origin);
  // What an erased entry was shared as is told by payloads that go with it, also by those that arrive only now.
  for (const At& at : places) {
    const auto* link = at.seen.op ? std::get_if<journal::SharedAs>(&at.seen.op->act) : nullptr;
    if (link != nullptr && at.stands && at.seen.author == entry.id.creator)
      torn_.push_back({entry.id.creator, link->number});
  }
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
    shelf_.new_objects.add(printed);
  }
}

void Work::count_received(const RootId& author, std::uint64_t bytes) {
  if (author != shelf_.self.root) more_received_[author] += static_cast<std::int64_t>(bytes);
}

void Work::write_received() {
  for (const auto& [author, more] : more_received_) {
    if (more == 0) continue;
    const storage::Key key = received_value(author);
    const auto value = shelf_.store.get(key);
    const std::uint64_t received = (value ? read_u64(*value) : 0) + static_cast<std::uint64_t>(more);
    // What takes away more than it brings passes, so that erasing helps; also the erase of a text that is smaller than
    // the erase's own record.
    const auto erases = static_cast<std::int64_t>(kRecordBytes + kSmallPayload) * taken_out_[author];
    if (more > erases && from_ == From::peer && received > shelf_.limits.person_bytes) {
      throw Error{Errc::refused, "this is more than this journal takes from one person"};
    }
    if (received == 0) batch_.remove(key);
    if (received != 0) batch_.put(key, u64_value(received));
  }
}

void Work::commit() {
  if (!planned_) plan();
  for (const auto& [object, touched] : touched_) {
    shelf_.folded.forget(object);  // also where somebody read it since it was touched
    drop(touched.places);
    index(object, touched);
  }
  if (tears()) {
    for (const ObjectId& object : torn_) batch_.put(torn_value(object.number), "");
  }
  write_places();
  write_received();
  const std::uint64_t entries = shelf_.entries + static_cast<std::uint64_t>(more_entries_);
  if (more_entries_ != 0 && entries != 0) batch_.put(book_value("entries"), u64_value(entries));
  if (more_entries_ != 0 && entries == 0) batch_.remove(book_value("entries"));
  if (moved_too_much_ && !roster_) check_rebuilding(shelf_);  // not before a peer's bytes have proven sound
  if (!batch_.empty()) shelf_.store.commit(batch_);
  shelf_.logs.committed();
  for (const auto& [log, move] : moves_) shelf_.trust.committed(move);
  if (roster_) shelf_.trust.committed(std::move(*roster_));
  committed_ = true;
  shelf_.entries = entries;
  if (moved_too_much_ && rebuild_indexes(shelf_)) erases_ = true;  // before anybody is told, who would look things up
}

void Work::commit(Change change) {
  commit();
  change.objects = std::move(changed_);
  if (shelf_.observer) shelf_.observer(change);
}

}  // namespace attune::book
