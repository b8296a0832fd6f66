// What changes logs. Reading is in read.cc, the great check in verify.cc.
#include "log/logs.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "core/error.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "log/codec.h"

namespace attune::log {
namespace {

[[noreturn]] void misbehaved(const char* what) { throw Error{Errc::peer_misbehaved, what}; }

void check_payload_size(std::size_t size) {
  if (size < kPayloadRandom) misbehaved("a record is shorter than it may be");
  if (size > kMaxPayload) misbehaved("a record is longer than it may be");
}

// The op's id, of a payload that may be one.
OpId checked_hash(const Incoming& record) {
  if (record.payload.empty()) {
    if (!record.hash) misbehaved("a record has neither contents nor their hash");
    return *record.hash;
  }
  check_payload_size(record.payload.size());
  const OpId hash = payload_hash(record.object, as_bytes(record.payload));
  if (record.hash && *record.hash != hash) misbehaved("a record's contents are not those of its hash");
  return hash;
}

}  // namespace

Logs::Logs(storage::Store& store, RootId own_root, DeviceId own_device)
    : store_{store}, root_{own_root}, device_{own_device} {
  const storage::Key first{storage::Table::log};
  store_.scan(first, first.end(), [&](std::string_view key, std::string_view value) {
    if (key.size() != 5) throw Error{Errc::damaged, "a key of the store has another size than it must"};
    const LogNumber number = read_be32(as_bytes(key).subspan<1, 4>());
    const Held held = read_held(number, value);
    if (!numbers_.emplace(held.name.id, number).second) throw Error{Errc::damaged, "one log stands in the store twice"};
    held_.emplace(number, held);
    return storage::Store::Visit::go_on;
  });
}

LogNumber Logs::learn(const LogName& name, const DeviceId& device, storage::Batch& batch) {
  if (const Held* known = find(name.id)) {
    if (known->name != name) misbehaved("a log is said to be another's than it is");
    if (!known->device.is_none() || device.is_none()) return known->number;
    Growth& growth = growing(known->number);
    growth.held.device = device;
    put_held(growth.held, batch);
    return growth.held.number;
  }
  if (name.id.is_none() || name.author.is_none()) misbehaved("a log has no name");
  std::size_t of_author = 0;
  each([&](const Held& log) { of_author += log.name.author == name.author ? 1 : 0; });
  if (of_author >= kMaxLogs) misbehaved("a person has more logs than may be");
  const LogNumber number = next_number();
  Growth& growth = pending_[number];
  growth.held.number = number;
  growth.held.name = name;
  growth.held.device = device;
  growth.held.link = first_link(name);
  put_held(growth.held, batch);
  return number;
}

Logs::Appended Logs::append(const CoupleId& space, const ObjectId& object, BytesView payload,
                            const identity::SelfKey& key, storage::Batch& batch) {
  const NewRecord record{object, payload};
  return append(space, std::span{&record, 1}, key, batch).front();
}

std::vector<Logs::Appended> Logs::append(const CoupleId& space, std::span<const NewRecord> records,
                                         const identity::SelfKey& key, storage::Batch& batch) {
  ATTUNE_CHECK(!records.empty());
  for (const NewRecord& record : records) {
    ATTUNE_CHECK(record.payload.size() >= kPayloadRandom);
    if (record.payload.size() > kMaxPayload) throw Error{Errc::refused, "this is longer than 1 MiB"};
  }
  Growth& growth = own_log(space);
  Held& log = growth.held;
  std::vector<Appended> appended;
  appended.reserve(records.size());
  for (const NewRecord& record : records) {
    const OpId hash = payload_hash(record.object, record.payload);
    log.n += 1;
    log.link = next_link(log.link, log.n, record.object, hash);
    growth.fresh.push_back({record.object, hash, log.link});
    put_record(log.name, {log.number, log.n}, growth.fresh.back(), as_text(record.payload), batch);
    appended.push_back({{log.number, log.n}, hash});
  }
  log.seal = identity::make_seal(key, log.name.id, log.n, log.link);
  put_held(log, batch);
  return appended;
}

void Logs::retire(LogNumber log, storage::Batch& batch) {
  ATTUNE_CHECK(held(log).mine);
  if (held(log).retired) return;
  Growth& growth = growing(log);
  growth.held.retired = true;
  put_held(growth.held, batch);
}

void Logs::close(LogNumber log, std::uint64_t n, storage::Batch& batch) {
  const Held& before = held(log);
  ATTUNE_CHECK(n <= before.n && (!before.mine || before.retired));
  if (before.closed && *before.closed <= n) return;
  Growth& growth = growing(log);
  growth.held.closed = n;
  put_held(growth.held, batch);
}

void Logs::reseal(LogNumber log, const identity::SelfKey& key, storage::Batch& batch) {
  ATTUNE_CHECK(held(log).mine);
  if (held(log).n == 0) return;
  Growth& growth = growing(log);
  growth.held.seal = identity::make_seal(key, growth.held.name.id, growth.held.n, growth.held.link);
  put_held(growth.held, batch);
}

std::vector<Logs::Step> Logs::follow(const Link& before, std::uint64_t first, const std::vector<Incoming>& records,
                                     const Link& link) {
  std::vector<Step> chain;
  chain.reserve(records.size());
  Link at = before;
  std::uint64_t n = first;
  for (const Incoming& record : records) {
    const OpId hash = checked_hash(record);
    at = next_link(at, n, record.object, hash);
    chain.push_back({record.object, hash, at});
    ++n;
  }
  if (at != link) misbehaved("records do not lead to the link they were sent with");
  return chain;
}

Logs::Received Logs::receive(LogNumber log, std::uint64_t first, const std::vector<Incoming>& records, const Link& link,
                             const std::optional<identity::Seal>& seal, storage::Batch& batch) {
  const Held& before = held(log);
  if (first == 0 || records.empty()) misbehaved("a batch of records is empty");
  if (first > before.n + 1) misbehaved("records are missing between those held and those sent");
  std::vector<Fresh> chain = follow(*link_at(log, first - 1), first, records, link);
  const std::size_t known = static_cast<std::size_t>(std::min<std::uint64_t>(before.n + 1 - first, records.size()));
  // A link stands for everything up to it: where the last known place agrees, all before it do.
  if (known > 0 && chain[known - 1].link != link_at(log, first + known - 1)) {
    misbehaved("records are not those that are held at the same place");
  }
  Received received{before.n + 1, {}, {}};
  if (known == records.size()) {
    if (seal && first + known - 1 == before.n && before.seal != seal) keep_seal({log, before.n}, *seal, batch);
    return received;
  }
  if (before.mine && !before.retired) misbehaved("a peer holds more of a log than the device that writes it");

  Growth& growth = growing(log);
  received.hashes.reserve(records.size() - known);
  for (std::size_t i = known; i < records.size(); ++i) {
    const Place place{log, first + i};
    put_record(growth.held.name, place, chain[i], records[i].payload, batch);
    received.hashes.push_back(chain[i].hash);
    if (!records[i].payload.empty()) continue;
    batch.put(lacking_key(place), {});
    changed_[place] = Payload::lacking;
    received.missing.push_back(place.n);
  }
  growth.held.n = first + records.size() - 1;
  growth.held.link = link;
  growth.held.seal = seal;
  growth.fresh.insert(growth.fresh.end(), chain.begin() + static_cast<std::ptrdiff_t>(known), chain.end());
  if (seal && growth.held.name.author != root_) batch.put(seal_key({log, growth.held.n}), seal->bytes());
  put_held(growth.held, batch);
  return received;
}

void Logs::keep_seal(Place place, const identity::Seal& seal, storage::Batch& batch) {
  const Held& log = held(place.log);
  if (place.n == 0 || place.n > log.n) misbehaved("a seal is for a place that is not held");
  if (log.name.author != root_) batch.put(seal_key(place), seal.bytes());
  if (place.n != log.n) return;
  Growth& growth = growing(place.log);
  growth.held.seal = seal;
  put_held(growth.held, batch);
}

bool Logs::fill(Place place, std::string_view payload, storage::Batch& batch) {
  const Held& log = held(place.log);
  if (place.n == 0 || place.n > log.n) misbehaved("contents came for a place that is not held");
  check_payload_size(payload.size());
  const Fresh record = record_at(place);
  if (payload_hash(record.object, as_bytes(payload)) != record.hash) {
    misbehaved("contents are not those of the place they were sent for");
  }
  if (payload_at(place) != Payload::lacking) return false;
  put_record(log.name, place, record, payload, batch);
  batch.remove(lacking_key(place));
  changed_[place] = Payload::here;
  return true;
}

void Logs::settle(Place place, storage::Batch& batch) {
  if (payload_at(place) != Payload::lacking) return;
  batch.remove(lacking_key(place));
  changed_[place] = Payload::missing;
}

void Logs::lack(Place place, storage::Batch& batch) {
  if (payload_at(place) != Payload::missing) return;
  batch.put(lacking_key(place), {});
  changed_[place] = Payload::lacking;
}

void Logs::drop_payload(Place place, storage::Batch& batch) {
  switch (payload_at(place)) {
    case Payload::missing: return;
    case Payload::lacking: settle(place, batch); return;
    case Payload::here: break;
  }
  put_record(held(place.log).name, place, record_at(place), {}, batch);
  changed_[place] = Payload::missing;
}

void Logs::committed() {
  for (const auto& [number, growth] : pending_) {
    numbers_.emplace(growth.held.name.id, number);
    held_.insert_or_assign(number, growth.held);
  }
  forget();
}

void Logs::forget() {
  pending_.clear();
  changed_.clear();
}

Logs::Growth& Logs::growing(LogNumber log) {
  const auto found = pending_.find(log);
  if (found != pending_.end()) return found->second;
  return pending_.emplace(log, Growth{held(log), {}}).first->second;
}

Logs::Growth& Logs::own_log(const CoupleId& space) {
  std::optional<LogNumber> found;
  each([&](const Held& log) {
    if (log.mine && !log.retired && log.name.couple == space) found = log.number;
  });
  if (found) return growing(*found);
  const LogNumber number = next_number();
  Growth& growth = pending_[number];
  growth.held.number = number;
  growth.held.name = {crypto::random_id<LogId>(), root_, space};
  growth.held.device = device_;
  growth.held.mine = true;
  growth.held.link = first_link(growth.held.name);
  return growth;
}

LogNumber Logs::next_number() const {
  LogNumber last = 0;
  if (!held_.empty()) last = held_.rbegin()->first;
  if (!pending_.empty()) last = std::max(last, pending_.rbegin()->first);
  ATTUNE_CHECK(last < std::numeric_limits<LogNumber>::max());
  return last + 1;
}

void Logs::put_held(const Held& held, storage::Batch& batch) {
  write_held(held, buffer_);
  batch.put(log_key(held.number), buffer_);
}

void Logs::put_record(const LogName& log, Place place, const Fresh& record, std::string_view payload,
                      storage::Batch& batch) {
  write_record(log, record.object, record.link, record.hash, payload, buffer_);
  batch.put(record_key(place), buffer_);
  // Else a payload would outlive its entry here, behind whatever shorter one comes next.
  crypto::wipe(std::as_writable_bytes(std::span{buffer_}));
}

}  // namespace attune::log
