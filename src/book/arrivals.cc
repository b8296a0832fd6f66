#include "book/arrivals.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "book/keys.h"
#include "book/shelf.h"
#include "core/bytes.h"
#include "core/error.h"

namespace attune::book {
namespace {

constexpr std::string_view kSeen = "seen";

struct LogSeen {
  log::LogNumber log = 0;
  std::uint64_t n = 0;
};

// Log numbers and places, 4 and 8 bytes each.
std::map<log::LogNumber, std::uint64_t> places_in(std::string_view value, Errc fault) {
  std::map<log::LogNumber, std::uint64_t> places;
  constexpr std::size_t kOne = sizeof(log::LogNumber) + sizeof(std::uint64_t);
  if (value.size() % kOne != 0) throw Error{fault, "what was seen already cannot be read"};
  for (std::string_view rest = value; !rest.empty(); rest.remove_prefix(kOne)) {
    const BytesView one = as_bytes(rest.substr(0, kOne));
    places[read_be32(one.first<4>())] = read_be64(one.last<8>());
  }
  return places;
}

std::map<log::LogNumber, std::uint64_t> seen(const Shelf& shelf) {
  return places_in(shelf.store.get(book_value(kSeen)).value_or(""), Errc::damaged);
}

std::string value_of(const std::map<log::LogNumber, std::uint64_t>& places) {
  std::string value;
  for (const auto& [log, n] : places) {
    value += as_text(be32(log));
    value += as_text(be64(n));
  }
  return value;
}

// The partner's, as far as they stand. None where there is no partner now.
std::vector<LogSeen> partners_logs(const Book& book) {
  std::vector<LogSeen> all;
  const auto pairing = book.pairing();
  if (!pairing) return all;
  for (const log::Held& held : book.shelf().logs.all()) {
    if (held.name.author != pairing->partner || held.name.couple != pairing->couple) continue;
    all.push_back({held.number, std::min(held.n, book.standing(held.number))});
  }
  return all;
}

}  // namespace

Arrivals arrivals(const Book& book) {
  const Shelf& shelf = book.shelf();
  Arrivals arrived;
  const auto before = seen(shelf);
  auto now = before;
  for (const LogSeen& log : partners_logs(book)) {
    now[log.log] = log.n;
    const auto known = before.find(log.log);
    std::uint64_t first = known == before.end() ? 1 : known->second + 1;
    if (first + kMostArrivals <= log.n) {
      first = log.n - kMostArrivals + 1;
      arrived.more = true;
    }
    if (first > log.n) continue;
    shelf.logs.read_from(log.log, first, [&](std::uint64_t n, const log::Record& record) {
      if (n <= log.n && record.payload) arrived.acts[record.object].insert(record.hash);
      return n < log.n;
    });
  }
  arrived.seen = value_of(now);
  return arrived;
}

void set_seen(Book& book, std::string_view said) {
  Shelf& shelf = book.shelf();
  auto places = seen(shelf);
  for (const auto& [log, n] : places_in(said, Errc::usage)) {
    const log::Held* held = shelf.logs.find(log);
    if (held != nullptr && n <= held->n) places[log] = std::max(places[log], n);
  }
  const std::string value = value_of(places);
  if (shelf.store.get(book_value(kSeen)).value_or("") == value) return;
  storage::Batch batch;
  batch.put(book_value(kSeen), value);
  shelf.store.commit(batch);
}

}  // namespace attune::book
