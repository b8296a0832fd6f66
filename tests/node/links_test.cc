// Two nodes on one io_context, over loopback.
#include "node/links.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <list>

#include "node/linked.h"
#include "node/pairing_state.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST_F(Linked, OneThatDialsStaysLinkedAndPushesWhatIsNew) {
  dial(*ada, *ben);
  expect_a_link();
}

TEST_F(Linked, BothThatDialAtOnceEndUpWithOneLink) {
  dial(*ada, *ben);
  dial(*ben, *ada);
  expect_a_link();
  expect_a_link();
}

TEST_F(Linked, BothThatSyncAtOnceAreBothUpToDate) {
  write(ada->node.home(), "from ada", true);
  write(ben->node.home(), "from ben", true);
  node::Call one{io, [](const Response&) {}};
  node::Call other{io, [](const Response&) {}};
  const auto adas = sync(*ada, one, {ben->at});
  const auto bens = sync(*ben, other, {ada->at});
  run_until(io, [&] { return adas->done && bens->done; });
  for (const auto& ran : {adas, bens}) {
    const Response response = ran->get();
    EXPECT_FALSE(response.has_error()) << response.error().message();
    EXPECT_EQ(response.sync().peers(), 1U);
  }
  EXPECT_THAT(seen(*ada), UnorderedElementsAre("from ada", "from ben"));
  EXPECT_THAT(seen(*ben), UnorderedElementsAre("from ada", "from ben"));
}

TEST_F(Linked, ASyncOverAStandingLinkUsesIt) {
  dial(*ada, *ben);
  run_until(io, [this] { return linked(); });
  write(ada->node.home(), "new", true);
  node::Call call{io, [](const Response&) {}};
  const auto ran = sync(*ada, call);
  run_until(io, [&] { return ran->done; });
  EXPECT_EQ(ran->get().sync().peers(), 1U);
  EXPECT_THAT(seen(*ben), ElementsAre("new"));
  EXPECT_TRUE(linked());
}

// As where both had dialled at once, or a newer key takes the place of the one under which they were linked.
TEST_F(Linked, ASyncThatWaitsForALinkWhichEndsDialsAnew) {
  asio::ip::tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  const std::string where = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
  const net::HostPort at = net::peer_address(where);
  Stalling stalling{ben->node.home()};
  const auto answered = start(io, stalling.answer(acceptor));
  ada->node.links().keep_linked({at});
  run_until(io, [&] { return answered->done && ada->node.links().linked() == 1; });
  node::SyncOutcome outcome;
  const node::SyncLimits limits;
  const auto ran = start(io, ada->node.links().sync_at(at, false, outcome, [](const auto&) {}, limits));
  acceptor.close();
  end(*ben);
  auto home = ben->node.release_home();
  write(*home, "from ben", true);
  ben.reset();
  ben = std::make_unique<Stays>(io, std::move(home), log, where);
  EXPECT_FALSE(ran->done) << "it waits for the link";
  stalling.hang_up();
  run_until(io, [&] { return ran->done; });
  ran->get();
  EXPECT_EQ(outcome.reached.size(), 1U);
  EXPECT_THAT(seen(*ada), ElementsAre("from ben"));
}

TEST_F(Linked, NobodyAtAnAddressIsUnreachable) {
  asio::ip::tcp::acceptor nobody{io, {asio::ip::address_v4::loopback(), 0}};
  const auto port = nobody.local_endpoint().port();
  nobody.close();
  node::Call call{io, [](const Response&) {}};
  const auto ran = sync(*ada, call, {"127.0.0.1:" + std::to_string(port)});
  run_until(io, [&] { return ran->done; });
  EXPECT_EQ(ran->get().error().code(), "unreachable");
}

TEST_F(Linked, WhereADeviceListensIsRemembered) {
  const auto port = net::peer_address(ben->at).port;
  node::Call call{io, [](const Response&) {}};
  const auto first = sync(*ada, call, {ben->at});
  run_until(io, [&] { return first->done; });
  const auto known = node::remembered_peer(ada->node.home().book(), ben->node.home().vault().device_id());
  EXPECT_TRUE(known.dialable());
  EXPECT_EQ(known.port, port);
  EXPECT_FALSE(known.own);
  EXPECT_TRUE(known.last_sync.has_value());
  write(ben->node.home(), "later", true);
  const auto second = sync(*ada, call);  // without an address
  run_until(io, [&] { return second->done; });
  EXPECT_EQ(second->get().sync().peers(), 1U);
  EXPECT_THAT(seen(*ada), ElementsAre("later"));
}

TEST_F(Linked, ANodeThatEndsTellsTheOtherSide) {
  dial(*ada, *ben);
  expect_a_link();
  end(*ben);
  EXPECT_EQ(ben->node.links().linked(), 0U);
  run_until(io, [this] { return ada->node.links().linked() == 0; });
}

// A node that dials somebody who never answers ends at once all the same.
TEST_F(Linked, ADialUnderWayDoesNotHoldUpTheEnd) {
  asio::ip::tcp::acceptor silent{io, {asio::ip::address_v4::loopback(), 0}};
  asio::ip::tcp::socket heard{io};
  bool came = false;
  silent.async_accept(heard, [&](asio::error_code error) { came = !error; });
  ada->node.links().keep_linked({{"127.0.0.1", silent.local_endpoint().port()}});
  run_until(io, [&] { return came; });
  expect_a_quick_end(*ada);
}

TEST_F(Linked, ADialThatNobodyTakesUpDoesNotHoldUpTheEnd) {
  asio::ip::tcp::acceptor full{io};
  full.open(asio::ip::tcp::v4());
  full.bind({asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  std::list<asio::ip::tcp::socket> fillers;  // more than the backlog holds: who comes now gets no answer at all
  for (int i = 0; i < 4; ++i) {
    fillers.emplace_back(io).async_connect(full.local_endpoint(), [](asio::error_code) {});
  }
  ada->node.links().keep_linked({{"127.0.0.1", full.local_endpoint().port()}});
  io.restart();
  io.poll();
  expect_a_quick_end(*ada);
}

TEST_F(Linked, AWatchTellsWhatThePartnerWrites) {
  std::vector<Response> events;
  Request watch;
  watch.mutable_watch();
  node::Call call{io, [&](const Response& event) { events.push_back(event); }};
  const auto ran = start(io, ada->node.service().answer(watch, call));
  dial(*ada, *ben);
  run_until(io, [this] { return linked(); });
  const ObjectId id = write(ben->node.home(), "news", true);
  run_until(io, [&] { return events.size() == 2; });
  EXPECT_EQ(events[1].event().event(), "entry");
  EXPECT_EQ(events[1].event().entry().body(), "news");
  ben->node.home().book().erase(id);
  run_until(io, [&] { return events.size() == 3; });
  EXPECT_EQ(events[2].event().event(), "erased");
  call.cancel();
  run_until(io, [&] { return ran->done; });
}

TEST_F(Linked, AfterARestoreThePartnerIsAStrangerUntilThePersonAsks) {
  write(ada->node.home(), "from ada", true);
  write(ben->node.home(), "from ben", true);
  ada->node.home().ask_before_partner(true);
  const auto ben_asks = [this] {
    node::Call call{io, [](const Response&) {}};
    const auto ran = sync(*ben, call, {ada->at});
    run_until(io, [&] { return ran->done; });
    return ran->get();
  };
  EXPECT_EQ(ben_asks().error().code(), "unreachable");  // silence, as anybody gets
  EXPECT_THAT(seen(*ada), ElementsAre("from ada"));
  EXPECT_THAT(seen(*ben), ElementsAre("from ben"));

  node::Call call{io, [](const Response&) {}};
  const auto asked = sync(*ada, call, {ben->at});
  run_until(io, [&] { return asked->done; });
  EXPECT_EQ(asked->get().sync().peers(), 1U);
  write(ben->node.home(), "later", true);
  EXPECT_EQ(ben_asks().sync().peers(), 1U);
  EXPECT_THAT(seen(*ada), UnorderedElementsAre("from ada", "from ben", "later"));

  end(*ada);  // and it stays so
  auto home = ada->node.release_home();
  EXPECT_TRUE(home->vault().ask_before_partner);
  ada.reset();
  ada = std::make_unique<Stays>(io, std::move(home), log);
  EXPECT_EQ(ben_asks().sync().peers(), 1U);
}

TEST_F(Linked, ASyncThatReachesNobodyHasStillAskedForThePartner) {
  ada->node.home().ask_before_partner(true);
  node::Call call{io, [](const Response&) {}};
  const auto asked = sync(*ada, call);  // no address is known
  run_until(io, [&] { return asked->done; });
  EXPECT_EQ(asked->get().error().code(), "unreachable");
  dial(*ben, *ada);
  expect_a_link();
}

// --- what beacons say

// Three addresses of one device, at each of which nobody answers the first message.
class OneDeviceAtThree : public Linked {
 protected:
  OneDeviceAtThree() {
    for (const char* host : {"127.0.0.2", "127.0.0.3", "127.0.0.4"}) {
      const auto address = asio::ip::make_address(host);
      asio::ip::tcp::acceptor& one = silent.emplace_back(io, asio::ip::tcp::endpoint{address, port});
      port = one.local_endpoint().port();
      places.push_back({host, port});
      bool& came = calls.emplace_back(false);
      one.async_accept(heard.emplace_back(io), [&came](asio::error_code error) { came = !error; });
    }
  }
  [[nodiscard]] std::ptrdiff_t called() const { return std::ranges::count(calls, true); }

  std::uint16_t port = 0;
  std::vector<net::HostPort> places;
  std::list<asio::ip::tcp::acceptor> silent;
  std::list<asio::ip::tcp::socket> heard;
  std::list<bool> calls;
};

TEST_F(OneDeviceAtThree, IsDialledAtOneAndAtTheNextOnlyWhereThatHangs) {
  for (const net::HostPort& place : places) ada->node.links().found(place, false);
  run_until(io, [this] { return called() > 0; });
  io.poll();
  EXPECT_EQ(called(), 1);
  run_until(io, [this] { return called() == 3; });  // none keeps the others from being tried
}

TEST_F(OneDeviceAtThree, IsDialledWhereItIsWhileADialHangsWhereItWas) {
  ada->node.links().keep_linked({places[0]});
  run_until(io, [this] { return calls.front(); });
  clock.advance(std::chrono::seconds{2});
  ada->node.links().found(places[0], false);  // is being dialled
  ada->node.links().found(places[1], false);
  run_until(io, [this] { return called() == 2; });
  EXPECT_FALSE(calls.back());
}

TEST_F(OneDeviceAtThree, OfAPartnerWhoLeftIsNotDialled) {
  node::note_partner_left(ada->node.home().book(), ben->node.home().vault().root);
  EXPECT_FALSE(ada->node.links().lacks(false));
  for (const net::HostPort& place : places) ada->node.links().found(place, false);
  EXPECT_FALSE(ada->node.links().dialling());
  ada->node.links().found(places[0], true);
  run_until(io, [this] { return called() == 1; });
}

TEST_F(Linked, ANodeThatLooksForNobodySendsNoBeaconsForAPairingEither) {
  end(*ada);
  ada = std::make_unique<Stays>(io, bare_home(folder.at("carla"), drawn_person(), clock), log);
  std::vector<Response> events;
  node::Call showing{io, [&](const Response& event) { events.push_back(event); }};
  Request show;
  show.mutable_pair()->set_listen("127.0.0.1:0");
  const auto shown = start(io, ada->node.service().answer(show, showing));
  run_until(io, [&] { return !events.empty(); });
  EXPECT_FALSE(events.front().pair_waiting().calls());
  showing.cancel();
  run_until(io, [&] { return shown->done; });
}

// --- pairing, as two nodes do it

TEST_F(Linked, ThreeWordsMakeTwoNodesACouple) {
  end(*ada);
  end(*ben);
  ada = std::make_unique<Stays>(io, bare_home(folder.at("carla"), drawn_person(), clock), log);
  ben = std::make_unique<Stays>(io, bare_home(folder.at("dora"), drawn_person(), clock), log);
  std::vector<Response> events;
  node::Call showing{io, [&](const Response& event) { events.push_back(event); }};
  node::Call joining{io, [](const Response&) {}};
  Request show;
  show.mutable_pair()->set_listen("127.0.0.1:0");
  show.mutable_pair()->set_no_discovery(true);
  const auto shown = start(io, ada->node.service().answer(show, showing));
  run_until(io, [&] { return !events.empty(); });
  Request join;
  join.mutable_pair()->set_code(events.front().pair_waiting().code());
  join.mutable_pair()->add_peers(events.front().pair_waiting().listening());
  const auto joined = start(io, ben->node.service().answer(join, joining));
  run_until(io, [&] { return shown->done && joined->done; });
  const Response one = shown->get();
  const Response other = joined->get();
  EXPECT_FALSE(one.has_error()) << one.error().message();
  EXPECT_FALSE(other.has_error()) << other.error().message();
  EXPECT_EQ(one.pair().check(), other.pair().check());
  EXPECT_EQ(one.pair().paired_with(), "Ada");
}

TEST_F(Linked, WrongWordsMakeNobodyACouple) {
  end(*ada);
  end(*ben);
  ada = std::make_unique<Stays>(io, bare_home(folder.at("carla"), drawn_person(), clock), log);
  ben = std::make_unique<Stays>(io, bare_home(folder.at("dora"), drawn_person(), clock), log);
  std::vector<Response> events;
  node::Call showing{io, [&](const Response& event) { events.push_back(event); }};
  Request show;
  show.mutable_pair()->set_listen("127.0.0.1:0");
  show.mutable_pair()->set_no_discovery(true);
  const auto shown = start(io, ada->node.service().answer(show, showing));
  run_until(io, [&] { return !events.empty(); });
  std::string code = events.front().pair_waiting().code();
  const auto first = code.substr(0, code.find('-'));
  code = first + "-" + first + "-" + first;  // words of the list, and not those that were drawn
  for (int attempt = 1; attempt <= 3; ++attempt) {
    node::Call joining{io, [](const Response&) {}};
    Request join;
    join.mutable_pair()->set_code(code);
    join.mutable_pair()->add_peers(events.front().pair_waiting().listening());
    const auto joined = start(io, ben->node.service().answer(join, joining));
    run_until(io, [&] { return joined->done; });
    EXPECT_EQ(joined->get().error().code(), "wrong_code") << attempt;
    EXPECT_EQ(shown->done, attempt == 3) << attempt;
  }
  EXPECT_EQ(shown->get().error().code(), "wrong_code");
  for (Stays* side : {ada.get(), ben.get()}) EXPECT_FALSE(side->node.home().book().pairing());
}

}  // namespace
}  // namespace attune::test
