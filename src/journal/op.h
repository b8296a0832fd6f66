// Ops: the acts that every object is the fold of. Pure values; the codec is the only code that sees their protobuf.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "journal/acts.h"

namespace attune::journal {

enum class EntryKind { note, gratitude, need, desire, apology, reassurance, memory, reflection };
[[nodiscard]] std::string_view name_of(EntryKind kind);  // "note"
[[nodiscard]] std::optional<EntryKind> entry_kind_named(std::string_view name);

inline constexpr std::size_t kMaxTitle = 1024;
inline constexpr std::size_t kMaxBody = 1U << 20U;
inline constexpr std::size_t kMaxTags = 64;
inline constexpr std::size_t kMaxWord = 64;  // a tag, a mood's word
inline constexpr std::size_t kMaxName = 256;
inline constexpr std::size_t kMaxReplaces = 4096;
inline constexpr std::size_t kMaxAfter = 4096;
// Text of one entry in all (title, body, mood, tags with 4 bytes each): what still fits a payload beside its frame.
inline constexpr std::size_t kMaxText = kMaxBody + 3072;
// The earliest moment that an entry may speak of (0001-01-01T00:00:00Z); an earlier one counts as this.
inline constexpr Instant kEarliestMoment = kEarliestInstant;
inline constexpr std::chrono::minutes kMaxOffset{1440};

struct Mood {
  std::string word;
  int level = 0;  // 1 to 5
  friend bool operator==(const Mood&, const Mood&) = default;
};

// A moment as the person's clock on the wall showed it.
struct Zoned {
  Instant when;
  std::chrono::minutes offset{0};  // east of UTC
  friend bool operator==(const Zoned&, const Zoned&) = default;
};

struct EntryContent {
  EntryKind kind = EntryKind::note;
  std::string title;
  std::string body;
  std::optional<Mood> mood;
  std::vector<std::string> tags;
  Zoned at;
  Zoned written_at;
  bool just_listen = false;
  std::vector<OpId> replaces;
  friend bool operator==(const EntryContent&, const EntryContent&) = default;
};
struct Erase {
  friend bool operator==(const Erase&, const Erase&) = default;
};
struct SharedAs {
  ObjectNumber number;
  friend bool operator==(const SharedAs&, const SharedAs&) = default;
};
struct EarlierVersion {
  OpId op;
  Instant time;
  EntryContent content;
  friend bool operator==(const EarlierVersion&, const EarlierVersion&) = default;
};
// `after`, of the acts of which one alone is in force: those whose place it takes, since times can be made up.
struct Profile {
  std::string name;
  std::vector<OpId> after{};
  friend bool operator==(const Profile&, const Profile&) = default;
};
struct DeviceNamed {
  DeviceId device;
  std::string name;
  Instant added_at;
  std::vector<OpId> after{};
  friend bool operator==(const DeviceNamed&, const DeviceNamed&) = default;
};
struct Paired {
  RootId partner;
  std::string partner_name;
  std::string check;
  std::vector<OpId> after{};
  friend bool operator==(const Paired&, const Paired&) = default;
};
struct Left {  // ends the pairing on whose object it stands
  std::vector<OpId> after{};
  friend bool operator==(const Left&, const Left&) = default;
};
// A key op carries its secret; the journal only knows that it is one (identity reads the key: see decode_couple_key).
struct KeyOp {
  friend bool operator==(const KeyOp&, const KeyOp&) = default;
};
struct Unknown {  // made by a newer program: no effect
  friend bool operator==(const Unknown&, const Unknown&) = default;
};

using Act = std::variant<EntryContent, Erase, SharedAs, EarlierVersion, Profile, DeviceNamed, Paired, KeyOp, Left,
                         Response, BoundaryStated, BoundaryAcknowledged, BoundaryAsked, BoundaryLifted, Proposed,
                         Accepted, Declined, Withdrawn, Marked, Committed, Answered, Opened, Paused, Resumed, Unknown>;

struct Op {
  Instant time;
  Act act;
  friend bool operator==(const Op&, const Op&) = default;
};

// One op of an object as the fold sees it. An op that stands in two logs is one op.
struct Seen {
  OpId id;
  RootId author;
  bool shared = false;   // stands in a couple's log
  std::optional<Op> op;  // nullopt: its payload is erased
};

}  // namespace attune::journal
