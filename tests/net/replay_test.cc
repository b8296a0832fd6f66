// First messages that somebody on the network says who has no key: recorded and said again, late, altered, made up, of
// other people. None of them gets a byte, and the next honest one gets its answer.
#include <gtest/gtest.h>

#include <asio/read.hpp>
#include <asio/write.hpp>
#include <iostream>

#include "crypto/random.h"
#include "net/first_message.h"
#include "net/two_nodes.h"

namespace attune::net {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

class Replays : public ::testing::TestWithParam<int> {
 protected:
  Replays() {
    ada.keys.push_back(crypto::random_secret<crypto::NoisePsk>());
    ben.keys.push_back(crypto::random_secret<crypto::NoisePsk>());  // a newer one, which Ada lacks
    ben.keys.push_back(ada.keys[0].clone());
  }
  // What Ada would say to Ben, or somebody who holds that key, with a clock that shows this.
  [[nodiscard]] Bytes first_message(const crypto::NoisePsk& key, Instant when) const {
    auto handshake = begin_handshake(crypto::NoiseRole::initiator, key, ada.device);
    return with_length(handshake.write(first_payload(when)));
  }
  [[nodiscard]] Bytes honest() const { return first_message(ada.keys[0], ada.clock.now()); }
  static std::size_t below(std::size_t bound) { return crypto::random_below(static_cast<std::uint32_t>(bound)); }
  static std::chrono::milliseconds some(std::chrono::milliseconds least, std::chrono::milliseconds most) {
    return least + std::chrono::milliseconds{below(static_cast<std::size_t>((most - least).count()))};
  }

  // How many bytes come back to who says this and waits until there is nothing left to do.
  std::size_t answered(const Bytes& said) {
    test::Ends ends{io};
    auto accepted = test::spawn(io, accept_channel(std::move(ends.other), ben.context));
    asio::write(ends.one, asio::buffer(said.data(), said.size()));
    io.restart();
    io.poll();
    EXPECT_FALSE(accepted.done());  // it closes later, whatever it heard
    const std::size_t bytes = ends.one.available();
    ends.one.set_option(asio::socket_base::linger{true, 0});  // gone at once: so many would use up the ports
    ends.one.close();
    io.run();
    return bytes;
  }
  // Says as many as asked, an honest one first and last.
  template <class Make>
  void expect_no_reaction(const char* what, Make make) {
    constexpr std::size_t kAnswer = kSecondWire;
    EXPECT_EQ(answered(honest()), kAnswer);
    std::size_t reactions = 0;
    for (int i = 0; i < GetParam(); ++i) reactions += answered(make()) == 0 ? 0U : 1U;
    EXPECT_EQ(reactions, 0U) << what;
    EXPECT_EQ(answered(honest()), kAnswer);
    EXPECT_TRUE(ben.asked.empty());
    std::cout << GetParam() << " first messages " << what << ": " << reactions << " answers\n";
  }

  asio::io_context io;
  test::Node ada{"ada's admit"};
  test::Node ben{"ben's admit"};
};

TEST_P(Replays, OfMessagesThatCountedOnceGetNothing) {
  std::vector<Bytes> recorded;
  for (int i = 0; i < 50; ++i) {
    recorded.push_back(honest());
    ASSERT_EQ(answered(recorded.back()), kSecondWire);
  }
  expect_no_reaction("said again", [&] { return recorded[below(recorded.size())]; });
}

TEST_P(Replays, ThatComeLateOrEarlyGetNothing) {
  expect_no_reaction("at another time", [&] {
    const auto off = some(90s + 1ms, 30 * 24h);
    return first_message(ada.keys[0], below(2) == 0 ? ben.clock.now() + off : ben.clock.now() - off);
  });
}

TEST_P(Replays, ThatWereAlteredGetNothing) {
  expect_no_reaction("with one bit changed", [&] {
    Bytes message = honest();
    const std::size_t bit = below(message.size() * 8);
    message[bit / 8] ^= std::byte{1} << (bit % 8);
    return message;
  });
}

TEST_P(Replays, ThatAreMadeUpGetNothing) {
  expect_no_reaction("made up", [&] {
    Bytes noise(kFirstWire - 2);
    crypto::random_fill(noise);
    return with_length(noise);
  });
}

TEST_P(Replays, ToSomebodyElseGetNothing) {
  expect_no_reaction("of another couple",
                     [&] { return first_message(crypto::random_secret<crypto::NoisePsk>(), ada.clock.now()); });
}

TEST_P(Replays, BackToWhoSaidThemGetNothing) {
  std::vector<Bytes> said;
  for (int i = 0; i < 20; ++i) {
    test::Ends ends{io};
    auto opened = test::spawn(io, test::open_with(std::move(ends.one), ben, 1));
    io.restart();
    io.poll();
    Bytes first(ends.other.available());
    asio::read(ends.other, asio::buffer(first.data(), first.size()));
    ASSERT_EQ(first.size(), kFirstWire);
    said.push_back(std::move(first));
    ends.other.close();
    io.run();
  }
  expect_no_reaction("of one's own", [&] { return said[below(said.size())]; });
}

INSTANTIATE_TEST_SUITE_P(Quick, Replays, ::testing::Values(200));
INSTANTIATE_TEST_SUITE_P(Prove, Replays, ::testing::Values(10'000));

}  // namespace
}  // namespace attune::net
