// The items of a backup, from whoever has the person's recipient, and their compression.
// docs/backup-format.md, sections 2 to 4.
#include "backup/archive.h"

#include "attune/backup.pb.h"
#include "backup/archives.h"
#include "backup/closing.h"
#include "fuzz/target.h"

namespace attune::fuzz {
namespace {

using backup::test::journal_of;
using backup::test::source_of;

struct People {
  identity::Root owner = backup::test::person(std::byte{1});
  identity::Root partner = backup::test::person(std::byte{2});
  identity::SelfKey key = identity::self_key_from(owner.self_seed, nullptr);
};
const People& people() {
  static const People both;
  return both;
}

// Told what an archive holds; every word of it must be in order.
class Watching : public backup::KeysOfWords {
 public:
  using KeysOfWords::KeysOfWords;
  void statement(const identity::Statement& statement) override {
    promise(logs_ == 0, "statements come before logs");
    KeysOfWords::statement(statement);
  }
  void log(const backup::LogHead& head) override {
    promise(n_ == head_.n, "a log is told whole");
    promise(head.n > 0 && head.stands.value_or(0) <= head.n, "a log holds something, and stands no further");
    head_ = head;
    link_ = log::first_link(head.name);
    n_ = 0;
    ++logs_;
  }
  void records(const Stretch& stretch) override {
    promise(stretch.first == n_ + 1 && !stretch.records.empty(), "records come in order");
    for (const log::Incoming& record : stretch.records) {
      promise(record.payload.empty() == record.hash.has_value(), "a payload, or its hash");
      const OpId hash = record.hash ? *record.hash : log::payload_hash(record.object, as_bytes(record.payload));
      link_ = log::next_link(link_, ++n_, record.object, hash);
    }
    promise(stretch.link == link_ && stretch.last == (n_ == head_.n), "the chain is the one that is told");
    if (stretch.last) promise(link_ == head_.link, "a log ends where it says");
    promise(stretch.stands == (n_ <= head_.stands.value_or(head_.n)), "what stands is told");
    records_ += stretch.records.size();
  }
  [[nodiscard]] bool told(const backup::Totals& totals) const {
    return n_ == head_.n && totals.logs == logs_ && totals.records == records_;
  }

 private:
  backup::LogHead head_;
  Link link_;
  std::uint64_t n_ = 0;
  std::uint64_t logs_ = 0;
  std::uint64_t records_ = 0;
};

void read(std::string_view plain) {
  Watching watching{people().owner};
  static_cast<void>(refusal({Errc::wrong_words, Errc::incompatible, Errc::damaged, Errc::tampered,
                             Errc::peer_misbehaved /*a statement that is none; backup.cc says damaged*/},
                            [&] {
                              const auto totals = backup::read_archive(source_of(plain), people().owner.id, watching);
                              promise(watching.told(totals), "the counts are those of what was told");
                            }));
}

// --- Items made by hand: parts that are right and parts that are not, and a closing that fits them.

std::string id_field(Draw& draw, std::string_view usual) {
  const unsigned how = draw.byte();
  if (how < 240) return std::string{usual};
  return how < 248 ? std::string{} : to_string(draw.bytes(how % 4 == 0 ? 32 : draw.byte()));
}

backup::v1::Record record_of(Draw& draw, const RootId& author, log::Record& told) {
  backup::v1::Record record;
  const auto number = draw.array<16>();
  told.object = {author, ObjectNumber{number}};
  record.set_number(id_field(draw, as_text(number)));
  if (draw.byte() > 240) {
    told.object.creator = people().partner.id;
    record.set_creator(std::string{told.object.creator.raw()});
  }
  const unsigned how = draw.byte();
  const std::string payload = std::string(how < 250 ? 32 : 0, 'r') + to_string(draw.bytes(how % 64));
  told.hash = log::payload_hash(told.object, as_bytes(payload));
  if (how % 2 == 0) record.set_payload(payload);
  if (how % 2 == 1 || how == 250) record.set_hash(std::string{told.hash.raw()});
  return record;
}

void add_log(Draw& draw, backup::ItemWriter& items, backup::Totals& totals) {
  const unsigned how = draw.byte();
  const bool own = (how & 1U) != 0;
  const RootId author = own ? people().owner.id : people().partner.id;
  const CoupleId couple = identity::couple_of(people().owner.id, people().partner.id);
  log::LogName name{LogId{draw.array<32>()}, author, own && (how & 2U) != 0 ? CoupleId{} : couple};
  std::vector<backup::v1::Records> parts;
  Link link = log::first_link(name);
  std::uint64_t n = 0;
  for (unsigned part = 0; part < 1 + how / 4 % 4; ++part) {
    backup::v1::Records records;
    for (unsigned i = draw.byte() % 4; i > 0; --i) {
      log::Record told;
      *records.add_records() = record_of(draw, author, told);
      link = log::next_link(link, ++n, told.object, told.hash);
    }
    if (draw.byte() > 230) records.set_seal(to_string(draw.bytes(40)));
    parts.push_back(std::move(records));
  }
  backup::v1::Log head;
  head.set_log(id_field(draw, name.id.raw()));
  head.set_author(id_field(draw, author.raw()));
  if (!name.own_space()) head.set_couple(id_field(draw, couple.raw()));
  head.set_n((how & 64U) != 0 && draw.byte() > 128 ? draw.u64() : n);
  head.set_link(id_field(draw, link.raw()));
  if ((how & 128U) != 0) head.set_seal(id_field(draw, identity::make_seal(people().key, name.id, n, link).bytes()));
  if (draw.byte() > 200) head.set_stands(draw.byte() % (n + 2));
  items.put(backup::Kind::log, head.SerializeAsString());
  for (const auto& part : parts) items.put(backup::Kind::records, part.SerializeAsString());
  ++totals.logs;
  totals.records += n;
}

void made(BytesView input) {
  Draw draw{input};
  std::string plain;
  backup::ItemWriter items{[&](BytesView bytes) { append(plain, bytes); }};
  backup::v1::Header header;
  header.set_version(draw.byte() < 250 ? 1 : draw.byte());
  header.set_root(id_field(draw, people().owner.id.raw()));
  header.set_created_at(static_cast<std::int64_t>(draw.u64()));
  items.put(backup::Kind::header, header.SerializeAsString());
  backup::Totals totals;
  for (int step = 0; step < 6 && !draw.done(); ++step) {
    const unsigned how = draw.byte();
    if (how % 4 != 3) {
      add_log(draw, items, totals);
      continue;
    }
    backup::v1::Roster roster;
    roster.set_root(id_field(draw, people().owner.id.raw()));
    auto device = draw.array<32>();
    device[0] |= std::byte{1};  // all zeros are nobody
    const identity::Admit admit{DeviceId{device}, how};
    roster.add_statements(how > 200 ? to_string(draw.bytes(draw.byte()))
                                    : identity::sign_statement(people().owner.signing, admit).wire);
    items.put(backup::Kind::roster, roster.SerializeAsString());
  }
  totals.entries = draw.byte();
  backup::v1::Closing closing;
  closing.set_logs(totals.logs);
  closing.set_records(totals.records);
  closing.set_entries(totals.entries);
  closing.set_key_id(id_field(draw, people().key.name().raw()));
  closing.set_mac(id_field(draw, as_text(backup::closing_mac(people().key, items.digest(), totals))));
  items.put(backup::Kind::closing, closing.SerializeAsString());
  if (draw.byte() > 240) plain += to_string(draw.rest());
  read(plain);
}

std::vector<Bytes> made_seeds() {
  std::vector<Bytes> all;
  for (unsigned filler : {2U, 4U, 40U, 130U}) all.push_back(Bytes(400, static_cast<std::byte>(filler)));
  return all;
}

// --- Items as bytes.

void raw(BytesView input) { read(as_text(input)); }

std::vector<Bytes> raw_seeds() {
  const std::string plain = backup::test::written(journal_of(people().owner, people().partner), people().key);
  return {to_bytes(as_bytes(plain)), to_bytes(as_bytes(plain.substr(0, plain.size() / 2)))};
}

// --- Compression: anything that Compressor does not write is damaged, and little memory is taken.

std::string compressed(BytesView plain) {
  std::string out;
  backup::Compressor compressor{[&](BytesView bytes) { append(out, bytes); }};
  compressor.write(plain);
  compressor.finish();
  return out;
}

std::optional<Errc> decompress(std::string_view file, std::string& out) {
  return refusal({Errc::damaged}, [&] {
    backup::Decompressor reader{source_of(file)};
    Bytes buffer(8000);
    // A bomb is let out piece by piece; whoever reads decides when it is too much.
    for (std::size_t size = buffer.size(); size == buffer.size() && out.size() < (4U << 20U);) {
      size = reader.read(buffer);
      append(out, BytesView{buffer}.first(size));
    }
  });
}

void compression(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  std::string out;
  if (how % 4 == 0) {
    static_cast<void>(decompress(as_text(draw.rest()), out));
    return;
  }
  const std::size_t place = draw.u16();
  const BytesView plain = draw.rest();
  std::string file = compressed(plain);
  promise(file.size() % 4096 == 0, "a size tells little");
  const std::string honest = file;
  if (how % 4 == 2) file.resize(place % file.size());
  if (how % 4 == 3)
    file[place % std::min<std::size_t>(file.size(), plain.size() + 64)] ^= static_cast<char>(1U << how / 32);
  const auto refused = decompress(file, out);
  // A bit of a frame's header may say nothing (a reserved or a single-segment one); what comes out is right all the
  // same.
  promise(refused || out == as_text(plain), "what comes out is what went in");
  promise(!refused || file != honest, "an honest file is read");
  promise(refused || file.size() == honest.size(), "a cut file is damaged");
}

std::vector<Bytes> compression_seeds() {
  std::vector<Bytes> all;
  for (unsigned how = 1; how < 4; ++how)
    all.push_back(InputBuilder{}.byte(how).u16(9).raw(as_bytes("some text, some text, some more")).take());
  const std::string file = compressed(as_bytes("abcabcabcabc"));
  all.push_back(InputBuilder{}.byte(0).raw(as_bytes(file.substr(0, 40))).take());
  return all;
}

const Registration registration_raw{{"archive", Weight::light, raw, raw_seeds}};
const Registration registration_made{{"archive_made", Weight::heavy, made, made_seeds}};
const Registration registration_compression{{"compression", Weight::heavy, compression, compression_seeds}};

}  // namespace
}  // namespace attune::fuzz
