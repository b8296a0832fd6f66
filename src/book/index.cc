#include "book/index.h"

#include <algorithm>
#include <utility>

#include "book/keys.h"
#include "book/shelf.h"
#include "crypto/hash.h"

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

}  // namespace

bool listed(const journal::Entry& entry) {
  // A shared entry that was shared with somebody else later is listed beside that.
  return entry.current && !entry.erased && (entry.shared || !entry.shared_as);
}

IndexKeys index_of(const ObjectId& object, std::vector<journal::Seen> ops, const RootId& self) {
  IndexKeys index;
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
