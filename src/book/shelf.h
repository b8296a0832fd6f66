// What the parts of the book share: the store, the logs, who we are, and reading an object's ops.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "book/book.h"
#include "book/folded.h"
#include "book/trust.h"
#include "core/error.h"

namespace attune::book {

// One op of an object at one place.
struct At {
  log::Place place{};
  journal::Seen seen{};     // without its op where the payload is not there
  bool stored = true;       // false: it comes with the change at hand
  bool held = false;        // its payload is in the store
  bool drop = false;        // its payload must go
  bool stands = true;       // false: its log does not stand so far, and it has no effect
  std::uint64_t bytes = 0;  // of its payload, here or with the change at hand
};

// Of those that stand.
[[nodiscard]] std::vector<journal::Seen> ops_of(const std::vector<At>& places);
[[nodiscard]] std::vector<journal::Seen> ops_of(std::vector<At>&& places);

// How much of an op is read: with its texts, or what decides over indexes and over payloads that must go. Of an op
// whose author did not create the object only what decode_bystander gives: nothing else of it has any effect.
enum class Detail { full, outline };

// Which printed ids may stand in the index of objects: "no" is certain. While a journal arrives for the first time
// every object is new, and this answer costs a tenth of asking the store. Made from the index once, where that is cheap
// beside what arrives, and kept up by everything that adds to the index.
class NewObjects {
 public:
  // `arriving`: how many are about to be asked for. Reads at most 16 times as many keys, and never again if that is too
  // few.
  void prepare(const storage::Store& store, std::size_t arriving);
  void add(const PrintedId& printed);
  [[nodiscard]] bool certainly_new(const PrintedId& printed) const;

 private:
  // Where an id's bits lie, and which they are.
  struct Bits {
    std::size_t line;
    std::array<std::uint64_t, 8> words;
  };
  static Bits bits_of(const PrintedId& printed);

  std::vector<std::uint64_t> lines_;  // of 512 bits; empty: nothing is known
  bool tried_ = false;
};

class Shelf {
 public:
  Shelf(storage::Store& store_in, Self self_in, const Clock& clock_in, Limits limits_in)
      : store{store_in},
        self{self_in},
        clock{clock_in},
        limits{limits_in},
        logs{store_in, self_in.root, self_in.device},
        trust{store_in, logs} {}

  storage::Store& store;
  Self self;
  const Clock& clock;
  Limits limits;
  log::Logs logs;
  Trust trust;
  std::uint64_t entries = 0;  // listed ones, as committed
  NewObjects new_objects;
  mutable FoldedAgreements folded;
  std::function<void(const Change&)> observer;

  // All places of an object's ops that stand; empty: none.
  [[nodiscard]] std::vector<At> load(const ObjectId& object, Detail detail) const;
  [[nodiscard]] std::vector<At> load_all(const ObjectId& object, Detail detail) const;  // and those that do not
  // The objects that share a printed id: nearly always one.
  [[nodiscard]] std::vector<ObjectId> objects_of(const PrintedId& printed) const;
  [[nodiscard]] std::optional<journal::Entry> fold(const ObjectId& object) const;
  // A record as an op. Throws Errc::damaged.
  [[nodiscard]] At at(log::Place place, const log::Record& record, Detail detail) const;
  // The private entry that a shared one was; nullopt: none.
  [[nodiscard]] std::optional<ObjectId> origin_of(const ObjectId& shared) const;
  // Where people are led: from a private entry that was shared to the shared one, where that is here.
  [[nodiscard]] ObjectId lead(const journal::Entry& entry) const;
  [[nodiscard]] log::Record record_at(log::Place place) const;  // Errc::damaged: missing
  // The couples whose logs hold this person's ops of that object.
  [[nodiscard]] std::vector<CoupleId> couples_of(const std::vector<At>& places) const;
};

// What a private entry was shared as: nearly always nothing or one.
[[nodiscard]] std::vector<ObjectId> shared_as(const journal::Entry& entry);

// The op in a payload. Throws `fault` where it is none: Errc::damaged from the disk, Errc::peer_misbehaved from a peer.
[[nodiscard]] journal::Op op_in(std::string_view payload, Errc fault);
// What a peer sent, without texts. All of it must be an act, whatever of it has an effect.
[[nodiscard]] journal::Op arrived_op(std::string_view payload, bool by_creator);

}  // namespace attune::book
