#include <gtest/gtest.h>

#include "net/channel.h"

#include <rapidcheck.h>

#include <asio/write.hpp>

#include "core/error.h"
#include "net/frame.h"
#include "net/loopback.h"
#include "net/transports.h"
#include "net/two_nodes.h"
#include "support/error_matcher.h"

namespace attune::net {
namespace {

using std::chrono_literals::operator""s;

// Both ends of one channel.
struct Channels {
  explicit Channels(asio::io_context& io, Limits limits = test::kLong) {
    test::Ends ends{io};
    auto both = test::transports();
    one = std::make_unique<Channel>(std::move(ends.one), std::move(both.one), PeerProof{}, Bytes{}, limits);
    other = std::make_unique<Channel>(std::move(ends.other), std::move(both.other), PeerProof{}, Bytes{}, limits);
  }
  std::unique_ptr<Channel> one;
  std::unique_ptr<Channel> other;
};

asio::awaitable<void> send_all(Channel& channel, std::vector<std::string> messages) {
  for (auto& message : messages) co_await channel.send(std::move(message));
}

asio::awaitable<std::vector<std::string>> receive_all(Channel& channel, std::optional<std::chrono::seconds> patience) {
  std::vector<std::string> messages;
  std::string message;
  while (co_await channel.receive(message, patience)) messages.push_back(message);
  co_return messages;
}

asio::awaitable<void> send_and_close(Channel& channel, std::vector<std::string> messages) {
  co_await send_all(channel, std::move(messages));
  channel.close();
}

// So many messages; how large they were together.
asio::awaitable<std::size_t> take(Channel& channel, std::size_t count) {
  std::string message;
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) {
    co_await channel.receive(message, 60s);
    size += message.size();
  }
  co_return size;
}

// 64 messages of 1 MiB; `sent` says how many the channel has taken.
asio::awaitable<void> send_counted(Channel& channel, std::size_t& sent) {
  for (; sent < 64; ++sent) {
    std::string message(1U << 20U, 'm');
    co_await channel.send(std::move(message));
  }
}

TEST(Channel, CarriesMessagesInOrderAndTellsTheEnd) {
  asio::io_context io;
  Channels channels{io};
  const std::vector<std::string> messages{"one", "", std::string(300'000, 'x'), "four"};
  auto sent = test::spawn(io, send_and_close(*channels.one, messages));
  auto got = test::spawn(io, receive_all(*channels.other, 10s));
  io.run();
  EXPECT_TRUE(sent.get());
  EXPECT_EQ(got.get(), messages);
}

TEST(Channel, CarriesBothDirectionsAtOnce) {
  asio::io_context io;
  Channels channels{io};
  const std::vector<std::string> many(40, std::string(1U << 20U, 'm'));  // more than both windows hold
  auto there = test::spawn(io, send_all(*channels.one, many));
  auto back = test::spawn(io, send_all(*channels.other, many));
  auto at_other = test::spawn(io, take(*channels.other, many.size()));
  auto at_one = test::spawn(io, take(*channels.one, many.size()));
  io.run();
  EXPECT_TRUE(there.get());
  EXPECT_TRUE(back.get());
  EXPECT_EQ(at_other.get(), 40U << 20U);
  EXPECT_EQ(at_one.get(), 40U << 20U);
}

TEST(Channel, TellsACutMessageFromTheEnd) {
  asio::io_context io;
  test::Ends ends{io};
  auto both = test::transports();
  Channel channel{std::move(ends.one), std::move(both.one), PeerProof{}, Bytes{}, test::kLong};
  Sealer sealer{std::move(both.other.send)};
  Bytes wire;
  sealer.seal("whole", wire);
  sealer.seal("cut", wire);
  wire.pop_back();
  asio::write(ends.other, asio::buffer(wire.data(), wire.size()));
  ends.other.close();
  auto got = test::spawn(io, receive_all(channel, 10s));
  io.run();
  EXPECT_ERROR(Errc::unreachable, got.get());
}

TEST(Channel, TakesWhatWasReadTogetherWithTheHandshake) {
  asio::io_context io;
  test::Ends ends{io};
  auto both = test::transports();
  Sealer sealer{std::move(both.other.send)};
  Bytes wire;
  sealer.seal("early", wire);
  Channel channel{std::move(ends.one), std::move(both.one), PeerProof{}, wire, test::kLong};
  ends.other.close();
  auto got = test::spawn(io, receive_all(channel, 10s));
  io.run();
  EXPECT_EQ(got.get(), std::vector<std::string>{"early"});
}

TEST(Channel, RefusesBytesThatAreNotAuthentic) {
  asio::io_context io;
  test::Ends ends{io};
  auto both = test::transports();
  Channel channel{std::move(ends.one), std::move(both.one), PeerProof{}, Bytes{}, test::kLong};
  Bytes wire(274);
  wire[0] = std::byte{1};  // a possible length: 272
  wire[1] = std::byte{16};
  asio::write(ends.other, asio::buffer(wire.data(), wire.size()));
  auto got = test::spawn(io, receive_all(channel, 10s));
  io.run();
  EXPECT_ERROR(Errc::peer_misbehaved, got.get());
}

TEST(Channel, LosesPatienceWithAPeerThatSaysNothing) {
  asio::io_context io;
  Channels channels{io};
  auto got = test::spawn(io, receive_all(*channels.one, 0s));
  io.run();
  EXPECT_ERROR(Errc::unreachable, got.get());
}

TEST(Channel, WaitsForASlowReaderAndThenGivesItUp) {
  asio::io_context io;
  Channels channels{io, test::kShort};
  // Nobody reads at the other end: the windows fill, then nothing moves.
  auto sent = test::spawn(io, send_all(*channels.one, std::vector<std::string>(64, std::string(1U << 20U, 'm'))));
  io.run();
  EXPECT_ERROR(Errc::unreachable, sent.get());
}

TEST(Channel, SendsNoMoreThanASlowReaderTakes) {
  asio::io_context io;
  Channels channels{io};
  std::size_t sent = 0;
  auto sending = test::spawn(io, send_counted(*channels.one, sent));
  io.poll();  // all that can happen while nobody reads
  EXPECT_LT(sent, 64U);
  auto reading = test::spawn(io, take(*channels.other, 64));
  io.run();
  EXPECT_EQ(reading.get(), 64U << 20U);
  EXPECT_TRUE(sending.get());
}

TEST(Channel, EndsWhatIsPendingWhenItIsClosed) {
  asio::io_context io;
  Channels channels{io};
  auto got = test::spawn(io, receive_all(*channels.one, std::nullopt));
  io.poll();
  EXPECT_FALSE(got.done());
  channels.one->close();
  io.run();
  EXPECT_ERROR(Errc::unreachable, got.get());
}

TEST(Channel, NamesTheOtherEndAlsoAfterItIsGone) {
  asio::io_context io;
  test::Ends ends{io};
  const HostPort expected = host_port(to_string(ends.one.remote_endpoint()));
  auto both = test::transports();
  Channel channel{std::move(ends.one), std::move(both.one), PeerProof{}, Bytes{}, test::kLong};
  channel.close();
  EXPECT_EQ(channel.remote_address(), expected);
  EXPECT_EQ(channel.hash(), both.other.hash);
}

// Whoever resets a connection at once is not named, and no other error than that of the connection comes of it.
TEST(Channel, NamesNobodyWhoWasGoneBeforeAndEndsAsAnyThatBroke) {
  asio::io_context io;
  test::Ends ends{io};
  ends.other.set_option(asio::socket_base::linger{true, 0});
  ends.other.close();
  ends.one.wait(Tcp::socket::wait_read);  // until the reset is here
  auto both = test::transports();
  Channel channel{std::move(ends.one), std::move(both.one), PeerProof{}, Bytes{}, test::kLong};
  EXPECT_EQ(channel.remote_address(), std::nullopt);
  auto got = test::spawn(io, receive_all(channel, 10s));
  io.run();
  EXPECT_ERROR(Errc::unreachable, got.get());
}

}  // namespace
}  // namespace attune::net
