#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>

#include <nlohmann/json.hpp>

#include "cli/addresses.h"
#include "cli/json.h"
#include "cli/render_entry.h"
#include "cli/render_status.h"
#include "core/text.h"
#include "support/vectors.h"

namespace attune::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

api::v1::Entry entry(const std::string& id, const std::string& at) {
  api::v1::Entry entry;
  entry.set_id(id);
  entry.set_short_id(id.substr(0, 4));
  entry.set_author("Ada");
  entry.set_mine(true);
  entry.set_kind("note");
  entry.set_body("the first line\nthe second");
  entry.set_at(at);
  return entry;
}

TEST(Json, LeavesOutWhatIsForPeopleOnly) {
  api::v1::ListResponse response;
  *response.add_entries() = entry("1a2b3c4d", "2026-11-20T21:00:00.000+01:00");
  const auto json = nlohmann::json::parse(to_json(response));
  EXPECT_EQ(json["entries"][0]["id"], "1a2b3c4d");
  EXPECT_FALSE(json["entries"][0].contains("short_id"));
  EXPECT_EQ(to_json(response).find('\n'), std::string::npos);
}

TEST(Json, HoldsOfSyncAndStatusOnlyWhatTheContractNames) {
  api::v1::SyncResponse done;
  done.mutable_for_people()->add_lines("something is held back");
  EXPECT_EQ(nlohmann::json::parse(to_json(done)),
            nlohmann::json::parse(R"({"peers":0,"sent":0,"received":0,"seconds":0.0})"));
  api::v1::StatusResponse status;
  status.mutable_for_people()->add_lines("something is held back");
  EXPECT_EQ(to_json(status).find("held back"), std::string::npos);
}

TEST(Json, NamesEntriesEvenWhereThereAreNone) {
  EXPECT_EQ(nlohmann::json::parse(to_json(api::v1::ListResponse{})), nlohmann::json::parse(R"({"entries":[]})"));
  EXPECT_EQ(nlohmann::json::parse(to_json(api::v1::SearchResponse{})), nlohmann::json::parse(R"({"entries":[]})"));
}

TEST(Json, CountsAreIntegersAndSecondsADouble) {
  api::v1::SyncResponse response;
  response.set_peers(2);
  response.set_sent(100'000);
  response.set_received(0);
  response.set_seconds(0.25);
  const auto json = nlohmann::json::parse(to_json(response));
  EXPECT_TRUE(json["peers"].is_number_integer());
  EXPECT_TRUE(json["sent"].is_number_integer());
  EXPECT_EQ(json["sent"], 100'000);
  EXPECT_TRUE(json["received"].is_number_integer());
  EXPECT_EQ(json["seconds"], 0.25);
  api::v1::BackupResponse backup;
  backup.set_bytes(3'221'225'472.0);
  EXPECT_TRUE(nlohmann::json::parse(to_json(backup))["bytes"].is_number_integer());
}

TEST(Json, AnErasedEntryHasNoBodyAndAnEmptyOneHas) {
  api::v1::Entry erased;
  erased.set_erased(true);
  EXPECT_FALSE(nlohmann::json::parse(to_json(erased)).contains("body"));
  EXPECT_FALSE(nlohmann::json::parse(to_json(erased)).contains("erase_confirmed"));
  api::v1::Entry empty;
  empty.set_body("");
  EXPECT_EQ(nlohmann::json::parse(to_json(empty))["body"], "");
}

TEST(Json, QuotesAsJsonDoes) {
  for (const auto* text : {"", "Ada", "a\"b\\c", "\n\t\x01", "<script>", "Zoë"}) {
    EXPECT_EQ(nlohmann::json::parse(json_quoted(text)), text);
  }
}

TEST(RenderList, GroupsByDayAndShowsWhatKindOfEntryItIs) {
  Entries entries;
  auto& first = *entries.Add() = entry("1a2b3c4d", "2026-11-20T21:00:00.000+01:00");
  first.set_title("The walk");
  first.set_kind("gratitude");
  first.mutable_mood()->set_word("calm");
  first.mutable_mood()->set_level(4);
  first.add_tags("river");
  first.set_shared(true);
  *entries.Add() = entry("5e6f7a8b", "2026-11-20T08:00:00.000+01:00");
  auto& third = *entries.Add() = entry("9c0d1e2f", "2026-11-19T08:00:00.000+01:00");
  third.set_mine(false);
  third.set_author("Ben");
  EXPECT_EQ(render_list(entries, Page{}),
            "Friday, 20 November 2026\n"
            "\n"
            "  1a2b  21:00  The walk\n"
            "        gratitude · calm 4 · #river · shared · by you\n"
            "  5e6f  08:00  the first line\n"
            "        note · private · by you\n"
            "\n"
            "Thursday, 19 November 2026\n"
            "\n"
            "  9c0d  08:00  the first line\n"
            "        note · private · by Ben\n");
}

TEST(RenderList, FitsTheTerminal) {
  Entries entries;
  auto& one = *entries.Add() = entry("1a2b3c4d", "2026-11-20T21:00:00.000+01:00");
  one.set_title("日本語の長い題名がここにあります。日本語の長い題名がここにあります。 and a good deal more of it");
  for (int i = 0; i < 20; ++i) one.add_tags("a-tag-of-some-length");
  for (const int columns : {30, 40, 80}) {
    std::istringstream lines{render_list(entries, Page{columns, Paint{false}})};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), columns) << line;
  }
}

TEST(RenderEntry, ShowsTextResponsesAndEarlierVersions) {
  auto one = entry("1a2b3c4d", "2026-11-20T21:00:00.000+01:00");
  one.set_title("The walk");
  auto& response = *one.add_responses();
  response.set_author("Ben");
  response.set_kind("comfort");
  response.set_text("I am here.");
  response.set_at("2026-11-21T08:00:00.000+01:00");
  auto& version = *one.add_versions();
  version.set_body("what stood here before");
  version.set_at("2026-11-20T20:00:00.000+01:00");
  const std::string text = render_entry(one, Page{});
  EXPECT_THAT(text, HasSubstr("The walk\nFriday, 20 November 2026, 21:00 · note · private · by you"));
  EXPECT_THAT(text, HasSubstr("1a2b3c4d\n\nthe first line\nthe second\n"));
  EXPECT_THAT(text, HasSubstr("Ben: comfort"));
  EXPECT_THAT(text, HasSubstr("    I am here."));
  EXPECT_THAT(text, HasSubstr("    what stood here before"));
}

TEST(RenderEntry, AnErasedOneSaysWhetherThePartnersSideHasErasedItToo) {
  auto one = entry("1a2b3c4d", "2026-11-20T21:00:00.000+01:00");
  one.clear_body();
  one.set_erased(true);
  one.set_erase_confirmed(false);
  EXPECT_THAT(render_entry(one, Page{}), HasSubstr("not yet"));
  one.clear_erase_confirmed();
  EXPECT_THAT(render_entry(one, Page{}), Not(HasSubstr("partner")));
}

TEST(RenderHits, PaintsTheMatchesFoldedAndOnlyWithColour) {
  Entries entries;
  auto& one = *entries.Add() = entry("1a2b3c4d", "2026-11-20T21:00:00.000+01:00");
  one.set_body("nothing here\nwe sat in the Café\nand left");
  const Page painted{80, Paint{true}};
  EXPECT_THAT(render_hits(entries, {"cafe"}, painted), HasSubstr("we sat in the \033[1;33mCafé\033[0m"));
  const std::string plain = render_hits(entries, {"CAFE"}, Page{});
  EXPECT_THAT(plain, HasSubstr("        we sat in the Café\n"));
  EXPECT_EQ(plain.find('\033'), std::string::npos);
}

// Whatever a partner's node sends into any field: nothing of it steers the terminal.
TEST(Render, IsHarmlessWhateverTheTextHolds) {
  const std::string evil =
      "\x1b[2J\x1b]0;owned\x07\r\x9b"
      "31m\u202Eevil\u2066 \xc3\x28 \x7f";
  auto one = entry("1a2b3c4d", evil);
  one.set_id(evil);
  one.set_short_id(evil);
  one.set_author(evil);
  one.set_mine(false);
  one.set_kind(evil);
  one.set_title(evil);
  one.set_body(evil);
  one.mutable_mood()->set_word(evil);
  one.add_tags(evil);
  for (auto* response = one.add_responses(); response != nullptr; response = nullptr) {
    response->set_author(evil);
    response->set_kind(evil);
    response->set_text(evil);
    response->set_at(evil);
  }
  auto& version = *one.add_versions();
  version.set_title(evil);
  version.set_body(evil);
  version.set_at(evil);
  Entries entries;
  *entries.Add() = one;
  auto erased = one;
  erased.set_erased(true);
  api::v1::StatusResponse status;
  status.set_name(evil);
  status.set_device(evil);
  status.set_paired(true);
  status.set_partner(evil);
  status.set_check(evil);
  status.set_node(evil);
  status.set_listening(evil);
  status.set_last_backup(evil);
  status.mutable_for_people()->add_lines(evil);
  api::v1::SyncResponse done;
  done.mutable_for_people()->add_lines(evil);
  auto& peer = *status.add_peers();
  peer.set_name(evil);
  peer.set_last_sync(evil);
  auto& pause = *status.add_pauses();
  pause.set_by(evil);
  pause.set_until(evil);
  api::v1::DoctorResponse doctor;
  doctor.add_problems(evil);
  doctor.add_notes(evil);
  doctor.add_checked(evil);
  api::v1::NetworkCheckResponse network;
  network.add_checked(evil);
  auto& finding = *network.add_findings();
  finding.set_cause(evil);
  finding.set_text(evil);
  finding.set_next(evil);
  const Paint plain{false};
  for (const std::string& shown :
       {render_list(entries, Page{}), render_hits(entries, {"evil"}, Page{}), render_entry(one, Page{}),
        render_entry(erased, Page{}), render_status(status, Instant{}, plain), render_doctor(doctor, plain),
        render_sync(done, plain), render_network_check(network, plain)}) {
    EXPECT_EQ(shown, harmless(shown));
  }
}

TEST(RenderSync, SaysWhatWentAndWhatIsHeldBack) {
  api::v1::SyncResponse done;
  done.set_peers(1);
  done.set_sent(3);
  done.set_seconds(0.25);
  EXPECT_EQ(render_sync(done, Paint{false}), "1 device reached: 3 records sent, 0 received, in 0.2 s.\n");
  done.set_peers(2);
  done.mutable_for_people()->add_lines("part of what Ben's side has is held back");
  EXPECT_EQ(render_sync(done, Paint{false}),
            "2 devices reached: 3 records sent, 0 received, in 0.2 s.\n"
            "note: part of what Ben's side has is held back\n");
}

TEST(RenderStatus, SaysWhatIsHeldBack) {
  api::v1::StatusResponse status;
  status.set_name("Ada");
  status.mutable_for_people()->add_lines("part of what Ben's side has is held back");
  EXPECT_NE(render_status(status, Instant{}, Paint{false}).find("note: part of what Ben's side has is held back\n"),
            std::string::npos);
}

TEST(RenderStatus, SaysHowThingsStand) {
  api::v1::StatusResponse status;
  status.set_name("Ada");
  status.set_device("laptop");
  status.set_paired(true);
  status.set_partner("Ben");
  status.set_check("amber cabin river");
  status.set_node("running");
  status.set_listening("192.168.1.5:41234");
  status.set_entries(12);
  status.set_waiting(3);
  auto& own = *status.add_peers();
  own.set_name("Ada");
  own.set_device("phone");
  own.set_last_sync("1970-01-01T00:00:00.000+00:00");
  auto& partner = *status.add_peers();
  partner.set_name("Ben");
  partner.set_last_sync("2026-11-20");
  status.set_last_backup("1970-01-01T00:00:00.000+00:00");
  EXPECT_EQ(render_status(status, Instant{std::chrono::hours{72}}, Paint{false}),
            "you          Ada, on laptop\n"
            "partner      Ben (check words: amber cabin river)\n"
            "node         running, listens on 192.168.1.5:41234\n"
            "entries      12\n"
            "waiting      3 changes for your partner's side\n"
            "last sync    phone: 3 days ago\n"
            "             Ben: Friday, 20 November 2026\n"
            "last backup  3 days ago\n");
}

TEST(RenderStatus, TheDevicesOfAPartnerAreOneRow) {
  api::v1::StatusResponse status;
  status.set_paired(true);
  status.set_partner("Ben");
  for (const char* day : {"2026-11-18", "2026-11-20", ""}) {
    auto& peer = *status.add_peers();
    peer.set_name("Ben");
    peer.set_last_sync(day);
  }
  const std::string shown = render_status(status, Instant{}, Paint{false});
  EXPECT_THAT(shown, HasSubstr("last sync    Ben: Friday, 20 November 2026\n"));
  EXPECT_THAT(shown, testing::Not(HasSubstr("18 November")));
}

// A node that listens everywhere answers callers from the neighbourhood only: no other address may be read aloud.
TEST(Addresses, AreThoseAtWhichSomebodyIsAnswered) {
  const auto v4 = [](const char* text) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    EXPECT_EQ(::inet_pton(AF_INET, text, &address.sin_addr), 1);
    return address;
  };
  const auto v6 = [](const char* text) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    EXPECT_EQ(::inet_pton(AF_INET6, text, &address.sin6_addr), 1);
    return address;
  };
  const std::vector fours{v4("203.0.113.5"), v4("169.254.7.7"), v4("100.64.0.1"), v4("172.32.0.1"), v4("172.31.0.1")};
  const std::vector sixes{v6("2001:db8::1"), v6("fd00::1"), v6("fe80::1")};
  std::vector<const sockaddr*> all;
  for (const auto& one : fours) all.push_back(reinterpret_cast<const sockaddr*>(&one));
  for (const auto& one : sixes) all.push_back(reinterpret_cast<const sockaddr*>(&one));
  EXPECT_THAT(answered_at(all), testing::ElementsAre("172.31.0.1", "fd00::1", "169.254.7.7"));
  EXPECT_THAT(answered_at({all.front()}), testing::IsEmpty());
}

TEST(RenderStatus, NamesAddressesThatCanBeCalledWhereTheNodeListensOnAll) {
  api::v1::StatusResponse status;
  status.set_node("running");
  status.set_listening("[::]:26085");
  const std::vector<std::string> own{"192.168.1.20", "fd00::1"};
  EXPECT_THAT(render_status(status, Instant{}, Paint{false}, own),
              HasSubstr("running, listens on 192.168.1.20:26085, [fd00::1]:26085\n"));
  EXPECT_THAT(render_status(status, Instant{}, Paint{false}), HasSubstr("listens on port 26085 (all addresses)\n"));
  status.set_listening("127.0.0.1:26085");
  EXPECT_THAT(render_status(status, Instant{}, Paint{false}, own), HasSubstr("listens on 127.0.0.1:26085\n"));
}

TEST(Render, CountsOneAsOne) {
  api::v1::StatusResponse status;
  status.set_paired(true);
  status.set_waiting(1);
  EXPECT_THAT(render_status(status, Instant{}, Paint{false}), HasSubstr("1 change for your partner's side\n"));
  EXPECT_THAT(render_status(status, Instant{}, Paint{false}), HasSubstr("you          not known yet"));
  api::v1::DoctorResponse doctor;
  doctor.set_logs(1);
  doctor.set_records(1);
  doctor.set_entries(1);
  EXPECT_THAT(render_doctor(doctor, Paint{false}), HasSubstr("Checked 1 log, 1 record, 1 entry.\n"));
}

TEST(Addresses, AllOfThemAreNotWrittenAsAnAddress) {
  for (const char* all : {"[::]:26085", "0.0.0.0:26085"}) {
    EXPECT_EQ(listening_in_words(all), "port 26085 (all addresses)");
  }
  EXPECT_EQ(listening_in_words("[::1]:26085"), "[::1]:26085");
  EXPECT_EQ(listening_in_words("192.168.1.20:26085"), "192.168.1.20:26085");
}

TEST(Addresses, NameWhatTheOtherSideCanDial) {
  const std::vector<std::string> own{"192.168.1.20", "fd00::1"};
  EXPECT_EQ(dialable("0.0.0.0:41234", own), "192.168.1.20:41234");
  EXPECT_EQ(dialable("[::]:41234", {"fd00::1"}), "[fd00::1]:41234");
  EXPECT_EQ(dialable("127.0.0.1:41234", own), "127.0.0.1:41234");
  EXPECT_EQ(dialable("0.0.0.0:41234", {}), std::nullopt);
  EXPECT_EQ(dialable("nonsense", own), std::nullopt);
}

}  // namespace
}  // namespace attune::cli
