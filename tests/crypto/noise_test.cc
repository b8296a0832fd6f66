#include "crypto/noise.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

#include "crypto/noise_pair.h"
#include "support/error_matcher.h"

namespace attune::crypto {
namespace {

using test::connected;
using test::handshake;
using test::NoisePair;
using test::opened_by;
using test::sealed_by;
using test::with_flipped_bit;

constexpr std::size_t kMaxPlain = kMaxNoiseMessage - kTagSize;

// Refused however a bit is flipped and wherever it is cut, and none of it keeps the honest message out.
void check_refusals(Handshake& reader, const Bytes& honest) {
  for (std::size_t bit = 0; bit < honest.size() * 8; ++bit) {
    EXPECT_ERROR(Errc::peer_misbehaved, reader.read(with_flipped_bit(honest, bit)));
  }
  for (std::size_t size = 0; size < honest.size(); ++size) {
    EXPECT_ERROR(Errc::peer_misbehaved, reader.read(BytesView{honest}.first(size)));
  }
  auto longer = honest;
  longer.push_back(std::byte{0});
  EXPECT_ERROR(Errc::peer_misbehaved, reader.read(longer));
  EXPECT_ERROR(Errc::peer_misbehaved, reader.read(Bytes(kMaxNoiseMessage + 1)));
}

TEST(NoiseHandshake, RefusesEveryAlteredMessageAndStillTakesTheHonestOne) {
  NoisePair pair;
  const auto payload = to_bytes(as_bytes("hello"));
  auto* writer = &pair.initiator;
  auto* reader = &pair.responder;
  for (int i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    const auto message = writer->write(payload);
    check_refusals(*reader, message);
    EXPECT_EQ(reader->read(message), payload);
    std::swap(writer, reader);
  }
  EXPECT_TRUE(pair.initiator.finished() && pair.responder.finished());
}

TEST(NoiseHandshake, HasTheSizesOfItsPattern) {
  NoisePair pair;
  EXPECT_EQ(pair.initiator.write(Bytes(5)).size(), 5U + 48U);
  NoisePair other;
  static_cast<void>(other.responder.read(other.initiator.write({})));
  const auto second = other.responder.write({});
  EXPECT_EQ(second.size(), 96U);
  static_cast<void>(other.initiator.read(second));
  EXPECT_EQ(other.initiator.write({}).size(), 64U);
}

TEST(NoiseHandshake, ShowsEachTheOthersStaticKeyAndOneHash) {
  const auto own = random_secret<DeviceSecret>();
  Handshake initiator{{NoiseRole::initiator, {}, own.clone(), test::psk_of(1), std::nullopt}};
  Handshake responder{{NoiseRole::responder, {}, own.clone(), test::psk_of(1), std::nullopt}};
  auto [ours, theirs] = connected({std::move(initiator), std::move(responder)});
  EXPECT_EQ(ours.peer, x25519_public(own.bytes()));
  EXPECT_EQ(theirs.peer, x25519_public(own.bytes()));
  EXPECT_EQ(ours.hash, theirs.hash);
  EXPECT_NE(ours.hash, connected().first.hash);
}

TEST(NoiseHandshake, WithoutThePskTheFirstMessageIsRefused) {
  for (const bool with_another_psk : {true, false}) {
    auto stranger = handshake(NoiseRole::initiator, with_another_psk ? test::psk_of(8) : std::nullopt);
    auto responder = handshake(NoiseRole::responder);
    EXPECT_ERROR(Errc::peer_misbehaved, responder.read(stranger.write(Bytes(16))));
  }
}

TEST(NoiseHandshake, AnotherPrologueIsRefused) {
  auto initiator = handshake(NoiseRole::initiator);
  Handshake responder{{NoiseRole::responder, Bytes(1), random_secret<DeviceSecret>(), test::psk_of(7), std::nullopt}};
  EXPECT_ERROR(Errc::peer_misbehaved, responder.read(initiator.write({})));
}

// Low-order points of X25519: agreeing with one gives zeros whatever the secret is.
TEST(NoiseHandshake, AKeyThatAgreesOnZerosEndsIt) {
  const XPublic zeros{};
  auto responder = handshake(NoiseRole::responder, std::nullopt);
  static_cast<void>(responder.read(zeros));  // nothing is agreed yet in message 1 of XX
  EXPECT_ERROR(Errc::peer_misbehaved, responder.write({}));

  NoisePair pair{handshake(NoiseRole::initiator, std::nullopt), handshake(NoiseRole::responder, std::nullopt)};
  static_cast<void>(pair.responder.read(pair.initiator.write({})));
  auto second = pair.responder.write({});
  const auto honest = second;
  std::ranges::copy(zeros, second.begin());
  EXPECT_ERROR(Errc::peer_misbehaved, pair.initiator.read(second));
  static_cast<void>(pair.initiator.read(honest));
}

TEST(NoiseHandshake, AMessageOfOneRunIsNoMessageOfAnother) {
  NoisePair one;
  NoisePair other;
  static_cast<void>(one.responder.read(one.initiator.write({})));
  static_cast<void>(other.responder.read(other.initiator.write({})));
  EXPECT_ERROR(Errc::peer_misbehaved, one.initiator.read(other.responder.write({})));
}

TEST(NoiseHandshake, AnotherOrderIsABug) {
  NoisePair pair;
  EXPECT_DEATH(static_cast<void>(pair.responder.write({})), "our_turn");
  EXPECT_DEATH(static_cast<void>(pair.initiator.read({})), "our_turn");
  EXPECT_DEATH(static_cast<void>(std::move(pair.initiator).split()), "finished");
  EXPECT_DEATH(static_cast<void>(pair.initiator.peer()), "peer");
}

TEST(NoiseTransport, CarriesMessagesBothWays) {
  auto [ours, theirs] = connected();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, kMaxPlain}) {
    const Bytes plain(size, std::byte{0x61});
    EXPECT_EQ(opened_by(theirs.receive, sealed_by(ours.send, plain)), plain);
    EXPECT_EQ(opened_by(ours.receive, sealed_by(theirs.send, plain)), plain);
  }
}

TEST(NoiseTransport, AnyFlippedBitIsRefusedAndTheNextHonestMessageIsAccepted) {
  auto [ours, theirs] = connected();
  EXPECT_TRUE(rc::check([&ours = ours, &theirs = theirs](const std::vector<std::uint8_t>& text) {
    const auto plain = to_bytes(std::as_bytes(std::span{text}));
    const auto sealed = sealed_by(ours.send, plain);
    const auto bit = *rc::gen::inRange<std::size_t>(0, sealed.size() * 8);
    EXPECT_ERROR(Errc::peer_misbehaved, opened_by(theirs.receive, with_flipped_bit(sealed, bit)));
    RC_ASSERT(opened_by(theirs.receive, sealed) == plain);
  }));
}

TEST(NoiseTransport, EachBitOfAMessageCounts) {
  auto [ours, theirs] = connected();
  const auto plain = to_bytes(as_bytes("every bit"));
  const auto sealed = sealed_by(ours.send, plain);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    EXPECT_ERROR(Errc::peer_misbehaved, opened_by(theirs.receive, with_flipped_bit(sealed, bit)));
  }
  EXPECT_EQ(opened_by(theirs.receive, sealed), plain);
}

TEST(NoiseTransport, RefusesReplayedReorderedAndReflectedMessages) {
  auto [ours, theirs] = connected();
  const auto plain = to_bytes(as_bytes("same text"));
  const auto first = sealed_by(ours.send, plain);
  const auto second = sealed_by(ours.send, plain);
  EXPECT_NE(first, second);
  EXPECT_ERROR(Errc::peer_misbehaved, opened_by(theirs.receive, second));
  EXPECT_ERROR(Errc::peer_misbehaved, opened_by(ours.receive, first));
  EXPECT_EQ(opened_by(theirs.receive, first), plain);
  EXPECT_ERROR(Errc::peer_misbehaved, opened_by(theirs.receive, first));
  EXPECT_EQ(opened_by(theirs.receive, second), plain);
}

TEST(NoiseTransport, RefusesSizesThatCannotBe) {
  auto [ours, theirs] = connected();
  Bytes out;
  EXPECT_ERROR(Errc::peer_misbehaved, theirs.receive.decrypt({}, out));
  EXPECT_ERROR(Errc::peer_misbehaved, theirs.receive.decrypt(Bytes(kTagSize - 1), out));
  out.resize(kMaxPlain + 1);
  EXPECT_ERROR(Errc::peer_misbehaved, theirs.receive.decrypt(Bytes(kMaxNoiseMessage + 1), out));
  EXPECT_DEATH(static_cast<void>(sealed_by(ours.send, out)), "kMaxNoiseMessage");
  EXPECT_EQ(opened_by(theirs.receive, sealed_by(ours.send, {})), Bytes{});
}

TEST(NoiseNonce, IsLittleEndianBehindZerosAndEndsBeforeTheReservedOne) {
  EXPECT_EQ(to_hex(NonceCounter{}.current()), "000000000000000000000000");
  EXPECT_EQ(to_hex(NonceCounter{0x0102030405060708U}.current()), "000000000807060504030201");
  NonceCounter counter{std::numeric_limits<std::uint64_t>::max() - 1};
  EXPECT_EQ(to_hex(counter.current()), "00000000feffffffffffffff");
  counter.advance();
  EXPECT_ERROR(Errc::internal, counter.current());
  EXPECT_DEATH(counter.advance(), "max");
}

}  // namespace
}  // namespace attune::crypto
