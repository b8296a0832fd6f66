// Archives made by hand, without a book: a person, a partner, and logs whose chains and seals hold.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "backup/archive.h"
#include "backup/key_rings.h"
#include "crypto/age.h"
#include "crypto/hash.h"
#include "identity/root.h"
#include "log/chain.h"

namespace attune::backup::test {

inline identity::Root person(std::byte fill) {
  return identity::root_from(crypto::Entropy::born([&](auto into) { std::ranges::fill(into, fill); }));
}

template <class AnyId>
AnyId id_of(std::string_view name) {
  const auto digest = crypto::Hasher{"test id"}.add(as_bytes(name)).finish();
  return AnyId{std::span{digest}.template first<AnyId::size>()};
}

struct MadeLog {
  LogHead head;
  std::vector<log::Record> records;
};

// Records of `sizes`; 0 = the payload is erased.
inline MadeLog make_log(std::string_view name, const RootId& author, const CoupleId& couple,
                        const identity::SelfKey& key, const std::vector<std::size_t>& sizes) {
  MadeLog made;
  made.head.name = {id_of<LogId>(name), author, couple};
  made.head.device = id_of<DeviceId>(name);
  made.head.link = log::first_link(made.head.name);
  for (const std::size_t size : sizes) {
    const auto nth = std::string{name} + std::to_string(++made.head.n);
    log::Record record{{author, id_of<ObjectNumber>(nth)}, {}, {}, {}};
    std::string payload(std::max<std::size_t>(size, log::kPayloadRandom), nth.back());
    record.hash = log::payload_hash(record.object, as_bytes(payload));
    if (size > 0) record.payload = std::move(payload);
    made.head.link = log::next_link(made.head.link, made.head.n, record.object, record.hash);
    record.link = made.head.link;
    made.records.push_back(std::move(record));
  }
  made.head.seal = identity::make_seal(key, made.head.name.id, made.head.n, made.head.link);
  return made;
}

// All that one archive is made of; tests change a part and write it.
struct Made {
  Heading heading;
  std::vector<std::pair<RootId, std::vector<std::string>>> rosters;
  std::vector<MadeLog> logs;
  std::uint64_t entries = 0;
};

inline Made journal_of(const identity::Root& root, const identity::Root& partner) {
  const auto key = identity::self_key_from(root.self_seed, nullptr);
  const auto partners_key = identity::self_key_from(partner.self_seed, nullptr);
  const auto couple = identity::couple_of(root.id, partner.id);
  const auto admit = identity::sign_statement(root.signing, identity::Admit{id_of<DeviceId>("own"), 1});
  const auto partners = identity::sign_statement(partner.signing, identity::Admit{id_of<DeviceId>("partner"), 1});
  Made made;
  made.heading = {root.id, Instant{std::chrono::milliseconds{1'790'000'000'000}}};
  made.rosters = {{root.id, {admit.wire}}, {partner.id, {partners.wire}}};
  made.logs.push_back(make_log("own", root.id, {}, key, {100, 0, 40}));
  made.logs.push_back(make_log("shared", root.id, couple, key, {60}));
  made.logs.push_back(make_log("partner's", partner.id, couple, partners_key, {0, 70}));
  made.entries = 5;
  return made;
}

inline std::string written(const Made& made, const identity::SelfKey& key) {
  std::string plain;
  ArchiveWriter archive{[&](BytesView bytes) { append(plain, bytes); }};
  archive.heading(made.heading);
  for (const auto& [root, wires] : made.rosters) archive.roster(root, wires);
  for (const auto& log : made.logs) {
    archive.log(log.head);
    for (const auto& record : log.records) archive.record(record);
  }
  static_cast<void>(archive.close(made.entries, key));
  return plain;
}

inline Source source_of(std::string_view bytes) {
  return [rest = bytes](std::span<std::byte> into) mutable {
    const auto size = std::min(rest.size(), into.size());
    std::ranges::copy(as_bytes(rest.substr(0, size)), into.begin());
    rest.remove_prefix(size);
    return size;
  };
}

// Keeps all that it is told.
class Collector : public KeysOfWords {
 public:
  explicit Collector(const identity::Root& root) : KeysOfWords{root} {}
  void heading(const Heading& heading) override { got.heading = heading; }
  void statement(const identity::Statement& statement) override {
    KeysOfWords::statement(statement);
    if (got.rosters.empty() || got.rosters.back().first != statement.root) got.rosters.push_back({statement.root, {}});
    got.rosters.back().second.push_back(statement.wire);
  }
  void log(const LogHead& head) override { got.logs.push_back({head, {}}); }
  void records(const Stretch& stretch) override {
    for (const auto& record : stretch.records) {
      log::Record kept{record.object, record.hash.value_or(OpId{}), {}, {}};
      if (!record.payload.empty()) kept.payload = std::string{record.payload};
      got.logs.back().records.push_back(std::move(kept));
    }
  }
  Made got;
};

inline Totals read_back(std::string_view plain, const identity::Root& root) {
  Collector collector{root};
  return read_archive(source_of(plain), root.id, collector);
}

}  // namespace attune::backup::test
