// The indexes of one object: pure functions of what it is folded to. So taking away the keys of the object as it was
// and putting those of the object as it is keeps every index right, and making all of them anew gives the same.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "book/kinds.h"
#include "book/shelf.h"
#include "journal/entry.h"

namespace attune::book {

// What list, search and counts show: not what is erased or has no text yet, and of a private entry that was shared only
// the shared one.
[[nodiscard]] bool listed(const journal::Entry& entry);

// Texts are in no index: outlines of ops are enough.
struct IndexKeys {
  std::map<std::string, std::string> keys;
  bool listed = false;
  std::optional<journal::Entry> entry{};  // what they are made from
  std::vector<ObjectKind> kinds{};        // beside an entry
};
// `places`: all of the object's. Beside entries only those count that count where the object is shown
// (shared_object.h).
[[nodiscard]] IndexKeys index_of(const Shelf& shelf, const ObjectId& object, std::vector<At> places);

// The keys of an object whose only op is this content by its creator: equal to index_of, without folding.
[[nodiscard]] std::pair<std::string, std::string> index_of_first(const ObjectId& object, const PrintedId& printed,
                                                                 const journal::EntryContent& content, bool shared,
                                                                 const RootId& self);

}  // namespace attune::book
