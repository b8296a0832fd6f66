#include "log/codec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"

namespace attune::log {
namespace {

[[noreturn]] void damaged(const char* what) { throw Error{Errc::damaged, what}; }

// What a record's first byte says.
constexpr unsigned kCreatorIsCouple = 1;  // the object's creator is the couple's id, and is not written
constexpr unsigned kCreatorFollows = 2;   // 32 bytes; neither of the two: it is the log's author, and is not written
constexpr unsigned kPayloadMissing = 4;   // 32 bytes of hash in its place
constexpr unsigned kRecordFlags = kCreatorIsCouple | kCreatorFollows | kPayloadMissing;
// And that of what is known of a log.
constexpr unsigned kMine = 1;
constexpr unsigned kRetired = 2;
constexpr unsigned kSealed = 4;
constexpr unsigned kClosed = 8;
constexpr unsigned kHeldFlags = kMine | kRetired | kSealed | kClosed;

storage::Key key_of(storage::Table table, Place place) {
  storage::Key key{table};
  key.u32(place.log).u64(place.n);
  return key;
}

// Takes pieces of fixed size off the front of a value. Past its end pieces are zeros, and whole() says no.
class Reader {
 public:
  explicit Reader(std::string_view value) : left_{value} {}
  [[nodiscard]] unsigned flags(unsigned known) {
    const auto flags = std::to_integer<unsigned>(take<1>()[0]);
    good_ = good_ && (flags & ~known) == 0;
    return flags;
  }
  template <class AnyId>
  [[nodiscard]] AnyId id() {
    return AnyId{take<AnyId::size>()};
  }
  [[nodiscard]] std::uint64_t u64() { return read_be64(take<8>()); }
  template <std::size_t N>
  [[nodiscard]] std::array<std::byte, N> take() {
    std::array<std::byte, N> piece{};
    good_ = good_ && left_.size() >= N;
    if (!good_) return piece;
    std::ranges::copy(as_bytes(left_).first<N>(), piece.begin());
    left_.remove_prefix(N);
    return piece;
  }
  [[nodiscard]] std::string_view rest() { return std::exchange(left_, {}); }
  [[nodiscard]] bool whole() const { return good_ && left_.empty(); }  // nothing was short, nothing is left

 private:
  std::string_view left_;
  bool good_ = true;
};

}  // namespace

storage::Key log_key(LogNumber log) { return std::move(storage::Key{storage::Table::log}.u32(log)); }
storage::Key record_key(Place place) { return key_of(storage::Table::record, place); }
storage::Key seal_key(Place place) { return key_of(storage::Table::seal, place); }
storage::Key lacking_key(Place place) { return key_of(storage::Table::lacking, place); }

Place place_in(std::string_view key) {
  if (key.size() != 13) damaged("a key of the store has another size than it must");
  const BytesView bytes = as_bytes(key);
  return {read_be32(bytes.subspan<1, 4>()), read_be64(bytes.subspan<5, 8>())};
}

void write_held(const Held& held, std::string& into) {
  into.clear();
  into += static_cast<char>((held.mine ? kMine : 0U) | (held.retired ? kRetired : 0U) | (held.seal ? kSealed : 0U) |
                            (held.closed ? kClosed : 0U));
  into += held.name.id.raw();
  into += held.name.author.raw();
  into += held.name.couple.raw();
  into += held.device.raw();
  into += as_text(be64(held.n));
  into += held.link.raw();
  if (held.seal) into += held.seal->bytes();
  if (held.closed) into += as_text(be64(*held.closed));
}

Held read_held(LogNumber number, std::string_view value) {
  Reader reader{value};
  const unsigned flags = reader.flags(kHeldFlags);
  Held held;
  held.number = number;
  held.name.id = reader.id<LogId>();
  held.name.author = reader.id<RootId>();
  held.name.couple = reader.id<CoupleId>();
  held.device = reader.id<DeviceId>();
  held.mine = (flags & kMine) != 0;
  held.retired = (flags & kRetired) != 0;
  held.n = reader.u64();
  held.link = reader.id<Link>();
  if ((flags & kSealed) != 0) held.seal = identity::Seal::from(as_text(reader.take<identity::Seal::size>()));
  if ((flags & kClosed) != 0) held.closed = reader.u64();
  if (!reader.whole() || held.open() > held.n) damaged("what is known of a log cannot be read");
  return held;
}

void write_record(const LogName& log, const ObjectId& object, const Link& link, const OpId& hash,
                  std::string_view payload, std::string& into) {
  const bool by_author = object.creator == log.author;
  // A check-in's creator is the couple; an own space has none, and its 32 zero bytes stand for nobody.
  const bool by_couple = !by_author && !log.own_space() && object.creator.raw() == log.couple.raw();
  unsigned flags = payload.empty() ? kPayloadMissing : 0U;
  if (by_couple) flags |= kCreatorIsCouple;
  if (!by_author && !by_couple) flags |= kCreatorFollows;
  into.clear();
  into += static_cast<char>(flags);
  into += object.number.raw();
  if ((flags & kCreatorFollows) != 0) into += object.creator.raw();
  into += link.raw();
  into += payload.empty() ? hash.raw() : payload;
}

std::optional<RecordView> parse_record(const LogName& log, std::string_view value) {
  Reader reader{value};
  const unsigned flags = reader.flags(kRecordFlags);
  const bool follows = (flags & kCreatorFollows) != 0;
  const bool by_couple = (flags & kCreatorIsCouple) != 0;
  if (by_couple && (follows || log.own_space())) return std::nullopt;
  RecordView record;
  record.object.number = reader.id<ObjectNumber>();
  if (follows) {
    record.object.creator = reader.id<RootId>();
  } else {
    record.object.creator = by_couple ? RootId{log.couple.bytes()} : log.author;
  }
  record.link = reader.id<Link>();
  if ((flags & kPayloadMissing) != 0) {
    record.hash = reader.id<OpId>();
  } else {
    record.payload = reader.rest();
    if (record.payload->size() < kPayloadRandom) return std::nullopt;
  }
  if (!reader.whole()) return std::nullopt;
  return record;
}

RecordView read_record(const LogName& log, std::string_view value) {
  auto record = parse_record(log, value);
  if (!record) damaged("a record cannot be read");
  return *record;
}

OpId op_of(const RecordView& record) {
  return record.hash ? *record.hash : payload_hash(record.object, as_bytes(*record.payload));
}

}  // namespace attune::log
