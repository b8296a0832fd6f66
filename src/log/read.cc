// What asks logs: places, links, records, seals.
#include <algorithm>

#include "core/check.h"
#include "core/error.h"
#include "crypto/secret.h"
#include "log/codec.h"
#include "log/logs.h"

namespace attune::log {
namespace {

[[noreturn]] void lost() { throw Error{Errc::damaged, "a record is missing from the store"}; }

// A couple's key or somebody's sealed answers may be among what is read.
class Value {
 public:
  explicit Value(std::optional<std::string> value) : value_{std::move(value)} {
    if (!value_) lost();
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  ~Value() { crypto::wipe(*value_); }
  std::string& operator*() { return *value_; }

 private:
  std::optional<std::string> value_;
};

class Reading {
 public:
  Reading() = default;
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() { wipe(); }
  void give_back() {
    wipe();
    record.payload.reset();
  }
  Record record;

 private:
  void wipe() {
    if (record.payload) crypto::wipe(*record.payload);
  }
};

}  // namespace

const Logs::Fresh* Logs::Growth::at(std::uint64_t n) const {
  const std::uint64_t behind = held.n - n;  // the last one is at held.n
  return n <= held.n && behind < fresh.size() ? &fresh[fresh.size() - 1 - static_cast<std::size_t>(behind)] : nullptr;
}

std::vector<Held> Logs::all() const {
  std::vector<Held> logs;
  logs.reserve(held_.size() + pending_.size());
  each([&](const Held& log) { logs.push_back(log); });
  return logs;
}

const Held* Logs::find(const LogId& id) const {
  const auto known = numbers_.find(id);
  if (known != numbers_.end()) return find(known->second);
  for (const auto& [number, growth] : pending_) {
    if (growth.held.name.id == id) return &growth.held;
  }
  return nullptr;
}

const Held* Logs::find(LogNumber number) const {
  const auto pending = pending_.find(number);
  if (pending != pending_.end()) return &pending->second.held;
  const auto committed = held_.find(number);
  return committed == held_.end() ? nullptr : &committed->second;
}

const Held& Logs::held(LogNumber log) const {
  const Held* held = find(log);
  ATTUNE_CHECK(held != nullptr);
  return *held;
}

std::uint64_t Logs::stored_length(LogNumber log) const {
  const auto committed = held_.find(log);
  return committed == held_.end() ? 0 : committed->second.n;
}

Logs::Fresh Logs::record_at(Place place) const {
  const auto pending = pending_.find(place.log);
  if (pending != pending_.end()) {
    if (const Fresh* fresh = pending->second.at(place.n)) return *fresh;
  }
  const Held& log = held(place.log);
  ATTUNE_CHECK(place.n > 0 && place.n <= log.n);
  Value value{store_.get(record_key(place))};
  const RecordView record = read_record(log.name, *value);
  return {record.object, op_of(record), record.link};
}

Logs::Payload Logs::payload_at(Place place) const {
  const auto changed = changed_.find(place);
  if (changed != changed_.end()) return changed->second;
  ATTUNE_CHECK(place.n > 0 && place.n <= held(place.log).n);
  if (place.n > stored_length(place.log)) return Payload::here;  // in the batch; where it is not, changed_ says so
  if (store_.get(lacking_key(place))) return Payload::lacking;
  Value value{store_.get(record_key(place))};
  return read_record(held(place.log).name, *value).payload ? Payload::here : Payload::missing;
}

std::optional<Record> Logs::read(Place place) const {
  const Held* log = find(place.log);
  if (log == nullptr || place.n == 0 || place.n > stored_length(place.log)) return std::nullopt;
  auto value = store_.get(record_key(place));
  if (!value) lost();
  const RecordView view = read_record(log->name, *value);
  Record record{view.object, op_of(view), view.link, std::nullopt};
  if (view.payload) {
    // The buffer that was read becomes the payload: what stands before it is cut off.
    value->erase(0, value->size() - view.payload->size());
    record.payload = std::move(*value);
  }
  return record;
}

void Logs::view_from(LogNumber log, std::uint64_t n, const ViewVisit& visit) const {
  const LogName name = held(log).name;
  std::uint64_t expected = std::max<std::uint64_t>(n, 1);
  const std::uint64_t end = stored_length(log) + 1;
  if (expected >= end) return;
  bool stopped = false;
  store_.scan(record_key({log, expected}), record_key({log, end}), [&](std::string_view key, std::string_view value) {
    if (place_in(key).n != expected) lost();
    stopped = !visit(expected, read_record(name, value));
    ++expected;
    return stopped ? storage::Store::Visit::stop : storage::Store::Visit::go_on;
  });
  if (!stopped && expected != end) lost();
}

void Logs::read_from(LogNumber log, std::uint64_t n, const Visit& visit) const {
  Reading reading;
  Record& record = reading.record;
  view_from(log, n, [&](std::uint64_t at, const RecordView& view) {
    record.object = view.object;
    record.hash = op_of(view);
    record.link = view.link;
    if (!view.payload || (record.payload && record.payload->capacity() < view.payload->size())) reading.give_back();
    if (view.payload) {
      if (!record.payload) record.payload.emplace();
      record.payload->assign(*view.payload);  // into the memory of the last one
    }
    return visit(at, record);
  });
}

std::optional<Link> Logs::link_at(LogNumber log, std::uint64_t n) const {
  const Held* held = find(log);
  if (held == nullptr || n > held->n) return std::nullopt;
  if (n == held->n) return held->link;  // also of an empty log
  if (n == 0) return first_link(held->name);
  const auto pending = pending_.find(log);
  if (pending != pending_.end()) {
    if (const Fresh* fresh = pending->second.at(n)) return fresh->link;
  }
  Value value{store_.get(record_key({log, n}))};
  return read_record(held->name, *value).link;
}

std::optional<std::pair<std::uint64_t, identity::Seal>> Logs::seal_from(LogNumber log, std::uint64_t n) const {
  const auto committed = held_.find(log);
  if (committed == held_.end() || n > committed->second.n) return std::nullopt;
  const Held& held = committed->second;
  std::optional<std::pair<std::uint64_t, identity::Seal>> found;
  if (held.name.author != root_) {
    store_.scan(seal_key({log, n}), seal_key({log, held.n + 1}), [&](std::string_view key, std::string_view value) {
      const auto seal = identity::Seal::from(value);
      if (!seal) throw Error{Errc::damaged, "a seal cannot be read"};
      found.emplace(place_in(key).n, *seal);
      return storage::Store::Visit::stop;
    });
  } else if (held.seal) {
    found.emplace(held.n, *held.seal);
  }
  return found;
}

std::optional<std::pair<std::uint64_t, identity::Seal>> Logs::seal_until(LogNumber log, std::uint64_t n) const {
  const auto committed = held_.find(log);
  if (committed == held_.end()) return std::nullopt;
  const Held& held = committed->second;
  if (held.seal && held.n <= n) return std::pair{held.n, *held.seal};
  std::optional<std::pair<std::uint64_t, identity::Seal>> found;
  if (held.name.author == root_) return found;
  store_.scan_back(seal_key({log, 1}), seal_key({log, std::min(n, held.n) + 1}),
                   [&](std::string_view key, std::string_view value) {
                     const auto seal = identity::Seal::from(value);
                     if (!seal) throw Error{Errc::damaged, "a seal cannot be read"};
                     found.emplace(place_in(key).n, *seal);
                     return storage::Store::Visit::stop;
                   });
  return found;
}

std::vector<std::uint64_t> Logs::lacking(LogNumber log, std::size_t limit) const {
  std::vector<std::uint64_t> places;
  if (limit == 0) return places;
  storage::Key first{storage::Table::lacking};
  first.u32(log);
  store_.scan(first, first.end(), [&](std::string_view key, std::string_view) {
    places.push_back(place_in(key).n);
    return places.size() < limit ? storage::Store::Visit::go_on : storage::Store::Visit::stop;
  });
  return places;
}

std::pair<std::string, std::string> Logs::key_range(Place place) const {
  const storage::Key key = record_key(place);
  return {key.str(), key.str()};
}

}  // namespace attune::log
