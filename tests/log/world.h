// Two persons' devices with their logs on a store in memory, and what one sends to the other.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "identity/known.h"
#include "log/logs.h"
#include "storage/store.h"
#include "support/memory_files.h"

namespace attune::test {

using log::Incoming;
using log::LogName;
using log::LogNumber;
using log::Logs;
using log::Place;

// 32 bytes that differ for each number, as good as drawn for a test, and some text.
inline std::string payload(std::uint64_t number, std::size_t text = 40) {
  const auto random = crypto::Hasher{"test payload"}.add_u64(number).finish();
  return std::string{as_text(random)} + std::string(text, static_cast<char>('a' + number % 26));
}
inline ObjectId object(const RootId& creator, int number) { return {creator, id_of<ObjectNumber>(number)}; }

class Device {
 public:
  explicit Device(const RootId& root, int device = 1) : root_{root}, device_{id_of<DeviceId>(device)} { open(); }

  void reopen() {
    logs.reset();
    store.reset();
    open();
  }
  // One change by itself, committed.
  template <class Make>
  auto change(Make make) {
    storage::Batch batch;
    auto result = make(batch);
    commit(batch);
    return result;
  }
  void commit(storage::Batch& batch) {
    store->commit(batch);
    logs->committed();
  }
  Logs::Appended write(const CoupleId& space, const ObjectId& about, std::string_view bytes) {
    return change([&](auto& batch) { return logs->append(space, about, as_bytes(bytes), key, batch); });
  }
  // n records of one object each.
  LogNumber write_many(const CoupleId& space, std::uint64_t n) {
    LogNumber number = 0;
    for (std::uint64_t i = 1; i <= n; ++i) {
      number = write(space, object(root_, static_cast<int>(i)), payload(i)).place.log;
    }
    return number;
  }
  // Behind the back of the logs.
  void put_raw(std::string_view at, std::string_view value) {
    storage::Batch batch;
    batch.put(at, value);
    store->commit(batch);
  }
  void remove_raw(std::string_view at) {
    storage::Batch batch;
    batch.remove(at);
    store->commit(batch);
  }
  // The whole store, in the clear.
  [[nodiscard]] std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> all;
    store->scan({}, {}, [&](std::string_view at, std::string_view value) {
      all.emplace(at, value);
      return storage::Store::Visit::go_on;
    });
    return all;
  }
  [[nodiscard]] std::vector<std::string> problems() const {
    std::vector<identity::SelfKey> keys;
    keys.push_back(key.clone());
    return logs->verify(keys).problems;
  }
  [[nodiscard]] const log::Held& held(LogNumber number) const { return *logs->find(number); }

  identity::SelfKey key = identity::self_key_from(person(0).self_seed, nullptr);
  MemoryFiles files_;  // before the store, which works on it up to its own end
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<Logs> logs;

 private:
  void open() {
    const auto store_key = storage::StoreKey::born([](auto into) { std::ranges::fill(into, std::byte{1}); });
    store = std::make_unique<storage::Store>(files_, "store", store_key);
    logs = std::make_unique<Logs>(*store, root_, device_);
  }

  RootId root_;
  DeviceId device_;
};

// Records on their way, owned; a test changes them as somebody on the other side might.
struct Parcel {
  std::uint64_t first = 0;
  std::vector<log::Record> records;
  Link link;
  std::optional<identity::Seal> seal;

  [[nodiscard]] std::vector<Incoming> incoming() const {
    std::vector<Incoming> all;
    for (const log::Record& record : records) {
      Incoming incoming{record.object, {}, {}};
      if (record.payload) {
        incoming.payload = *record.payload;
      } else {
        incoming.hash = record.hash;
      }
      all.push_back(incoming);
    }
    return all;
  }
};
inline Parcel parcel(const Device& from, LogNumber number, std::uint64_t first, std::uint64_t last) {
  Parcel parcel{first, {}, {}, {}};
  from.logs->read_from(number, first, [&](std::uint64_t n, const log::Record& record) {
    parcel.records.push_back(record);
    parcel.link = record.link;
    return n < last;
  });
  const log::Held& held = from.held(number);
  if (held.n == last) parcel.seal = held.seal;
  return parcel;
}
inline Logs::Received receive(Device& to, LogNumber number, const Parcel& parcel, storage::Batch& batch) {
  return to.logs->receive(number, parcel.first, parcel.incoming(), parcel.link, parcel.seal, batch);
}

// Ada writes, Ben's device takes what she shares. Both are the couple.
struct Couple {
  RootId ada_root = person(0).id;
  RootId ben_root = person(1).id;
  CoupleId space = identity::couple_of(ada_root, ben_root);
  Device ada{ada_root, 1};
  Device ben{ben_root, 2};

  // Ada's log as Ben knows it.
  LogNumber learn(LogNumber adas) {
    return ben.change([&](auto& batch) { return ben.logs->learn(ada.held(adas).name, {}, batch); });
  }
  void pass(LogNumber adas, LogNumber bens, std::uint64_t first, std::uint64_t last) {
    ben.change([&](auto& batch) { return receive(ben, bens, parcel(ada, adas, first, last), batch); });
  }
};

}  // namespace attune::test
