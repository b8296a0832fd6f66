#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include <map>
#include <set>

#include "attune/backup.pb.h"
#include "backup/archive.h"
#include "backup/closing.h"
#include "core/error.h"
#include "identity/root.h"
#include "identity/roster.h"

namespace attune::backup {
namespace {

constexpr int kMaxNesting = 16;

class Reading {
 public:
  Reading(Source source, const RootId& root, Receiver& receiver)
      : items_{std::move(source)}, root_{root}, receiver_{receiver} {}

  Totals read() {
    read_heading();
    auto item = next();
    for (; item.kind == Kind::roster; item = next()) read_roster(item.message);
    while (item.kind == Kind::log) {
      begin_log(item.message);
      for (item = next(); item.kind == Kind::records; item = next()) read_records(item.message);
      if (n_ != head_.n) bad("a log has fewer records than it says");
    }
    if (item.kind != Kind::closing) bad("its parts are out of order");
    check_closing(item.message);
    if (items_.next()) bad("something stands behind its closing");
    return totals_;
  }

 private:
  [[noreturn]] void bad(std::string_view what) const {
    throw Error{Errc::damaged,
                fmt::format("the backup is damaged at byte {} of its contents: {}", items_.offset(), what)};
  }
  [[noreturn]] void bad_record(std::uint64_t n) const { bad(fmt::format("record {} of log {}", n, totals_.logs)); }

  ItemReader::Item next() {
    auto item = items_.next();
    if (!item) bad("its end is missing");
    return *item;
  }

  template <class Message>
  void parse(Message& message, BytesView bytes) const {
    google::protobuf::io::CodedInputStream input{as_uchar(bytes), static_cast<int>(bytes.size())};
    input.SetRecursionLimit(kMaxNesting);
    if (!message.ParseFromCodedStream(&input) || !input.ConsumedEntireMessage()) bad("a part cannot be read");
  }

  template <class AnyId>
  AnyId id(const std::string& bytes) const {
    const auto id = AnyId::from(std::string_view{bytes});
    if (!id) bad("a name has the wrong size");
    return *id;
  }
  template <class AnyId>
  AnyId id_or_none(const std::string& bytes) const {
    return bytes.empty() ? AnyId{} : id<AnyId>(bytes);
  }

  void read_heading() {
    const auto item = next();
    if (item.kind != Kind::header) bad("its heading is missing");
    v1::Header message;
    parse(message, item.message);
    if (message.version() > kFormatVersion) {
      throw Error{Errc::incompatible, "this backup was made by a newer version of attune",
                  "update attune, then try again"};
    }
    if (message.version() != kFormatVersion) bad("it has no version");
    if (id<RootId>(message.root()) != root_) throw Error{Errc::wrong_words, "this backup is another person's"};
    receiver_.heading({root_, Instant{std::chrono::milliseconds{message.created_at()}}});
  }

  void read_roster(BytesView bytes) {
    v1::Roster message;
    parse(message, bytes);
    const auto root = id<RootId>(message.root());
    if (statements_.size() == kMaxLogs) bad("it names too many people");
    auto& count = statements_[root];
    count += static_cast<std::size_t>(message.statements_size());
    if (count > identity::Roster::kMaxStatements) bad("a device list is too long");
    for (const std::string& wire : message.statements()) receiver_.statement(identity::check_statement(root, wire));
  }

  void begin_log(BytesView bytes) {
    v1::Log message;
    parse(message, bytes);
    head_ = LogHead{{id<LogId>(message.log()), id<RootId>(message.author()), id_or_none<CoupleId>(message.couple())},
                    id_or_none<DeviceId>(message.device()),
                    message.n(),
                    id<Link>(message.link()),
                    {},
                    {}};
    if (!message.seal().empty()) {
      head_.seal = identity::Seal::from(message.seal());
      if (!head_.seal) bad("a seal has the wrong size");
    }
    if (message.has_stands()) head_.stands = message.stands();
    if (logs_.size() == kMaxLogs || !logs_.insert(head_.name.id).second) bad("a log stands in it twice");
    if (head_.n == 0) bad("a log has no records");
    if (head_.stands && *head_.stands > head_.n) bad("a log stands further than it reaches");
    check_owner();
    n_ = 0;
    link_ = log::first_link(head_.name);
    ++totals_.logs;
    receiver_.log(head_);
  }

  // A log is this person's own, or of a couple that this person is one of.
  void check_owner() const {
    const auto& name = head_.name;
    if (name.author == root_) {
      check_seal();
    } else if (name.couple != identity::couple_of(root_, name.author)) {
      bad("a log is of somebody else");
    }
  }

  // Seals under keys that are not known here say nothing; the MAC stands for them.
  void check_seal() const {
    if (!head_.seal) return;
    const auto* key = receiver_.key(head_.seal->key);
    if (key != nullptr && !identity::seal_holds(*key, *head_.seal, head_.name.id, head_.n, head_.link)) {
      throw Error{Errc::tampered, fmt::format("the seal of log {} in the backup is false", totals_.logs + 1)};
    }
  }

  log::Incoming incoming(const v1::Record& message) const {
    const auto creator = id_or_none<RootId>(message.creator());
    log::Incoming record{{creator.is_none() ? head_.name.author : creator, id<ObjectNumber>(message.number())},
                         message.payload(),
                         std::nullopt};
    if (record.payload.empty()) {
      record.hash = id<OpId>(message.hash());
    } else if (!message.hash().empty() || record.payload.size() > log::kMaxPayload ||
               record.payload.size() < log::kPayloadRandom) {
      bad_record(n_ + 1);
    }
    return record;
  }

  void read_records(BytesView bytes) {
    v1::Records message;
    parse(message, bytes);
    const auto count = static_cast<std::uint64_t>(message.records_size());
    if (count == 0 || count > head_.n - n_) bad("a log has more records than it says");
    std::vector<log::Incoming> records;
    records.reserve(static_cast<std::size_t>(count));
    const std::uint64_t first = n_ + 1;
    for (const v1::Record& one : message.records()) {
      records.push_back(incoming(one));
      const auto& record = records.back();
      const OpId hash = record.hash ? *record.hash : log::payload_hash(record.object, as_bytes(record.payload));
      link_ = log::next_link(link_, ++n_, record.object, hash);
    }
    const std::uint64_t stands = head_.stands.value_or(head_.n);
    if (first <= stands && n_ > stands) bad("a part reaches across the place up to which its log stands");
    const bool last = n_ == head_.n;
    if (last && link_ != head_.link) bad(fmt::format("the chain of log {} is broken", totals_.logs));
    totals_.records += count;
    std::optional<identity::Seal> seal;
    if (!message.seal().empty()) {
      seal = identity::Seal::from(message.seal());
      if (!seal) bad("a seal has the wrong size");
    }
    receiver_.records({first, records, link_, last, n_ <= stands, seal});
  }

  void check_closing(BytesView bytes) {
    v1::Closing message;
    parse(message, bytes);
    const Totals told{message.logs(), message.records(), message.entries()};
    totals_.entries = told.entries;
    if (told != totals_) bad("its counts do not add up");
    const auto* key = receiver_.key(id<identity::KeyName>(message.key_id()));
    if (key == nullptr) {
      throw Error{Errc::tampered, "the backup is closed with a key that is none of this person's"};
    }
    if (!crypto::equal_secrets(as_bytes(message.mac()), closing_mac(*key, items_.digest_before(), totals_))) {
      throw Error{Errc::tampered, "the backup was not made by this person's devices, or was changed"};
    }
  }

  ItemReader items_;
  RootId root_;
  Receiver& receiver_;
  std::map<RootId, std::size_t> statements_;  // how many of each
  std::set<LogId> logs_;
  LogHead head_;  // of the log that is being read
  std::uint64_t n_ = 0;
  Link link_;
  Totals totals_;
};

}  // namespace

Totals read_archive(Source source, const RootId& root, Receiver& receiver) {
  return Reading{std::move(source), root, receiver}.read();
}

}  // namespace attune::backup
