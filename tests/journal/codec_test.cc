#include <gtest/gtest.h>

#include "journal/codec.h"

#include <chrono>
#include <fstream>
#include <iterator>

#include "attune/journal.pb.h"
#include "journal/ops.h"
#include "support/error_matcher.h"
#include "support/vectors.h"

namespace attune::journal {
namespace {

namespace pb = attune::journal::v1;
using std::chrono::minutes;
using test::at_ms;
using test::made_id;
using test::said;

EntryContent everything() {
  EntryContent content = said("we talked\n\nand it was good");
  content.kind = EntryKind::reflection;
  content.title = "Evening";
  content.mood = Mood{"calm", 4};
  content.tags = {"home", "talk"};
  content.at = {at_ms(-1'000'000'000'000), minutes{-1440}};
  content.written_at = {at_ms(1'790'000'000'001), minutes{1440}};
  content.just_listen = true;
  content.replaces = {made_id<OpId>(1), made_id<OpId>(2)};
  return content;
}

std::string wire_of(pb::Op op) { return op.SerializeAsString(); }

// A valid content that one test breaks.
pb::Op plain() {
  pb::Op op;
  op.set_time(5);
  op.mutable_entry()->set_kind(pb::ENTRY_KIND_NOTE);
  return op;
}

TEST(JournalCodec, GivesBackWhatWasEncoded) {
  const std::vector<Act> acts{
      everything(),
      said(""),
      Erase{},
      SharedAs{made_id<ObjectNumber>(3)},
      EarlierVersion{made_id<OpId>(4), at_ms(77), everything()},
      Profile{"Ada"},
      DeviceNamed{made_id<DeviceId>(5), "kitchen laptop", at_ms(99)},
      Paired{made_id<RootId>(6), "Ben", "able amber apple"},
  };
  for (const Act& act : acts) {
    const Op op{at_ms(1'790'000'000'000), act};
    EXPECT_EQ(decode(encode(op)), op) << act.index();
  }
}

TEST(JournalCodec, NamesEveryKindAndNothingElse) {
  for (int i = 0; i < 8; ++i) {
    const auto kind = static_cast<EntryKind>(i);
    EXPECT_EQ(entry_kind_named(name_of(kind)), kind);
    EntryContent content = said("x");
    content.kind = kind;
    EXPECT_EQ(std::get<EntryContent>(decode(encode({at_ms(1), content})).act).kind, kind);
  }
  EXPECT_EQ(entry_kind_named("Note"), std::nullopt);
  EXPECT_EQ(entry_kind_named(""), std::nullopt);
}

// As the body of an act that is known, where protobuf itself reads it: refused, or an op that keeps every limit (two of
// the files are odd, but readable, spellings of a number).
void check_as_body(const std::string& bytes) {
  std::string op{"\x12"};
  std::size_t size = bytes.size();
  for (; size > 0x7F; size >>= 7U) op += static_cast<char>((size & 0x7FU) | 0x80U);
  op += static_cast<char>(size);
  op += bytes;
  try {
    const Op read = decode(op);
    if (read.act == Act{Unknown{}}) return;
    EXPECT_EQ(decode(encode(read)), read);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::damaged);
  }
}

TEST(JournalCodec, RefusesHostileBytes) {
  std::size_t files = 0;
  const auto index =
      nlohmann::json::parse(std::ifstream{test::project_file("tests/vectors/protobuf_hostile/index.json")});
  for (const auto& file : index.at("files")) {
    const auto path = test::project_file("tests/vectors/protobuf_hostile/") + file.at("file").get<std::string>();
    std::ifstream stream{path, std::ios::binary};
    ASSERT_TRUE(stream) << path;
    const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
    SCOPED_TRACE(path);
    EXPECT_ERROR(Errc::damaged, decode(bytes));
    if (bytes.size() < 100'000) check_as_body(bytes);
    ++files;
  }
  EXPECT_EQ(test::ran("hostile protobuf", files), 24U);
}

TEST(JournalCodec, RefusesEveryCutOfAnOp) {
  const std::string whole = encode({at_ms(1), everything()});
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_ERROR(Errc::damaged, decode(whole.substr(0, size)));
}

TEST(JournalCodec, KeepsTheActsWhosePlaceAnActTakesAndTheirLimit) {
  std::vector<OpId> after;
  for (std::size_t i = 0; i < kMaxAfter; ++i) after.push_back(made_id<OpId>(static_cast<std::uint8_t>(i)));
  const auto acts = [&] {
    return std::vector<Act>{Profile{"Ada", after}, DeviceNamed{made_id<DeviceId>(1), "phone", at_ms(1), after},
                            Paired{test::kBen, "Ben", "a b c", after}, Left{after}};
  };
  for (const Act& act : acts()) EXPECT_EQ(decode(encode({at_ms(1), act})).act, act);
  after.push_back(made_id<OpId>(1));
  for (const Act& act : acts()) EXPECT_ERROR(Errc::usage, encode({at_ms(1), act}));
  pb::Op message;
  for (std::size_t i = 0; i <= kMaxAfter; ++i) message.mutable_left()->add_after(std::string(32, 'o'));
  EXPECT_ERROR(Errc::damaged, decode(message.SerializeAsString()));
  message.mutable_left()->clear_after();
  message.mutable_left()->add_after(std::string(31, 'o'));
  EXPECT_ERROR(Errc::damaged, decode(message.SerializeAsString()));
}

TEST(JournalCodec, RefusesTwoActsInOneOp) {
  const std::string entry = encode({at_ms(1), said("a")});
  const std::string erase = encode({at_ms(1), Erase{}}).substr(encode({at_ms(1), Erase{}}).find('\x1a'));
  EXPECT_ERROR(Errc::damaged, decode(entry + erase));
  EXPECT_ERROR(Errc::damaged, decode(erase + erase));
  EXPECT_EQ(decode(erase).act, Act{Erase{}});  // and one alone is read
}

TEST(JournalCodec, TakesAnActOfANewerProgramAsUnknown) {
  const std::string newer{"\x08\x05\x9a\x06\x01x", 6};  // time 5, field 99
  EXPECT_EQ(decode(newer), (Op{at_ms(5), Unknown{}}));
  pb::Op kind = plain();
  kind.mutable_entry()->set_kind(static_cast<pb::EntryKind>(9));
  EXPECT_EQ(decode(wire_of(kind)), (Op{at_ms(5), Unknown{}}));
}

TEST(JournalCodec, NeverReadsTheKeyOfAKeyOp) {
  pb::Op op;
  op.set_time(9);
  op.mutable_couple_key()->set_key(std::string(32, 'k'));
  EXPECT_EQ(decode(wire_of(op)), (Op{at_ms(9), KeyOp{}}));
}

TEST(JournalCodec, ClampsTimesInsteadOfRefusingThem) {
  pb::Op op = plain();
  op.set_time(INT64_MAX);
  op.mutable_entry()->set_at(INT64_MIN);
  op.mutable_entry()->set_written_at(INT64_MAX);
  const Op read = decode(wire_of(op));
  EXPECT_EQ(read.time, kLatestInstant);
  EXPECT_EQ(std::get<EntryContent>(read.act).at.when, kEarliestMoment);
  EXPECT_EQ(std::get<EntryContent>(read.act).written_at.when, kLatestInstant);
  op.set_time(-1);
  EXPECT_EQ(decode(wire_of(op)).time, Instant{});
}

using Change = void (*)(pb::EntryContent&);
TEST(JournalCodec, RefusesWhatBreaksALimitAndReadsWhatJustKeepsIt) {
  const std::vector<std::pair<Change, Change>> cases{
      {[](auto& c) { c.set_title(std::string(1024, 't')); }, [](auto& c) { c.set_title(std::string(1025, 't')); }},
      {[](auto& c) { c.set_body(std::string(1U << 20U, 'b')); },
       [](auto& c) { c.set_body(std::string((1U << 20U) + 1, 'b')); }},
      {[](auto& c) { c.set_mood_word(std::string(64, 'm')), c.set_mood_level(5); },
       [](auto& c) { c.set_mood_word(std::string(65, 'm')), c.set_mood_level(5); }},
      {[](auto& c) { c.set_mood_word("m"), c.set_mood_level(1); }, [](auto& c) { c.set_mood_word("m"); }},
      {[](auto&) {}, [](auto& c) { c.set_mood_level(3); }},
      {[](auto&) {}, [](auto& c) { c.set_mood_word("m"), c.set_mood_level(6); }},
      {[](auto&) {}, [](auto& c) { c.set_mood_word("m"), c.set_mood_level(0xFFFFFFFF); }},
      {[](auto& c) { c.add_tags(std::string(64, 't')); }, [](auto& c) { c.add_tags(std::string(65, 't')); }},
      {[](auto&) {}, [](auto& c) { c.add_tags(""); }},
      {[](auto& c) {
         for (int i = 0; i < 64; ++i) c.add_tags("t");
       },
       [](auto& c) {
         for (int i = 0; i < 65; ++i) c.add_tags("t");
       }},
      {[](auto& c) { c.set_at_offset(1440); }, [](auto& c) { c.set_at_offset(1441); }},
      {[](auto& c) { c.set_written_offset(-1440); }, [](auto& c) { c.set_written_offset(-1441); }},
      {[](auto&) {}, [](auto& c) { c.set_at_offset(INT32_MIN); }},
      {[](auto& c) { c.add_replaces(std::string(32, 'r')); }, [](auto& c) { c.add_replaces(std::string(31, 'r')); }},
      {[](auto& c) {
         for (int i = 0; i < 4096; ++i) c.add_replaces(std::string(32, 'r'));
       },
       [](auto& c) {
         for (int i = 0; i < 4097; ++i) c.add_replaces(std::string(32, 'r'));
       }},
      {[](auto&) {}, [](auto& c) { c.set_kind(pb::ENTRY_KIND_UNSPECIFIED); }},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(i);
    pb::Op good = plain();
    cases[i].first(*good.mutable_entry());
    EXPECT_NO_THROW(static_cast<void>(decode(wire_of(good))));
    pb::Op bad = plain();
    cases[i].second(*bad.mutable_entry());
    EXPECT_ERROR(Errc::damaged, decode(wire_of(bad)));
  }
}

TEST(JournalCodec, RefusesIdsAndNamesOfTheWrongSize) {
  pb::Op op;
  op.mutable_shared_as()->set_number(std::string(15, 'n'));
  EXPECT_ERROR(Errc::damaged, decode(wire_of(op)));
  op.mutable_device()->set_device(std::string(33, 'd'));
  EXPECT_ERROR(Errc::damaged, decode(wire_of(op)));
  op.mutable_device()->set_device(std::string(32, 'd'));
  op.mutable_device()->set_name(std::string(257, 'n'));
  EXPECT_ERROR(Errc::damaged, decode(wire_of(op)));
  op.mutable_pairing()->set_partner("short");
  EXPECT_ERROR(Errc::damaged, decode(wire_of(op)));
  op.mutable_profile()->set_name(std::string(256, 'n'));
  EXPECT_NO_THROW(static_cast<void>(decode(wire_of(op))));
  op.mutable_profile()->set_name(std::string(257, 'n'));
  EXPECT_ERROR(Errc::damaged, decode(wire_of(op)));
}

TEST(JournalCodec, WritesNothingThatItCouldNotRead) {
  EXPECT_ERROR(Errc::usage, encode({at_ms(1), said(std::string((1U << 20U) + 1, 'b'))}));
  EXPECT_ERROR(Errc::usage, encode({at_ms(1), Profile{std::string(257, 'n')}}));
  EntryContent full = said(std::string(1U << 20U, 'b'));
  full.title = std::string(kMaxTitle, 't');
  full.tags.assign(30, std::string(64, 't'));
  EXPECT_NO_THROW(static_cast<void>(decode(encode({at_ms(1), full}))));
  EXPECT_NO_THROW(static_cast<void>(encode({kLatestInstant, EarlierVersion{{}, kLatestInstant, full}})));
  full.replaces.assign(200, OpId{});
  EXPECT_ERROR(Errc::usage, encode({at_ms(1), full}));
}

TEST(JournalCodec, TellsAPersonWhichLimitTheirTextBreaks) {
  EXPECT_NO_THROW(check_content(everything()));
  EXPECT_ERROR(Errc::usage, check_content(said(std::string((1U << 20U) + 1, 'b'))));
  EXPECT_ERROR(Errc::usage, check_content(said("\xff\xfe")));
  EntryContent content = said("x");
  content.mood = Mood{"calm", 6};
  EXPECT_ERROR(Errc::usage, check_content(content));
  content = said("x");
  content.tags = {""};
  EXPECT_ERROR(Errc::usage, check_content(content));
  content = said("x");
  content.at.when = kEarliestMoment - std::chrono::milliseconds{1};
  EXPECT_ERROR(Errc::usage, check_content(content));
}

}  // namespace
}  // namespace attune::journal
