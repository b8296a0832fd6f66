// A holder of the PSK with a program of its own who says keys that agree on nothing, or have two writings: no session.
#include <gtest/gtest.h>

#include <asio/read.hpp>
#include <asio/write.hpp>

#include "crypto/noise_symmetric.h"
#include "net/first_message.h"
#include "net/frame.h"
#include "net/middle.h"
#include "net/two_nodes.h"

namespace attune::net {
namespace {

// The initiator by hand: everything but the keys is as it should be.
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
  static crypto::XPublic as_it_is(const crypto::XPublic& key) { return key; }

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
  const auto high = [](crypto::XPublic key) {
    key.back() |= std::byte{0x80};
    return key;
  };
  EXPECT_EQ(end_with(high, as_it_is), "nobody");
  EXPECT_FALSE(answered);
  EXPECT_EQ(end_with(as_it_is, high), "peer_misbehaved");
  EXPECT_TRUE(ben.asked.empty());
  EXPECT_EQ(end_with(as_it_is, as_it_is), "a channel");  // and the tools are good
  EXPECT_EQ(ben.asked.size(), 1U);
}

}  // namespace
}  // namespace attune::net
