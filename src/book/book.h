// The journal on disk: ops in, one atomic batch a change, indexes and queries out. docs/store-format.md.
// Every change is durable when its call returns. Indexes are pure functions of folded objects, kept in the batch that
// stores the op. Bad input throws and changes nothing.
// Threads: one. Sync, the CLI's requests and backup all run on the node's one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "book/kinds.h"
#include "core/clock.h"
#include "identity/keys.h"
#include "identity/root.h"
#include "journal/entry.h"
#include "journal/person.h"
#include "log/logs.h"
#include "storage/store.h"

namespace attune::book {

// Who this device is; the keys must outlive the book.
struct Self {
  RootId root;
  DeviceId device;
  const std::vector<identity::SelfKey>* self_keys = nullptr;  // oldest first; the last one seals
};

// What one person can make this device hold. At least one entry of the largest size must fit.
struct Limits {
  std::uint64_t object_bytes = 8U << 20U;    // of one author on one object: payloads that stand, small ones not counted
  std::uint64_t person_bytes = 2ULL << 30U;  // of one other person: payloads that stand, in all
};

struct Change {  // told to the observer after each commit
  enum class Kind { written, edited, erased, shared, received, other } kind = Kind::other;
  struct Object {
    ObjectId id;
    ObjectKind kind = ObjectKind::entry;
    bool said = false;  // of an entry: it is as it was, and something was said to it
    friend bool operator==(const Object&, const Object&) = default;
  };
  std::vector<Object> objects{};        // new or changed
  std::optional<log::LogNumber> log{};  // which log grew (for live push)
};

struct Draft {                    // what a person wrote
  journal::EntryContent content;  // written_at: now, with the person's offset
  bool shared = false;
};
struct Edit {  // what is absent stays as it is
  std::optional<std::string> title, body;
  std::optional<journal::Mood> mood;
  std::optional<std::vector<std::string>> tags;
  std::optional<journal::Zoned> at;
};
struct Filter {
  std::size_t limit = 20;  // 0 = all
  std::optional<bool> mine{}, shared{};
  std::optional<journal::EntryKind> kind{};
  std::vector<std::string> tags{};          // all of them
  std::optional<Instant> since{}, until{};  // by `at`, [since, until)
  std::optional<ObjectId> before{};         // only older than this one
};

class Shelf;
class Work;

struct Pairing {
  RootId partner;
  std::string partner_name;
  std::string check;
  CoupleId couple;
  friend bool operator==(const Pairing&, const Pairing&) = default;
};

// A couple's key, and when a device of this person first kept it.
struct DatedKey {
  identity::CoupleKey key;
  Instant since;
};

struct Meeting {
  Pairing pairing;
  identity::CoupleKey key;
};

class Book {
 public:
  Book(storage::Store& store, Self self, const Clock& clock, Limits limits = {});
  ~Book();
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  // Entries. A private entry that was shared leads to its shared one.
  // find: any prefix that is unambiguous. Errc::not_found, Errc::ambiguous, and Errc::usage without a digit.
  [[nodiscard]] ObjectId find(std::string_view printed_prefix) const;
  [[nodiscard]] std::optional<ObjectId> find_entry(std::string_view printed_prefix) const;  // nullopt: none
  [[nodiscard]] journal::Entry entry(const ObjectId& id) const;                             // Errc::not_found
  [[nodiscard]] std::optional<journal::Entry> entry_if_any(const ObjectId& id) const;
  [[nodiscard]] std::vector<journal::Entry> list(const Filter& filter) const;  // newest first, erased ones left out
  [[nodiscard]] std::vector<journal::Entry> search(const std::vector<std::string>& words) const;
  [[nodiscard]] std::uint64_t entries() const;  // what an unlimited list would show
  ObjectId write(const Draft& draft);
  std::vector<ObjectId> write_all(const std::vector<Draft>& drafts);  // one batch: imports and benchmarks
  ObjectId share(const ObjectId& id, journal::Zoned now);  // Errc::not_paired, Errc::refused (not the author's, erased)
  void edit(const ObjectId& id, const Edit& edit);         // Errc::refused: not the author's, erased
  void erase(const ObjectId& id);                          // gone from this disk when it returns
  // All devices of the partner that this one ever synced with have confirmed the erasure.
  [[nodiscard]] bool erase_confirmed(const ObjectId& id) const;
  [[nodiscard]] std::string shortest_prefix(const ObjectId& id) const;  // at least 4 digits

  // What two people share beside entries. responses.h, boundaries.h, agreements.h, check_ins.h and pauses.h say what is
  // done with it.
  enum class Which { open, all };  // open: not those that were lifted, withdrawn, answered, or are over by now
  [[nodiscard]] std::vector<ObjectId> all(ObjectKind kind, Which which) const;
  // nullopt: none has an id that starts so. Errc::ambiguous, and Errc::usage without a digit; below as well.
  [[nodiscard]] std::optional<ObjectId> find(ObjectKind kind, std::string_view printed_prefix) const;
  // Of each of that kind as many digits as find() needs, at least 4: one pass, for lists.
  [[nodiscard]] std::map<ObjectId, std::string> short_ids(ObjectKind kind) const;
  // All objects on which that one act stands: anybody can repeat an act's bytes elsewhere.
  [[nodiscard]] std::vector<FoundAct> find_acts(std::string_view prefix) const;
  [[nodiscard]] std::string shortest_prefix(const OpId& act) const;  // at least 4 digits

  // Own facts, as ops in the own log.
  [[nodiscard]] journal::ProfileFacts profile() const;
  void set_name(const std::string& name);
  // `added_at` counts only where nothing says since when that device is there; none: now.
  void name_device(const DeviceId& device, const std::string& name, std::optional<Instant> added_at = {});
  // The one that counts, with whom everything shared is shared: the latest, unless it was left. A meeting is none.
  [[nodiscard]] std::optional<Pairing> pairing() const;
  // One for each partner so far, also those that were left, in no order.
  [[nodiscard]] std::vector<Pairing> pairings_so_far() const;
  [[nodiscard]] std::vector<DatedKey> couple_keys(const RootId& partner) const;  // newest first, each once
  void pair(const journal::Paired& pairing, const identity::CoupleKey& key);
  void add_couple_key(const RootId& partner, const identity::CoupleKey& key);  // nothing where it is held already
  void leave();                                                                // Errc::not_paired

  // Two who met with three words, up to the first session under their key: on this device alone, in no log.
  void meet(const journal::Paired& pairing, const identity::CoupleKey& key);  // in the place of an earlier meeting
  // nullopt: there is none, or a pairing or leaving was learned of that is later.
  [[nodiscard]] std::optional<Meeting> meeting() const;
  // A session under that key was level. true: it was the meeting's, which is the pairing from now on.
  bool prove(const identity::CoupleKeyHash& key);
  void forget_meeting();
  // The other person in sessions under a couple's key: of the meeting, else of the pairing.
  [[nodiscard]] std::optional<RootId> counterpart() const;

  // Rosters, peers and single values: kept beside the logs, same batches.
  [[nodiscard]] std::vector<std::string> statements(const RootId& root) const;  // serialised SignedStatement
  // A revoke among them decides anew how far that person's logs stand. Throws as identity::check_statement does, and
  // Errc::peer_misbehaved where they are too many; then nothing of the call is kept.
  void add_statements(const RootId& root, const std::vector<std::string>& wires);
  [[nodiscard]] std::optional<std::string> meta(std::string_view name) const;
  void set_meta(std::string_view name, std::string_view value);
  [[nodiscard]] std::vector<std::pair<DeviceId, std::string>> peers() const;  // node/peer codec owns the value
  void set_peer(const DeviceId& device, std::string_view value);
  void forget_peer(const DeviceId& device);

  // Sync and backup. receive: Errc::refused where a record is past a limit; then nothing of the batch is kept. fill
  // keeps nothing then either, and says nothing: the payloads stay lacking.
  [[nodiscard]] log::Logs& logs();
  struct Arrived {
    std::size_t records = 0;
    bool erases = false;  // confirm only once erasures_waiting() is false
  };
  // `handed`: whether whoever hands it over vouches for it (meanwhile: lets it stand until cut-offs of the own space
  // are known). A seal under the newest self key vouches in any case.
  enum class Handed { vouched, meanwhile, unvouched };
  Arrived receive(log::LogNumber log, std::uint64_t first, const std::vector<log::Incoming>& records, const Link& link,
                  const std::optional<identity::Seal>& seal, Handed handed);
  Arrived fill(log::LogNumber log, const std::vector<std::pair<std::uint64_t, std::string_view>>& payloads);
  log::LogNumber learn(const log::LogName& name, const DeviceId& device);
  // When each record of a log was made, as its op says, from the first on until `visit` says no. One whose payload is
  // gone is passed over.
  void each_time(log::LogNumber log, const std::function<bool(std::uint64_t n, Instant made)>& visit) const;
  // How far a log stands (docs/store-format.md, section 3.4): what is past it is held and has no effect.
  [[nodiscard]] std::uint64_t standing(log::LogNumber log) const;
  // How far this device may say so to another one: without what stands only until cut-offs are known here.
  [[nodiscard]] std::uint64_t certain(log::LogNumber log) const;
  // Something of it stood when its author's newest revoke was learned of here.
  [[nodiscard]] bool began_before_revoke(log::LogNumber log) const;
  // Somebody who knows the newest revoke of the log's author, and whose word counts for it, says that this place stands
  // as it is held here. With a seal: that counts alone, and only under the newest self key. true: it stands further
  // now.
  bool vouch(log::Place place);
  bool vouch(log::Place place, const identity::Seal& seal);
  // The author says that this place and all behind it are not theirs; until somebody vouches for it again.
  void disown(log::Place place);
  void keep_seal(log::Place place, const identity::Seal& seal);  // one that came after its records
  // Self keys that came after this home was made; those of before lie in the vault. In no order.
  [[nodiscard]] std::vector<identity::SelfKey> self_keys() const;
  void keep_self_key(const identity::SelfKey& key);  // in the place of another one of that revoke
  void reseal();  // the heads of all logs that this device appends to and that the newest self key does not seal yet
  // Healing (healing.cc; docs/store-format.md, section 4.6). An own log that somebody holds longer or otherwise, or
  // that the disk knows less of than it did: this device appends to none of its logs any more, the next append begins
  // anew.
  void doubt();
  [[nodiscard]] std::uint64_t doubts() const;  // how often so far, forks that were healed included
  // A log of this person as somebody else holds it.
  struct Branch {
    log::LogNumber log = 0;
    std::uint64_t n = 0;
    Link link;
    friend bool operator==(const Branch&, const Branch&) = default;
  };
  [[nodiscard]] bool healed(const Branch& branch) const;
  // Records of a branch from `first` on, which lead from `before` to `link`. Those of their ops that stand in no log
  // that travels to the same people are appended to this device's own. Throws as receive() does.
  struct Adopted {
    std::uint64_t common = 0;  // as far as these records are those that are held here; first - 1: none is
    std::size_t ops = 0;       // appended
    std::size_t missing = 0;   // their payload is not there, and nothing says why
    bool erases = false;       // finish_erasures() is due
  };
  Adopted adopt(log::LogNumber log, std::uint64_t first, const Link& before, const std::vector<log::Incoming>& records,
                const Link& link);
  // The log travels no more past `common`: what stands behind it here is appended to this device's own log, too.
  // `branch`, all of it adopted, is never to be asked for again.
  Adopted close(log::LogNumber log, std::uint64_t common, const std::optional<Branch>& branch);
  void set_confirmed(const DeviceId& device, log::LogNumber log, std::uint64_t n);
  [[nodiscard]] std::uint64_t confirmed(const DeviceId& device, log::LogNumber log) const;
  [[nodiscard]] std::uint64_t waiting()
      const;  // own records of the couple's logs that no device of the partner has confirmed

  // Compacts what erasures left behind, also those that a crash interrupted; call at start. Costs by the files it
  // rewrites, so that it is better called once for many erasures.
  void finish_erasures();
  // Something erased may still stand in a file: nothing of it may be confirmed to anybody.
  [[nodiscard]] bool erasures_waiting() const;

  struct Report {
    std::uint64_t logs = 0, records = 0, entries = 0;
    std::vector<std::string> problems;
  };
  [[nodiscard]] Report verify();  // chains, seals, indexes against what the logs say
  void rebuild_indexes();         // and erases together what is found half erased

  void observe(std::function<void(const Change&)> observer);  // one; called on this thread, after the commit

  // For the units of this floor that stand on the book.
  [[nodiscard]] Shelf& shelf() noexcept;
  [[nodiscard]] const Shelf& shelf() const noexcept;

 private:
  struct State;
  // After a commit: what does not fit into its batch. true: it erased something.
  bool finish(const Work& work);
  std::unique_ptr<State> state_;
};

}  // namespace attune::book
