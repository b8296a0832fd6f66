// The messages of a pairing, from anybody who listens while three words are spoken. docs/protocol.md, section 4.
#include "attune/pairing.pb.h"
#include "core/text.h"
#include "fuzz/target.h"
#include "identity/root.h"
#include "net/padding.h"
#include "pairing/agreement.h"
#include "pairing/messages.h"

namespace attune::fuzz {
namespace {

// --- In the clear: a nonce, a share.

void clear(BytesView input) {
  static_cast<void>(refusal({Errc::peer_misbehaved}, [&] {
    const auto nonce = pairing::read_start(input);
    promise(pairing::read_start(pairing::write_start(nonce)) == nonce, "a nonce is read as it was written");
  }));
  static_cast<void>(refusal({Errc::peer_misbehaved}, [&] {
    const auto share = pairing::read_share(input);
    promise(crypto::decodable(share), "a share is an element of the group");
    promise(pairing::read_share(pairing::write_share(share)) == share, "a share is read as it was written");
  }));
  static_cast<void>(refusal({Errc::peer_misbehaved, Errc::refused}, [&] { pairing::read_stored(as_text(input)); }));
}

std::vector<Bytes> clear_seeds() {
  const auto honest = pairing::cpace_over(as_bytes("amber-cabin-river"), {});
  return {pairing::write_start({}), pairing::write_share(honest.share()),
          to_bytes(as_bytes(pairing::write_stored(true)))};
}

// --- CPace: any 32 bytes for a share, any words, any nonces.

void agreement(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  const pairing::Nonces nonces{draw.array<16>(), draw.array<16>()};
  pairing::Nonces others = nonces;
  if ((how & 4U) != 0) others.joiner[0] ^= std::byte{1};
  const auto given = draw.array<32>();
  const Bytes words = to_bytes(draw.rest());
  Bytes other_words = words;
  if ((how & 2U) != 0) other_words.push_back(std::byte{'x'});
  auto joiner = pairing::cpace_over(words, nonces);
  auto shower = pairing::cpace_over(other_words, others);
  const bool same = (how & 6U) == 0;
  const crypto::CpaceShare ya = joiner.share();
  const crypto::CpaceShare yb = (how & 1U) != 0 ? given : (how & 8U) != 0 ? ya : shower.share();
  promise(crypto::decodable(ya) && crypto::decodable(shower.share()), "one's own share is an element of the group");
  std::optional<crypto::IntermediateKey> one;
  const auto refused = refusal({Errc::peer_misbehaved}, [&] { one = joiner.finish_as_initiator(yb, {}, {}); });
  promise(refused.has_value() == (!crypto::decodable(yb) || yb == ya),
          "an element of the group that is not one's own is taken");
  if (refused || (how & 1U) != 0) return;
  const auto other = shower.finish_as_responder(ya, {}, {});
  promise(equal(one->bytes(), other.bytes()) == same, "both agree if they know the same, and only then");
  promise(equal(pairing::handshake_key(*one).bytes(), pairing::handshake_key(other).bytes()) == same,
          "so do their keys for the handshake");
  const pairing::Contributions both{known_secret<pairing::Contribution>(4), known_secret<pairing::Contribution>(5)};
  promise(equal(pairing::couple_key(*one, {}, both).bytes(), pairing::couple_key(other, {}, both).bytes()) == same,
          "and the couple's keys that come of them");
  const pairing::Shares shares{ya, yb};
  promise(
      (pairing::handshake_prologue(nonces, shares) == pairing::handshake_prologue(others, shares)) == ((how & 4U) == 0),
      "and what was said before is part of it");
}

std::vector<Bytes> agreement_seeds() {
  std::vector<Bytes> all;
  for (const unsigned how : {0U, 1U, 2U, 4U, 8U})
    all.push_back(
        InputBuilder{}.byte(how).raw(Bytes(32, std::byte{5})).raw(Bytes(32)).raw(as_bytes("amber-cabin-river")).take());
  return all;
}

// --- Inside the handshake: who they say they are.

struct Other {
  identity::Root root = identity::root_from(known_secret<crypto::Entropy>(2));
  DeviceId device = *DeviceId::from(BytesView{Bytes(32, std::byte{8})});
  std::string admit = identity::sign_statement(root.signing, identity::Admit{device, 1}).wire;
};
const Other& other() {
  static const Other one;
  return one;
}
const RootId& own() {
  static const RootId root = identity::root_from(known_secret<crypto::Entropy>(3)).id;
  return root;
}

void check_hello(BytesView payload) {
  static_cast<void>(refusal({Errc::peer_misbehaved, Errc::refused, Errc::incompatible}, [&] {
    const auto heard = pairing::read_hello(payload, other().device, own());
    promise(heard.root != own(), "nobody pairs with themselves");
    promise(heard.name.size() <= pairing::kMaxNameSize, "a name has an end");
    bool admitted = false;
    for (const identity::Statement& statement : heard.statements) {
      promise(statement.root == heard.root, "statements are of the person who is met");
      const auto* admit = std::get_if<identity::Admit>(&statement.says);
      const auto* revoke = std::get_if<identity::Revoke>(&statement.says);
      admitted = admitted || (admit != nullptr && admit->device == other().device);
      promise(revoke == nullptr || revoke->device != other().device, "a revoked device pairs with nobody");
      promise(!std::holds_alternative<identity::OwnCutOffs>(statement.says), "what is for own devices stays there");
    }
    promise(admitted, "the device is admitted by the person that it names");
  }));
}

std::string statement(unsigned kind, const DeviceId& device) {
  const auto& key = other().root.signing;
  if (kind % 2 == 1) return identity::sign_statement(key, identity::Admit{device, kind}).wire;
  return identity::sign_statement(key, identity::Revoke{device, std::uint64_t{1} + kind, {}, {}}).wire;
}

// What is said is heard, as much of it as there is room for.
void check_own_hello(Draw& draw) {
  pairing::OwnSide own_side;
  own_side.root = other().root.id;
  own_side.admit = other().admit;
  own_side.name = harmless_line(as_text(draw.bytes(draw.byte())));
  for (unsigned i = draw.byte() % 48; i > 0; --i) {
    const unsigned kind = draw.byte();
    const DeviceId device{draw.array<32>()};
    if (!device.is_none() && device != other().device) own_side.roster.push_back(statement(kind, device));
  }
  const auto contribution = known_secret<pairing::Contribution>(4);
  std::optional<pairing::OwnHello> said;
  if (refusal({Errc::usage}, [&] { said = pairing::write_hello(own_side, contribution); })) {
    return promise(own_side.name.size() > pairing::kMaxNameSize, "only a name can be too long");
  }
  const auto heard = pairing::read_hello(said->payload, other().device, own());
  promise(heard.root == own_side.root && heard.name == own_side.name && heard.admit == own_side.admit,
          "who somebody says they are is what they said");
  promise(equal(heard.contribution.bytes(), contribution.bytes()), "with their half of the key");
  promise(heard.revokes.size() == said->revokes.size() && heard.statements.size() <= own_side.roster.size() + 1,
          "and every revoke that was sent");
}

void hello(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  if (how % 16 == 8) return check_own_hello(draw);
  if (how % 4 == 0) {
    Bytes payload = to_bytes(draw.rest());
    if (how % 8 == 4) payload.resize(pairing::kHelloPayload);
    return check_hello(payload);
  }
  attune::pairing::v1::Hello message;
  if (how % 4 == 1) {  // any message, padded as it must be
    const Bytes content = to_bytes(draw.bytes(pairing::kHelloPayload - 2));
    return check_hello(net::padded(content, pairing::kHelloPayload));
  }
  message.set_root(std::string{((how & 4U) != 0 ? own() : other().root.id).raw()});
  message.set_admit((how & 8U) != 0 ? to_string(draw.piece()) : other().admit);
  message.set_contribution(std::string((how & 16U) != 0 ? draw.byte() : 32U, 'c'));
  message.set_name(to_string(draw.bytes(draw.u16() % 300)));
  for (unsigned i = 0; i < how / 32; ++i) {
    const unsigned kind = draw.byte();
    const DeviceId device = kind % 4 == 0 ? other().device : DeviceId{draw.array<32>()};
    if (device.is_none()) continue;
    message.add_roster(statement(kind, device));
  }
  const std::string bytes = message.SerializeAsString();
  if (bytes.size() + 2 <= pairing::kHelloPayload) check_hello(net::padded(as_bytes(bytes), pairing::kHelloPayload));
}

std::vector<Bytes> hello_seeds() {
  attune::pairing::v1::Hello message;
  message.set_root(std::string{other().root.id.raw()});
  message.set_admit(other().admit);
  message.set_contribution(std::string(32, 'c'));
  message.set_name("Ben");
  const std::string bytes = message.SerializeAsString();
  std::vector<Bytes> all{InputBuilder{}.byte(1).raw(as_bytes(bytes)).take(),
                         InputBuilder{}.byte(4).u16(bytes.size()).raw(as_bytes(bytes)).take()};
  for (const unsigned how : {2U, 6U, 98U, 130U})
    all.push_back(
        InputBuilder{}.byte(how).u16(3).raw(as_bytes("Ben")).byte(3).raw(Bytes(32, std::byte{4})).byte(0).take());
  InputBuilder own_hello;
  own_hello.byte(8).byte(3).raw(as_bytes("Ben")).byte(40);
  for (unsigned i = 1; i <= 40; ++i) own_hello.byte(i).raw(Bytes(32, static_cast<std::byte>(i)));
  all.push_back(own_hello.take());
  return all;
}

const Registration registration_clear{{"pairing_clear", Weight::light, clear, clear_seeds}};
const Registration registration_agreement{{"cpace", Weight::heavy, agreement, agreement_seeds}};
const Registration registration_hello{{"pairing_hello", Weight::heavy, hello, hello_seeds}};

}  // namespace
}  // namespace attune::fuzz
