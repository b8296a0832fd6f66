// Cases 47 and 55 of the 64: connections to a node.
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "net/first_message.h"
#include "net/listener.h"
#include "net/middle.h"
#include "node/linked.h"
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using std::chrono_literals::operator""ms;
using ::testing::IsEmpty;

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
    ada = bare_home(folder.at("ada"), drawn_person(), clock);
    ben = of_ben("ben");
    phone = of_ben("phone");
    introduce(*ben, *phone);
  }
  std::unique_ptr<node::Home> of_ben(const std::string& name) {
    auto home = bare_home(folder.at(name), ben_root, clock);
    keep(*ada, *home, key);
    keep(*home, *ada, key);
    return home;
  }
  static void keep(node::Home& at, node::Home& partner, const identity::CoupleKey& key) {
    if (!at.book().pairing()) at.book().pair({partner.vault().root, "Partner", "able amber apple"}, key);
    at.people().reload();
    at.people().add(partner.vault().root, {partner.people().own().admit_of(partner.vault().device_id())->wire});
  }
  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  identity::Root ben_root = drawn_person();
  identity::CoupleKey key = made_couple_key();
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

// What is written at the one reaches the other.
void expect_to_pass_on(asio::io_context& io, StayingNode& from, StayingNode& to, const std::string& body) {
  write(from.node.home(), body, true);
  run_until(io, [&] { return std::ranges::count(bodies(to.node.home()), body) == 1; });
}

// --- case 47

constexpr std::size_t kOneByteMessage = 5;  // its length is four of them
constexpr std::size_t kMessagesOfAFrame = (net::kFrameSizes.back() - net::kPaddingHeader) / kOneByteMessage;

// The largest frame, on the wire: as many messages of one byte as it holds.
Bytes full_frame(crypto::SendCipher& cipher) {
  Bytes content;
  for (std::size_t i = 0; i < kMessagesOfAFrame; ++i) {
    append(content, be32(1));
    content.push_back(std::byte{'x'});
  }
  const Bytes plain = net::padded(content, net::kFrameSizes.back());
  Bytes wire = to_bytes(net::be16(plain.size() + crypto::kTagSize));
  wire.resize(2 + plain.size() + crypto::kTagSize);
  cipher.encrypt(plain, std::span{wire}.subspan(2));
  return wire;
}

// Its messages are heard once all of it has come, and none before: until then nobody knows who said them.
void expect_nothing_before_the_whole() {
  Direction way = direction();
  const Bytes wire = full_frame(way.send);
  net::Opener opener{std::move(way.receive)};
  for (const std::byte& byte : BytesView{wire}.first(wire.size() - 1)) {
    opener.feed({&byte, 1});
    ASSERT_EQ(opener.next(), nullptr);
  }
  opener.feed({&wire.back(), 1});
  std::size_t messages = 0;
  while (opener.next() != nullptr) ++messages;
  EXPECT_EQ(messages, kMessagesOfAFrame);
}

void expect_nothing_where_the_last_byte_is_wrong() {
  Direction way = direction();
  Bytes wire = full_frame(way.send);
  wire.back() ^= std::byte{1};
  net::Opener opener{std::move(way.receive)};
  opener.feed(BytesView{wire}.first(wire.size() - 1));
  EXPECT_EQ(opener.next(), nullptr);
  EXPECT_ERROR(Errc::peer_misbehaved, opener.feed({&wire.back(), 1}));
  EXPECT_EQ(opener.next(), nullptr);
}

// No more is held than has come: what these announce would be more than any case may take.
void announce_more_than_any_case_may_take() {
  constexpr std::size_t kOpeners = kMostMemory / net::kFrameSizes.back() * 5 / 4;
  const auto length = net::be16(net::kFrameSizes.back() + crypto::kTagSize);
  std::vector<net::Opener> openers;
  for (std::size_t i = 0; i < kOpeners; ++i) {
    openers.emplace_back(direction().receive);
    openers.back().feed(length);
    openers.back().feed(BytesView{length}.first(1));
    EXPECT_EQ(openers.back().next(), nullptr);
  }
}

// A device of Ben's that takes one connection and lets a frame drip into it.
class Dripping {
 public:
  Dripping(asio::io_context& io, Homes& homes)
      : acceptor_{io, {asio::ip::address_v4::loopback(), 0}},
        device_{homes.ben->people().own().admit_of(homes.ben->vault().device_id())->wire},
        freshness_{homes.clock} {
    device_.context.clock = &homes.clock;
    device_.context.freshness = &freshness_;
    device_.context.device = &homes.ben->vault().device;
    device_.keys.push_back(homes.key.psk());
    ended_ = start(io, drip(acceptor_, device_.context, begun_));
  }
  [[nodiscard]] net::HostPort at() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }
  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] bool ended() const { return ended_->done; }

 private:
  asio::ip::tcp::acceptor acceptor_;
  Node device_;
  net::Freshness freshness_;
  bool begun_ = false;
  std::shared_ptr<Ran<bool>> ended_;
};

TEST_F(HostilePeer, Case47FramesThatDripByteByByte) {
  expect_nothing_before_the_whole();
  expect_nothing_where_the_last_byte_is_wrong();
  announce_more_than_any_case_may_take();
  Homes homes;
  asio::io_context io{1};
  Dripping hostile{io, homes};
  StayingNode node{io, std::move(homes.ada), homes.log};
  node::SyncOutcome outcome;
  node::SyncLimits limits;
  limits.stall = 100ms;
  const auto ran =
      start(io, node.node.links().sync_at(hostile.at(), false, outcome, [](const node::SyncOutcome&) {}, limits));
  run_until(io, [&] { return ran->done; });
  EXPECT_TRUE(hostile.begun());
  EXPECT_ERROR(Errc::unreachable, ran->get());
  EXPECT_THAT(outcome.reached, IsEmpty());
  EXPECT_EQ(outcome.received, 0U);
  EXPECT_EQ(node.node.links().linked(), 0U);
  run_until(io, [&] { return hostile.ended(); });  // it was hung up on
  StayingNode other{io, std::move(homes.phone), homes.log};
  other.node.links().keep_linked({net::peer_address(node.at)});
  expect_to_pass_on(io, other, node, "beside one that drips");
  expect_to_pass_on(io, node, other, "and back");
  other.end(io);
  node.end(io);
}

// --- case 55

// Sessions that are held by somebody who says nothing in them, each with the device of a home.
class SilentSessions {
 public:
  SilentSessions(asio::io_context& io, const std::string& at) : io_{io}, at_{net::peer_address(at)} {}
  // Fewer at once than there is room for strangers, so that each has its handshake.
  void add(std::size_t count, node::Home& as) {
    ASSERT_LT(count, net::kMaxStrangers);
    std::vector<std::shared_ptr<Ran<bool>>> dialled;
    for (std::size_t i = 0; i < count; ++i) {
      all_.push_back(std::make_unique<Stalling>(as));
      dialled.push_back(start(io_, all_.back()->dial(at_)));
    }
    run_until(io_, [&] { return std::ranges::all_of(dialled, [](const auto& ran) { return ran->done; }); });
    for (const auto& ran : dialled) ASSERT_NO_THROW(ran->get()) << "a session was not even begun";
    for (std::size_t i = all_.size() - count; i < all_.size(); ++i) heard_.push_back(start(io_, all_[i]->listen()));
  }
  [[nodiscard]] std::size_t ended() const {
    return static_cast<std::size_t>(std::ranges::count_if(heard_, [](const auto& ran) { return ran->done; }));
  }
  void close() {
    for (const auto& session : all_) session->close();
    run_until(io_, [&] { return ended() == all_.size(); });
  }

 private:
  asio::io_context& io_;
  net::HostPort at_;
  std::vector<std::unique_ptr<Stalling>> all_;
  std::vector<std::shared_ptr<Ran<bool>>> heard_;
};

TEST_F(HostilePeer, Case55AHundredSessionsAtOnce) {
  Homes homes;
  std::vector<std::unique_ptr<node::Home>> many;  // devices that Ben's own words admit
  for (int i = 0; i < 20; ++i) many.push_back(homes.of_ben("device " + std::to_string(i)));
  asio::io_context io{1};
  StayingNode node{io, std::move(homes.ada), homes.log};
  const auto linked = [&] { return node.node.links().linked(); };
  SilentSessions hundred{io, node.at};
  for (int i = 0; i < 2; ++i) ASSERT_NO_FATAL_FAILURE(hundred.add(50, *homes.ben));
  run_until(io, [&] { return linked() == 1 && hundred.ended() >= 99; });
  settle(io);
  EXPECT_EQ(linked(), 1U);  // one for a device, and the newest of them
  EXPECT_EQ(hundred.ended(), 99U);
  // Ben's other device finds its way in beside them.
  StayingNode other{io, std::move(homes.phone), homes.log};
  other.node.links().keep_linked({net::peer_address(node.at)});
  expect_to_pass_on(io, other, node, "beside a hundred");
  EXPECT_EQ(linked(), 2U);
  // Sixteen devices of a person are linked at most, and who is linked stays so.
  SilentSessions more{io, node.at};
  for (const auto& device : many) ASSERT_NO_FATAL_FAILURE(more.add(1, *device));
  run_until(io, [&] { return linked() >= 16 && more.ended() >= 6; });
  settle(io);
  EXPECT_EQ(linked(), 16U);
  EXPECT_EQ(more.ended(), 6U);
  expect_to_pass_on(io, node, other, "and back");
  for (SilentSessions* sessions : {&hundred, &more}) sessions->close();
  other.end(io);
  node.end(io);
}

}  // namespace
}  // namespace attune::test
