#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <map>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/id.h"

namespace attune {
namespace {

TEST(Error, EveryCodeHasItsNameExitAndHint) {
  // docs/guide.md, "Exit codes".
  const std::map<std::string, int> exits{
      {"usage", 2},        {"wrong_passphrase", 3}, {"wrong_words", 3}, {"not_found", 4}, {"ambiguous", 4},
      {"no_home", 4},      {"not_paired", 5},       {"unreachable", 5}, {"damaged", 6},   {"tampered", 6},
      {"wrong_code", 1},   {"refused", 1},          {"exists", 1},      {"busy", 1},      {"disk", 1},
      {"incompatible", 1}, {"peer_misbehaved", 1},  {"internal", 1}};
  for (const auto& [name, exit] : exits) {
    const auto code = errc_named(name);
    ASSERT_TRUE(code) << name;
    EXPECT_EQ(name_of(*code), name);
    EXPECT_EQ(exit_status(*code), exit) << name;
    EXPECT_FALSE(usual_hint(*code).empty()) << name;
  }
  for (int i = 0; i <= static_cast<int>(Errc::internal); ++i) {
    EXPECT_TRUE(exits.contains(std::string{name_of(static_cast<Errc>(i))})) << i;
  }
  EXPECT_EQ(exits.size(), static_cast<std::size_t>(Errc::internal) + 1);
  EXPECT_FALSE(errc_named("no_such_code"));
  EXPECT_FALSE(errc_named(""));
}

TEST(Error, HintsKeepTheHouseStyle) {
  for (int i = 0; i <= static_cast<int>(Errc::internal); ++i) {
    const auto hint = usual_hint(static_cast<Errc>(i));
    EXPECT_FALSE(hint.ends_with('.')) << hint;
    EXPECT_FALSE(hint.front() >= 'A' && hint.front() <= 'Z') << hint;
  }
}

TEST(Error, CarriesWhatHappenedAndWhatToDo) {
  const Error error{Errc::disk, "the disk is full", "make room"};
  EXPECT_EQ(error.code(), Errc::disk);
  EXPECT_STREQ(error.what(), "the disk is full");
  EXPECT_EQ(error.hint(), "make room");
  EXPECT_EQ(Error(Errc::disk, "x").hint(), "");
}

TEST(Bytes, HexIsLowerCaseAndReadsEither) {
  const Bytes bytes{std::byte{0x00}, std::byte{0xAB}, std::byte{0xff}};
  EXPECT_EQ(to_hex(bytes), "00abff");
  EXPECT_EQ(from_hex("00ABff"), bytes);
  EXPECT_EQ(from_hex(""), Bytes{});
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(from_hex("0x"));
  EXPECT_FALSE(from_hex(" 0"));
}

RC_GTEST_PROP(Bytes, HexRoundTrips, (const std::string& text)) {
  const auto bytes = from_hex(to_hex(as_bytes(text)));
  RC_ASSERT(bytes.has_value());
  RC_ASSERT(to_string(*bytes) == text);
}

RC_GTEST_PROP(Bytes, BigEndianNumbersSortAsTheyCount, (std::uint64_t a, std::uint64_t b)) {
  RC_ASSERT(read_be64(be64(a)) == a);
  RC_ASSERT((as_text(be64(a)) < as_text(be64(b))) == (a < b));
  const auto small = static_cast<std::uint32_t>(a);
  RC_ASSERT(read_be32(be32(small)) == small);
}

TEST(Bytes, BigEndianPutsTheGreatestByteFirst) {
  EXPECT_EQ(to_hex(be64(0x0102030405060708ULL)), "0102030405060708");
  EXPECT_EQ(to_hex(be32(0x01020304U)), "01020304");
}

TEST(Bytes, EqualLooksAtSizeAndContents) {
  EXPECT_TRUE(equal({}, {}));
  EXPECT_TRUE(equal(as_bytes("ab"), as_bytes("ab")));
  EXPECT_FALSE(equal(as_bytes("ab"), as_bytes("abc")));
  EXPECT_FALSE(equal(as_bytes("ab"), as_bytes("ac")));
}

TEST(Id, TakesExactlyItsSize) {
  const std::string sixteen(16, 'x');
  ASSERT_TRUE(PrintedId::from(sixteen));
  EXPECT_EQ(PrintedId::from(sixteen)->raw(), sixteen);
  EXPECT_FALSE(PrintedId::from(std::string_view{sixteen}.substr(1)));
  EXPECT_FALSE(PrintedId::from(sixteen + "x"));
  EXPECT_TRUE(PrintedId{}.is_none());
  EXPECT_FALSE(PrintedId::from(sixteen)->is_none());
}

Instant at(std::int64_t ms) { return Instant{std::chrono::milliseconds{ms}}; }

TEST(Clock, WritesRfc3339WithTheOffset) {
  using std::chrono::minutes;
  EXPECT_EQ(rfc3339(at(0), minutes{0}), "1970-01-01T00:00:00.000+00:00");
  EXPECT_EQ(rfc3339(at(1795204800123), minutes{60}), "2026-11-20T21:00:00.123+01:00");
  EXPECT_EQ(rfc3339(at(1795204800123), minutes{-210}), "2026-11-20T16:30:00.123-03:30");
  EXPECT_EQ(rfc3339(at(1709164800000), minutes{0}), "2024-02-29T00:00:00.000+00:00");
  EXPECT_EQ(rfc3339(kLatestInstant, minutes{0}), "9999-12-31T23:59:59.999+00:00");
}

TEST(Clock, WritesMomentsBefore1970AsTheyWere) {
  using std::chrono::minutes;
  EXPECT_EQ(rfc3339(at(-1), minutes{0}), "1969-12-31T23:59:59.999+00:00");
  EXPECT_EQ(rfc3339(at(0), minutes{-60}), "1969-12-31T23:00:00.000-01:00");
  EXPECT_EQ(rfc3339(at(-2208988800000), minutes{60}), "1900-01-01T01:00:00.000+01:00");
  EXPECT_EQ(rfc3339(kEarliestInstant, minutes{0}), "0001-01-01T00:00:00.000+00:00");
}

TEST(Clock, KeepsItsFormForMomentsOutOfRange) {
  using std::chrono::minutes;
  EXPECT_EQ(rfc3339(kEarliestInstant - std::chrono::hours{24}, minutes{0}), "0001-01-01T00:00:00.000+00:00");
  EXPECT_EQ(rfc3339(kLatestInstant + std::chrono::hours{24}, minutes{0}), "9999-12-31T23:59:59.999+00:00");
  // The year on the wall would have five digits, or be none: the same moment in UTC.
  EXPECT_EQ(rfc3339(kLatestInstant, minutes{60}), "9999-12-31T23:59:59.999+00:00");
  EXPECT_EQ(rfc3339(kEarliestInstant, minutes{-60}), "0001-01-01T00:00:00.000+00:00");
}

TEST(Clock, SteadyTimeDoesNotGoBack) {
  const SystemClock clock;
  const auto first = clock.steady();
  EXPECT_GE(clock.steady(), first);
  EXPECT_GT(clock.now(), at(1'700'000'000'000));
}

}  // namespace
}  // namespace attune
