// One change to the journal: ops and what follows from them, gathered into one batch. A change that is given up leaves
// store and logs as they were.
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

// Where the ops of a change come from, which says what limits they are under. What own devices wrote apart from each
// other is taken together even past the bytes of an object; what is in the store already is under none.
enum class From { here, peer, store };

class Work {
 public:
  Work(Shelf& shelf, From from) : shelf_{shelf}, from_{from} {}
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  [[nodiscard]] storage::Batch& batch() noexcept { return batch_; }

  // What moves follow from, if anything.
  void learn(identity::Roster roster) { roster_ = std::move(roster); }
  // Other places of logs stand once this is committed. Before anything else is noted; once. Reads the records that
  // move, unless they are so many that commit() makes the indexes anew.
  void stand(std::vector<Trust::Move> moves);
  // So much that commit() makes the indexes anew; mend_torn() is due afterwards.
  [[nodiscard]] bool moved_too_much() const noexcept { return moved_too_much_; }

  // --- Own acts. Errc::refused past a limit, from append or from commit().
  // Writes an op into this device's log of that space; its id is returned.
  OpId append(const CoupleId& space, const ObjectId& object, const journal::Op& op);
  // The same for first contents of new entries: one seal for all of them.
  void append_firsts(const CoupleId& space, const std::vector<std::pair<ObjectId, journal::Op>>& firsts);
  // The same for a payload that is made by hand; `op` is what it decodes to.
  OpId append_payload(const CoupleId& space, const ObjectId& object, const journal::Op& op, BytesView payload);

  // --- What arrives, in three steps: note every record, plan(), store what is not to be dropped; then commit().
  // First contents of new objects need no fold, and their hash is never asked for.
  using HashOf = std::function<OpId(std::size_t index)>;
  void note_all(std::vector<Noted>& arriving, const HashOf& hash_of);
  // A payload that was lacking at a place that is held.
  void note_payload(const ObjectId& object, log::Place place, journal::Op op, std::uint64_t bytes);
  void plan();  // Errc::refused past the bytes of an object
  // Bytes of that author's records that the change stores; commit() is refused where another's become too many.
  void count_received(const RootId& author, std::uint64_t bytes);
  // After plan(): a place of this change whose payload is not to be stored.
  [[nodiscard]] bool dropped(log::Place place) const { return dropped_.contains(place); }
  [[nodiscard]] bool takes_out() const;                   // after plan(): payloads that are held go with this change
  void mark(std::string_view from, std::string_view to);  // keys of this range that are gone are still to be compacted
  // Indexes, dropped payloads, marks of what is to be compacted; durable when it returns. Where the indexes are to be
  // made anew, throws what would keep that from being done; but what a roster says is kept then: better a home that
  // does not open than one that goes on believing a device that was revoked. Where making them anew fails, the change
  // is durable all the same, and the store answers nothing any more.
  void commit();
  void commit(Change change);  // and tells the observer
  [[nodiscard]] bool erases() const noexcept { return erases_; }
  // After commit(): those of which something came, went, or gained or lost its effect.
  [[nodiscard]] const std::vector<ObjectId>& check_ins() const noexcept { return check_ins_; }
  // After commit(): it has marked own entries of which a private one and what it was shared as may be no longer both
  // there or both erased. mend_torn() is due. What is written here erases all of one by itself.
  [[nodiscard]] bool tears() const noexcept { return from_ != From::here && !torn_.empty(); }

 private:
  enum class Count { act, erase, free };
  [[nodiscard]] Count count_of(const At& at) const;
  // Of one author on one object, so that each op is looked at once, however many there are.
  struct Tally {
    std::set<std::pair<OpId, log::LogNumber>> places;
    std::size_t acts = 0;    // distinct
    std::size_t erases = 0;  // distinct
    std::size_t free = 0;    // places outside every count
    // false: it stands in that log already.
    bool add(const At& at, Count count);
  };
  struct Touched {
    std::vector<At> places;  // outlines
    IndexKeys before;
    std::map<std::pair<RootId, bool>, Tally> tallies;  // of authors that add something that stands, or does not
  };
  void note(const ObjectId& object, At at);
  void check_count(Touched& touched, const At& at) const;
  void check_bytes(const Touched& touched) const;
  // A new object whose only op is this content by its creator.
  void note_first(const Noted& first);
  [[nodiscard]] bool is_first(const Noted& noted);
  [[nodiscard]] Touched& touch(const ObjectId& object);
  void stand(At& at) const;
  void drop(const std::vector<At>& places);
  void index(const ObjectId& object, const Touched& touched);
  void note_torn(const journal::Entry& entry, const std::vector<At>& places);
  void write_places();
  void write_received();

  Shelf& shelf_;
  From from_;
  storage::Batch batch_;
  std::map<ObjectId, Touched> touched_;
  std::set<log::Place> dropped_;
  std::string buffer_;
  std::vector<ObjectId> torn_;
  std::vector<ObjectId> check_ins_;
  std::vector<Change::Object> changed_;  // for the observer
  std::int64_t more_entries_ = 0;
  std::map<RootId, std::int64_t> more_received_;  // of other people
  std::map<RootId, std::int64_t> taken_out_;      // payloads of theirs that go
  std::map<log::LogNumber, Trust::Move> moves_;
  std::optional<identity::Roster> roster_;
  bool moved_ = false;  // records that are held gain or lose their effect
  bool moved_too_much_ = false;
  bool planned_ = false;
  bool erases_ = false;
  bool committed_ = false;
};

}  // namespace attune::book
