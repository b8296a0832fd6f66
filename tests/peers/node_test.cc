// Cases 47 and 55 of the 64: connections to a node.
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "net/first_message.h"
#include "node/linked.h"
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using std::chrono_literals::operator""ms;

// The largest frame, a byte at a time: no more than it is held, and whoever waits for the session waits no longer than
// for one that is silent.
asio::awaitable<void> drip(net::Tcp::acceptor& acceptor, net::HandshakeContext& context, bool& dripping) {
  net::Tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
  Bytes first(net::kFirstWire);
  co_await net::read_all(socket, first);
  auto welcome = net::open_first_message(first, context);
  const Bytes payload = net::padded(as_bytes(context.admit), net::kProofPayload);
  const Bytes second = net::with_length(welcome->handshake.write(payload));
  co_await net::write_all(socket, second);
  Bytes third(net::kThirdWire);
  co_await net::read_all(socket, third);
  const Bytes message = to_bytes(BytesView{third}.subspan(2));
  static_cast<void>(welcome->handshake.read(message));
  auto transport = std::move(welcome->handshake).split();
  const Bytes plain = net::padded(Bytes(60'000), net::kFrameSizes.back());
  Bytes wire = to_bytes(net::be16(plain.size() + crypto::kTagSize));
  wire.resize(2 + plain.size() + crypto::kTagSize);
  transport.send.encrypt(plain, std::span{wire}.subspan(2));
  dripping = true;
  asio::steady_timer next{socket.get_executor()};
  for (const std::byte& byte : wire) {
    const BytesView one{&byte, 1};
    if (!co_await net::write_all(socket, one)) co_return;
    next.expires_after(1ms);
    co_await next.async_wait(asio::use_awaitable);
  }
}

// Homes for nodes: Ada's, and two devices of Ben's under one key.
struct Homes {
  Homes() {
    const identity::Root ben_root = drawn_person();
    ada = bare_home(folder.at("ada"), drawn_person(), clock);
    ben = bare_home(folder.at("ben"), ben_root, clock);
    phone = bare_home(folder.at("phone"), ben_root, clock);
    introduce(*ben, *phone);
    const identity::CoupleKey key = made_couple_key();
    keep(*ada, *ben, key);
    keep(*ada, *phone, key);
    keep(*ben, *ada, key);
    keep(*phone, *ada, key);
  }
  static void keep(node::Home& at, node::Home& partner, const identity::CoupleKey& key) {
    if (!at.book().pairing()) at.book().pair({partner.vault().root, "Partner", "able amber apple"}, key);
    at.people().reload();
    at.people().add(partner.vault().root, {partner.people().own().admit_of(partner.vault().device_id())->wire});
  }
  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  std::unique_ptr<node::Home> ada, ben, phone;
};
struct StayingNode {
  StayingNode(asio::io_context& io, std::unique_ptr<node::Home> home, const node::Log& log)
      : node{io, std::move(home), log, [] {}} {
    node::NodeOptions options;
    options.listen = "127.0.0.1:0";
    options.discovery = false;
    at = node.stay(options);
  }
  void end(asio::io_context& io) {
    const auto ended = start(io, node.finish());
    run_until(io, [&] { return ended->done; });
  }
  node::Node node;
  std::string at;
};

TEST_F(HostilePeer, Case47FramesThatDripByteByByte) {
  {  // no more is held than has come
    Direction way = direction();
    net::Opener opener{std::move(way.receive)};
    Bytes wire(2 + net::kFrameSizes.back() + crypto::kTagSize);
    std::ranges::copy(net::be16(wire.size() - 2), wire.begin());
    Bytes content = to_bytes(be32(60'000));
    content.resize(60'004);
    const Bytes plain = net::padded(content, net::kFrameSizes.back());
    way.send.encrypt(plain, std::span{wire}.subspan(2));
    for (const std::byte& byte : BytesView{wire}.first(wire.size() - 1)) {
      opener.feed({&byte, 1});
      ASSERT_EQ(opener.next(), nullptr);
    }
    opener.feed({&wire.back(), 1});
    EXPECT_NE(opener.next(), nullptr);
  }
  Homes homes;
  asio::io_context io{1};
  asio::ip::tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  Node hostile{homes.ben->people().own().admit_of(homes.ben->vault().device_id())->wire};
  hostile.context.clock = &homes.clock;
  net::Freshness freshness{homes.clock};
  hostile.context.freshness = &freshness;
  hostile.context.device = &homes.ben->vault().device;
  hostile.keys.push_back(homes.ben->people().couple_keys().front().key.psk());
  bool dripping = false;
  const auto dripped = start(io, drip(acceptor, hostile.context, dripping));
  StayingNode node{io, std::move(homes.ada), homes.log};
  node::SyncOutcome outcome;
  node::SyncLimits limits;
  limits.stall = 100ms;
  const auto ran = start(io, node.node.links().sync_at(
                                 {"127.0.0.1", acceptor.local_endpoint().port()}, false, outcome,
                                 [](const node::SyncOutcome&) {}, limits));
  run_until(io, [&] { return ran->done; });
  EXPECT_TRUE(dripping);
  EXPECT_ERROR(Errc::unreachable, ran->get());
  run_until(io, [&] { return dripped->done; });
  node.end(io);
}

TEST_F(HostilePeer, Case55AHundredSessionsAtOnce) {
  Homes homes;
  asio::io_context io{1};
  StayingNode node{io, std::move(homes.ada), homes.log};
  std::vector<std::unique_ptr<Stalling>> sessions;
  std::vector<std::shared_ptr<Ran<bool>>> dialled;
  for (int i = 0; i < 100; ++i) {
    sessions.push_back(std::make_unique<Stalling>(*homes.ben));
    dialled.push_back(start(io, sessions.back()->dial(net::peer_address(node.at))));
  }
  run_until(io, [&] { return std::ranges::all_of(dialled, [](const auto& ran) { return ran->done; }); });
  run_until(io, [&] { return node.node.links().linked() > 0; });
  while (io.poll() > 0) {
  }
  EXPECT_EQ(node.node.links().linked(), 1U);
  // Ben's other device finds its way in beside them.
  StayingNode other{io, std::move(homes.phone), homes.log};
  write(other.node.home(), "beside a hundred", true);
  other.node.links().keep_linked({net::peer_address(node.at)});
  run_until(io, [&] { return bodies(node.node.home()).size() == 1; });
  EXPECT_EQ(node.node.links().linked(), 2U);
  for (const auto& session : sessions) session->hang_up();
  other.end(io);
  node.end(io);
}

}  // namespace
}  // namespace attune::test
