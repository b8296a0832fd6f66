// One change to the journal: ops and what follows from them, gathered into one batch. Nothing is kept unless commit()
// returns; a change that is given up leaves store and logs as they were.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "book/index.h"
#include "book/shelf.h"

namespace attune::book {

// A record on its way into the indexes.
struct Noted {
  ObjectId object;
  PrintedId printed;
  At at;
};

class Work {
 public:
  explicit Work(Shelf& shelf) : shelf_{shelf} {}
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  [[nodiscard]] storage::Batch& batch() noexcept { return batch_; }

  // --- Own acts. Errc::refused past 4,096 ops.
  // Writes an op into this device's log of that space; `time`: its op time.
  void append(const CoupleId& space, const ObjectId& object, const journal::Op& op);
  // The same for first contents of new entries: one seal for all of them.
  void append_firsts(const CoupleId& space, const std::vector<std::pair<ObjectId, journal::Op>>& firsts);
  // The same for a payload that is made by hand; `op` is what it decodes to.
  void append_payload(const CoupleId& space, const ObjectId& object, const journal::Op& op, BytesView payload);

  // --- What arrives, in three steps: note every record, plan(), store what is not to be dropped; then commit().
  // First contents of new objects need no fold, and their hash is never asked for.
  using HashOf = std::function<OpId(std::size_t index)>;
  void note_all(std::vector<Noted>& arriving, const HashOf& hash_of);
  // A payload that was lacking at a place that is held.
  void note_payload(const ObjectId& object, log::Place place, journal::Op op);
  void plan();
  // After plan(): a place of this change whose payload is not to be stored.
  [[nodiscard]] bool dropped(log::Place place) const { return dropped_.contains(place); }
  // Indexes, dropped payloads, marks of what is to be compacted; durable when it returns.
  void commit();
  void commit(Change change);  // and tells the observer
  [[nodiscard]] bool erases() const noexcept { return erases_; }
  // After commit(): own entries of which a private one and what it was shared as are no longer both there or both
  // erased.
  [[nodiscard]] const std::vector<ObjectId>& torn() const noexcept { return torn_; }

 private:
  struct Touched {
    std::vector<At> places;
    std::vector<journal::Seen> before;
  };
  void note(const ObjectId& object, At at);
  // A new object whose only op is this content by its creator.
  void note_first(const Noted& first);
  [[nodiscard]] bool is_first(const Noted& noted);
  [[nodiscard]] Touched& touch(const ObjectId& object);
  void drop(const std::vector<At>& places);
  void index(const ObjectId& object, const Touched& touched);
  void note_torn(const journal::Entry& entry, const std::vector<journal::Seen>& before);
  void write_places();
  void mark(std::string_view from, std::string_view to);

  Shelf& shelf_;
  storage::Batch batch_;
  std::map<ObjectId, Touched> touched_;
  std::set<log::Place> dropped_;
  std::string buffer_;
  std::vector<ObjectId> torn_;
  std::vector<ObjectId> changed_;  // entries, for the observer
  std::int64_t more_entries_ = 0;
  bool planned_ = false;
  bool erases_ = false;
  bool committed_ = false;
};

}  // namespace attune::book
