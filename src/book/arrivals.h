// What came from the partner since this person last looked, at this device. How far that was is known to this device
// alone: it stands in no log, and is never sent.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "book/book.h"

namespace attune::book {

// At most so many records of each log are looked back at: after a first sync the rest is in the lists.
inline constexpr std::uint64_t kMostArrivals = 2000;

struct Arrivals {
  std::map<ObjectId, std::set<OpId>> acts;  // by what they are about
  bool more = false;                        // there were more than are looked at
  std::string seen;                         // for set_seen(): how far this looks
};
[[nodiscard]] Arrivals arrivals(const Book& book);
// Somebody has looked at that. Errc::usage: it is none that arrivals() gave.
void set_seen(Book& book, std::string_view seen);

}  // namespace attune::book
