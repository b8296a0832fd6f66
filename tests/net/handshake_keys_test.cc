// A holder of the PSK with a program of its own who says keys that agree on nothing, or have two writings: no session,
// whether they call or answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "crypto/noise_symmetric.h"
#include "net/first_message.h"
#include "net/frame.h"
#include "net/middle.h"
#include "net/two_nodes.h"

namespace attune::net {
namespace {

// All points of low order, two of them in a second writing: agreeing with any of them gives zero.
std::vector<crypto::XPublic> keys_of_low_order() {
  std::vector<crypto::XPublic> keys;
  for (const std::string_view hex : {"0000000000000000000000000000000000000000000000000000000000000000",
                                     "0100000000000000000000000000000000000000000000000000000000000000",
                                     "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                                     "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                                     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                     "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    const auto bytes = from_hex(hex).value();
    crypto::XPublic key{};
    std::ranges::copy(bytes, key.begin());
    keys.push_back(key);
  }
  return keys;
}

crypto::XPublic as_it_is(const crypto::XPublic& key) { return key; }
crypto::XPublic high(crypto::XPublic key) {
  key.back() |= std::byte{0x80};
  return key;
}

// One side by hand: everything but the keys is as it should be.
struct ByHand {
  explicit ByHand(const crypto::NoisePsk& psk) : symmetric{"Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b", prologue()} {
    symmetric.mix_key_and_hash(psk.bytes());
  }
  static Bytes prologue() {
    Bytes bytes = to_bytes(as_bytes("attune-sync"));
    bytes.push_back(kProtocolVersion);
    return bytes;
  }
  Bytes first(const crypto::XPublic& ephemeral, Instant now) {
    Bytes message = to_bytes(ephemeral);
    symmetric.mix_hash(ephemeral);
    symmetric.mix_key(ephemeral);
    symmetric.encrypt_and_hash(first_payload(now), message);
    return with_length(message);
  }
  // Reads message one and answers it with these keys.
  struct Own {
    const crypto::EphemeralSecret& ephemeral;
    const crypto::DeviceSecret& device;
    crypto::XPublic said_ephemeral;
    crypto::XPublic said_device;
  };
  Bytes second(BytesView first, const Own& own) {
    BytesView rest = first.subspan(2);
    crypto::XPublic theirs{};
    std::ranges::copy(rest.first(32), theirs.begin());
    symmetric.mix_hash(theirs);
    symmetric.mix_key(theirs);
    static_cast<void>(symmetric.decrypt_and_hash(rest.subspan(32)));
    Bytes message = to_bytes(own.said_ephemeral);
    symmetric.mix_hash(own.said_ephemeral);
    symmetric.mix_key(own.said_ephemeral);
    symmetric.mix_key(agreement(own.ephemeral.bytes(), own.said_ephemeral, theirs));
    symmetric.encrypt_and_hash(own.said_device, message);
    symmetric.mix_key(agreement(own.device.bytes(), own.said_device, theirs));
    symmetric.encrypt_and_hash(padded(as_bytes("an admit"), kProofPayload), message);
    return with_length(message);
  }
  // What the other side gets who does not look: of a key of low order zeros, of any other one what both get.
  static Bytes agreement(crypto::KeyView secret, const crypto::XPublic& said, const crypto::XPublic& theirs) {
    const auto low = keys_of_low_order();
    if (std::ranges::count(low, said) > 0) return Bytes(32);
    return to_bytes(crypto::x25519(secret, theirs).bytes());
  }
  // Reads message two and answers it with that static key, which it says agrees with theirs on `agreed`.
  Bytes third(BytesView second, const crypto::EphemeralSecret& ephemeral, const crypto::XPublic& key,
              BytesView agreed) {
    BytesView rest = second.subspan(2);
    crypto::XPublic theirs{};
    std::ranges::copy(rest.first(32), theirs.begin());
    symmetric.mix_hash(theirs);
    symmetric.mix_key(theirs);
    symmetric.mix_key(crypto::x25519(ephemeral.bytes(), theirs).bytes());
    crypto::XPublic their_static{};
    std::ranges::copy(symmetric.decrypt_and_hash(rest.subspan(32, 48)), their_static.begin());
    symmetric.mix_key(crypto::x25519(ephemeral.bytes(), their_static).bytes());
    static_cast<void>(symmetric.decrypt_and_hash(rest.subspan(80)));
    Bytes message;
    symmetric.encrypt_and_hash(key, message);
    symmetric.mix_key(agreed);
    symmetric.encrypt_and_hash(padded(as_bytes("an admit"), kProofPayload), message);
    return with_length(message);
  }
  crypto::SymmetricState symmetric;
};

// Ben answers a caller who is written by hand.
class HandshakeKeys : public ::testing::Test {
 protected:
  HandshakeKeys() { ben.keys.push_back(crypto::random_secret<crypto::NoisePsk>()); }

  // One handshake in which the caller says its keys, drawn anew, as these two change them, and that `agreed` comes of
  // its static key and message two where it is given. How it ended for Ben: a channel, nobody, or an error's name.
  template <class Ephemeral, class Static>
  std::string end_with(Ephemeral ephemeral_as, Static static_as, std::optional<Bytes> agreed = std::nullopt) {
    const auto ephemeral = crypto::random_secret<crypto::EphemeralSecret>();
    const auto device = crypto::random_secret<crypto::DeviceSecret>();
    test::Ends ends{io};
    ben.asked.clear();
    auto accepted = test::spawn(io, accept_channel(std::move(ends.other), ben.context));
    ByHand caller{ben.keys[0]};
    say(ends.one, caller.first(ephemeral_as(crypto::x25519_public(ephemeral.bytes())), ben.clock.now()));
    answered = ends.one.available() == kSecondWire;
    if (answered) {
      Bytes second(kSecondWire);
      asio::read(ends.one, asio::buffer(second.data(), second.size()));
      crypto::XPublic theirs{};
      std::ranges::copy(BytesView{second}.subspan(2, 32), theirs.begin());
      if (!agreed) agreed = to_bytes(crypto::x25519(device.bytes(), theirs).bytes());
      say(ends.one, caller.third(second, ephemeral, static_as(crypto::x25519_public(device.bytes())), *agreed));
    }
    std::unique_ptr<Channel> channel;
    if (!accepted.done()) {  // it waits, and says nothing
      ends.one.close();
      test::settle(io);
    }
    return test::code_of(accepted, channel);
  }
  void say(test::Tcp::socket& socket, const Bytes& message) {
    asio::write(socket, asio::buffer(message.data(), message.size()));
    test::settle(io);
  }

  asio::io_context io;
  test::Node ben{"ben's admit"};
  bool answered = false;  // message one was
};

TEST_F(HandshakeKeys, OfLowOrderEndIt) {
  for (const crypto::XPublic& low : keys_of_low_order()) {
    const auto as_low = [&](const crypto::XPublic&) { return low; };
    EXPECT_EQ(end_with(as_low, as_it_is, Bytes(32)), "peer_misbehaved");
    EXPECT_FALSE(answered);
    EXPECT_EQ(end_with(as_it_is, as_low, Bytes(32)), "peer_misbehaved");
    EXPECT_TRUE(answered);
    EXPECT_TRUE(ben.asked.empty());
  }
}

// A second way to write a key would give one device two names.
TEST_F(HandshakeKeys, WithTheirHighestBitSetEndIt) {
  EXPECT_EQ(end_with(high, as_it_is), "nobody");
  EXPECT_FALSE(answered);
  EXPECT_EQ(end_with(as_it_is, high), "peer_misbehaved");
  EXPECT_TRUE(ben.asked.empty());
  EXPECT_EQ(end_with(as_it_is, as_it_is), "a channel");  // and the tools are good
  EXPECT_EQ(ben.asked.size(), 1U);
}

// Ada calls somebody who answers by hand.
class AnsweredKeys : public ::testing::Test {
 protected:
  AnsweredKeys() { ada.keys.push_back(crypto::random_secret<crypto::NoisePsk>()); }

  // One handshake in which the answerer says its keys, drawn anew, as these two change them. How it ended for Ada.
  template <class Ephemeral, class Static>
  std::string end_with(Ephemeral ephemeral_as, Static static_as) {
    const auto ephemeral = crypto::random_secret<crypto::EphemeralSecret>();
    const auto device = crypto::random_secret<crypto::DeviceSecret>();
    test::Ends ends{io};
    ada.asked.clear();
    auto opened = test::spawn(io, test::open_with(std::move(ends.one), ada, 0));
    test::settle(io);
    Bytes first(kFirstWire);
    asio::read(ends.other, asio::buffer(first.data(), first.size()));
    ByHand answerer{ada.keys[0]};
    const Bytes second =
        answerer.second(first, {ephemeral, device, ephemeral_as(crypto::x25519_public(ephemeral.bytes())),
                                static_as(crypto::x25519_public(device.bytes()))});
    asio::write(ends.other, asio::buffer(second.data(), second.size()));
    test::settle(io);
    told = ends.other.available();
    std::unique_ptr<Channel> channel;
    return test::code_of(opened, channel);
  }

  asio::io_context io;
  test::Node ada{"ada's admit"};
  std::size_t told = 0;  // bytes that Ada said after message one
};

TEST_F(AnsweredKeys, OfLowOrderEndIt) {
  for (const crypto::XPublic& low : keys_of_low_order()) {
    const auto as_low = [&](const crypto::XPublic&) { return low; };
    EXPECT_EQ(end_with(as_low, as_it_is), "peer_misbehaved");
    EXPECT_EQ(told, 0U);
    EXPECT_EQ(end_with(as_it_is, as_low), "peer_misbehaved");
    EXPECT_EQ(told, 0U);
    EXPECT_TRUE(ada.asked.empty());
  }
}

TEST_F(AnsweredKeys, WithTheirHighestBitSetEndIt) {
  EXPECT_EQ(end_with(high, as_it_is), "peer_misbehaved");
  EXPECT_EQ(told, 0U);
  EXPECT_EQ(end_with(as_it_is, high), "peer_misbehaved");
  EXPECT_EQ(told, 0U);
  EXPECT_TRUE(ada.asked.empty());
  EXPECT_EQ(end_with(as_it_is, as_it_is), "a channel");  // and the tools are good
  EXPECT_EQ(told, kThirdWire);
  EXPECT_EQ(ada.asked.size(), 1U);
}

}  // namespace
}  // namespace attune::net
