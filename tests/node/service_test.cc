// Every request, answered in-process: what it answers, and that an error changes nothing.
#include "node/service.h"

#include <gmock/gmock.h>

#include <cmath>

#include "node/homes.h"
#include "node/peers.h"
#include "node/port.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using api::v1::Request;
using api::v1::Response;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Services : public ::testing::Test {
 protected:
  Services() { make_node(bare_home(folder.at("home"), drawn_person(), clock)); }

  void make_node(std::unique_ptr<node::Home> home) {
    node = std::make_unique<node::Node>(io, std::move(home), log, [this] { ++stopped; });
  }
  Response ask(const Request& request) { return test::ask(io, *node, request, &events); }
  Response answered(const Request& request) {
    const Response response = ask(request);
    EXPECT_TRUE(response.done());
    EXPECT_FALSE(response.has_error()) << response.error().message();
    return response;
  }
  void expect_error(Errc code, const Request& request) {
    const auto before = bodies(node->home());
    const Response response = ask(request);
    EXPECT_TRUE(response.done());
    EXPECT_EQ(response.error().code(), name_of(code)) << response.error().message();
    EXPECT_FALSE(response.error().message().empty());
    EXPECT_EQ(bodies(node->home()), before);
  }
  std::string write(const std::string& text, bool shared = false) {
    Request request;
    request.mutable_write()->set_text(text);
    request.mutable_write()->set_shared(shared);
    return answered(request).write().id();
  }
  std::vector<std::string> listed(const Request& request) {
    std::vector<std::string> texts;
    const Response response = answered(request);
    for (const auto& entry : response.list().entries()) texts.push_back(entry.body());
    for (const auto& entry : response.search().entries()) texts.push_back(entry.body());
    return texts;
  }

  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  asio::io_context io{1};
  std::unique_ptr<node::Node> node;
  std::vector<Response> events;
  int stopped = 0;
};

TEST_F(Services, WriteShowEditEraseAndTheirIds) {
  const std::string id = write("first words");
  EXPECT_EQ(id.size(), 32U);
  Request show;
  show.mutable_show()->set_id(id.substr(0, 6));
  const auto shown = answered(show).show();
  EXPECT_EQ(shown.body(), "first words");
  EXPECT_EQ(shown.author(), "Ada");
  EXPECT_TRUE(shown.mine());
  EXPECT_FALSE(shown.shared());
  EXPECT_EQ(shown.kind(), "note");

  clock.advance(std::chrono::seconds{1});
  Request edit;
  edit.mutable_edit()->set_id(id);
  edit.mutable_edit()->set_text("second words");
  EXPECT_EQ(answered(edit).edit().id(), id);
  const auto again = answered(show).show();
  EXPECT_EQ(again.body(), "second words");
  EXPECT_TRUE(again.edited());
  ASSERT_EQ(again.versions_size(), 1);
  EXPECT_EQ(again.versions(0).body(), "first words");

  Request erase;
  erase.mutable_erase()->set_id(id);
  EXPECT_EQ(answered(erase).erase().id(), id);
  const auto erased = answered(show).show();
  EXPECT_TRUE(erased.erased());
  EXPECT_FALSE(erased.has_body());
  EXPECT_EQ(erased.versions_size(), 0);
  expect_error(Errc::refused, edit);
}

TEST_F(Services, AnEntryWithoutAWordIsRefused) {
  const std::string id = write("as it was");
  for (const char* blank : {"", " \t\r\n"}) {
    Request wanted;
    wanted.mutable_write()->set_text(blank);
    wanted.mutable_write()->set_title("a title");
    expect_error(Errc::usage, wanted);
    Request edit;
    edit.mutable_edit()->set_id(id);
    edit.mutable_edit()->set_text(blank);
    expect_error(Errc::usage, edit);
  }
  Request list;
  list.mutable_list();
  EXPECT_THAT(listed(list), ElementsAre("as it was"));
}

TEST_F(Services, ListsAndSearches) {
  write("about the sea");
  clock.advance(std::chrono::seconds{1});
  write("about the hills");
  Request list;
  list.mutable_list();
  EXPECT_THAT(listed(list), ElementsAre("about the hills", "about the sea"));
  list.mutable_list()->set_limit(1);
  EXPECT_THAT(listed(list), ElementsAre("about the hills"));
  Request search;
  search.mutable_search()->add_words("SEA");
  EXPECT_THAT(listed(search), ElementsAre("about the sea"));
  list.mutable_list()->set_by("partner");
  EXPECT_THAT(listed(list), IsEmpty());
}

TEST_F(Services, RequestsThatMakeNoSenseAreRefusedAndChangeNothing) {
  write("stays");
  Request request;
  expect_error(Errc::incompatible, request);

  request.mutable_write()->set_text("x");
  request.mutable_write()->set_kind("no such kind");
  expect_error(Errc::usage, request);
  request.mutable_write()->clear_kind();
  for (const double at : {std::nan(""), -1.0, 1e300, std::numeric_limits<double>::infinity()}) {
    request.mutable_write()->set_at_ms(at);
    expect_error(Errc::usage, request);
  }
  request.mutable_write()->clear_at_ms();
  for (const int offset : {24 * 60 + 1, -24 * 60 - 1, INT32_MIN, INT32_MAX}) {
    request.mutable_write()->set_now_offset(offset);
    expect_error(Errc::usage, request);
  }
  request.mutable_write()->set_now_offset(0);
  for (const std::uint32_t level : {0U, 6U, UINT32_MAX}) {
    request.mutable_write()->mutable_mood()->set_word("calm");
    request.mutable_write()->mutable_mood()->set_level(level);
    expect_error(Errc::usage, request);
  }
  request.mutable_write()->clear_mood();
  request.mutable_write()->set_text(std::string((1U << 20U) + 1, 'x'));
  EXPECT_TRUE(ask(request).has_error());

  request.mutable_list()->set_by("nobody");
  expect_error(Errc::usage, request);
  request.mutable_list()->Clear();
  request.mutable_list()->set_since_ms(std::nan(""));
  expect_error(Errc::usage, request);
  request.mutable_list()->Clear();
  request.mutable_list()->set_kind("poem");
  expect_error(Errc::usage, request);
  request.mutable_search();
  expect_error(Errc::usage, request);
}

TEST_F(Services, IdsThatNameNothing) {
  write("stays");
  for (const std::string& id : {std::string{"abc"}, std::string{}, std::string{"zzzz"}, std::string(64, 'a')}) {
    Request show, edit, erase, share;
    show.mutable_show()->set_id(id);
    edit.mutable_edit()->set_id(id);
    erase.mutable_erase()->set_id(id);
    share.mutable_share()->set_id(id);
    for (const Request& request : {show, edit, erase, share}) EXPECT_TRUE(ask(request).has_error()) << id;
  }
  Request show;
  show.mutable_show()->set_id("0123456789abcdef0123456789abcdef");
  expect_error(Errc::not_found, show);
}

TEST_F(Services, WithoutAPartnerNothingIsSharedOrSynced) {
  const std::string id = write("private");
  Request request;
  request.mutable_share()->set_id(id);
  expect_error(Errc::not_paired, request);
  request.mutable_write()->set_text("shared");
  request.mutable_write()->set_shared(true);
  expect_error(Errc::not_paired, request);
  request.mutable_sync()->set_no_discovery(true);
  expect_error(Errc::not_paired, request);
}

TEST_F(Services, AddressesAndCodesAreCheckedFirst) {
  Request request;
  request.mutable_sync()->add_peers("nonsense");
  expect_error(Errc::usage, request);
  request.mutable_pair()->set_code("not words of the list");
  EXPECT_TRUE(ask(request).has_error());
  request.mutable_pair()->clear_code();
  request.mutable_pair()->set_listen("nonsense");
  expect_error(Errc::usage, request);
  request.mutable_pair()->Clear();
  request.mutable_pair()->set_no_discovery(true);
  request.mutable_pair()->set_listen("127.0.0.1:0");  // and a code can still be shown afterwards
  node::Call call{io, [this](const Response& event) { events.push_back(event); }};
  const auto ran = start(io, node->service().answer(request, call));
  run_until(io, [&] { return !events.empty(); });
  EXPECT_FALSE(events.back().pair_waiting().code().empty());
  Request second;
  second.mutable_pair()->set_listen("127.0.0.1:0");
  second.mutable_pair()->set_no_discovery(true);
  expect_error(Errc::busy, second);
  call.cancel();
  run_until(io, [&] { return ran->done; });
  EXPECT_EQ(ran->get().error().code(), "unreachable");
}

TEST_F(Services, StatusSaysWhoAndHowMuch) {
  write("one");
  Request request;
  request.mutable_status();
  const auto status = answered(request).status();
  EXPECT_EQ(status.name(), "Ada");
  EXPECT_FALSE(status.paired());
  EXPECT_EQ(status.node(), "stopped");
  EXPECT_EQ(status.entries(), 1U);
  EXPECT_EQ(status.waiting(), 0U);
}

// Nobody reads what a script asks for; doctor tells it until somebody did.
TEST_F(Services, ADoubtIsToldOnceToAPerson) {
  write("one");
  node->home().book().doubt();
  Request script;
  script.mutable_status();
  Request person;
  person.mutable_status()->set_for_people(true);
  Request doctor;
  doctor.mutable_doctor();
  const auto notes = [&] { return answered(doctor).doctor().notes_size(); };
  EXPECT_EQ(answered(script).status().for_people().lines_size(), 0);
  const int untold = notes();
  EXPECT_EQ(answered(person).status().for_people().lines_size(), 1);
  EXPECT_EQ(answered(person).status().for_people().lines_size(), 0);
  EXPECT_EQ(notes(), untold - 1);
  EXPECT_EQ(answered(doctor).doctor().problems_size(), 0);
}

// Of the partner's devices only a day is shown, of one's own a time, and what they are called.
TEST_F(Services, ThePartnersLastSyncIsADay) {
  const auto ben = bare_home(folder.at("ben"), drawn_person(), clock);
  pair(node->home(), *ben);
  node::PeerMemory partner;
  partner.device = ben->vault().device_id();
  partner.root = ben->vault().root;
  partner.last_sync = clock.now();
  node::remember(node->home().book(), partner);
  node::PeerMemory own = partner;
  own.device = crypto::random_id<DeviceId>();
  own.root = node->home().vault().root;
  own.own = true;
  node::remember(node->home().book(), own);
  node->home().book().name_device(own.device, "phone");
  Request request;
  request.mutable_status();
  const auto status = answered(request).status();
  ASSERT_EQ(status.peers_size(), 2);
  for (const auto& peer : status.peers()) {
    EXPECT_EQ(peer.device(), peer.name() == "Ada" ? "phone" : "");
    EXPECT_EQ(peer.last_sync().size(), peer.name() == "Ada" ? 29U : 10U) << peer.last_sync();
  }
}

TEST_F(Services, BackupAndDoctor) {
  write("one");
  Request request;
  request.mutable_backup_create()->set_file("relative.age");
  expect_error(Errc::usage, request);
  request.mutable_backup_create()->set_file(folder.at("no such folder/backup.age"));
  EXPECT_TRUE(ask(request).has_error());
  request.mutable_backup_create()->set_file(folder.at("backup.age"));
  EXPECT_EQ(answered(request).backup().entries(), 1U);
  EXPECT_TRUE(std::filesystem::exists(folder.at("backup.age")));
  expect_error(Errc::exists, request);
  Request doctor;
  doctor.mutable_doctor();
  const auto found = answered(doctor).doctor();
  EXPECT_EQ(found.problems_size(), 0);
  EXPECT_EQ(found.entries(), 1);
}

TEST_F(Services, StopIsPassedOn) {
  Request request;
  request.mutable_stop();
  EXPECT_TRUE(answered(request).has_stop());
  EXPECT_EQ(stopped, 1);
}

TEST_F(Services, AWatchLastsUntilWhoeverAskedIsGone) {
  Request request;
  request.mutable_watch();
  node::Call call{io, [this](const Response& event) { events.push_back(event); }};
  const auto ran = start(io, node->service().answer(request, call));
  run_until(io, [&] { return !events.empty(); });
  EXPECT_EQ(events.front().event().event(), "ready");
  write("one's own words are no news");
  EXPECT_EQ(events.size(), 1U);
  EXPECT_FALSE(ran->done);
  call.cancel();
  run_until(io, [&] { return ran->done; });
  EXPECT_TRUE(ran->get().done());
  write("and nobody is told");
}

// --- the port

TEST_F(Services, ThePortIsDrawnOnceAndRemembered) {
  const auto port = node::remembered_port(node->home().book());
  EXPECT_GE(port, 20000);
  EXPECT_LT(port, 32000);
  EXPECT_EQ(node::remembered_port(node->home().book()), port);
  node::remember_port(node->home().book(), 23456);
  EXPECT_EQ(node::remembered_port(node->home().book()), 23456);
}

TEST_F(Services, APortThatAnotherProgramHasIsReplacedForGood) {
  asio::ip::tcp::acceptor other{io, {asio::ip::address_v6::any(), 0}};
  node::remember_port(node->home().book(), other.local_endpoint().port());
  node->stay({});
  const auto drawn = node::remembered_port(node->home().book());
  EXPECT_NE(drawn, other.local_endpoint().port());
  const auto ended = start(io, node->finish());
  run_until(io, [&] { return ended->done; });
  Request request;
  request.mutable_status();
  EXPECT_THAT(answered(request).status().listening(), ::testing::EndsWith(":" + std::to_string(drawn)));
}

}  // namespace
}  // namespace attune::test
