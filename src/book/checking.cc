// Checking the indexes against what the logs say. Takes memory for one piece of the journal at a time, never for all of
// it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "book/book.h"
#include "book/index.h"
#include "book/keys.h"
#include "book/shared_object.h"
#include "book/state.h"
#include "book/together.h"
#include "book/work.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "journal/agreement.h"

namespace attune::book {
namespace {

using storage::Key;
using storage::Table;
using Visit = storage::Store::Visit;

// One pass over the logs in order: an object is checked where its first op stands, and nearly all have one op alone,
// which is then at hand already.
class Check {
 public:
  Check(const Shelf& shelf, Book::Report& report) : shelf_{shelf}, report_{report} {}

  void run() {
    for (const log::Held& held : shelf_.logs.all()) {
      shelf_.logs.read_from(held.number, 1, [&](std::uint64_t n, const log::Record& record) {
        check_record({held.number, n}, record);
        if (held.name.author != shelf_.self.root) {
          received_[held.name.author] += kRecordBytes + (record.payload ? record.payload->size() : 0);
        }
        return true;
      });
    }
    count_keys();
    check_received();
    if (report_.entries != shelf_.entries) {
      problem(fmt::format("{} entries are counted where the logs give {}", shelf_.entries, report_.entries));
    }
  }

 private:
  void problem(std::string what) { report_.problems.push_back(std::move(what)); }

  // Its object must lead to it.
  void check_record(log::Place place, const log::Record& record) {
    const PrintedId printed = crypto::printed_id(record.object);
    const auto value = shelf_.store.get(object_key(printed));
    const auto places = places_of(value.value_or(""));
    if (!std::ranges::binary_search(places, place)) {
      problem(fmt::format("the index of object {} does not lead to all of its records", printed.hex()));
      return;
    }
    if (places.front() != place) return;
    ++expected_;  // the object's key
    if (places.size() == 1) {
      check_object(record.object, printed, {shelf_.at(place, record, Detail::outline)});
      return;
    }
    for (const ObjectId& object : shelf_.objects_of(printed)) {
      if (crypto::printed_id(object) != printed) {
        problem(fmt::format("the index of object {} leads to another's records", printed.hex()));
      }
      check_object(object, printed, shelf_.load(object, Detail::outline));
    }
  }

  // It must have the keys that its fold gives.
  void check_object(const ObjectId& object, const PrintedId& printed, std::vector<At> places) {
    const IndexKeys index = index_of(shelf_, object, std::move(places));
    report_.entries += index.listed ? 1 : 0;
    expected_ += index.keys.size();
    for (const auto& [key, value] : index.keys) {
      if (shelf_.store.get(key) != value) problem(fmt::format("an index of object {} is wrong", printed.hex()));
    }
    const auto kept = shelf_.folded.find(object);
    if (kept && kept->agreement != journal::fold_agreement(object, load_shared(shelf_, object).ops)) {
      problem(fmt::format("agreement {} is not remembered as its records say", printed.hex()));
    }
  }

  // And no keys may be there beside those.
  void count_keys() {
    std::uint64_t found = 0;
    for (const Key& from : {Key{Table::object}, Key{Table::timeline}, Key{Table::kind}, Key{Table::act}, pairings()}) {
      shelf_.store.scan(from, from.end(), [&](std::string_view, std::string_view) {
        ++found;
        return Visit::go_on;
      });
    }
    if (found != expected_) {
      problem(fmt::format("the indexes hold {} keys where the logs give {}", found, expected_));
    }
  }

  void check_received() {
    std::uint64_t people = 0;
    const Key from = received_values();
    shelf_.store.scan(from, from.end(), [&](std::string_view, std::string_view) {
      ++people;
      return Visit::go_on;
    });
    bool right = people == received_.size();
    for (const auto& [author, bytes] : received_) {
      right = right && shelf_.store.get(received_value(author)) == u64_value(bytes);
    }
    if (!right) problem("the bytes that came from others are counted wrong");
  }

  const Shelf& shelf_;
  Book::Report& report_;
  std::map<RootId, std::uint64_t> received_;
  std::uint64_t expected_ = 0;
};

}  // namespace

Book::Report Book::verify() {
  const Shelf& shelf = *state_;
  Report report;
  auto logs = shelf.logs.verify(*shelf.self.self_keys);
  report.logs = shelf.logs.all().size();
  report.records = logs.records;
  report.problems = std::move(logs.problems);
  try {
    Check{shelf, report}.run();
  } catch (const Error& error) {
    if (error.code() != Errc::damaged) throw;
    report.problems.emplace_back(error.what());  // what stands behind it cannot be checked any more
  }
  return report;
}

}  // namespace attune::book
