#include "book/keys.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "crypto/hash.h"

namespace attune::book {
namespace {

using storage::Key;
using storage::Table;

constexpr std::size_t kObjectKey = 1 + PrintedId::size;
constexpr char kOrigin = 'p';
constexpr unsigned kMine = 1;
constexpr unsigned kShared = 2;
constexpr int kKinds = 8;

[[noreturn]] void damaged() { throw Error{Errc::damaged, "an index of the journal cannot be read"}; }

void put_varint(std::string& to, std::uint64_t value) {
  for (; value > 0x7F; value >>= 7U) to += static_cast<char>((value & 0x7FU) | 0x80U);
  to += static_cast<char>(value);
}

std::uint64_t take_varint(std::string_view& from) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (from.empty()) damaged();
    const auto byte = static_cast<unsigned char>(from.front());
    from.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  damaged();
}

std::uint64_t back_from_the_latest(Instant at) {
  return static_cast<std::uint64_t>(
      (kLatestInstant - std::clamp(at, journal::kEarliestMoment, kLatestInstant)).count());
}

template <std::size_t N>
std::span<const std::byte, N> fixed(std::string_view bytes) {
  if (bytes.size() != N) damaged();
  return std::span<const std::byte, N>{as_bytes(bytes).data(), N};
}

}  // namespace

Key object_key(const PrintedId& printed) { return Key{Table::object}.id(printed); }

bool is_object_key(std::string_view key) { return key.size() == kObjectKey; }

PrintedId printed_of(std::string_view object_key) {
  return PrintedId{fixed<PrintedId::size>(object_key.substr(1, PrintedId::size))};
}

std::string origin_key(const PrintedId& shared) { return object_key(shared).str() + kOrigin; }

void add_place(std::string& value, log::Place place) {
  put_varint(value, place.log);
  put_varint(value, place.n);
}

std::vector<log::Place> places_of(std::string_view value) {
  std::vector<log::Place> places;
  while (!value.empty()) {
    const auto log = take_varint(value);
    if (log > UINT32_MAX) damaged();
    places.push_back({static_cast<log::LogNumber>(log), take_varint(value)});
  }
  return places;
}

Key timeline_from(Instant at) { return Key{Table::timeline}.u64(back_from_the_latest(at)); }

std::string timeline_key(Instant at, const PrintedId& printed) { return timeline_from(at).id(printed).str(); }

PrintedId printed_in_timeline(std::string_view key) {
  constexpr std::size_t kBefore = 1 + sizeof(std::uint64_t);
  if (key.size() != kBefore + PrintedId::size) damaged();
  return PrintedId{fixed<PrintedId::size>(key.substr(kBefore))};
}

std::string timeline_value(const TimelineValue& value) {
  const unsigned flags = (value.mine ? kMine : 0U) | (value.shared ? kShared : 0U);
  return {static_cast<char>(flags), static_cast<char>(value.kind)};
}

TimelineValue read_timeline_value(std::string_view value) {
  if (value.size() != 2 || value[1] < 0 || value[1] >= kKinds) damaged();
  const auto flags = static_cast<unsigned char>(value[0]);
  return {(flags & kMine) != 0, (flags & kShared) != 0, static_cast<journal::EntryKind>(value[1])};
}

namespace {

constexpr std::size_t kObject = RootId::size + ObjectNumber::size;

Key& add_object(Key& key, const ObjectId& object) { return key.id(object.creator).id(object.number); }

ObjectId object_in(std::string_view bytes) {
  return {RootId{fixed<RootId::size>(bytes.substr(0, RootId::size))},
          ObjectNumber{fixed<ObjectNumber::size>(bytes.substr(RootId::size))}};
}

}  // namespace

Key kinds_from(ObjectKind kind) { return Key{Table::kind}.raw(std::string(1, static_cast<char>(kind))); }

std::string kind_key(const KindKey& key) {
  Key made = kinds_from(key.kind);
  made.id(crypto::printed_id(key.object));
  return add_object(made, key.object).str();
}

KindKey read_kind_key(std::string_view key) {
  if (key.size() != 2 + PrintedId::size + kObject) damaged();
  return {static_cast<ObjectKind>(key[1]), object_in(key.substr(2 + PrintedId::size))};
}

std::string kind_value(Instant ends) { return u64_value(static_cast<std::uint64_t>(ends.time_since_epoch().count())); }

Instant over_from(std::string_view value) {
  return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(read_u64(value))}};
}

std::string act_key(const FoundAct& act) {
  Key key{Table::act};
  key.id(act.op);
  return add_object(key, act.object).str();
}

FoundAct read_act_key(std::string_view key) {
  if (key.size() != 1 + OpId::size + kObject) damaged();
  return {OpId{fixed<OpId::size>(key.substr(1, OpId::size))}, object_in(key.substr(1 + OpId::size))};
}

Key pairings() { return Key{Table::meta}.raw("bpairing "); }
Key book_value(std::string_view name) { return Key{Table::meta}.raw("b").raw(name); }
Key received_values() { return book_value("received "); }
Key received_value(const RootId& root) { return std::move(received_values().id(root)); }
Key torn_values() { return book_value("torn "); }
Key torn_value(const ObjectNumber& number) { return std::move(torn_values().id(number)); }
Key standing_values() { return book_value("standing "); }
Key standing_value(log::LogNumber log) { return std::move(standing_values().u32(log)); }
log::LogNumber log_in_standing(std::string_view key) {
  return read_be32(fixed<4>(key.substr(std::min(key.size(), standing_values().str().size()))));
}
Key node_value(std::string_view name) { return Key{Table::meta}.raw("n").raw(name); }

std::string erasing_key(std::string_view from, std::string_view to) {
  return Key{Table::erasing}.u32(static_cast<std::uint32_t>(from.size())).raw(from).raw(to).str();
}

std::pair<std::string, std::string> erasing_range(std::string_view key) {
  constexpr std::size_t kBefore = 1 + sizeof(std::uint32_t);
  if (key.size() < kBefore) damaged();
  const std::uint32_t size = read_be32(fixed<4>(key.substr(1, 4)));
  if (key.size() - kBefore < size) damaged();
  return {std::string{key.substr(kBefore, size)}, std::string{key.substr(kBefore + size)}};
}

std::string u64_value(std::uint64_t value) { return std::string{as_text(be64(value))}; }
std::uint64_t read_u64(std::string_view value) { return read_be64(fixed<8>(value)); }

}  // namespace attune::book
