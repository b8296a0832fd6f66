// A check of the network against peers on loopback, which are not what they should be. No beacon is sent.
#include "node/network_check.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <asio/read.hpp>

#include "node/homes.h"
#include "node/peers.h"
#include "support/needs.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;

// Else that is all there is to find.
bool in_a_network() {
  const auto leads_away = [](const net::LocalAddress& local) { return !local.address.is_loopback(); };
  return std::ranges::any_of(net::local_addresses(), leads_away);
}

class NetworkChecks : public ::testing::Test {
 protected:
  NetworkChecks() {
    auto ada = bare_home(folder.at("ada"), drawn_person(), clock);
    const auto ben = bare_home(folder.at("ben"), drawn_person(), clock);
    pair(*ada, *ben);
    node::PeerMemory peer;
    peer.device = ben->vault().device_id();
    peer.root = ben->vault().root;
    peer.host = "127.0.0.1";
    peer.port = bens.local_endpoint().port();
    node::remember(ada->book(), peer);
    node = std::make_unique<node::Node>(io, std::move(ada), log, [] {});
  }
  // Takes connections, reads, says nothing and closes: what a node does to a first message that another version,
  // another key or another clock made.
  void take_and_say_nothing() {
    bens.async_accept([this](asio::error_code error, net::Tcp::socket socket) {
      if (error) return;
      auto held = std::make_shared<net::Tcp::socket>(std::move(socket));
      asio::async_read(*held, asio::buffer(read), [held](asio::error_code, std::size_t) {});
      take_and_say_nothing();
    });
  }
  std::vector<std::string> causes() {
    api::v1::Request request;
    request.mutable_network_check()->set_no_discovery(true);
    std::vector<std::string> named;
    const api::v1::Response response = ask(io, *node, request);
    for (const auto& finding : response.network_check().findings()) named.push_back(finding.cause());
    return named;
  }

  Folder folder;
  SystemClock clock;
  node::Log log{clock};
  asio::io_context io{1};
  net::Tcp::acceptor bens{io, {asio::ip::address_v4::loopback(), 0}};
  std::array<std::byte, 114> read{};  // a first message
  std::unique_ptr<node::Node> node;
};

TEST_F(NetworkChecks, SomebodyWhoTakesTheCallAndSaysNothingHasAnotherClockKeyOrVersion) {
  if (!in_a_network()) ATTUNE_NOT_RUN("this machine is in no network");
  take_and_say_nothing();
  EXPECT_THAT(causes(), ElementsAre("discovery", "clock", "key", "version"));
}

TEST_F(NetworkChecks, NobodyWhoListensThereIsNoAnswer) {
  if (!in_a_network()) ATTUNE_NOT_RUN("this machine is in no network");
  bens.close();
  EXPECT_THAT(causes(), ElementsAre("discovery", "no_answer"));
}

TEST_F(NetworkChecks, OneAtATime) {
  api::v1::Request request;
  request.mutable_network_check()->set_no_discovery(true);
  take_and_say_nothing();
  node::Call call{io, [](const api::v1::Response&) {}};
  const auto first = start(io, node->service().answer(request, call));
  EXPECT_EQ(ask(io, *node, request).error().code(), "busy");
  run_until(io, [&] { return first->done; });
  EXPECT_TRUE(first->get().has_network_check());
}

}  // namespace
}  // namespace attune::test
