#include "backup/archive.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <fstream>
#include <iterator>

#include "attune/backup.pb.h"
#include "backup/archives.h"
#include "support/error_matcher.h"
#include "support/vectors.h"

namespace attune::backup {
namespace {

using test::Made;
using test::read_back;
using test::written;

class Archive : public testing::Test {
 protected:
  [[nodiscard]] std::string plain() const { return written(made, key); }

  identity::Root root = test::person(std::byte{1});
  identity::Root partner = test::person(std::byte{2});
  identity::SelfKey key = identity::self_key_from(root.self_seed, nullptr);
  Made made = test::journal_of(root, partner);
};

TEST_F(Archive, GivesBackAllThatWasPut) {
  const auto bytes = plain();
  test::Collector collector{root};
  const auto totals = read_archive(test::source_of(bytes), root.id, collector);
  EXPECT_EQ(totals, (Totals{3, 6, 5}));
  EXPECT_EQ(collector.got.heading.root, root.id);
  EXPECT_EQ(collector.got.heading.created_at, made.heading.created_at);
  EXPECT_EQ(collector.got.rosters, made.rosters);
  ASSERT_EQ(collector.got.logs.size(), made.logs.size());
  for (std::size_t i = 0; i < made.logs.size(); ++i) {
    const auto& got = collector.got.logs[i];
    EXPECT_EQ(got.head.name.id, made.logs[i].head.name.id);
    EXPECT_EQ(got.head.name.couple, made.logs[i].head.name.couple);
    EXPECT_EQ(got.head.device, made.logs[i].head.device);
    EXPECT_EQ(got.head.seal->bytes(), made.logs[i].head.seal->bytes());
    ASSERT_EQ(got.records.size(), made.logs[i].records.size());
    for (std::size_t n = 0; n < got.records.size(); ++n) {
      const auto& record = made.logs[i].records[n];
      EXPECT_EQ(got.records[n].object, record.object);
      EXPECT_EQ(got.records[n].payload, record.payload);
      EXPECT_EQ(got.records[n].hash, record.payload ? OpId{} : record.hash);
    }
  }
}

// Tells which records stood.
class Standing : public KeysOfWords {
 public:
  explicit Standing(const identity::Root& root) : KeysOfWords{root} {}
  void records(const Stretch& stretch) override { told.emplace_back(stretch.first, stretch.stands); }
  std::vector<std::pair<std::uint64_t, bool>> told;
};

TEST_F(Archive, TellsWhereALogStandsNoMore) {
  made.logs.resize(1);
  made.entries = 3;
  const auto told = [&](std::optional<std::uint64_t> stands) {
    made.logs[0].head.stands = stands;
    const auto bytes = plain();
    Standing standing{root};
    static_cast<void>(read_archive(test::source_of(bytes), root.id, standing));
    return standing.told;
  };
  using Told = std::vector<std::pair<std::uint64_t, bool>>;
  EXPECT_EQ(told(std::nullopt), (Told{{1, true}}));  // made before there was such a place
  EXPECT_EQ(told(3), (Told{{1, true}}));
  EXPECT_EQ(told(2), (Told{{1, true}, {3, false}}));
  EXPECT_EQ(told(0), (Told{{1, false}}));
}

TEST_F(Archive, APlaceBehindTheEndOrInTheMiddleOfAPartIsDamage) {
  made.logs.resize(1);
  made.logs[0].head.stands = 4;
  EXPECT_ERROR(Errc::damaged, read_back(plain(), root));
  made.logs[0].head.stands = 1;
  auto bytes = plain();
  const auto field = bytes.find(std::string{made.logs[0].head.seal->bytes()} + "\x40\x01");
  ASSERT_NE(field, std::string::npos);
  bytes[field + 41] = 2;  // the second part holds records 2 and 3
  EXPECT_ERROR(Errc::damaged, read_back(bytes, root));
}

TEST_F(Archive, SplitsLongLogsIntoItemsAndGivesThemBackInOrder) {
  // Two large records that do not fit one item, then more small ones than one item may hold.
  std::vector<std::size_t> sizes{log::kMaxPayload, log::kMaxPayload, 600000, 600000};
  sizes.resize(sizes.size() + 2 * kMaxParts + 1, 33);
  made.logs = {test::make_log("long", root.id, {}, key, sizes)};
  test::Collector collector{root};
  EXPECT_EQ(read_archive(test::source_of(plain()), root.id, collector), (Totals{1, sizes.size(), 5}));
  ASSERT_EQ(collector.got.logs.size(), 1U);
  ASSERT_EQ(collector.got.logs[0].records.size(), sizes.size());
  for (std::size_t n = 0; n < sizes.size(); ++n) {
    ASSERT_EQ(collector.got.logs[0].records[n].payload, made.logs[0].records[n].payload) << n;
  }
}

TEST_F(Archive, NoticesAFlippedBitInEveryByte) {
  const auto bytes = plain();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    EXPECT_THROW(static_cast<void>(read_back(damaged, root)), Error) << "byte " << at;
  }
}

std::string golden(const std::string& name) {
  std::ifstream file{attune::test::project_file("tests/vectors/backup/") + name, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

// Files that this version wrote must be opened by every later one.
TEST_F(Archive, VersionOneStaysAsItIs) {
  EXPECT_EQ(to_hex(as_bytes(golden("items_v1"))), to_hex(as_bytes(plain())));
  const auto file = golden("backup_v1.age");
  auto age = std::make_shared<crypto::AgeReader>(root.backup, test::source_of(file));
  auto contents = std::make_shared<Decompressor>([age](std::span<std::byte> into) { return age->read(into); });
  test::Collector collector{root};
  const auto totals =
      read_archive([contents](std::span<std::byte> into) { return contents->read(into); }, root.id, collector);
  EXPECT_EQ(totals, (Totals{3, 6, 5}));
}

TEST_F(Archive, NoticesEveryTruncation) {
  const auto bytes = plain();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_ERROR(Errc::damaged, read_back(bytes.substr(0, size), root));
  }
  EXPECT_ERROR(Errc::damaged, read_back(bytes + '\0', root));
  EXPECT_ERROR(Errc::damaged, read_back(bytes + bytes, root));
}

TEST_F(Archive, IsOfOnePersonOnly) { EXPECT_ERROR(Errc::wrong_words, read_back(plain(), partner)); }

TEST_F(Archive, BelievesOnlyAMacOfThisPersonsKeys) {
  const auto forged = written(made, identity::self_key_from(partner.self_seed, nullptr));
  EXPECT_ERROR(Errc::tampered, read_back(forged, root));
}

TEST_F(Archive, FindsTheKeysOfRevocationsInItsOwnRoster) {
  const auto revoke =
      identity::sign_statement(root.signing, identity::Revoke{test::id_of<DeviceId>("lost"), 1, {}, {}});
  const auto newer = identity::self_key_from(root.self_seed, &revoke);
  EXPECT_ERROR(Errc::tampered, read_back(written(made, newer), root));  // nothing leads to that key
  made.rosters[0].second.push_back(revoke.wire);
  EXPECT_EQ(read_back(written(made, newer), root).records, 6U);
  EXPECT_EQ(read_back(written(made, key), root).records, 6U);  // a device that had not got the new key yet
}

TEST_F(Archive, RefusesAFalseSealOfAnOwnLogButKeepsThePartners) {
  made.logs[2].head.seal->tag.fill(std::byte{9});  // the partner's key is not ours to check with
  EXPECT_EQ(read_back(plain(), root).logs, 3U);
  made.logs[0].head.seal->tag.fill(std::byte{9});
  EXPECT_ERROR(Errc::tampered, read_back(plain(), root));
  made.logs[0].head.seal.reset();  // a log of which only the beginning is held may have none
  EXPECT_EQ(read_back(plain(), root).logs, 3U);
}

TEST_F(Archive, RefusesLogsOfOtherCouples) {
  const auto stranger = test::person(std::byte{3});
  made.logs[2].head.name.author = stranger.id;
  EXPECT_ERROR(Errc::damaged, read_back(plain(), root));
  made.logs[2].head.name = {made.logs[2].head.name.id, partner.id, {}};  // the partner's own space
  EXPECT_ERROR(Errc::damaged, read_back(plain(), root));
}

TEST_F(Archive, RefusesChainsThatDoNotHold) {
  made.logs[0].head.link = Link{};
  made.logs[0].head.seal.reset();
  EXPECT_ERROR(Errc::damaged, read_back(plain(), root));
  made = test::journal_of(root, partner);
  std::swap(made.logs[0].records[0], made.logs[0].records[2]);
  EXPECT_ERROR(Errc::damaged, read_back(plain(), root));
}

TEST_F(Archive, RefusesMoreOrFewerRecordsThanALogSays) {
  made.logs[0].records.pop_back();
  EXPECT_ERROR(Errc::damaged, read_back(plain(), root));
  made = test::journal_of(root, partner);
  made.logs[0].records.push_back(made.logs[0].records.back());
  EXPECT_ERROR(Errc::damaged, read_back(plain(), root));
  made = test::journal_of(root, partner);
  made.logs.push_back(made.logs[0]);  // twice
  EXPECT_ERROR(Errc::damaged, read_back(plain(), root));
}

TEST_F(Archive, RefusesStatementsThatTheRootHasNotSigned) {
  made.rosters[0].second.push_back(made.rosters[1].second[0]);
  EXPECT_ERROR(Errc::peer_misbehaved, read_back(plain(), root));  // the caller says it in a backup's words
}

// Items by hand, for what the writer never writes.
class Items : public Archive {
 protected:
  void put(Kind kind, const google::protobuf::MessageLite& message) { items.put(kind, message.SerializeAsString()); }
  void put_heading(std::uint32_t version) {
    v1::Header header;
    header.set_version(version);
    header.set_root(std::string{root.id.raw()});
    put(Kind::header, header);
  }

  std::string bytes;
  ItemWriter items{[this](BytesView part) { append(bytes, part); }};
};

TEST_F(Items, ANewerVersionIsSaidSo) {
  put_heading(2);
  EXPECT_ERROR(Errc::incompatible, read_back(bytes, root));
}

TEST_F(Items, LengthsAreCheckedBeforeMemoryIsTaken) {
  for (const std::string_view length : {std::string_view{"\x00", 1},                  // nothing
                                        std::string_view{"\x81\x80\x80\x01", 4},      // 2 MiB and one
                                        std::string_view{"\xff\xff\xff\xff\x0f", 5},  // 4 GiB
                                        std::string_view{"\x80\x00", 2},              // a zero written long
                                        std::string_view{"\x80\x80\x80\x80", 4}}) {
    EXPECT_ERROR(Errc::damaged, read_back(std::string{length} + std::string(100, 'x'), root));
  }
}

TEST_F(Items, PartsAreCountedBeforeTheyAreParsed) {
  put_heading(1);
  // A million records of no bytes: 2 MiB that would become 100.
  std::string many;
  while (many.size() + 64 < kMaxItem) many += std::string_view{"\x0a\x00", 2};
  items.put(Kind::records, many);
  EXPECT_ERROR(Errc::damaged, read_back(bytes, root));
}

TEST_F(Items, RefusesPartsThatAreNoItem) {
  put_heading(1);
  items.put(static_cast<Kind>(6), "x");
  EXPECT_ERROR(Errc::damaged, read_back(bytes, root));
}

TEST_F(Items, RefusesPartsOutOfOrder) {
  v1::Closing closing;
  put(Kind::closing, closing);
  EXPECT_ERROR(Errc::damaged, read_back(bytes, root));  // no heading
  bytes.clear();
  put_heading(1);
  v1::Records records;
  records.add_records();
  put(Kind::records, records);
  EXPECT_ERROR(Errc::damaged, read_back(bytes, root));  // no log
}

TEST_F(Items, TellsWhereTheDamageIs) {
  const auto honest = plain();
  std::string damaged = honest;
  damaged[0] = '\0';
  try {
    static_cast<void>(read_back(damaged, root));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the backup's contents are damaged at byte 0");
  }
}

RC_GTEST_PROP(ArchiveFuzz, AnyBytesAreRefused, (const std::string& bytes)) {
  const auto root = test::person(std::byte{1});
  try {
    static_cast<void>(read_back(bytes, root));
    RC_FAIL("accepted");
  } catch (const Error& error) {
    RC_ASSERT(error.code() == Errc::damaged);
  }
}

RC_GTEST_PROP(ArchiveFuzz, PartsOfTwoArchivesDoNotMix, ()) {
  const auto root = test::person(std::byte{1});
  const auto partner = test::person(std::byte{2});
  const auto key = identity::self_key_from(root.self_seed, nullptr);
  auto made = test::journal_of(root, partner);
  const auto one = written(made, key);
  made.entries = 6;
  made.heading.created_at += std::chrono::hours{1};
  made.logs[0] = test::make_log("own", root.id, {}, key, {100, 0, 40, 50});
  const auto other = written(made, key);
  const auto cut = *rc::gen::inRange<std::size_t>(0, one.size());
  const auto from = *rc::gen::inRange<std::size_t>(0, other.size());
  const auto spliced = one.substr(0, cut) + other.substr(from);
  RC_PRE(spliced != one && spliced != other);
  RC_ASSERT_THROWS_AS(static_cast<void>(read_back(spliced, root)), Error);
}

}  // namespace
}  // namespace attune::backup
