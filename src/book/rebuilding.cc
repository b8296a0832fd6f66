#include "book/rebuilding.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "book/index.h"
#include "book/keys.h"
#include "book/state.h"
#include "book/together.h"
#include "book/work.h"
#include "core/error.h"
#include "core/stopping_files.h"
#include "crypto/hash.h"

namespace attune::book {
namespace {

using storage::Key;
using storage::Table;
using Visit = storage::Store::Visit;

constexpr std::size_t kPiece = 1000;
constexpr std::array kIndexes{Table::object, Table::timeline, Table::kind, Table::act};

void remove_all(storage::Store& store, const Key& from) {
  for (bool more = true; more;) {
    storage::Batch batch;
    std::size_t removed = 0;
    store.scan(from, from.end(), [&](std::string_view key, std::string_view) {
      batch.remove(key);
      return ++removed < kPiece ? Visit::go_on : Visit::stop;
    });
    more = removed == kPiece;
    if (!batch.empty()) store.commit(batch);
  }
}

void set_schema(storage::Store& store, std::uint64_t schema) {
  storage::Batch batch;
  batch.put(book_value("schema"), u64_value(schema));
  store.commit(batch);
}

// Indexes the records from n on, up to a piece. Returns where to go on; 0: the log is done.
std::uint64_t index_piece(Shelf& shelf, log::LogNumber log, std::uint64_t n, bool& erases) {
  std::vector<Noted> noted;
  std::uint64_t next = 0;
  shelf.logs.read_from(log, n, [&](std::uint64_t place, const log::Record& record) {
    if (noted.size() == kPiece) {
      next = place;
      return false;
    }
    noted.push_back(
        {record.object, crypto::printed_id(record.object), shelf.at({log, place}, record, Detail::outline)});
    noted.back().at.stored = false;  // its record is, its place in the index is not
    return true;
  });
  Work work{shelf, From::store};
  for (const Noted& one : noted) work.count_received(one.at.seen.author, kRecordBytes + one.at.bytes);
  work.note_all(noted, [&](std::size_t index) { return noted[index].at.seen.id; });
  work.plan();
  if (work.takes_out()) {  // its old places in the indexes went before anybody knew that it is erased
    for (const Table table : kIndexes) work.mark(Key{table}, Key{table}.end());
  }
  work.commit();
  erases = erases || work.erases();
  return next;
}

bool make_anew(Shelf& shelf) {
  bool erases = false;
  set_schema(shelf.store, 0);  // a crash in between starts over
  for (const Table table : kIndexes) remove_all(shelf.store, Key{table});
  remove_all(shelf.store, pairings());
  remove_all(shelf.store, received_values());
  remove_all(shelf.store, book_value("entries"));
  shelf.entries = 0;
  for (const log::Held& held : shelf.logs.all()) {
    for (std::uint64_t n = 1; n != 0;) n = index_piece(shelf, held.number, n, erases);
  }
  set_schema(shelf.store, kSchema);
  return erases;
}

}  // namespace

void check_rebuilding(const Shelf& shelf) {
  shelf.store.check_writable();
  shelf.store.scan({}, {}, [](std::string_view, std::string_view) { return Visit::go_on; });
}

bool rebuild_indexes(Shelf& shelf) {
  try {
    return make_anew(shelf);
  } catch (const Error& fault) {
    shelf.store.refuse(Error{fault.code(),
                             fmt::format("the journal's indexes could not be made anew: {}", fault.what()),
                             std::string{kBeginAnew}});
    throw;
  }
}

void Book::rebuild_indexes() {
  static_cast<void>(book::rebuild_indexes(*state_));
  mend_torn(*state_);
}

}  // namespace attune::book
