#include "attune/backup.pb.h"
#include "backup/archive.h"
#include "backup/closing.h"
#include "core/check.h"

namespace attune::backup {
namespace {

// Items of about this size: large enough to cost nothing each, small enough to keep memory flat on both sides.
constexpr std::size_t kItemAim = 1U << 20U;
constexpr std::size_t kPartOverhead = 128;  // tags, lengths and ids beside a payload

template <class AnyId>
std::string bytes_or_empty(const AnyId& id) {
  return id.is_none() ? std::string{} : std::string{id.raw()};
}

}  // namespace

struct ArchiveWriter::Pending {
  v1::Records message;
  std::size_t size = 0;
};

ArchiveWriter::ArchiveWriter(Sink sink) : items_{std::move(sink)}, records_{std::make_unique<Pending>()} {}

ArchiveWriter::~ArchiveWriter() = default;

void ArchiveWriter::heading(const Heading& heading) {
  v1::Header message;
  message.set_version(kFormatVersion);
  message.set_root(std::string{heading.root.raw()});
  message.set_created_at(heading.created_at.time_since_epoch().count());
  items_.put(Kind::header, message.SerializeAsString());
}

void ArchiveWriter::roster(const RootId& root, const std::vector<std::string>& wires) {
  v1::Roster message;
  message.set_root(std::string{root.raw()});
  std::size_t size = 0;
  for (const std::string& wire : wires) {
    if (size > 0 && size + wire.size() > kItemAim) {
      items_.put(Kind::roster, message.SerializeAsString());
      message.clear_statements();
      size = 0;
    }
    message.add_statements(wire);
    size += wire.size();
  }
  items_.put(Kind::roster, message.SerializeAsString());
}

void ArchiveWriter::log(const LogHead& head) {
  flush();
  v1::Log message;
  message.set_log(std::string{head.name.id.raw()});
  message.set_author(std::string{head.name.author.raw()});
  message.set_couple(bytes_or_empty(head.name.couple));
  message.set_device(bytes_or_empty(head.device));
  message.set_n(head.n);
  message.set_link(std::string{head.link.raw()});
  if (head.seal) message.set_seal(head.seal->bytes());
  if (head.stands) message.set_stands(*head.stands);
  items_.put(Kind::log, message.SerializeAsString());
  author_ = head.name.author;
  stands_ = head.stands;
  n_ = 0;
  ++totals_.logs;
}

void ArchiveWriter::record(const log::Record& record) {
  const std::size_t size = kPartOverhead + (record.payload ? record.payload->size() : 0);
  const auto held = static_cast<std::size_t>(records_->message.records_size());
  if (held == kMaxParts || (held > 0 && records_->size + size > kItemAim) || n_ == stands_) flush();
  ++n_;
  v1::Record& message = *records_->message.add_records();
  message.set_number(record.object.number.raw().data(), ObjectNumber::size);
  if (record.object.creator != author_) message.set_creator(record.object.creator.raw().data(), RootId::size);
  if (record.payload) {
    message.set_payload(*record.payload);
  } else {
    message.set_hash(record.hash.raw().data(), OpId::size);
  }
  records_->size += size;
  ++totals_.records;
}

void ArchiveWriter::seal(const identity::Seal& seal) {
  records_->message.set_seal(seal.bytes());
  flush();
}

void ArchiveWriter::flush() {
  if (records_->message.records_size() == 0) return;
  items_.put(Kind::records, records_->message.SerializeAsString());
  *records_ = Pending{};  // made anew: cleared strings would keep what the largest payload at their place took
}

Totals ArchiveWriter::close(std::uint64_t entries, const identity::SelfKey& key) {
  flush();
  totals_.entries = entries;
  v1::Closing message;
  message.set_logs(totals_.logs);
  message.set_records(totals_.records);
  message.set_entries(totals_.entries);
  message.set_key_id(std::string{key.name().raw()});
  message.set_mac(to_string(closing_mac(key, items_.digest(), totals_)));
  items_.put(Kind::closing, message.SerializeAsString());
  return totals_;
}

}  // namespace attune::backup
