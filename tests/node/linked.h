// Two nodes on one io_context, over loopback.
#pragma once

#include <gtest/gtest.h>

#include <asio/use_awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "net/channel.h"
#include "node/homes.h"
#include "node/links.h"

namespace attune::test {

using api::v1::Request;
using api::v1::Response;

class Linked : public ::testing::Test {
 protected:
  struct Stays {
    Stays(asio::io_context& io, std::unique_ptr<node::Home> home, const node::Log& log,
          const std::string& where = "127.0.0.1:0")
        : node{io, std::move(home), log, [] {}}, at{listen(node, where)} {}
    static std::string listen(node::Node& node, const std::string& where) {
      node::NodeOptions options;
      options.listen = where;
      options.discovery = false;
      return node.stay(options);
    }
    node::Node node;
    std::string at;
  };

  void SetUp() override {
    auto ada_home = bare_home(folder.at("ada"), drawn_person(), clock);
    auto ben_home = bare_home(folder.at("ben"), drawn_person(), clock);
    pair(*ada_home, *ben_home);
    ada = std::make_unique<Stays>(io, std::move(ada_home), log);
    ben = std::make_unique<Stays>(io, std::move(ben_home), log);
  }
  void TearDown() override {
    if (ada) end(*ada);
    if (ben) end(*ben);
  }
  void end(Stays& side) {
    const auto ended = start(io, side.node.finish());
    run_until(io, [&] { return ended->done; });
  }
  static void dial(Stays& from, const Stays& to) { from.node.links().keep_linked({net::peer_address(to.at)}); }
  [[nodiscard]] bool linked() const { return ada->node.links().linked() == 1 && ben->node.links().linked() == 1; }
  static std::vector<std::string> seen(Stays& at) { return bodies(at.node.home()); }

  // What both pass to each other, to know that the link that stands is a good one.
  void expect_a_link() {
    run_until(io, [this] { return linked(); });
    const auto before = seen(*ada).size();
    write(ada->node.home(), "from ada " + std::to_string(before), true);
    write(ben->node.home(), "from ben " + std::to_string(before), true);
    run_until(io, [&] { return seen(*ada).size() == before + 2 && seen(*ben).size() == before + 2; });
    EXPECT_TRUE(linked());
  }
  void expect_a_quick_end(Stays& side) {
    bool late = false;
    asio::steady_timer limit{io, std::chrono::seconds{1}};  // a dial may take five seconds, a handshake ten
    limit.async_wait([&](asio::error_code cancelled) { late = !cancelled; });
    end(side);
    EXPECT_FALSE(late);
    EXPECT_EQ(side.node.links().linked(), 0U);
    limit.cancel();
    io.poll();
  }
  std::shared_ptr<Ran<Response>> sync(Stays& side, node::Call& call, std::vector<std::string> peers = {}) {
    Request request;
    request.mutable_sync()->set_no_discovery(true);
    for (std::string& peer : peers) request.mutable_sync()->add_peers(std::move(peer));
    return start(io, side.node.service().answer(std::move(request), call));
  }

  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  asio::io_context io{1};
  std::unique_ptr<Stays> ada, ben;
};

// A device of the partner that makes a channel and says nothing in it, but what it is told to.
class Stalling {
 public:
  explicit Stalling(node::Home& home) : home_{home} {
    context_.clock = &home.clock();
    context_.freshness = &freshness_;
    context_.device = &home.vault().device;
    context_.admit = home.people().own().admit_of(home.vault().device_id())->wire;
    context_.believes = [](const net::PeerProof&) { return true; };
    context_.keys = [this] {
      std::vector<net::LivePsk> keys;
      keys.push_back({{}, home_.people().couple_keys().front().key.psk()});
      return keys;
    };
  }
  // Answers one who dials, and stays silent from then on.
  asio::awaitable<void> answer(net::Tcp::acceptor& acceptor) {
    net::Tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    channel_ = co_await net::accept_channel(std::move(socket), context_);
  }
  asio::awaitable<void> dial(net::HostPort to) {
    net::Tcp::socket socket = co_await net::dial(std::move(to), std::chrono::seconds{5});
    const net::LivePsk key{{}, home_.people().couple_keys().front().key.psk()};
    channel_ = co_await net::open_channel(std::move(socket), key, context_);
  }
  // Hears what is said there, until either side closes; nobody hangs up meanwhile.
  asio::awaitable<void> listen() {
    std::string message;
    while (co_await channel_->receive(message, std::nullopt)) {
    }
  }
  void close() { channel_->close(); }
  asio::awaitable<void> say(std::string message) { co_await channel_->send(std::move(message)); }
  void hang_up() { channel_.reset(); }

 protected:
  [[nodiscard]] net::Channel& channel() { return *channel_; }

 private:
  node::Home& home_;
  net::Freshness freshness_{home_.clock()};
  net::HandshakeContext context_;
  std::unique_ptr<net::Channel> channel_;
};

}  // namespace attune::test
