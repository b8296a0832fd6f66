// A store against a model of it: batches, both ways through a range, opening again, compacting. Under libFuzzer it is
// the plain one of the driver, in the quick suite the real one and that: so both keep storage/store.h.
#include "storage/store.h"

#include <map>

#include "fuzz/target.h"
#include "support/memory_files.h"

namespace attune::fuzz {
namespace {

using storage::Store;
using Model = std::map<std::string, std::string, std::less<>>;
using Seen = std::vector<std::pair<std::string, std::string>>;

// One or two letters of three, so that they meet again.
std::string key_of(Draw& draw) {
  const unsigned letters = draw.byte();
  std::string key(1, static_cast<char>('a' + letters % 3));
  if ((letters & 16U) != 0) key += static_cast<char>('a' + letters / 32 % 3);
  return key;
}

struct Range {
  std::string from;
  std::string to;
  std::size_t most;
};
Range range_of(Draw& draw) {
  const unsigned how = draw.byte();
  Range range{(how & 1U) != 0 ? key_of(draw) : "", (how & 2U) != 0 ? key_of(draw) : "", how % 16 < 12 ? 99 : how / 16};
  return range;
}
Seen expected(const Model& model, const Range& range, bool back) {
  Seen seen;
  for (const auto& [key, value] : model) {
    if (key >= range.from && (range.to.empty() || key < range.to)) seen.emplace_back(key, value);
  }
  if (back) std::ranges::reverse(seen);
  if (seen.size() > range.most + 1) seen.resize(range.most + 1);
  return seen;
}

struct Subject {
  test::MemoryFiles files;
  std::optional<Store> store;
  Model model;

  Subject() { open(); }
  void open() {
    store.reset();
    store.emplace(files, "store", known_secret<storage::StoreKey>(1));
  }
  void check_all() {
    Seen seen;
    store->scan({}, {}, [&](std::string_view key, std::string_view value) {
      seen.emplace_back(key, value);
      return Store::Visit::go_on;
    });
    promise(seen == expected(model, {{}, {}, 999}, false), "a store holds what was committed, and nothing else");
  }
  void commit(Draw& draw) {
    storage::Batch batch;
    promise(batch.empty(), "a batch begins empty");
    for (unsigned changes = draw.byte() % 5; changes > 0; --changes) {
      const std::string key = key_of(draw);
      if (draw.flip()) {
        batch.remove(key);
        model.erase(key);
      } else {
        std::string value = to_string(draw.bytes(draw.byte() % 32));
        batch.put(key, value);
        model.insert_or_assign(key, std::move(value));
      }
      promise(!batch.empty() && batch.bytes() > key.size(), "a batch knows what it holds");
    }
    store->commit(batch);
  }
  // Whoever walks may change what is walked over, and meets it as it was.
  void walk(Draw& draw) {
    const Range range = range_of(draw);
    const bool back = draw.flip();
    const bool changes = draw.flip();
    const Seen wanted = expected(model, range, back);
    Seen seen;
    const Store::Visitor visit = [&](std::string_view key, std::string_view value) {
      seen.emplace_back(key, value);
      if (changes && seen.size() == 1) commit(draw);
      return seen.size() > range.most ? Store::Visit::stop : Store::Visit::go_on;
    };
    back ? store->scan_back(range.from, range.to, visit) : store->scan(range.from, range.to, visit);
    promise(seen == wanted, "a range is visited in order, as it was at the beginning");
  }
};

void fuzz(BytesView input) {
  Draw draw{input};
  Subject subject;
  for (int step = 0; step < 16 && !draw.done(); ++step) {
    const unsigned how = draw.byte() % 8;
    if (how < 3) subject.commit(draw);
    if (how == 3 || how == 4) subject.walk(draw);
    if (how == 5) {
      const std::string key = key_of(draw);
      const auto known = subject.model.find(key);
      promise(subject.store->get(key) == (known == subject.model.end() ? std::nullopt : std::optional{known->second}),
              "what is asked for is what was committed");
    }
    if (how == 6) subject.open();
    if (how == 7) {
      const Range range = range_of(draw);
      subject.store->compact(range.from, range.to);
      promise(subject.model.empty() || subject.store->disk_bytes() > 0, "a store that was compacted is not gone");
    }
  }
  subject.check_all();
  const auto busy =
      refusal({Errc::busy}, [&] { const Store other{subject.files, "store", known_secret<storage::StoreKey>(1)}; });
  promise(busy == Errc::busy, "a store is opened once at a time");
  subject.open();
  subject.store->verify();
  subject.check_all();
}

std::vector<Bytes> seeds() {
  InputBuilder all;
  all.byte(0).byte(3).byte(0).byte(0).byte(2).raw(as_bytes("v1")).byte(49).byte(0).byte(1).byte('x').byte(2).byte(1);
  all.byte(3).byte(1).byte(0).byte(0).byte(1).byte(1).byte(1).byte(0).byte(1).byte(6).byte(5).byte(0);
  all.byte(7).byte(0).byte(4).byte(3).byte(0).byte(2).byte(0).byte(0);
  return {all.take(), InputBuilder{}.byte(0).byte(1).byte(0).byte(0).byte(0).byte(6).byte(7).byte(0).take()};
}

const Registration registration{{"store", Weight::heavy, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
