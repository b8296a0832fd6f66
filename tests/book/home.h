// A home of one device in memory, and what passes between two of them without any network.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "book/book.h"
#include "core/error.h"
#include "crypto/random.h"
#include "journal/codec.h"
#include "storage/store.h"
#include "support/manual_clock.h"
#include "support/memory_files.h"

namespace attune::test {

struct Person {
  RootId root = crypto::random_id<RootId>();
  std::vector<identity::SelfKey> self_keys;
  Person() { self_keys.push_back({crypto::random_secret<identity::SelfKeySecret>(), {}}); }
};

inline identity::CoupleKey made_couple_key(std::uint64_t revokes = 0) {
  return {crypto::random_secret<identity::CoupleKeySecret>(), revokes};
}

class Home {
 public:
  Home(const Person& person, const Clock& clock, book::Limits limits = {})
      : self_{person.root, crypto::random_id<DeviceId>(), &person.self_keys}, clock_{clock}, limits_{limits} {
    reopen();
  }

  [[nodiscard]] book::Book& book() { return *book_; }
  [[nodiscard]] storage::Store& store() { return *store_; }
  [[nodiscard]] MemoryFiles& files() { return files_; }
  [[nodiscard]] const storage::StoreKey& key() const { return key_; }
  [[nodiscard]] const DeviceId& device() const { return self_.device; }
  [[nodiscard]] const RootId& root() const { return self_.root; }
  [[nodiscard]] const book::Self& self() const { return self_; }

  void reopen() {
    book_.reset();
    store_.reset();
    store_ = std::make_unique<storage::Store>(files_, "store", key_);
    book_ = std::make_unique<book::Book>(*store_, self_, clock_, limits_);
    book_->finish_erasures();
  }

  void pair_with(const Person& partner) {
    book_->pair({partner.root, "Partner", "able amber apple"}, made_couple_key());
  }

  // Every key and value of the indexes.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> indexes() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (const std::string prefix : {"O", "T", "K", "A", "Mbpairing ", "Mbentries"}) {
      store_->scan(prefix, prefix + "\xff", [&](std::string_view key, std::string_view value) {
        all.emplace_back(key, value);
        return storage::Store::Visit::go_on;
      });
    }
    return all;
  }

 private:
  MemoryFiles files_;
  storage::StoreKey key_ = crypto::random_secret<storage::StoreKey>();
  book::Self self_;
  const Clock& clock_;
  book::Limits limits_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<book::Book> book_;
};

inline journal::EntryContent words(std::string body, std::int64_t at_ms = 1'790'000'000'000) {
  journal::EntryContent content;
  content.body = std::move(body);
  content.at = {Instant{std::chrono::milliseconds{at_ms}}, std::chrono::minutes{60}};
  content.written_at = content.at;
  return content;
}

inline std::vector<std::string> bodies(const std::vector<journal::Entry>& entries) {
  std::vector<std::string> all;
  for (const auto& entry : entries) all.push_back(entry.current->content.body);
  return all;
}

// Whether the entry is known at this home.
inline bool has(Home& home, const ObjectId& id) {
  try {
    static_cast<void>(home.book().entry(id));
    return true;
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    return false;
  }
}

// A batch of one log as a session would carry it.
struct Parcel {
  log::LogName name;
  DeviceId device;
  std::uint64_t first = 0;
  std::vector<log::Record> records;
  Link link;
  std::optional<identity::Seal> seal;

  [[nodiscard]] std::vector<log::Incoming> incoming() const {
    std::vector<log::Incoming> all;
    for (const auto& record : records) {
      if (record.payload) all.push_back({record.object, *record.payload, {}});
      if (!record.payload) all.push_back({record.object, {}, record.hash});
    }
    return all;
  }
};

// Up to `limit` records of a log from `first` on; none: there are no more.
inline Parcel parcel(Home& from, const log::Held& held, std::uint64_t first, std::size_t limit) {
  Parcel parcel{held.name, held.device, first, {}, {}, {}};
  from.book().logs().read_from(held.number, first, [&](std::uint64_t, const log::Record& record) {
    parcel.records.push_back(record);
    parcel.link = record.link;
    return parcel.records.size() < limit;
  });
  if (first + parcel.records.size() == held.n + 1) parcel.seal = held.seal;
  return parcel;
}

// A log written by hand, as a device that keeps no rule could write it.
class Scribe {
 public:
  Scribe(const RootId& author, const CoupleId& couple)
      : name_{crypto::random_id<LogId>(), author, couple}, link_{log::first_link(name_)} {}

  OpId say(const ObjectId& object, const journal::Op& op) {
    return say(object, std::string(log::kPayloadRandom, 'r') + journal::encode(op));
  }
  OpId say(const ObjectId& object, std::string payload) {
    // The random bytes: other ones for each record.
    for (std::size_t i = 0; i < 8; ++i) payload[i] = static_cast<char>((records_.size() + 1) >> (8 * i));
    return say_again(object, std::move(payload));
  }
  // The very bytes of another's record.
  OpId say_again(const ObjectId& object, std::string payload) {
    const OpId hash = log::payload_hash(object, as_bytes(payload));
    link_ = log::next_link(link_, records_.size() + 1, object, hash);
    records_.push_back({object, hash, link_, std::move(payload)});
    return hash;
  }
  // The same act once more.
  void repeat(std::size_t n) {
    log::Record record = records_[n - 1];
    link_ = record.link = log::next_link(link_, records_.size() + 1, record.object, record.hash);
    records_.push_back(std::move(record));
  }
  void hide(std::size_t n) { records_[n - 1].payload.reset(); }
  [[nodiscard]] Parcel parcel(std::size_t first = 1, std::size_t limit = SIZE_MAX) const {
    const std::size_t end = first - 1 + std::min(limit, records_.size() - (first - 1));
    const auto at = [this](std::size_t n) { return records_.begin() + static_cast<std::ptrdiff_t>(n); };
    return {name_, device_, first, {at(first - 1), at(end)}, records_[end - 1].link, {}};
  }
  [[nodiscard]] const std::string& payload(std::size_t n) const { return *records_[n - 1].payload; }

 private:
  log::LogName name_;
  DeviceId device_ = crypto::random_id<DeviceId>();
  Link link_;
  std::vector<log::Record> records_;
};

inline book::Book::Arrived deliver(const Parcel& parcel, Home& to) {
  const auto log = to.book().learn(parcel.name, parcel.device);
  return to.book().receive(log, parcel.first, parcel.incoming(), parcel.link, parcel.seal, book::Book::Handed::vouched);
}

// The next parcel of one log that `to` may have and lacks. false: nothing to deliver.
inline bool deliver_some(Home& from, Home& to, const log::Held& held, std::size_t limit) {
  if (held.name.own_space() && from.root() != to.root()) return false;
  const log::Held* known = to.book().logs().find(held.name.id);
  const std::uint64_t have = known == nullptr ? 0 : known->n;
  if (have >= held.n || (known != nullptr && known->mine)) return false;
  deliver(parcel(from, held, have + 1, limit), to);
  return true;
}

// Payloads that `to` lacks and `from` has.
inline void fill_gaps(Home& from, Home& to) {
  for (const log::Held& held : to.book().logs().all()) {
    const log::Held* source = from.book().logs().find(held.name.id);
    if (source == nullptr) continue;
    for (const std::uint64_t n : to.book().logs().lacking(held.number, 1000)) {
      const auto record = from.book().logs().read({source->number, n});
      if (record && record->payload) to.book().fill(held.number, {{n, *record->payload}});
    }
  }
}

// Everything that `to` may have, as one session would bring it.
inline void bring(Home& from, Home& to, std::size_t limit = 100) {
  for (const log::Held& held : from.book().logs().all()) {
    while (deliver_some(from, to, held, limit)) {
    }
  }
  fill_gaps(from, to);
  to.book().finish_erasures();
}

}  // namespace attune::test
