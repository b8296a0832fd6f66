// What a stranger, and what a holder of the couple's key, can send before and after a handshake is done.
// docs/protocol.md, sections 3.3 to 3.5.
#include "crypto/noise.h"

#include "fuzz/target.h"
#include "net/first_message.h"
#include "support/manual_clock.h"

namespace attune::fuzz {
namespace {

constexpr Instant kNow{std::chrono::milliseconds{1'790'000'000'000}};

struct Node {
  test::ManualClock clock{kNow};
  net::Freshness freshness{clock};
  crypto::DeviceSecret device = known_secret<crypto::DeviceSecret>(3);
  crypto::NoisePsk psk = known_secret<crypto::NoisePsk>(9);
  net::HandshakeContext context;
  Node() {
    context.clock = &clock;
    context.freshness = &freshness;
    context.device = &device;
    context.keys = [this] {
      std::vector<net::LivePsk> keys;
      keys.push_back({{}, psk.clone()});
      return keys;
    };
  }
};

const crypto::DeviceSecret& stranger() {
  static const auto secret = known_secret<crypto::DeviceSecret>(5);
  return secret;
}

// Flips, cuts and lengthens, as the input says. true: it is another message now.
bool alter(Draw& draw, Bytes& message) {
  const Bytes before = message;
  for (unsigned changes = draw.byte() % 4; changes > 0; --changes) {
    const unsigned how = draw.byte();
    const std::size_t at = message.empty() ? 0 : draw.below(message.size());
    if (how % 8 == 0) {
      message.resize(at);
    } else if (how % 8 == 1) {
      append(message, draw.piece());
    } else if (!message.empty()) {
      message[at] ^= static_cast<std::byte>(1U << (how % 8));
    }
  }
  return message != before;
}

// --- Message one: garbage, or made by a holder of the key with a payload of its own.

void first(BytesView input) {
  Draw draw{input};
  Node node;
  const unsigned how = draw.byte();
  if (how % 4 == 0) {
    const BytesView wire = draw.rest();
    if (wire.size() <= 2) return;
    promise(!net::open_first_message(wire, node.context), "nobody without the key opens anything");
    return;
  }
  auto handshake = net::begin_handshake(crypto::NoiseRole::initiator, node.psk, stranger());
  const Bytes payload = how % 4 == 1 ? net::first_payload(kNow + std::chrono::milliseconds{draw.u64() % 400'000})
                                     : to_bytes(draw.bytes(draw.below(200)));
  Bytes message = handshake.write(payload);
  const bool altered = alter(draw, message);
  if (message.empty()) return;  // a reader waits for all the bytes of a first message
  const Bytes wire = net::with_length(message);
  const auto sent = net::time_of(payload);
  const auto welcome = net::open_first_message(wire, node.context);
  const bool in_time = sent && std::chrono::abs(*sent - kNow) <= net::Freshness::kWindow;
  promise(welcome.has_value() == (!altered && in_time), "who has the key and is in time is let in, and nobody else");
  promise(!net::open_first_message(wire, node.context), "nobody is let in twice by one message");
}

std::vector<Bytes> first_seeds() {
  InputBuilder honest;
  honest.byte(1).u64(1000).byte(0);
  InputBuilder late;
  late.byte(1).u64(200'000).byte(0);
  InputBuilder payload;
  payload.byte(2).u16(64).u64(1'790'000'000'000).raw(Bytes(56)).byte(1).byte(3).u16(40);
  return {honest.take(), late.take(), payload.take()};
}

// --- Message three: the responder has answered; what comes is altered, or another payload, or out of order.

void third(BytesView input) {
  Draw draw{input};
  Node node;
  auto initiator = net::begin_handshake(crypto::NoiseRole::initiator, node.psk, stranger());
  auto responder = net::begin_handshake(crypto::NoiseRole::responder, node.psk, node.device);
  promise(responder.read(initiator.write(net::first_payload(kNow))).size() == net::kFirstPayload,
          "message one is read");
  const BytesView admit = draw.bytes(draw.below(net::kMaxAdmit + 1));
  Bytes second = responder.write(net::padded(admit, net::kProofPayload));
  const Bytes honest_second = second;
  const bool altered_second = alter(draw, second);
  const auto lost = refusal({Errc::peer_misbehaved}, [&] {
    const Bytes payload = initiator.read(second);
    const auto content = net::unpadded(payload);
    promise(content && equal(*content, admit), "payload two comes as it was");
  });
  promise(lost.has_value() == altered_second, "an altered message two is seen");
  if (lost) promise(!initiator.read(honest_second).empty(), "a failed read has advanced nothing");

  const Bytes payload = to_bytes(draw.bytes(draw.below(1200)));
  const Bytes honest = initiator.write(payload);
  Bytes third = honest;
  const bool altered = alter(draw, third);
  const auto refused =
      refusal({Errc::peer_misbehaved}, [&] { promise(responder.read(third) == payload, "as it was"); });
  promise(refused.has_value() == altered, "an altered message three is seen");
  if (refused) promise(responder.read(honest) == payload, "a failed read has advanced nothing");
  static_cast<void>(net::unpadded(payload));
  promise(responder.finished() && initiator.finished(), "three messages are all");
  promise(responder.peer() == crypto::x25519_public(stranger().bytes()), "the other side's key is proven");
  const auto one = std::move(initiator).split();
  const auto other = std::move(responder).split();
  promise(one.hash == other.hash, "both name the session alike");
}

std::vector<Bytes> third_seeds() {
  return {InputBuilder{}.u16(0).byte(0).u16(512).raw(Bytes(512)).byte(0).take(), InputBuilder{}
                                                                                     .u16(5)
                                                                                     .raw(as_bytes("admit"))
                                                                                     .byte(1)
                                                                                     .byte(2)
                                                                                     .u16(50)
                                                                                     .u16(3)
                                                                                     .raw(as_bytes("xyz"))
                                                                                     .byte(1)
                                                                                     .byte(8)
                                                                                     .u16(9)
                                                                                     .take()};
}

// --- Transport: messages altered, dropped, repeated and out of order; a failed one advances nothing.

void transport(BytesView input) {
  using SendKey = crypto::Secret<struct crypto::SendKeyTag, 32>;
  using ReceiveKey = crypto::Secret<struct crypto::ReceiveKeyTag, 32>;
  Draw draw{input};
  crypto::SendCipher send{known_secret<SendKey>(1)};
  crypto::ReceiveCipher receive{known_secret<ReceiveKey>(1)};
  std::vector<std::pair<Bytes, Bytes>> said;  // plain, sealed
  std::size_t heard = 0;
  for (int step = 0; step < 24 && !draw.done(); ++step) {
    const unsigned how = draw.byte();
    if (how % 4 == 0 || said.empty()) {
      Bytes plain = to_bytes(draw.bytes(how / 4));
      Bytes sealed(plain.size() + crypto::kTagSize);
      send.encrypt(plain, sealed);
      said.emplace_back(std::move(plain), std::move(sealed));
      continue;
    }
    const std::size_t which = how % 4 == 1 ? std::min(heard, said.size() - 1) : draw.below(said.size());
    Bytes sealed = said[which].second;
    const bool altered = how % 4 == 3 && alter(draw, sealed);
    Bytes plain(sealed.size() < crypto::kTagSize ? 0 : sealed.size() - crypto::kTagSize);
    const auto refused = refusal({Errc::peer_misbehaved}, [&] { receive.decrypt(sealed, plain); });
    promise(refused.has_value() == (altered || which != heard), "only the next message opens, unaltered");
    if (refused) continue;
    promise(plain == said[which].first, "what was said is heard");
    ++heard;
  }
}

std::vector<Bytes> transport_seeds() {
  return {InputBuilder{}
              .byte(20)
              .raw(as_bytes("hello"))
              .byte(1)
              .byte(1)
              .byte(8)
              .raw(as_bytes("hi"))
              .byte(3)
              .u16(1)
              .byte(1)
              .byte(2)
              .u16(3)
              .byte(1)
              .take()};
}

const Registration registration_first{{"noise_first", Weight::heavy, first, first_seeds}};
const Registration registration_third{{"noise_third", Weight::heavy, third, third_seeds}};
const Registration registration_transport{{"noise_transport", Weight::light, transport, transport_seeds}};

}  // namespace
}  // namespace attune::fuzz
