// One answer to every doubt about own logs: new ones are begun, and what stands in a branch that cannot travel any more
// is appended anew. Ops are the same ops wherever they stand. docs/store-format.md, section 4.6.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "book/book.h"
#include "book/check_ins.h"
#include "book/keys.h"
#include "book/state.h"
#include "book/together.h"
#include "book/work.h"
#include "core/check.h"
#include "core/error.h"

namespace attune::book {
namespace {

constexpr std::string_view kDoubts = "doubts";
// Of one log. More are forgotten, oldest first: they would only be asked for and passed over once more.
constexpr std::size_t kMostHealed = 64;
constexpr std::size_t kHealedSize = 8 + Link::size;
// One piece of this device's own side of a fork.
constexpr std::size_t kPieceRecords = 1000;
constexpr std::size_t kPieceBytes = 4U << 20U;

// An op of a branch.
struct Stray {
  ObjectId object;
  OpId hash;
  std::string_view payload;  // empty: missing
};

// One batch of strays. What stands in a log that travels to the same people is passed over, and so is what an erase or
// an edit has taken out.
class Rescue {
 public:
  // Of `log` only what stands up to `open` counts as travelling.
  Rescue(Shelf& shelf, const log::Held& log, std::uint64_t open)
      : shelf_{shelf}, log_{log.number}, open_{open}, space_{log.name.couple}, work_{shelf, From::peer} {}

  void take(const std::vector<Stray>& strays) {
    std::map<ObjectId, std::vector<Sorted>> objects;
    for (std::size_t i = 0; i < strays.size(); ++i) {
      const Stray& stray = strays[i];
      Sorted one{i, {stray.hash, shelf_.self.root, !space_.is_none(), std::nullopt}};
      const bool by_creator = stray.object.creator == shelf_.self.root;
      if (!stray.payload.empty()) one.seen.op = arrived_op(stray.payload, by_creator);
      objects[stray.object].push_back(std::move(one));
    }
    std::map<std::size_t, journal::Op> wanted;  // in their order
    for (auto& [object, ops] : objects) sort_out(object, ops, wanted);
    for (auto& [index, op] : wanted) {
      const Stray& stray = strays[index];
      work_.append_payload(space_, stray.object, op, as_bytes(stray.payload));
    }
    adopted_.ops = wanted.size();
  }
  [[nodiscard]] Work& work() { return work_; }

  Book::Adopted commit() {
    work_.commit({.kind = Change::Kind::received});
    // An erase may speak of what was shared as another entry.
    const bool mended = work_.tears() && mend_torn(shelf_);
    adopted_.erases = mended || work_.erases();
    open_answers(shelf_, work_.check_ins());
    return adopted_;
  }

 private:
  struct Sorted {
    std::size_t index;
    journal::Seen seen;
  };

  void sort_out(const ObjectId& object, std::vector<Sorted>& strays, std::map<std::size_t, journal::Op>& wanted) {
    const std::vector<At> places = shelf_.load(object, Detail::outline);
    std::vector<journal::Seen> all = ops_of(places);
    for (const Sorted& stray : strays) all.push_back(stray.seen);
    const auto dropped = journal::payloads_to_drop(object, all);
    std::set<OpId> standing;
    for (const At& at : places) {
      if (travels(at)) standing.insert(at.seen.id);
    }
    for (Sorted& stray : strays) {
      if (dropped.contains({stray.seen.author, stray.seen.id}) || standing.contains(stray.seen.id)) continue;
      if (!stray.seen.op) {
        ++adopted_.missing;
        continue;
      }
      standing.insert(stray.seen.id);
      wanted.emplace(stray.index, std::move(*stray.seen.op));
    }
  }

  [[nodiscard]] bool travels(const At& at) const {
    const log::Held& held = *shelf_.logs.find(at.place.log);
    return held.name.author == shelf_.self.root && held.name.couple == space_ &&
           at.place.n <= (at.place.log == log_ ? open_ : held.open());
  }

  Shelf& shelf_;
  log::LogNumber log_;
  std::uint64_t open_;
  CoupleId space_;
  Work work_;
  Book::Adopted adopted_;
};

// What this device wrote itself goes on standing.
void retire_own_logs(Shelf& shelf, Work& work) {
  std::vector<Trust::Move> moves;
  for (const log::Held& held : shelf.logs.all()) {
    if (!held.mine || held.retired) continue;
    moves.push_back(shelf.trust.retire(held.number));
    shelf.logs.retire(held.number, work.batch());
  }
  if (!moves.empty()) work.stand(std::move(moves));
}

std::uint64_t doubts_of(const Shelf& shelf) {
  const auto value = shelf.store.get(book_value(kDoubts));
  return value ? read_u64(*value) : 0;
}

void count_doubt(const Shelf& shelf, storage::Batch& batch) {
  batch.put(book_value(kDoubts), u64_value(doubts_of(shelf) + 1));
}

storage::Key healed_key(log::LogNumber log) { return std::move(book_value("healed ").u32(log)); }

std::vector<Book::Branch> healed_branches(const Shelf& shelf, log::LogNumber log) {
  std::vector<Book::Branch> all;
  const std::string value = shelf.store.get(healed_key(log)).value_or("");
  if (value.size() % kHealedSize != 0) throw Error{Errc::damaged, "what is known of a log cannot be read"};
  for (BytesView rest = as_bytes(value); !rest.empty(); rest = rest.subspan(kHealedSize)) {
    all.push_back({log, read_be64(rest.first<8>()), Link{rest.subspan<8, Link::size>()}});
  }
  return all;
}

void remember(const Shelf& shelf, const Book::Branch& branch, storage::Batch& batch) {
  auto all = healed_branches(shelf, branch.log);
  std::erase(all, branch);
  if (all.size() == kMostHealed) all.erase(all.begin());
  all.push_back(branch);
  std::string value;
  for (const Book::Branch& one : all) {
    value += as_text(be64(one.n));
    value += one.link.raw();
  }
  batch.put(healed_key(branch.log), value);
}

// Only logs of one's own person are healed: the caller has looked.
log::Held own_log(const Shelf& shelf, log::LogNumber log) {
  const log::Held* held = shelf.logs.find(log);
  ATTUNE_CHECK(held != nullptr && held->name.author == shelf.self.root);
  return *held;
}

}  // namespace

void Book::doubt() {
  Work work{*state_, From::here};
  retire_own_logs(*state_, work);
  if (work.batch().empty()) return;
  count_doubt(*state_, work.batch());
  work.commit();
}

std::uint64_t Book::doubts() const { return doubts_of(*state_); }

bool Book::healed(const Branch& branch) const {
  return std::ranges::count(healed_branches(*state_, branch.log), branch) != 0;
}

Book::Adopted Book::adopt(log::LogNumber log, std::uint64_t first, const Link& before,
                          const std::vector<log::Incoming>& records, const Link& link) {
  Shelf& shelf = *state_;
  const log::Held held = own_log(shelf, log);
  const auto chain = log::Logs::follow(before, first, records, link);
  std::uint64_t common = first - 1;
  while (common - first + 1 < chain.size() && common < held.n &&
         shelf.logs.link_at(log, common + 1) == chain[static_cast<std::size_t>(common + 1 - first)].link) {
    ++common;
  }
  std::vector<Stray> strays;
  const std::uint64_t strange = std::max(first, std::min(common, held.open()) + 1);
  for (auto i = static_cast<std::size_t>(strange - first); i < chain.size(); ++i) {
    strays.push_back({chain[i].object, chain[i].hash, records[i].payload});
  }
  Rescue rescue{shelf, held, held.open()};
  rescue.take(strays);
  Adopted adopted = rescue.commit();
  adopted.common = common;
  return adopted;
}

namespace {

struct Piece {
  Piece() = default;
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  ~Piece() {  // a couple's key may be among them
    for (log::Record& record : records) {
      if (record.payload) crypto::wipe(*record.payload);
    }
  }
  std::vector<log::Record> records;
};

// The next piece of a log's records behind n, up to `end`. Returns the last place of it.
std::uint64_t next_piece(const Shelf& shelf, log::LogNumber log, std::uint64_t n, std::uint64_t end, Piece& piece) {
  std::size_t bytes = 0;
  shelf.logs.read_from(log, n + 1, [&](std::uint64_t at, const log::Record& record) {
    if (at > end || piece.records.size() == kPieceRecords || bytes > kPieceBytes) return false;
    bytes += record.payload ? record.payload->size() : 0;
    piece.records.push_back(record);
    n = at;
    return true;
  });
  return n;
}

std::vector<Stray> strays_of(const Piece& piece) {
  std::vector<Stray> strays;
  for (const log::Record& record : piece.records) {
    strays.push_back({record.object, record.hash, record.payload ? *record.payload : std::string_view{}});
  }
  return strays;
}

}  // namespace

Book::Adopted Book::close(log::LogNumber log, std::uint64_t common, const std::optional<Branch>& branch) {
  Shelf& shelf = *state_;
  if (const log::Held before = own_log(shelf, log); before.mine && !before.retired) doubt();
  const log::Held held = own_log(shelf, log);
  // What stands past its standing nobody vouches for: to append it would be to vouch.
  const std::uint64_t end = std::min(held.open(), shelf.trust.standing(log));
  Adopted sum{.common = std::min(common, held.open())};
  // The log is closed with the last piece: where a crash comes before, the pieces are taken again and stand already.
  for (std::uint64_t n = sum.common;;) {
    Piece piece;
    const std::uint64_t last = next_piece(shelf, log, n, end, piece);
    Rescue rescue{shelf, held, sum.common};
    rescue.take(strays_of(piece));
    const bool whole = last >= end;
    if (whole) {
      shelf.logs.close(log, sum.common, rescue.work().batch());
      if (branch) remember(shelf, *branch, rescue.work().batch());
      if (held.open() > sum.common) count_doubt(shelf, rescue.work().batch());
    }
    const Adopted adopted = rescue.commit();
    sum.ops += adopted.ops;
    sum.missing += adopted.missing;
    sum.erases = sum.erases || adopted.erases;
    if (whole) return sum;
    n = last;
  }
}

}  // namespace attune::book
