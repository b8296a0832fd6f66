// What a root says about its devices, signed by the person or by nobody, and the rosters made of it.
// docs/protocol.md, sections 2.3 and 2.4.
#include "identity/statement.h"

#include "attune/identity.pb.h"
#include "fuzz/target.h"
#include "identity/roster.h"
#include "identity/self_keys.h"

namespace attune::fuzz {
namespace {

using Says = std::variant<identity::Admit, identity::Revoke, identity::OwnCutOffs>;

struct Signer {
  crypto::RootSecret secret =
      crypto::root_secret_from_seed(known_secret<crypto::Secret<struct SeedTag, 32>>(4).bytes());
  RootId root = crypto::root_of(secret);
};
const Signer& signer() {
  static const Signer one;
  return one;
}

// Any body, signed by the root that everybody believes: as docs/protocol.md says, section 2.3.
std::string signed_by_hand(std::string_view body) {
  std::string text{"attune roster statement v1"};
  text += '\0';
  text += signer().root.raw();
  text += body;
  identity::v1::SignedStatement envelope;
  envelope.set_body(std::string{body});
  envelope.set_signature(to_string(crypto::sign(signer().secret, as_bytes(text))));
  return envelope.SerializeAsString();
}

void check_cut_offs(const std::vector<identity::CutOff>& cut_offs) {
  for (const identity::CutOff& one : cut_offs) {
    promise(!one.log.is_none() && !one.link.is_none(), "a cut-off names its log and its link");
    promise(std::ranges::count(cut_offs, one.log, &identity::CutOff::log) == 1, "no log is cut off twice");
  }
}

void check(const Says& says) {
  if (const auto* admit = std::get_if<identity::Admit>(&says)) promise(!admit->device.is_none(), "an admit admits");
  if (const auto* revoke = std::get_if<identity::Revoke>(&says)) {
    promise(!revoke->device.is_none() && revoke->number > 0, "a revoke revokes, and has a number");
    check_cut_offs(revoke->cut_offs);
  }
  if (const auto* own = std::get_if<identity::OwnCutOffs>(&says)) {
    promise(!own->revoke.is_none(), "cut-offs belong to a revoke");
    check_cut_offs(own->cut_offs);
  }
}

// --- The body, as it stands under a signature.

void body(BytesView input) {
  Says says;
  const auto refused =
      refusal({Errc::peer_misbehaved, Errc::incompatible}, [&] { says = identity::read_unsigned(as_text(input)); });
  if (refused) return;
  check(says);
  const std::string written = identity::unsigned_body(says);
  promise(identity::unsigned_body(identity::read_unsigned(written)) == written, "what is written is read as it was");
}

// --- The whole, and many of them.

std::vector<std::string> statements_in(Draw& draw) {
  std::vector<std::string> wires;
  while (!draw.done() && wires.size() < 6) {
    const unsigned how = draw.byte();
    const BytesView piece = draw.piece();
    if (how % 8 == 0) {
      wires.emplace_back(as_text(piece));
      continue;
    }
    std::string wire = signed_by_hand(as_text(piece));
    if (how % 8 == 1) wire[draw.below(wire.size())] ^= static_cast<char>(1U << (how / 8 % 8));
    if (how % 8 == 2) {  // the signature in front
      const std::size_t tail = wire.size() - 66;
      wire = wire.substr(tail) + wire.substr(0, tail);
    }
    if (how % 8 == 3) wire += as_text(draw.piece());
    wires.push_back(std::move(wire));
  }
  return wires;
}

// docs/protocol.md, 2.3: exactly these two fields, in this order and at their shortest.
void check_envelope(const std::string& wire) {
  identity::v1::SignedStatement envelope;
  promise(envelope.ParseFromString(wire), "what is believed can be read");
  promise(envelope.SerializeAsString() == wire, "an envelope has one form");
}

void whole(BytesView input) {
  Draw draw{input};
  const auto wires = statements_in(draw);
  identity::Roster forwards{signer().root};
  identity::Roster backwards{signer().root};
  std::vector<identity::Statement> believed;
  for (const std::string& wire : wires) {
    const auto refused = refusal({Errc::peer_misbehaved, Errc::incompatible},
                                 [&] { believed.push_back(identity::check_statement(signer().root, wire)); });
    if (refused) continue;
    check(believed.back().says);
    check_envelope(wire);
    promise(believed.back().wire == wire, "a statement is kept as it came");
    promise(identity::hash_of_body(identity::body_of(believed.back())) == believed.back().hash,
            "its hash is its body's");
  }
  for (const auto& one : believed) {
    forwards.add(one);
    promise(!forwards.add(one), "a statement counts once");
  }
  for (auto one = believed.rbegin(); one != believed.rend(); ++one) backwards.add(*one);
  const auto hash = [](const identity::Statement* one) {
    return one == nullptr ? identity::StatementHash{} : one->hash;
  };
  promise(forwards.devices() == backwards.devices(), "a roster is a set: no order counts");
  promise(hash(forwards.newest_revoke()) == hash(backwards.newest_revoke()), "both know the same newest revoke");
  promise(forwards.next_number() == backwards.next_number(), "and the same next number");
  promise(forwards.revoked_apart() == backwards.revoked_apart(), "and whether one was made apart");
  for (const auto& one : believed) {
    if (const auto* revoke = std::get_if<identity::Revoke>(&one.says))
      promise(!forwards.admitted(revoke->device), "a revoke is final");
  }
}

std::vector<Says> examples() {
  const auto id = [](unsigned filler) { return Bytes(32, static_cast<std::byte>(filler)); };
  const DeviceId device = *DeviceId::from(id(1));
  const identity::CutOff cut{*LogId::from(id(2)), 7, *Link::from(id(3))};
  const identity::Revoke revoke{device, 1, {}, {cut}};
  return {identity::Admit{device, 1}, revoke, identity::OwnCutOffs{*identity::StatementHash::from(id(5)), {cut}}};
}
std::vector<Bytes> body_seeds() {
  std::vector<Bytes> all;
  for (const Says& says : examples()) all.push_back(to_bytes(as_bytes(identity::unsigned_body(says))));
  return all;
}
std::vector<Bytes> whole_seeds() {
  InputBuilder all;
  for (const Says& says : examples()) all.byte(7).piece(as_bytes(identity::unsigned_body(says)));
  InputBuilder altered;
  altered.byte(1).piece(as_bytes(identity::unsigned_body(examples()[0]))).u16(5);
  altered.byte(3).piece(as_bytes(identity::unsigned_body(examples()[1]))).piece(as_bytes("behind"));
  altered.byte(0).piece(as_bytes(signed_by_hand(identity::unsigned_body(examples()[2]))));
  return {all.take(), altered.take()};
}

const Registration registration_body{{"statement_body", Weight::light, body, body_seeds}};
const Registration registration_whole{{"statement", Weight::heavy, whole, whole_seeds}};

}  // namespace
}  // namespace attune::fuzz
