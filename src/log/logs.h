// All logs that this device holds, on the sealed store: append, receive with verification, read, erase payloads.
// Knows nothing of what a payload means. Everything that changes goes into the caller's batch; what logs remember in
// memory follows only with committed(), so a batch that is dropped changes nothing (forget()).
// Errors: Errc::peer_misbehaved for what a peer sent, Errc::damaged for what the disk says.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/clock.h"
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
  DeviceId device;      // who appends; none where unknown
  bool mine = false;    // this device appends here
  bool retired = false; // this device appends here no more (a peer knows it longer or otherwise)
  std::uint64_t n = 0;
  Link link;
  std::optional<identity::Seal> seal;  // of the head, where known
};

struct Record {
  ObjectId object;
  OpId hash;
  Link link;
  std::optional<std::string> payload;  // nullopt: erased, or lacking
};

// What arrives, not yet verified; views must live through the call.
struct Incoming {
  ObjectId object;
  std::string_view payload;      // empty: missing, then hash counts
  std::optional<OpId> hash;
};

class Logs {
 public:
  Logs(storage::Store& store, RootId own_root, DeviceId own_device);

  [[nodiscard]] std::vector<Held> all() const;
  [[nodiscard]] const Held* find(const LogId& id) const;
  [[nodiscard]] const Held* find(LogNumber number) const;
  // A log that a peer or a backup named, at n = 0; the same again is no error. Throws Errc::peer_misbehaved where the id
  // is known under another author or couple.
  LogNumber learn(const LogName& name, const DeviceId& device, storage::Batch& batch);

  // Appends to this device's log of that space (begins it where there is none) and seals its head.
  struct Appended {
    Place place;
    OpId hash;
  };
  Appended append(const CoupleId& space, const ObjectId& object, BytesView payload, const identity::SelfKey& key,
                  storage::Batch& batch);
  void retire(LogNumber log, storage::Batch& batch);

  // Records n = held + 1 ... of one log; `link` is what the sender says the head is then. All verified before anything goes
  // into the batch. Missing payloads are stored as lacking until settle() or fill(). `seal`: kept with the head.
  struct Received {
    std::uint64_t first = 0;
    std::vector<OpId> hashes;        // of each record, in order
    std::vector<std::uint64_t> missing;  // n of records without payload
  };
  Received receive(LogNumber log, std::uint64_t first, const std::vector<Incoming>& records, const Link& link,
                   const std::optional<identity::Seal>& seal, storage::Batch& batch);

  // A payload for a place that lacks one: checked against its hash, stored. false: the place has it or is erased for a reason.
  bool fill(Place place, std::string_view payload, storage::Batch& batch);
  void settle(Place place, storage::Batch& batch);                     // its payload is missing for a good reason
  void drop_payload(Place place, storage::Batch& batch);               // erasure; keeps object, hash and link
  [[nodiscard]] std::vector<std::uint64_t> lacking(LogNumber log, std::size_t limit) const;

  [[nodiscard]] std::optional<Record> read(Place place) const;
  // Records from n on until `visit` says stop.
  using Visit = std::function<bool(std::uint64_t n, const Record& record)>;
  void read_from(LogNumber log, std::uint64_t n, const Visit& visit) const;
  [[nodiscard]] std::optional<Link> link_at(LogNumber log, std::uint64_t n) const;  // n = 0: first_link; nullopt: not held
  // The first place at or after n where the author's seal is held (a partner's log: one for each batch that was received).
  [[nodiscard]] std::optional<std::pair<std::uint64_t, identity::Seal>> seal_from(LogNumber log, std::uint64_t n) const;

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
  storage::Store& store_;
  RootId root_;
  DeviceId device_;
  std::map<LogNumber, Held> held_;     // as committed
  std::map<LogNumber, Held> pending_;  // as they will be
};

}  // namespace attune::log
