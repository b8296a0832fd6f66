// Pairing as two nodes do it, and what a pairing that came to nothing leaves behind: nothing.
#include <gmock/gmock.h>

#include "node/homes.h"
#include "node/showing.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using api::v1::Request;
using api::v1::Response;
using ::testing::ElementsAre;

class PairingNodes : public ::testing::Test {
 protected:
  struct Screen {
    explicit Screen(asio::io_context& io) : call{io, [this](const Response& event) { events.push_back(event); }} {}
    [[nodiscard]] const api::v1::PairWaiting& waiting() const { return events.front().pair_waiting(); }
    std::vector<Response> events;
    node::Call call;
    std::shared_ptr<Ran<Response>> ran;
  };

  std::unique_ptr<node::Node> person(const std::string& name) {
    return std::make_unique<node::Node>(io, bare_home(folder.at(name), drawn_person(), clock), log,
                                        std::function<void()>{});
  }
  std::unique_ptr<Screen> show(node::Node& at) {
    auto screen = std::make_unique<Screen>(io);
    Request request;
    request.mutable_pair()->set_listen("127.0.0.1:0");
    screen->ran = start(io, at.service().answer(request, screen->call));
    run_until(io, [&] { return !screen->events.empty() || screen->ran->done; });
    return screen;
  }
  Response join(node::Node& at, const Screen& screen) {
    Request request;
    request.mutable_pair()->set_code(screen.waiting().code());
    request.mutable_pair()->add_peers(screen.waiting().listening());
    return ask(io, at, request);
  }
  Response finished(const Screen& screen) {
    run_until(io, [&] { return screen.ran->done; });
    return screen.ran->get();
  }
  void become_a_couple(node::Node& one, node::Node& other) {
    const auto screen = show(one);
    const Response joined = join(other, *screen);
    EXPECT_FALSE(joined.has_error()) << joined.error().message();
    EXPECT_EQ(finished(*screen).pair().check(), joined.pair().check());
  }
  static bool alone(node::Node& at) {
    bool refused = false;
    try {
      write(at.home(), "to whom?", true);
    } catch (const Error& error) {
      refused = error.code() == Errc::not_paired;
    }
    return refused && !at.home().book().pairing() && !at.home().book().counterpart() &&
           at.home().people().partner() == nullptr;
  }

  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  asio::io_context io{1};
};

TEST_F(PairingNodes, SomebodyWhoIsNotFreeLeavesNothingBehindAndTheCodeWaitsForTheRightOne) {
  const auto mia = person("mia");
  const auto dan = person("dan");
  const auto cora = person("cora");
  const auto otto = person("otto");
  become_a_couple(*cora, *dan);
  const auto screen = show(*mia);
  EXPECT_EQ(join(*cora, *screen).error().code(), "refused");
  EXPECT_EQ(cora->home().book().pairing()->partner, dan->home().vault().root);
  run_until(io, [&] { return alone(*mia); });
  EXPECT_FALSE(screen->ran->done);
  const Response joined = join(*otto, *screen);
  EXPECT_FALSE(joined.has_error()) << joined.error().message();
  EXPECT_FALSE(finished(*screen).has_error());
  write(mia->home(), "for otto", true);
  EXPECT_EQ(mia->home().book().pairing()->partner, otto->home().vault().root);
}

// Whoever answers has had a guess: no other address gets one.
TEST_F(PairingNodes, WhoAnswersAndBreaksOffEndsTheRun) {
  const auto mia = person("mia");
  const auto otto = person("otto");
  const auto screen = show(*mia);
  asio::ip::tcp::acceptor nobody{io, {asio::ip::address_v4::loopback(), 0}};
  const std::string closed = net::to_string(nobody.local_endpoint());
  nobody.close();
  asio::ip::tcp::acceptor somebody{io, {asio::ip::address_v4::loopback(), 0}};
  somebody.async_accept([](asio::error_code, asio::ip::tcp::socket) {});  // and closed at once
  const auto join_by = [&](const std::string& first) {
    Request request;
    request.mutable_pair()->set_code(screen->waiting().code());
    request.mutable_pair()->add_peers(first);
    request.mutable_pair()->add_peers(screen->waiting().listening());
    return ask(io, *otto, request);
  };
  EXPECT_TRUE(join_by(net::to_string(somebody.local_endpoint())).has_error());
  EXPECT_TRUE(alone(*otto));
  EXPECT_TRUE(alone(*mia));
  const Response joined = join_by(closed);
  EXPECT_FALSE(joined.has_error()) << joined.error().message();
  EXPECT_FALSE(finished(*screen).has_error());
}

TEST_F(PairingNodes, WhoGivesUpIsPairedWithNobody) {
  const auto mia = person("mia");
  const auto otto = person("otto");
  const auto screen = show(*mia);
  Screen joining{io};
  Request request;
  request.mutable_pair()->set_code(screen->waiting().code());
  request.mutable_pair()->add_peers(screen->waiting().listening());
  joining.ran = start(io, otto->service().answer(request, joining.call));
  joining.call.cancel();
  EXPECT_EQ(finished(joining).error().code(), "unreachable");
  EXPECT_TRUE(alone(*otto));
  EXPECT_TRUE(alone(*mia));
  screen->call.cancel();
  EXPECT_TRUE(finished(*screen).has_error());
}

// The session under the new key is not taken for a second call of the kind that the standing link is.
TEST_F(PairingNodes, ACoupleWhoseNodesAreLinkedPairsAnewWhoeverCalled) {
  const auto ada = person("ada");
  const auto ben = person("ben");
  become_a_couple(*ada, *ben);
  const bool ada_first = ada->home().vault().device_id() < ben->home().vault().device_id();
  node::Node& smaller = ada_first ? *ada : *ben;  // its calls are the ones that both keep of two at once
  node::Node& greater = ada_first ? *ben : *ada;
  node::NodeOptions quiet;
  quiet.listen = "127.0.0.1:0";
  quiet.discovery = false;
  quiet.peers = {greater.stay(quiet)};
  static_cast<void>(smaller.stay(quiet));
  const auto linked = [&] { return smaller.links().linked() == 1 && greater.links().linked() == 1; };
  run_until(io, linked);
  become_a_couple(smaller, greater);
  run_until(io, linked);
  become_a_couple(greater, smaller);
  for (node::Node* each : {&smaller, &greater}) {
    const auto ended = start(io, each->finish());
    run_until(io, [&] { return ended->done; });
  }
}

TEST_F(PairingNodes, EachWrongTryIsToldWhereTheCodeIsShownAndSaysWhatToDo) {
  const auto mia = person("mia");
  const auto otto = person("otto");
  const auto screen = show(*mia);
  const auto guess = [&] {
    Request request;
    request.mutable_pair()->set_code(screen->waiting().code() == "actor-album-alley" ? "alley-album-actor"
                                                                                     : "actor-album-alley");
    request.mutable_pair()->add_peers(screen->waiting().listening());
    return ask(io, *otto, request);
  };
  for (std::uint32_t left : {2U, 1U}) {
    const Response joined = guess();
    EXPECT_EQ(joined.error().code(), "wrong_code");
    EXPECT_THAT(joined.error().hint(), ::testing::HasSubstr("type the three words again"));
    run_until(io, [&] { return screen->events.back().has_pair_failed(); });
    EXPECT_EQ(screen->events.back().pair_failed().tries_left(), left);
    screen->events.pop_back();
  }
  EXPECT_EQ(guess().error().code(), "wrong_code");
  const Response shown = finished(*screen);
  EXPECT_EQ(shown.error().code(), "wrong_code");
  EXPECT_THAT(shown.error().hint(), ::testing::HasSubstr("make a fresh one with attune pair"));
  EXPECT_TRUE(alone(*mia));
  EXPECT_TRUE(alone(*otto));
}

TEST_F(PairingNodes, AThirdOneWhoIsNotFreeEndsTheCode) {
  const auto mia = person("mia");
  const auto dan = person("dan");
  const auto cora = person("cora");
  become_a_couple(*cora, *dan);
  const auto screen = show(*mia);
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_FALSE(screen->ran->done);
    EXPECT_EQ(join(*cora, *screen).error().code(), "refused");
  }
  EXPECT_EQ(finished(*screen).error().code(), "refused");
  EXPECT_TRUE(alone(*mia));
}

TEST_F(PairingNodes, WhoShowsACodeAndIsNotFreeLeavesNothingAtTheOther) {
  const auto dan = person("dan");
  const auto cora = person("cora");
  const auto mia = person("mia");
  become_a_couple(*cora, *dan);
  const auto screen = show(*cora);
  EXPECT_EQ(join(*mia, *screen).error().code(), "refused");
  EXPECT_EQ(finished(*screen).error().code(), "refused");
  EXPECT_TRUE(alone(*mia));
  EXPECT_EQ(cora->home().book().pairing()->partner, dan->home().vault().root);
}

}  // namespace
}  // namespace attune::test
