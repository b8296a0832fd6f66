#include <gtest/gtest.h>

#include <asio/write.hpp>
#include <chrono>

#include "core/error.h"
#include "net/first_message.h"
#include "net/two_nodes.h"
#include "support/error_matcher.h"

namespace attune::net {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

using Channels = std::unique_ptr<Channel>;

// The answering side without accept_channel(); the sizes of the three messages on the wire. Reads on until the caller
// closes.
asio::awaitable<std::vector<std::size_t>> answer_by_hand(test::Tcp::socket& socket, const HandshakeContext& context) {
  Bytes first(kFirstWire);
  co_await read_all(socket, first);
  auto welcome = open_first_message(first, context);
  const Bytes payload = padded(as_bytes(context.admit), kProofPayload);
  const Bytes second = with_length(welcome->handshake.write(payload));
  co_await write_all(socket, second);
  Bytes third(kThirdWire);
  const bool whole = co_await read_all(socket, third);
  std::vector<std::size_t> sizes;
  sizes.push_back(first.size());
  sizes.push_back(second.size());
  if (whole && without_length(third)) sizes.push_back(third.size());
  co_return sizes;
}

// `ada` dials, `ben` answers.
class Handshake : public ::testing::Test {
 protected:
  explicit Handshake(Limits limits = test::kLong) : ada{"ada's admit", limits}, ben{"ben's admit", limits} {
    share_a_key();
  }
  // A newer key on both sides.
  void share_a_key() {
    auto key = crypto::random_secret<crypto::NoisePsk>();
    ada.keys.insert(ada.keys.begin(), key.clone());
    ben.keys.insert(ben.keys.begin(), std::move(key));
  }
  [[nodiscard]] Bytes first_message(const crypto::NoisePsk& key, Instant when) const {
    auto handshake = begin_handshake(crypto::NoiseRole::initiator, key, ada.device);
    return with_length(handshake.write(first_payload(when)));
  }
  void meet(std::size_t key = 0) {
    test::Ends ends{io};
    opened.emplace(test::spawn(io, test::open_with(std::move(ends.one), ada, key)));
    accepted.emplace(test::spawn(io, accept_channel(std::move(ends.other), ben.context)));
    io.run();
    io.restart();
  }

  asio::io_context io;
  test::Node ada;
  test::Node ben;
  std::optional<test::Outcome<Channels>> opened;
  std::optional<test::Outcome<Channels>> accepted;
};

class HandshakeWithStrangers : public Handshake {
 protected:
  HandshakeWithStrangers() : Handshake{test::kShort} {}

  // What somebody sees who says `said` and listens on: nothing at all, and the end when the time for a first message is
  // over.
  void expect_silence(const Bytes& said) {
    test::Ends ends{io};
    const auto start = SystemClock{}.steady();
    auto answered = test::spawn(io, accept_channel(std::move(ends.other), ben.context));
    asio::write(ends.one, asio::buffer(said.data(), said.size()));
    auto heard = test::spawn(io, test::everything(ends.one));
    io.run();
    io.restart();
    const auto [bytes, closed] = heard.get();
    EXPECT_EQ(bytes.size(), 0U);
    EXPECT_TRUE(closed);  // an orderly end, not a reset
    EXPECT_GE(SystemClock{}.steady() - start, test::kShort.first_message);
    EXPECT_EQ(answered.get(), nullptr);
    EXPECT_TRUE(ben.asked.empty());
  }
};

TEST_F(Handshake, GivesBothSidesOneChannelAndTheOthersProof) {
  meet();
  const auto at_ada = opened->get();
  const auto at_ben = accepted->get();
  ASSERT_TRUE(at_ben);
  EXPECT_EQ(at_ada->hash(), at_ben->hash());
  EXPECT_EQ(at_ada->peer().device, ben.id());
  EXPECT_EQ(at_ada->peer().admit, "ben's admit");
  EXPECT_EQ(at_ben->peer().device, ada.id());
  EXPECT_EQ(at_ben->peer().admit, "ada's admit");
  EXPECT_EQ(ada.asked.size(), 1U);
  EXPECT_EQ(ben.asked.size(), 1U);
}

TEST_F(Handshake, SaysWhichKeyOpenedItAndWhetherItIsTheNewest) {
  share_a_key();
  share_a_key();
  meet(0);
  EXPECT_TRUE(accepted->get()->peer().key.newest);
  meet(2);
  const auto at_ben = accepted->get();
  ASSERT_TRUE(at_ben);
  EXPECT_EQ(at_ben->peer().key.index, 2U);
  EXPECT_FALSE(at_ben->peer().key.newest);
  EXPECT_EQ(opened->get()->peer().key.index, 2U);
}

TEST_F(Handshake, TellsTheAnsweringSideHowFarTheOtherClockIsAhead) {
  ada.clock.advance(40s);
  meet();
  EXPECT_EQ(accepted->get()->peer().clock_ahead, 40s);
  EXPECT_EQ(opened->get()->peer().clock_ahead, 0s);
}

TEST_F(Handshake, BridgesAClockThatIsWrongInAKnownWay) {
  ada.clock.advance(std::chrono::hours{5});
  ben.clock_ahead = std::chrono::hours{5};
  meet();
  EXPECT_TRUE(accepted->get());
}

TEST_F(Handshake, EndsAtTheDiallingSideWhereTheAnswererIsNotBelieved) {
  ada.trusting = false;
  meet();
  EXPECT_ERROR(Errc::refused, opened->get());
  EXPECT_ERROR(Errc::unreachable, accepted->get());
  EXPECT_TRUE(ben.asked.empty());  // it never learned who called
}

TEST_F(Handshake, EndsAtTheAnsweringSideWhereTheCallerIsNotBelieved) {
  ben.trusting = false;
  meet();
  EXPECT_EQ(accepted->get(), nullptr);
  ASSERT_EQ(ben.asked.size(), 1U);
  EXPECT_EQ(ben.asked[0].admit, "ada's admit");
}

TEST_F(Handshake, IsRefusedWithOneself) {
  ben.device = ada.device.clone();
  meet();
  EXPECT_ERROR(Errc::refused, opened->get());
  EXPECT_TRUE(ada.asked.empty());
}

TEST_F(HandshakeWithStrangers, AnswersAWrongKeyWithSilence) {
  expect_silence(first_message(crypto::random_secret<crypto::NoisePsk>(), ben.clock.now()));
}

TEST_F(HandshakeWithStrangers, AnswersAStaleFirstMessageWithSilence) {
  expect_silence(first_message(ben.keys[0], ben.clock.now() - 91s));
  expect_silence(first_message(ben.keys[0], ben.clock.now() + 91s));
  expect_silence(first_message(ben.keys[0], kLatestInstant + 1ms));
}

TEST_F(HandshakeWithStrangers, AnswersARepeatedFirstMessageWithSilence) {
  const Bytes recorded = first_message(ben.keys[0], ben.clock.now());
  ASSERT_TRUE(open_first_message(recorded, ben.context));
  expect_silence(recorded);
  ben.clock.advance(60s);
  expect_silence(recorded);
  ben.freshness.widen();
  expect_silence(recorded);
}

TEST_F(HandshakeWithStrangers, AnswersItsOwnFirstMessageWithSilence) {
  test::Ends ends{io};
  auto dialled = test::spawn(io, test::open_with(std::move(ends.one), ben, 0));
  Bytes said(kFirstWire);
  auto heard = test::spawn(io, read_all(ends.other, said));
  io.run();
  io.restart();
  EXPECT_TRUE(heard.get());
  EXPECT_ERROR(Errc::unreachable, dialled.get());
  expect_silence(said);
}

TEST_F(HandshakeWithStrangers, AnswersAnythingElseWithSilence) {
  expect_silence({});
  expect_silence(Bytes(1));
  expect_silence(Bytes(kFirstWire - 1));
  expect_silence(Bytes(kFirstWire));
  expect_silence(Bytes(5000, std::byte{'G'}));
  Bytes half = first_message(ben.keys[0], ben.clock.now());
  half.pop_back();
  expect_silence(half);
}

TEST_F(HandshakeWithStrangers, AnswersAFirstMessageWithAnyBitFlippedWithSilence) {
  const Bytes good = first_message(ben.keys[0], ben.clock.now());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(open_first_message(bad, ben.context)) << bit;
  }
  EXPECT_TRUE(open_first_message(good, ben.context));  // none of them used it up
}

TEST_F(HandshakeWithStrangers, AnswersAnotherVersionWithSilence) {
  crypto::Handshake other{{.role = crypto::NoiseRole::initiator,
                           .prologue = to_bytes(as_bytes("attune-sync\x02")),
                           .own = ada.device.clone(),
                           .psk = ben.keys[0].clone(),
                           .ephemeral = {}}};
  expect_silence(with_length(other.write(first_payload(ben.clock.now()))));
}

TEST_F(Handshake, EndsForAHolderOfTheKeyWhoFallsSilent) {
  ben.context.limits.handshake = 300ms;
  test::Ends ends{io};
  auto answered = test::spawn(io, accept_channel(std::move(ends.other), ben.context));
  const Bytes first = first_message(ben.keys[0], ben.clock.now());
  asio::write(ends.one, asio::buffer(first.data(), first.size()));
  auto heard = test::spawn(io, test::everything(ends.one));
  io.run();
  EXPECT_EQ(heard.get().first.size(), kSecondWire);
  EXPECT_ERROR(Errc::unreachable, answered.get());
}

TEST_F(HandshakeWithStrangers, EndsForTheCallerWhereNobodyAnswers) {
  test::Ends ends{io};
  auto calling = test::spawn(io, test::open_with(std::move(ends.one), ada, 0));
  io.run();
  EXPECT_ERROR(Errc::unreachable, calling.get());
  EXPECT_TRUE(ada.asked.empty());
}

TEST_F(Handshake, RefusesASecondMessageThatWasChanged) {
  test::Ends ends{io};
  auto calling = test::spawn(io, test::open_with(std::move(ends.one), ada, 0));
  const Bytes garbage(kSecondWire, std::byte{7});
  asio::write(ends.other, asio::buffer(garbage.data(), garbage.size()));
  io.run();
  EXPECT_ERROR(Errc::peer_misbehaved, calling.get());
}

TEST_F(Handshake, HasMessagesOfConstantSize) {
  EXPECT_EQ(first_message(ben.keys[0], Instant{}).size(), kFirstWire);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMaxAdmit}) {
    ada.context.admit = std::string(size, 'a');
    ben.context.admit = std::string(size, 'b');
    test::Ends ends{io};
    auto calling = test::spawn(io, test::open_with(std::move(ends.one), ada, 0));
    auto answered = test::spawn(io, answer_by_hand(ends.other, ben.context));
    io.run();
    io.restart();
    EXPECT_EQ(answered.get(), (std::vector{kFirstWire, kSecondWire, kThirdWire}));
    EXPECT_EQ(calling.get()->peer().admit, ben.context.admit);
  }
}

TEST_F(Handshake, TriesEveryKeyAlsoAfterOneOpened) {
  share_a_key();
  share_a_key();
  int asked = 0;
  ben.context.keys = [&] {
    ++asked;
    return ben.live_keys();
  };
  for (std::size_t key = 0; key < ben.keys.size(); ++key) {
    const auto welcome = open_first_message(first_message(ben.keys[key], ben.clock.now()), ben.context);
    ASSERT_TRUE(welcome);
    EXPECT_EQ(welcome->key.index, key);
  }
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace attune::net
