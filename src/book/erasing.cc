// Erasing: the text goes from every log held here and from every index, and then from the disk.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "book/book.h"
#include "book/keys.h"
#include "book/pairings.h"
#include "book/partners.h"
#include "book/state.h"
#include "book/together.h"
#include "book/work.h"
#include "core/error.h"

namespace attune::book {
namespace {

using journal::Op;
using storage::Key;
using storage::Table;

// Whether an erase was written.
bool erase_one(Work& work, const Shelf& shelf, const ObjectId& object) {
  const auto entry = shelf.fold(object);
  if (entry && entry->erased) return false;
  const Op op{journal::next_time(shelf.clock.now(), entry ? entry->newest : Instant{}), journal::Erase{}};
  auto spaces = shelf.couples_of(shelf.load(object, Detail::outline));
  if (spaces.empty()) {
    // Its log has not come to this device yet: then the erase comes first, and waits for it. Where it is not known
    // which couple's that is, nobody but own devices may hear of it: it may be that of one who was left.
    spaces.push_back(entry ? CoupleId{} : couple_of_unseen(shelf, object).value_or(CoupleId{}));
  }
  for (const CoupleId& space : spaces) work.append(space, object, op);
  return !spaces.empty();
}

// What lies within another range goes with it.
void drop_inner(std::vector<std::pair<std::string, std::string>>& ranges) {
  std::ranges::sort(ranges, [](const auto& one, const auto& other) {
    return one.first != other.first ? one.first < other.first : one.second > other.second;
  });
  std::string upto;
  std::erase_if(ranges, [&](const auto& range) {
    if (range.second <= upto) return true;
    upto = range.second;
    return false;
  });
}

// One range for each table and log: a compaction costs by the files it meets, not by the keys it drops.
std::map<std::string, std::pair<std::string, std::string>> joined(
    const std::vector<std::pair<std::string, std::string>>& ranges) {
  constexpr std::size_t kTableAndLog = 1 + sizeof(log::LogNumber);
  std::map<std::string, std::pair<std::string, std::string>> joined;
  for (const auto& range : ranges) {
    auto& [from, to] = joined.try_emplace(range.first.substr(0, kTableAndLog), range).first->second;
    from = std::min(from, range.first);
    to = std::max(to, range.second);
  }
  return joined;
}

}  // namespace

std::vector<ObjectId> all_of_one(const Shelf& shelf, const ObjectId& id) {
  const ObjectId first = shelf.origin_of(id).value_or(id);
  std::vector<ObjectId> all{first};
  if (const auto entry = shelf.fold(first)) std::ranges::copy(shared_as(*entry), std::back_inserter(all));
  if (!std::ranges::count(all, id)) all.push_back(id);
  return all;
}

std::optional<CoupleId> couple_of_unseen(const Shelf& shelf, const ObjectId& shared) {
  if (const auto origin = shelf.origin_of(shared)) {
    for (const At& at : shelf.load(*origin, Detail::outline)) {
      const auto* link = at.seen.op ? std::get_if<journal::SharedAs>(&at.seen.op->act) : nullptr;
      if (link != nullptr && link->number == shared.number) return couple_at(shelf, at.seen.op->time);
    }
  }
  // Its link is gone already: only where there never was but one couple is there no doubt.
  const auto all = all_pairings(shelf).all;
  return all.size() == 1 ? std::optional{all.front().pairing.couple} : std::nullopt;
}

bool mend_torn(Shelf& shelf) {
  std::vector<ObjectId> torn;
  const Key from = torn_values();
  shelf.store.scan(from, from.end(), [&](std::string_view key, std::string_view) {
    const auto number = ObjectNumber::from(key.substr(from.str().size()));
    if (!number) throw Error{Errc::damaged, "an index of the journal cannot be read"};
    torn.push_back({shelf.self.root, *number});
    return storage::Store::Visit::go_on;
  });
  if (torn.empty()) return false;
  Work work{shelf, From::here};
  bool any = false;
  for (const ObjectId& object : torn) {
    any = erase_one(work, shelf, object) || any;
    work.batch().remove(torn_value(object.number));
  }
  if (any) work.commit({.kind = Change::Kind::erased});
  if (!any) work.commit();
  return any;
}

void Book::erase(const ObjectId& id) {
  Shelf& shelf = *state_;
  const auto entry = shelf.fold(id);
  if (!entry) throw Error{Errc::not_found, "no such entry"};
  if (id.creator != shelf.self.root) throw Error{Errc::refused, "only its author can erase an entry"};
  Work work{shelf, From::here};
  for (const ObjectId& object : all_of_one(shelf, id)) static_cast<void>(erase_one(work, shelf, object));
  if (!work.batch().empty()) work.commit({.kind = Change::Kind::erased});
  finish_erasures();
}

bool Book::erase_confirmed(const ObjectId& id) const {
  const Shelf& shelf = *state_;
  bool any = false;
  for (const ObjectId& object : all_of_one(shelf, id)) {
    for (const At& at : shelf.load(object, Detail::outline)) {
      const bool erase = at.seen.op && std::holds_alternative<journal::Erase>(at.seen.op->act);
      if (!erase || !at.seen.shared || at.seen.author != shelf.self.root) continue;
      if (at.place.n > shelf.logs.find(at.place.log)->open()) continue;  // it stands in another log as well
      const auto least = PartnerDevices{*this, shelf}.least_confirmed(at.place.log);
      if (!least || *least < at.place.n) return false;
      any = true;
    }
  }
  return any;
}

bool Book::erasures_waiting() const {
  bool any = false;
  const Key from{Table::erasing};
  state_->store.scan(from, from.end(), [&](std::string_view, std::string_view) {
    any = true;
    return storage::Store::Visit::stop;
  });
  return any;
}

void Book::finish_erasures() {
  Shelf& shelf = *state_;
  storage::Batch marks;
  std::vector<std::pair<std::string, std::string>> ranges;
  const Key from{Table::erasing};
  shelf.store.scan(from, from.end(), [&](std::string_view key, std::string_view) {
    ranges.push_back(erasing_range(key));
    marks.remove(key);
    return storage::Store::Visit::go_on;
  });
  if (ranges.empty()) return;
  drop_inner(ranges);
  for (const auto& [where, range] : joined(ranges)) shelf.store.compact(range.first, range.second);
  shelf.store.commit(marks);
}

}  // namespace attune::book
