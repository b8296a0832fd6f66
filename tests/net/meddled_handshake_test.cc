// Two devices that share a key, and somebody between them who alters, repeats, swaps, cuts and adds: no session comes
// of it, ever, and whoever answers says nothing before a first message that is as it was sent.
#include <gtest/gtest.h>

#include <asio/write.hpp>
#include <iostream>

#include "net/first_message.h"
#include "net/frame.h"
#include "net/middle.h"
#include "net/two_nodes.h"
#include "support/error_matcher.h"

namespace attune::net {
namespace {

using std::chrono_literals::operator""s;

constexpr std::array kSizes{kFirstWire, kSecondWire, kThirdWire};
constexpr std::array<std::size_t, 4> kAdded{1, 2, 16, kThirdWire};

class MeddledHandshake : public ::testing::Test {
 protected:
  MeddledHandshake() { test::share_a_key(ada, ben); }

  // A handshake under way between two devices, message by message.
  struct Run {
    Run(asio::io_context& io, test::Node& caller, test::Node& answerer) : middle{io} {
      opened.emplace(test::spawn(io, test::open_with(middle.take_one(), caller, 0)));
      accepted.emplace(test::spawn(io, accept_channel(middle.take_other(), answerer.context)));
      first = middle.from_one();
    }
    // What the two have in the end; whoever still waits is hung up on.
    void end() {
      middle.hang_up();
      collect();
    }
    // The same, of two who wait for nothing.
    void collect() {
      at_caller = test::code_of(*opened, caller_channel);
      at_answerer = test::code_of(*accepted, answerer_channel);
    }
    test::Middle middle;
    Bytes first;
    std::optional<test::Outcome<std::unique_ptr<Channel>>> opened, accepted;
    std::unique_ptr<Channel> caller_channel, answerer_channel;
    std::string at_caller, at_answerer;
  };
  Run run() { return {io, ada, ben}; }

  // The answering side had nothing but `first` and says nothing to it.
  void expect_silence(test::Node& answerer, const Bytes& first) {
    test::Ends ends{io};
    auto accepted = test::spawn(io, accept_channel(std::move(ends.other), answerer.context));
    asio::write(ends.one, asio::buffer(first.data(), first.size()));
    test::settle(io);
    EXPECT_EQ(ends.one.available(), 0U);
    EXPECT_FALSE(accepted.done()) << "closed at once";
    ends.one.close();
    test::settle(io);
    EXPECT_EQ(accepted.get(), nullptr);
  }

  // One handshake in which a message is passed on as `change` makes it. Nobody gets a session, nor learns of the other.
  template <class Change>
  void expect_none(std::size_t which, Change change) {
    Run meddled = run();
    ben.asked.clear();
    ada.asked.clear();
    Bytes message = meddled.first;
    for (std::size_t i = 0; i < which; ++i) message = pass_on(meddled, i, message);
    ASSERT_EQ(message.size(), kSizes[which]);
    change(message);
    const Bytes answer = pass_on(meddled, which, message);
    EXPECT_EQ(answer.size(), 0U) << "something was said after a message that was altered";
    meddled.end();
    ++aborted;
    EXPECT_TRUE(meddled.at_answerer != "a channel") << "message " << which;
    EXPECT_TRUE(ben.asked.empty());
    // Whoever dialled has said all it has to say before message three is read.
    EXPECT_EQ(meddled.at_caller == "a channel", which == 2);
    EXPECT_EQ(ada.asked.empty(), which < 2);
    if (meddled.caller_channel) expect_dead(*meddled.caller_channel);
  }
  // What the addressee says next.
  static Bytes pass_on(Run& run, std::size_t which, const Bytes& message) {
    if (which == 1) {
      run.middle.to_one(message);
      return run.middle.from_one();
    }
    run.middle.to_other(message);
    return run.middle.from_other();
  }
  // Nothing is ever received on it: `said` is what the next receive() throws or gives.
  void expect_dead(Channel& channel) {
    std::string message;
    auto received = test::spawn(io, channel.receive(message, std::nullopt));
    test::settle(io);
    channel.close();
    test::settle(io);
    try {
      EXPECT_FALSE(received.get()) << "a message was received";
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == Errc::peer_misbehaved || error.code() == Errc::unreachable);
    }
    EXPECT_TRUE(message.empty());
  }

  // All three messages are passed on as `change` makes them, and both have a channel. Gives message three.
  template <class Change>
  Bytes run_to_the_end(Run& run, Change change) {
    change(0, run.first);
    run.middle.to_other(run.first);
    Bytes second = run.middle.from_other();
    change(1, second);
    run.middle.to_one(second);
    Bytes third = run.middle.from_one();
    change(2, third);
    run.middle.to_other(third);
    run.collect();
    EXPECT_EQ(run.at_caller, "a channel");
    EXPECT_EQ(run.at_answerer, "a channel");
    return third;
  }
  Bytes run_to_the_end(Run& run) {
    return run_to_the_end(run, [](std::size_t, Bytes&) {});
  }
  // What stands in the stream is no message: it is not passed over, and the end of the stream does not make it good.
  // False where it took the end of the stream to see that.
  bool expect_refused(Run& run, Channel& channel) {
    std::string message;
    auto received = test::spawn(io, channel.receive(message, std::nullopt));
    test::settle(io);
    const bool whole = received.done();
    if (!whole) run.middle.hang_up();  // fewer bytes than a message has
    EXPECT_ERROR(whole ? Errc::peer_misbehaved : Errc::unreachable, received.get());
    EXPECT_TRUE(message.empty());
    return whole;
  }

  asio::io_context io;
  test::Node ada{"ada's admit"};
  test::Node ben{"ben's admit"};
  std::size_t aborted = 0;
};

class EveryBit : public MeddledHandshake, public ::testing::WithParamInterface<std::size_t> {};

// Each bit, or every so many.
TEST_P(EveryBit, ThatIsFlippedEndsTheHandshake) {
  std::size_t bit = 0;
  for (std::size_t which = 0; which < kSizes.size(); ++which) {
    for (; bit < kSizes[which] * 8; bit += GetParam()) {
      expect_none(which, [&](Bytes& message) { message[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8)); });
    }
    bit -= kSizes[which] * 8;
  }
  std::cout << aborted << " handshakes with one bit flipped, 0 sessions\n";
  Run untouched = run();  // and the tools are good
  run_to_the_end(untouched);
}

TEST_P(EveryBit, TruncationsAnywhereEndTheHandshake) {
  for (std::size_t which = 0; which < kSizes.size(); ++which) {
    for (std::size_t size = 0; size < kSizes[which]; size += (GetParam() + 7) / 8) {
      expect_none(which, [&](Bytes& message) { message.resize(size); });
    }
  }
  std::cout << aborted << " handshakes with one message cut short, 0 sessions\n";
}

INSTANTIATE_TEST_SUITE_P(Quick, EveryBit, ::testing::Values(std::size_t{23}));
INSTANTIATE_TEST_SUITE_P(Prove, EveryBit, ::testing::Values(std::size_t{1}));

// What is added stands where the next message is expected, and there it is none.
TEST_F(MeddledHandshake, BytesThatAreAddedToMessageOneEndIt) {
  for (const std::size_t more : kAdded) {
    Run meddled = run();
    append(meddled.first, Bytes(more, std::byte{1}));
    meddled.middle.to_other(meddled.first);
    meddled.middle.to_one(meddled.middle.from_other());
    meddled.middle.to_other(meddled.middle.from_one());
    meddled.end();
    EXPECT_NE(meddled.at_answerer, "a channel");
    if (meddled.caller_channel) expect_dead(*meddled.caller_channel);
  }
}

TEST_F(MeddledHandshake, BytesThatAreAddedToALaterMessageEndTheChannel) {
  for (const std::size_t more : kAdded) {
    for (const bool to_two : {true, false}) {
      Run meddled = run();
      run_to_the_end(meddled, [&](std::size_t which, Bytes& message) {
        if (which == (to_two ? 1 : 2)) append(message, Bytes(more, std::byte{1}));
      });
      expect_refused(meddled, *(to_two ? meddled.caller_channel : meddled.answerer_channel));
    }
  }
}

TEST_F(MeddledHandshake, TwoThatIsDroppedForAnOlderThree) {
  Run earlier = run();
  const Bytes old_third = run_to_the_end(earlier);
  for (const bool beside_one : {false, true}) {
    Run later = run();
    Bytes said = later.first;
    if (beside_one) append(said, old_third);
    later.middle.to_other(said);
    if (!beside_one) later.middle.to_other(old_third);
    later.end();
    EXPECT_EQ(later.at_answerer, "peer_misbehaved");
    EXPECT_EQ(later.at_caller, "unreachable");
  }
}

TEST_F(MeddledHandshake, ThreeBeforeOne) {
  Run earlier = run();
  const Bytes old_third = run_to_the_end(earlier);
  Run reversed = run();
  reversed.middle.to_other(old_third);
  reversed.middle.to_other(reversed.first);
  EXPECT_EQ(reversed.middle.from_other().size(), 0U);
  reversed.end();
  EXPECT_EQ(reversed.at_answerer, "nobody");
}

TEST_F(MeddledHandshake, OneTwice) {
  Run repeated = run();
  repeated.middle.to_other(repeated.first);
  Bytes again = repeated.first;
  again.resize(kThirdWire);
  repeated.middle.to_other(again);
  repeated.end();
  EXPECT_EQ(repeated.at_answerer, "peer_misbehaved");
}

// Once too often for the channel.
TEST_F(MeddledHandshake, TwoOrThreeTwice) {
  for (const std::size_t twice : {1U, 2U}) {
    Run repeated = run();
    run_to_the_end(repeated, [&](std::size_t which, Bytes& message) {
      if (which == twice) append(message, Bytes{message});
    });
    EXPECT_TRUE(expect_refused(repeated, *(twice == 1 ? repeated.caller_channel : repeated.answerer_channel)));
  }
}

TEST_F(MeddledHandshake, MessagesThatComeBackToWhoSentThem) {
  Run reflected = run();
  Bytes as_second = reflected.first;
  as_second.resize(kSecondWire);
  reflected.middle.to_one(as_second);
  reflected.end();
  EXPECT_EQ(reflected.at_caller, "peer_misbehaved");
  expect_silence(ada, reflected.first);  // to its own port

  Run other = run();
  other.middle.to_other(other.first);
  Bytes as_third = other.middle.from_other();
  as_third.resize(kThirdWire);
  other.middle.to_other(as_third);
  other.end();
  EXPECT_EQ(other.at_answerer, "peer_misbehaved");
}

TEST_F(MeddledHandshake, ARecordedOneGivesNothingTheSecondTime) {
  Run recorded = run();
  const Bytes third = run_to_the_end(recorded);

  expect_silence(ben, recorded.first);
  ben.clock.advance(60s);
  expect_silence(ben, recorded.first);
  ben.clock.advance(60s);
  expect_silence(ben, recorded.first);

  // A device under the same key that has not heard it answers once, and whoever repeats it can go no further.
  test::Node elsewhere{"elsewhere"};
  elsewhere.keys.push_back(ben.keys[0].clone());
  for (const bool repeats_third : {false, true}) {
    test::Ends ends{io};
    auto accepted = test::spawn(io, accept_channel(std::move(ends.other), elsewhere.context));
    asio::write(ends.one, asio::buffer(recorded.first.data(), recorded.first.size()));
    test::settle(io);
    EXPECT_EQ(ends.one.available(), repeats_third ? 0U : kSecondWire);
    asio::write(ends.one, asio::buffer(third.data(), third.size()));
    test::settle(io);
    ends.one.close();
    test::settle(io);
    std::unique_ptr<Channel> none;
    EXPECT_NE(test::code_of(accepted, none), "a channel");
    EXPECT_TRUE(elsewhere.asked.empty());
  }
  test::Node late{"late"};
  late.keys.push_back(ben.keys[0].clone());
  late.clock.advance(91s);
  expect_silence(late, recorded.first);
}

TEST_F(MeddledHandshake, TwoThatAreSplicedGiveNothing) {
  for (const std::size_t from : {1U, 2U}) {  // message two, or three, of the one goes into the other
    Run one = run();
    Run other = run();
    one.middle.to_other(one.first);
    other.middle.to_other(other.first);
    Bytes one_second = one.middle.from_other();
    Bytes other_second = other.middle.from_other();
    if (from == 1) std::swap(one_second, other_second);
    one.middle.to_one(one_second);
    other.middle.to_one(other_second);
    Bytes one_third = one.middle.from_one();
    Bytes other_third = other.middle.from_one();
    if (from == 1) {
      EXPECT_EQ(one_third.size() + other_third.size(), 0U);
    }
    one.middle.to_other(other_third);
    other.middle.to_other(one_third);
    for (Run* run : {&one, &other}) {
      run->end();
      EXPECT_NE(run->at_answerer, "a channel");
      EXPECT_EQ(run->at_caller == "a channel", from == 2);
      if (run->caller_channel) expect_dead(*run->caller_channel);
    }
  }
  EXPECT_TRUE(ben.asked.empty());
}

TEST_F(MeddledHandshake, AnotherKeyIsSilence) {
  for (int i = 0; i < 50; ++i) {
    ada.keys[0] = crypto::random_secret<crypto::NoisePsk>();
    expect_silence(ben, run().first);
  }
}

TEST_F(MeddledHandshake, EveryOtherVersionIsSilence) {
  for (int version = 0; version < 256; ++version) {
    Bytes prologue = to_bytes(as_bytes("attune-sync"));
    prologue.push_back(static_cast<std::byte>(version));
    crypto::Handshake other{{.role = crypto::NoiseRole::initiator,
                             .prologue = prologue,
                             .own = ada.device.clone(),
                             .psk = ben.keys[0].clone(),
                             .ephemeral = {}}};
    const Bytes first = with_length(other.write(first_payload(ben.clock.now())));
    if (std::byte(version) == kProtocolVersion) {
      EXPECT_TRUE(open_first_message(first, ben.context));
    } else {
      expect_silence(ben, first);
    }
  }
}

}  // namespace
}  // namespace attune::net
