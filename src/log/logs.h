// All logs that this device holds, on the sealed store: append, receive with verification, read, erase payloads.
// Knows nothing of what a payload means. docs/store-format.md, section 4.
// Everything that changes goes into the caller's batch, one batch at a time: then either committed() or forget(), and a
// batch that is dropped has changed nothing. While a batch is being made, all(), find(), link_at() and the functions
// that change something go by what will be once it is committed; what reads payloads goes by what is in the store.
// Errors: Errc::peer_misbehaved for what a peer sent, Errc::damaged for what the disk says. A call that throws has put
// nothing into the batch. A log number or place that was never held is a broken invariant, but where it says otherwise.
// Threads: one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "identity/keys.h"
#include "log/chain.h"
#include "storage/store.h"

namespace attune::log {

using LogNumber = std::uint32_t;  // local to this home, from 1

// Where a record stands.
struct Place {
  LogNumber log = 0;
  std::uint64_t n = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Held {  // one log and how far it is held
  LogNumber number = 0;
  LogName name;
  DeviceId device;       // who appends; none where unknown
  bool mine = false;     // this device appends here
  bool retired = false;  // this device appends here no more (a peer knows it longer or otherwise)
  std::uint64_t n = 0;
  Link link;
  std::optional<identity::Seal> seal;  // of the head, where known
  // Another holds other records past that place: what stands behind it is kept and travels no more.
  std::optional<std::uint64_t> closed;
  [[nodiscard]] std::uint64_t open() const { return closed ? *closed : n; }  // as far as it travels
};

struct Record {
  ObjectId object;
  OpId hash;
  Link link;
  std::optional<std::string> payload;  // nullopt: erased, or lacking
};

// The same without a copy and without hashing, for sending on; the payload lives through the visit.
struct RecordView {
  ObjectId object;
  Link link;
  std::optional<std::string_view> payload;  // nullopt: erased, or lacking
  std::optional<OpId> hash;                 // only where the payload is missing
};

// What one's own device appends.
struct NewRecord {
  ObjectId object;
  BytesView payload;  // kPayloadRandom to kMaxPayload bytes
};

// What arrives, not yet verified; views must live through the call.
struct Incoming {
  ObjectId object;
  std::string_view payload;  // empty: missing, then hash counts
  std::optional<OpId> hash;  // beside a payload: must be its hash
};

class Logs {
 public:
  // Of one author: many more than devices and restores ever make, and few enough for all to stand in an inventory.
  static constexpr std::size_t kMaxLogs = 1024;
  // Throws Errc::damaged. `store` must outlive it.
  Logs(storage::Store& store, RootId own_root, DeviceId own_device);

  [[nodiscard]] std::vector<Held> all() const;
  [[nodiscard]] const Held* find(const LogId& id) const;
  [[nodiscard]] const Held* find(
      LogNumber number) const;  // nullptr: none; valid until the next call that changes anything
  // A log that a peer or a backup named, at n = 0; the same again is no error, and may say which device appends where
  // nobody said so before. Throws Errc::peer_misbehaved where the id is known under another author or couple, or the
  // author has kMaxLogs already.
  LogNumber learn(const LogName& name, const DeviceId& device, storage::Batch& batch);

  // Appends to this device's log of that space (begins it where there is none) and seals its head.
  // Throws Errc::refused for a payload over kMaxPayload.
  struct Appended {
    Place place;
    OpId hash;
  };
  Appended append(const CoupleId& space, const ObjectId& object, BytesView payload, const identity::SelfKey& key,
                  storage::Batch& batch);
  // Many at once, in their order, under one seal.
  std::vector<Appended> append(const CoupleId& space, std::span<const NewRecord> records, const identity::SelfKey& key,
                               storage::Batch& batch);
  // This device appends to that log of its own no more: the next append to the space begins a new one.
  void retire(LogNumber log, storage::Batch& batch);
  // Of this log nothing travels any more past n. Where it is closed already it stays closed at the lesser place.
  // REQUIRES: n is held, and the log is not one that this device goes on appending to.
  void close(LogNumber log, std::uint64_t n, storage::Batch& batch);
  // A new self key: the head of a log of this device is sealed anew with it. Nothing where the log is empty.
  void reseal(LogNumber log, const identity::SelfKey& key, storage::Batch& batch);

  // Records first, first + 1, ... of one log, 1 or more; `link` is what the sender says the link is after the last of
  // them. All verified before anything goes into the batch. `first` is at most held + 1; records that are held already
  // must be the same ones and are passed over, so that a batch sent twice does no harm. Missing payloads are stored as
  // lacking until settle() or fill(). `seal` is kept with the head; the caller has checked it where it can. Throws
  // Errc::peer_misbehaved for anything else, and for new records of a log that this device appends to: retire() it
  // first.
  struct Received {
    std::uint64_t first = 0;             // of the records that are new here; held + 1 where none is
    std::vector<OpId> hashes;            // of each new record, in order
    std::vector<std::uint64_t> missing;  // n of new records without payload
  };
  Received receive(LogNumber log, std::uint64_t first, const std::vector<Incoming>& records, const Link& link,
                   const std::optional<identity::Seal>& seal, storage::Batch& batch);

  // The chain of records first, first + 1, ... behind the link `before`, wherever they come from. Throws
  // Errc::peer_misbehaved where they do not lead to `link`.
  struct Step {
    ObjectId object;
    OpId hash;
    Link link;
  };
  [[nodiscard]] static std::vector<Step> follow(const Link& before, std::uint64_t first,
                                                const std::vector<Incoming>& records, const Link& link);

  // A seal that a peer sent later for a place that is held. Of a log of this person's only the head's is kept, of
  // another author's log each. Throws Errc::peer_misbehaved where the place is not held.
  void keep_seal(Place place, const identity::Seal& seal, storage::Batch& batch);

  // A payload for a place that lacks one: checked against its hash, stored. false: the place has it or is erased for a
  // reason. Throws Errc::peer_misbehaved where it is not that place's payload, or the place is not held.
  bool fill(Place place, std::string_view payload, storage::Batch& batch);
  void settle(Place place, storage::Batch& batch);        // its payload is missing for a good reason
  void lack(Place place, storage::Batch& batch);          // it was settled or dropped, and the reason is gone
  void drop_payload(Place place, storage::Batch& batch);  // erasure; keeps object, hash and link
  [[nodiscard]] std::vector<std::uint64_t> lacking(LogNumber log, std::size_t limit) const;

  [[nodiscard]] std::optional<Record> read(Place place) const;
  // Records from n on until `visit` says stop.
  using Visit = std::function<bool(std::uint64_t n, const Record& record)>;
  void read_from(LogNumber log, std::uint64_t n, const Visit& visit) const;
  using ViewVisit = std::function<bool(std::uint64_t n, const RecordView& record)>;
  void view_from(LogNumber log, std::uint64_t n, const ViewVisit& visit) const;
  [[nodiscard]] std::optional<Link> link_at(LogNumber log,
                                            std::uint64_t n) const;  // n = 0: first_link; nullopt: not held
  // The first place at or after n where the author's seal is held (a partner's log: one for each batch that was
  // received).
  [[nodiscard]] std::optional<std::pair<std::uint64_t, identity::Seal>> seal_from(LogNumber log, std::uint64_t n) const;
  // The last such place at or before n.
  [[nodiscard]] std::optional<std::pair<std::uint64_t, identity::Seal>> seal_until(LogNumber log,
                                                                                   std::uint64_t n) const;

  // The range of keys that erasing these places rewrites, for compaction.
  [[nodiscard]] std::pair<std::string, std::string> key_range(Place place) const;

  // Recomputes every hash, link and seal that can be checked; each problem in words.
  struct Report {
    std::uint64_t records = 0;
    std::vector<std::string> problems;
  };
  [[nodiscard]] Report verify(const std::vector<identity::SelfKey>& own_keys) const;

  void committed();  // the batch is durable
  void forget();     // the batch was dropped

 private:
  using Fresh = Step;  // a record that is in the batch and not yet in the store
  struct Growth {      // a log as the batch under way will leave it
    Held held;
    std::vector<Fresh> fresh;  // the last ones up to held.n
    [[nodiscard]] const Fresh* at(std::uint64_t n) const;
  };
  enum class Payload { here, lacking, missing };

  // Every log as it will be, by number.
  template <class See>
  void each(See see) const {
    for (const auto& [number, log] : held_) see(pending_.contains(number) ? pending_.at(number).held : log);
    for (const auto& [number, growth] : pending_) {
      if (!held_.contains(number)) see(growth.held);
    }
  }
  [[nodiscard]] const Held& held(LogNumber log) const;
  [[nodiscard]] std::uint64_t stored_length(LogNumber log) const;
  [[nodiscard]] Growth& growing(LogNumber log);
  [[nodiscard]] Growth& own_log(const CoupleId& space);
  [[nodiscard]] LogNumber next_number() const;
  [[nodiscard]] Fresh record_at(Place place) const;
  [[nodiscard]] Payload payload_at(Place place) const;
  void put_held(const Held& held, storage::Batch& batch);
  void put_record(const LogName& log, Place place, const Fresh& record, std::string_view payload,
                  storage::Batch& batch);

  storage::Store& store_;
  RootId root_;
  DeviceId device_;
  std::map<LogNumber, Held> held_;  // as committed
  std::unordered_map<LogId, LogNumber> numbers_;
  std::map<LogNumber, Growth> pending_;  // as they will be
  std::map<Place, Payload> changed_;     // payloads that the batch under way takes, lacks or brings
  std::string buffer_;                   // a value on its way into a batch
};

}  // namespace attune::log
