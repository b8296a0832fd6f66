// The book's keys and values in the store. docs/store-format.md, section 3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/kinds.h"
#include "core/clock.h"
#include "core/id.h"
#include "journal/op.h"
#include "log/logs.h"
#include "storage/key.h"

namespace attune::book {

// Code of another version makes other indexes: an older home is indexed anew, a newer one refused.
inline constexpr std::uint32_t kSchema = 6;

// Of one author on one object. Places: the same op may stand in several logs, once in each.
inline constexpr std::size_t kMaxOps = 4096;
inline constexpr std::size_t kMaxPlaces = 4 * kMaxOps;
// Erases stand outside those, one for each device that a person may have; more of them can only be meant to harm.
inline constexpr std::size_t kFreeErases = 64;
// Payloads of at most this do not count as bytes of an object: an erase must always fit, and their number is limited.
inline constexpr std::size_t kSmallPayload = 256;
// What each record of another person counts beside its payload: about what its place in log and indexes costs.
inline constexpr std::uint64_t kRecordBytes = 256;

// Objects: printed id -> places of the object's ops. Two objects may share a printed id; records tell them apart.
[[nodiscard]] storage::Key object_key(const PrintedId& printed);
[[nodiscard]] bool is_object_key(std::string_view key);
[[nodiscard]] PrintedId printed_of(std::string_view object_key);
// Origins, behind the object's key: of a shared entry, the number of the private one that it was.
[[nodiscard]] std::string origin_key(const PrintedId& shared);

// Sorted: varints of log and n.
void add_place(std::string& value, log::Place place);
[[nodiscard]] std::vector<log::Place> places_of(std::string_view value);  // Errc::damaged

// The timeline, newest first in ascending order.
struct TimelineValue {
  bool mine = false;
  bool shared = false;
  journal::EntryKind kind = journal::EntryKind::note;
};
[[nodiscard]] storage::Key timeline_from(Instant at);  // the first key of entries at or before that moment
[[nodiscard]] std::string timeline_key(Instant at, const PrintedId& printed);
[[nodiscard]] PrintedId printed_in_timeline(std::string_view key);
[[nodiscard]] std::string timeline_value(const TimelineValue& value);
[[nodiscard]] TimelineValue read_timeline_value(std::string_view value);  // Errc::damaged

// Boundaries, agreements, check-ins and pauses: kind, object -> whether it is over. The printed id stands first, since
// that is how people name them.
struct KindKey {
  ObjectKind kind = ObjectKind::boundary;
  ObjectId object;
};
[[nodiscard]] storage::Key kinds_from(ObjectKind kind);
[[nodiscard]] std::string kind_key(const KindKey& key);
[[nodiscard]] KindKey read_kind_key(std::string_view key);  // Errc::damaged
// `ends`: from when on it is over, as a pause is by itself.
inline constexpr Instant kLongOver{};
inline constexpr Instant kNeverOver = Instant::max();
[[nodiscard]] std::string kind_value(Instant ends);
[[nodiscard]] Instant over_from(std::string_view value);  // Errc::damaged

// Acts that people name by themselves, by their op ids: op, object -> nothing. Who repeats an op's bytes elsewhere
// takes nothing from it.
[[nodiscard]] std::string act_key(const FoundAct& act);
[[nodiscard]] FoundAct read_act_key(std::string_view key);  // Errc::damaged

// Pairings: number of the pairing object -> nothing.
[[nodiscard]] storage::Key pairings();
[[nodiscard]] storage::Key book_value(std::string_view name);  // single values of the book
[[nodiscard]] storage::Key received_values();                  // root -> bytes of that person's records held here
[[nodiscard]] storage::Key received_value(const RootId& root);
[[nodiscard]] storage::Key torn_values();  // number of an own entry that may lack an erase
[[nodiscard]] storage::Key torn_value(const ObjectNumber& number);
[[nodiscard]] storage::Key standing_values();  // log -> how far it is vouched for
[[nodiscard]] storage::Key standing_value(log::LogNumber log);
[[nodiscard]] log::LogNumber log_in_standing(std::string_view key);  // Errc::damaged
[[nodiscard]] storage::Key node_value(std::string_view name);        // single values of those above

// What is still to be compacted: the range of keys.
[[nodiscard]] std::string erasing_key(std::string_view from, std::string_view to);
[[nodiscard]] std::pair<std::string, std::string> erasing_range(std::string_view key);  // Errc::damaged

[[nodiscard]] std::string u64_value(std::uint64_t value);
[[nodiscard]] std::uint64_t read_u64(std::string_view value);  // Errc::damaged

}  // namespace attune::book
