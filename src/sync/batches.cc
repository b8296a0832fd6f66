#include "sync/batches.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <array>
#include <span>

#include "crypto/secret.h"
#include "sync/checks.h"

namespace attune::sync {
namespace {

constexpr int kMaxDepth = 16;

void add_record(const log::RecordView& record, const RootId& author, v1::Batch& batch) {
  v1::Record& out = *batch.add_records();
  out.set_number(record.object.number.raw().data(), ObjectNumber::size);
  if (record.object.creator != author) out.set_creator(record.object.creator.raw().data(), RootId::size);
  if (record.payload) {
    out.set_payload(record.payload->data(), record.payload->size());
  } else {
    out.set_hash(record.hash->raw().data(), OpId::size);
  }
}

constexpr std::size_t kOverhead = 128;  // number, creator, hash and lengths
std::size_t weight(const std::optional<std::string_view>& payload) {
  return kOverhead + (payload ? payload->size() : 0);
}

// The record without its payload: whoever gets it will ask for it.
log::RecordView bare(const log::RecordView& record) {
  return {record.object, record.link, std::nullopt, log::payload_hash(record.object, as_bytes(*record.payload))};
}

template <class Message>
[[nodiscard]] bool parsed(std::string_view bytes, Message& into, int depth = kMaxDepth) {
  google::protobuf::io::CodedInputStream stream{reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size())};
  stream.SetRecursionLimit(depth);
  return into.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
}

// With all payloads, in one batch.
bool fits(const log::Logs& logs, log::Place first, std::uint64_t last) {
  if (last - first.n >= kBatchRecords) return false;
  std::size_t bytes = 0;
  logs.view_from(first.log, first.n, [&](std::uint64_t at, const log::RecordView& record) {
    bytes += weight(record.payload);
    return at < last && bytes <= kBatchBytes;
  });
  return bytes <= kBatchBytes;
}

constexpr char kBatchTag = static_cast<char>((v1::Message::kBatchFieldNumber << 3) | 2);  // a length follows

}  // namespace

void parse(std::string_view bytes, v1::Message& into) {
  if (!parsed(bytes, into)) misbehaved("the other side sent a message that cannot be read");
}

bool parse_batch(std::string_view bytes, v1::Batch& into) {
  if (bytes.empty() || bytes.front() != kBatchTag) return false;
  google::protobuf::io::CodedInputStream head{reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                              static_cast<int>(bytes.size())};
  std::uint32_t size = 0;
  if (head.ReadTag() == 0 || !head.ReadVarint32(&size)) return false;
  const auto at = static_cast<std::size_t>(head.CurrentPosition());
  if (bytes.size() - at != size) return false;  // something else stands beside it: not what we write, but allowed
  // One less: a batch stands one message deep, and what it is read by must not decide over whether it is read.
  if (!parsed(bytes.substr(at), into, kMaxDepth - 1)) misbehaved("the other side sent a batch that cannot be read");
  return true;
}

void write_batch(const v1::Batch& batch, std::string& message) {
  using google::protobuf::io::CodedOutputStream;
  const std::size_t size = batch.ByteSizeLong();
  message.clear();
  message.push_back(kBatchTag);
  std::array<std::uint8_t, 5> length{};
  const std::uint8_t* end = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(size), length.data());
  message.append(reinterpret_cast<const char*>(length.data()), static_cast<std::size_t>(end - length.data()));
  batch.AppendToString(&message);
}

void wipe_payloads(v1::Batch& batch) {
  for (v1::Record& record : *batch.mutable_records()) {
    if (!record.payload().empty()) crypto::wipe(std::as_writable_bytes(std::span{*record.mutable_payload()}));
  }
}

bool build_batch(const log::Logs& logs, const log::Held& log, const Stretch& stretch, const Sender& sender,
                 std::size_t room, v1::Batch& batch) {
  const std::uint64_t n = stretch.first;
  const bool ours = log.name.author == sender.own;
  // A log of somebody else ends where its author sealed it: only so can the author take it back from us.
  auto sealed = ours ? std::nullopt : logs.seal_from(log.number, n);
  if (sealed && sealed->first > stretch.last) sealed.reset();
  // A seal under a key from before a revoke may tell its person nothing any more: then the last one, if that fits.
  if (sealed && stretch.word == Stretch::Word::sealed) {
    const auto newest = logs.seal_until(log.number, stretch.last);
    const bool other_key = newest && newest->second.key != sealed->second.key;
    if (other_key && fits(logs, {log.number, n}, newest->first)) sealed = newest;
  }
  const std::uint64_t stop = sealed ? sealed->first : stretch.last;
  // A sealed stretch that came in as one batch goes out whole; one that its author made longer than that goes unsealed.
  const bool whole = sealed && stop - n < kBatchRecords;
  if (!whole && stretch.word == Stretch::Word::sealed) return false;

  batch.Clear();
  Link last;
  std::uint64_t last_n = 0;
  if (whole) room = kBatchBytes;
  std::size_t bytes = whole ? (stop - n) * kOverhead : 0;  // all other records will need their room, too
  logs.view_from(log.number, n, [&](std::uint64_t at, const log::RecordView& record) {
    if (at > stop || batch.records_size() == kBatchRecords) return false;
    const bool full = bytes + weight(record.payload) > room && stop > n;
    if (full && !whole && batch.records_size() > 0) return false;
    if (full && whole && record.payload) {  // payloads came later than their records, else it would fit
      add_record(bare(record), log.name.author, batch);
    } else {
      add_record(record, log.name.author, batch);
      bytes += whole ? weight(record.payload) - kOverhead : weight(record.payload);
    }
    last = record.link;
    last_n = at;
    return true;
  });
  if (batch.records_size() == 0) return false;

  batch.set_log(std::string{log.name.id.raw()});
  batch.set_first(n);
  batch.set_link(std::string{last.raw()});
  batch.set_meanwhile(stretch.word == Stretch::Word::meanwhile);
  batch.set_unvouched(batch.meanwhile() || stretch.word == Stretch::Word::unvouched);
  if (ours && stretch.word == Stretch::Word::vouched) {
    batch.set_seal(identity::make_seal(sender.key, log.name.id, last_n, last).bytes());
  } else if (sealed && sealed->first == last_n) {
    batch.set_seal(sealed->second.bytes());
  }
  return true;
}

bool build_filling(const log::Logs& logs, const log::Held& log, std::vector<std::uint64_t>& places, std::size_t room,
                   v1::Batch& batch) {
  batch.Clear();
  batch.set_log(std::string{log.name.id.raw()});
  batch.set_filling(true);
  std::size_t bytes = 0;
  std::size_t looked_at = 0;
  for (const std::uint64_t n : places) {
    const auto record = logs.read(log::Place{log.number, n});
    if (record && record->payload) {
      bytes += weight(record->payload);
      if (bytes > room && batch.records_size() > 0) break;
      add_record({record->object, record->link, record->payload, std::nullopt}, log.name.author, batch);
      batch.mutable_records()->rbegin()->set_n(n);
    }
    ++looked_at;
  }
  places.erase(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(looked_at));
  return batch.records_size() > 0;
}

void unpack(const v1::Batch& batch, const RootId& author, std::vector<log::Incoming>& into) {
  into.clear();
  if (batch.records_size() == 0 || batch.records_size() > kBatchRecords) misbehaved("a batch of a forbidden size came");
  into.reserve(static_cast<std::size_t>(batch.records_size()));
  for (const v1::Record& record : batch.records()) {
    const auto number = ObjectNumber::from(record.number());
    const auto creator = record.creator().empty() ? std::optional{author} : RootId::from(record.creator());
    if (!number || !creator) misbehaved("a record without its object came");
    log::Incoming incoming{ObjectId{*creator, *number}, record.payload(), std::nullopt};
    if (record.payload().empty() || !record.hash().empty()) {
      incoming.hash = OpId::from(record.hash());
      if (!incoming.hash || !record.payload().empty()) misbehaved("a record needs its payload or its hash, not both");
    }
    into.push_back(incoming);
  }
}

}  // namespace attune::sync
