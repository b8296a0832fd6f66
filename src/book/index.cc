#include "book/index.h"

#include <algorithm>
#include <utility>

#include "book/keys.h"
#include "book/shared_object.h"
#include "crypto/hash.h"
#include "journal/agreement.h"
#include "journal/boundary.h"
#include "journal/pause.h"
#include "journal/seen.h"

namespace attune::book {
namespace {

// A leaving alone, too: what it ended may have been taken away by a revoke, and the person stays out.
bool is_pairing(const ObjectId& object, const std::vector<journal::Seen>& ops) {
  return std::ranges::any_of(ops, [&](const journal::Seen& seen) {
    return seen.op && seen.author == object.creator &&
           (std::holds_alternative<journal::Paired>(seen.op->act) ||
            std::holds_alternative<journal::Left>(seen.op->act));
  });
}

void add_origins(IndexKeys& index, const journal::Entry& entry) {
  const std::string number{entry.id.number.raw()};
  for (const ObjectId& shared : shared_as(entry)) index.keys.emplace(origin_key(crypto::printed_id(shared)), number);
}

// What somebody answers, accepts or declines by its id.
bool is_named(const journal::Seen& seen) {
  return seen.shared && (journal::act_of<journal::Response>(seen) != nullptr ||
                         journal::act_of<journal::BoundaryAsked>(seen) != nullptr ||
                         journal::act_of<journal::Proposed>(seen) != nullptr);
}

template <class Begins>
bool has(const std::vector<journal::Seen>& ops) {
  return std::ranges::any_of(
      ops, [](const journal::Seen& seen) { return seen.shared && journal::act_of<Begins>(seen) != nullptr; });
}

// Open is what this person may still have to open: they committed to answers, and have neither opened nor taken back.
// Anything else is no work for this side, so that nobody can pile it up.
bool waits_for_opening(const std::vector<journal::Seen>& ops, const RootId& self) {
  bool committed = false;
  for (const journal::Seen& seen : ops) {
    if (!seen.shared || seen.author != self) continue;
    if (journal::act_of<journal::Opened>(seen) != nullptr || journal::act_of<journal::Erase>(seen) != nullptr)
      return false;
    committed = committed || journal::act_of<journal::Committed>(seen) != nullptr;
  }
  return committed;
}

Instant at_once(bool over) { return over ? kLongOver : kNeverOver; }

void add_kinds(IndexKeys& index, const SharedObject& shared, const RootId& self) {
  const auto& [object, couple, ops] = shared;
  const auto add = [&](ObjectKind kind, Instant ends) {
    index.keys.emplace(kind_key({kind, shared.id}), kind_value(ends));
    index.kinds.push_back(kind);
  };
  if (has<journal::BoundaryStated>(ops)) {
    const auto boundary = journal::fold_boundary(object, ops);
    if (boundary) add(ObjectKind::boundary, at_once(boundary->status == journal::BoundaryStatus::lifted));
  }
  if (has<journal::Proposed>(ops)) {
    const auto agreement = journal::fold_agreement(object, ops);
    if (agreement) add(ObjectKind::agreement, at_once(journal::is_over(*agreement)));
  }
  if (has<journal::Paused>(ops)) {
    const auto pause = journal::fold_pause(object, ops);
    if (pause) add(ObjectKind::pause, pause->resumed_at ? kLongOver : pause->until);
  }
  // Nobody is the creator of one: a commitment on somebody's object makes it no check-in.
  if (couple.raw() == object.creator.raw() && has<journal::Committed>(ops)) {
    add(ObjectKind::check_in, at_once(!waits_for_opening(ops, self)));
  }
}

// What is no entry alone, as nearly all objects are.
bool is_beside_entries(const At& at) {
  const journal::Seen& seen = at.seen;
  return at.stands && (is_named(seen) || (seen.shared && (journal::act_of<journal::BoundaryStated>(seen) != nullptr ||
                                                          journal::act_of<journal::Paused>(seen) != nullptr ||
                                                          journal::act_of<journal::Committed>(seen) != nullptr)));
}

}  // namespace

bool listed(const journal::Entry& entry) {
  // A shared entry that was shared with somebody else later is listed beside that.
  return entry.current && !entry.erased && (entry.shared || !entry.shared_as);
}

IndexKeys index_of(const Shelf& shelf, const ObjectId& object, std::vector<At> places) {
  IndexKeys index;
  const RootId& self = shelf.self.root;
  if (std::ranges::any_of(places, is_beside_entries)) {
    const SharedObject shared = shared_object(shelf, object, places);
    for (const journal::Seen& seen : shared.ops) {
      if (is_named(seen)) index.keys.emplace(act_key({seen.id, object}), "");
    }
    add_kinds(index, shared, self);
  }
  auto ops = ops_of(std::move(places));
  if (object.creator == self && is_pairing(object, ops)) {
    index.keys.emplace(pairings().id(object.number).str(), "");
  }
  if (auto entry = journal::fold_entry(object, std::move(ops))) {
    if (listed(*entry)) {
      index.listed = true;
      index.keys.insert(
          index_of_first(object, crypto::printed_id(object), entry->current->content, entry->shared, self));
    }
    // Only one's own devices can say what a private entry was shared as.
    if (object.creator == self) add_origins(index, *entry);
    index.entry = std::move(entry);
  }
  return index;
}

std::pair<std::string, std::string> index_of_first(const ObjectId& object, const PrintedId& printed,
                                                   const journal::EntryContent& content, bool shared,
                                                   const RootId& self) {
  return {timeline_key(content.at.when, printed),
          timeline_value({.mine = object.creator == self, .shared = shared, .kind = content.kind})};
}

}  // namespace attune::book
