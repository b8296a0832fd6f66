// A pairing that breaks off at each of its messages, up to the end of the first session: whatever is left on either
// side, nothing that is shared in between is lost or goes to somebody else, and the next pairing makes a couple.
#include <gmock/gmock.h>

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include "net/padding.h"
#include "net/stream.h"
#include "node/homes.h"

namespace attune::test {
namespace {

using api::v1::Request;
using api::v1::Response;
using net::Tcp;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Passes so many messages on between whoever connects and one address, both ways together; then it hangs up for good.
class Relay {
 public:
  Relay(asio::io_context& io, Tcp::endpoint to, std::size_t messages)
      : io_{io}, to_{to}, left_{messages}, acceptor_{io, Tcp::endpoint{asio::ip::address_v4::loopback(), 0}} {
    running_.push_back(start(io_, accept()));
  }
  [[nodiscard]] std::string at() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
  [[nodiscard]] bool cut() const { return cut_; }
  [[nodiscard]] bool idle() const {
    return std::ranges::all_of(running_, [](const auto& ran) { return ran->done; });
  }
  void hang_up() {
    asio::error_code ignored;  // closed already is as good
    acceptor_.close(ignored);
    for (const auto& socket : sockets_) socket->close(ignored);
  }

 private:
  asio::awaitable<void> accept() {
    while (!cut_) {
      auto near = std::make_shared<Tcp::socket>(io_);
      auto far = std::make_shared<Tcp::socket>(io_);
      asio::error_code failed;
      auto token = asio::redirect_error(asio::use_awaitable, failed);
      co_await acceptor_.async_accept(*near, token);
      if (failed) co_return;
      co_await far->async_connect(to_, token);
      if (failed) co_return;
      sockets_.push_back(near);
      sockets_.push_back(far);
      running_.push_back(start(io_, pass_on(near, far)));
      running_.push_back(start(io_, pass_on(far, near)));
    }
  }
  asio::awaitable<void> pass_on(std::shared_ptr<Tcp::socket> from, std::shared_ptr<Tcp::socket> to) {
    for (;;) {
      Bytes wire(2);
      if (!co_await net::read_all(*from, wire)) break;
      wire.resize(2 + std::size_t{net::read_be16(wire)});
      const auto body = std::span<std::byte>(wire).subspan(2);
      if (!co_await net::read_all(*from, body)) break;
      if (left_ == 0) {
        cut_ = true;
        hang_up();
        co_return;
      }
      --left_;
      if (!co_await net::write_all(*to, wire)) break;
    }
    asio::error_code ignored;  // whoever waits at the other end learns that this one is gone
    to->shutdown(Tcp::socket::shutdown_send, ignored);
  }

  asio::io_context& io_;
  Tcp::endpoint to_;
  std::size_t left_;
  Tcp::acceptor acceptor_;
  std::vector<std::shared_ptr<Tcp::socket>> sockets_;
  std::vector<std::shared_ptr<Ran<bool>>> running_;
  bool cut_ = false;
};

// One device: its home, and the node that has it open now.
struct Side {
  Side(asio::io_context& io_in, std::unique_ptr<node::Home> home, const node::Log& log_in) : io{io_in}, log{log_in} {
    open(std::move(home));
  }
  void open(std::unique_ptr<node::Home> home) {
    node = std::make_unique<node::Node>(io, std::move(home), log, std::function<void()>{});
  }
  void reopen() {
    const auto ended = start(io, node->finish());
    run_until(io, [&] { return ended->done; });
    auto home = node->release_home();
    node.reset();
    open(std::move(home));
  }
  [[nodiscard]] std::optional<RootId> partner() {
    const auto pairing = node->home().book().pairing();
    return pairing ? std::optional{pairing->partner} : std::nullopt;
  }
  [[nodiscard]] RootId root() { return node->home().vault().root; }
  // false: there is nobody to share with.
  bool shares(const std::string& text) {
    try {
      write(node->home(), text, true);
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::not_paired);
      return false;
    }
  }

  asio::io_context& io;
  const node::Log& log;
  std::unique_ptr<node::Node> node;
};

class BrokenPairing : public ::testing::Test {
 protected:
  std::unique_ptr<Side> person(const std::string& name) {
    return std::make_unique<Side>(io, bare_home(folder.at(name), drawn_person(), clock), log);
  }
  // Both sides' answers; with a relay that breaks off after so many messages. true: it did.
  bool pair(Side& shower, Side& joiner, std::size_t messages) {
    std::vector<Response> events;
    node::Call showing{io, [&](const Response& event) { events.push_back(event); }};
    Request show;
    show.mutable_pair()->set_listen("127.0.0.1:0");
    show.mutable_pair()->set_no_discovery(true);
    const auto shown = start(io, shower.node->service().answer(show, showing));
    run_until(io, [&] { return !events.empty(); });
    const auto waiting = events.front().pair_waiting();
    const auto at = net::host_port(waiting.listening());
    Relay relay{io, Tcp::endpoint{asio::ip::make_address(at.host), at.port}, messages};
    Request join;
    join.mutable_pair()->set_code(waiting.code());
    join.mutable_pair()->add_peers(relay.at());
    node::Call joining{io, [](const Response&) {}};
    const auto joined = start(io, joiner.node->service().answer(join, joining));
    run_until(io, [&] { return joined->done; });
    if (relay.cut()) showing.cancel();
    run_until(io, [&] { return shown->done; });
    relay.hang_up();
    run_until(io, [&] { return relay.idle(); });
    if (!relay.cut()) {
      EXPECT_FALSE(shown->get().has_error());
      EXPECT_FALSE(joined->get().has_error());
      EXPECT_EQ(shown->get().pair().check(), joined->get().pair().check());
    }
    return relay.cut();
  }

  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  asio::io_context io{1};
};

constexpr std::size_t kAll = SIZE_MAX;

TEST_F(BrokenPairing, AtAnyMessageIsMendedByTheNextOneAndLosesNothing) {
  std::size_t halves = 0;
  std::size_t messages = 0;
  for (bool broken = true; broken; ++messages) {
    SCOPED_TRACE(messages);
    const auto ada = person("ada" + std::to_string(messages));
    const auto ben = person("ben" + std::to_string(messages));
    broken = pair(*ada, *ben, messages);
    for (Side* side : {ada.get(), ben.get()}) side->reopen();
    std::vector<std::string> written;
    for (Side* side : {ada.get(), ben.get()}) {
      Side& other = side == ada.get() ? *ben : *ada;
      EXPECT_TRUE(!side->partner() || side->partner() == other.root());
      const std::string text = side == ada.get() ? "from ada" : "from ben";
      const bool shared = side->shares(text);
      EXPECT_EQ(shared, side->partner().has_value());
      if (shared) written.push_back(text);
    }
    if (written.size() == 1) ++halves;
    ASSERT_FALSE(pair(*ben, *ada, kAll));
    for (Side* side : {ada.get(), ben.get()})
      EXPECT_THAT(bodies(side->node->home()), ::testing::UnorderedElementsAreArray(written));
    EXPECT_EQ(ada->partner(), ben->root());
    EXPECT_EQ(ben->partner(), ada->root());
  }
  EXPECT_GT(messages, 9U + 3U + 4U);  // of the pairing, the handshake, and more than rosters
  EXPECT_GT(halves, 0U);              // or the test has not met what it is about
}

TEST_F(BrokenPairing, AtAnyMessageLeavesWhoeverIsAloneFreeForSomebodyElse) {
  std::size_t messages = 0;
  for (bool broken = true; broken; ++messages) {
    SCOPED_TRACE(messages);
    const auto ada = person("ada" + std::to_string(messages));
    const auto ben = person("ben" + std::to_string(messages));
    broken = pair(*ada, *ben, messages);
    for (Side* side : {ada.get(), ben.get()}) side->reopen();
    if (ben->partner()) continue;  // ben would have to leave first
    static_cast<void>(ada->shares("for ben alone"));
    const auto eve = person("eve" + std::to_string(messages));
    ASSERT_FALSE(pair(*eve, *ben, kAll));
    EXPECT_TRUE(ben->shares("for eve"));
    EXPECT_THAT(bodies(eve->node->home()), IsEmpty());
    ASSERT_FALSE(pair(*eve, *ben, kAll));  // brings what was written since
    EXPECT_THAT(bodies(eve->node->home()), ElementsAre("for eve"));
  }
}

}  // namespace
}  // namespace attune::test
