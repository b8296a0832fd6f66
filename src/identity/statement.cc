// docs/protocol.md, section 2.3.
#include "identity/statement.h"

#include <algorithm>
#include <string>
#include <utility>

#include "attune/identity.pb.h"
#include "core/check.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "identity/roster.h"
#include "identity/wire.h"

namespace attune::identity {
namespace {

constexpr std::string_view kSignatureTag = "attune roster statement v1";
constexpr std::string_view kHashTag = "attune statement v1";
constexpr std::size_t kSignatureSize = std::tuple_size_v<crypto::Signature>;
// Tags and lengths of the two fields around a body of the greatest size.
constexpr std::size_t kMaxWire = kMaxStatementBody + kSignatureSize + 16;
constexpr char kBodyTag = (v1::SignedStatement::kBodyFieldNumber << 3) | 2;  // a length follows

using Says = std::variant<Admit, Revoke, OwnCutOffs>;

[[noreturn]] void misbehaved(const char* what) { throw Error{Errc::peer_misbehaved, what}; }

// What the signature is over: a tag, so that it is good for nothing else, and the root it speaks for.
std::string signed_text(const RootId& root, std::string_view body) {
  std::string text;
  text.reserve(kSignatureTag.size() + 1 + RootId::size + body.size());
  text += kSignatureTag;
  text += '\0';
  text += root.raw();
  text += body;
  return text;
}

// Exactly the size of an id, and not the one that stands for "none".
template <class AnyId>
AnyId named(const std::string& field, const char* otherwise) {
  const auto id = AnyId::from(std::string_view{field});
  if (!id || id->is_none()) misbehaved(otherwise);
  return *id;
}

std::vector<CutOff> cut_offs_from(const google::protobuf::RepeatedPtrField<v1::CutOff>& fields) {
  std::vector<CutOff> cut_offs;
  cut_offs.reserve(static_cast<std::size_t>(fields.size()));
  for (const v1::CutOff& field : fields) {
    cut_offs.push_back({named<LogId>(field.log(), "a cut-off names no log"), field.n(),
                        named<Link>(field.link(), "a cut-off has no link")});
  }
  std::vector<LogId> logs;
  logs.reserve(cut_offs.size());
  for (const CutOff& cut_off : cut_offs) logs.push_back(cut_off.log);
  std::ranges::sort(logs);
  // Two places for one log would leave it to the reader which of them counts.
  if (std::ranges::adjacent_find(logs) != logs.end()) misbehaved("a statement cuts one log off twice");
  return cut_offs;
}

Says says_from(const v1::Statement& body) {
  switch (body.says_case()) {
    case v1::Statement::kAdmit:
      return Admit{named<DeviceId>(body.admit().device(), "a statement admits no device"), body.admit().serial()};
    case v1::Statement::kRevoke: {
      const v1::Revoke& from = body.revoke();
      Revoke revoke{named<DeviceId>(from.device(), "a statement revokes no device"), from.number(), {}, {}};
      // It counts revokes that its maker knew, and no roster holds more. One near the end of all numbers would leave
      // none for the next revoke.
      if (revoke.number == 0 || revoke.number > Roster::kMaxStatements)
        misbehaved("a revocation has an impossible number");
      if (from.random().size() != revoke.random.size()) misbehaved("a revocation has no random part");
      std::ranges::copy(as_bytes(from.random()), revoke.random.begin());
      revoke.cut_offs = cut_offs_from(from.cut_offs());
      return revoke;
    }
    case v1::Statement::kOwnCutOffs:
      return OwnCutOffs{named<StatementHash>(body.own_cut_offs().revoke(), "cut-offs belong to no revocation"),
                        cut_offs_from(body.own_cut_offs().cut_offs())};
    case v1::Statement::SAYS_NOT_SET: break;
  }
  // Signed by the root and still not understood: a newer program's. To pass over it could mean to miss a revocation.
  if (body.ByteSizeLong() != 0) {
    throw Error{Errc::incompatible, "a device list holds a statement of a newer kind"};
  }
  misbehaved("a statement says nothing");
}

void put_cut_offs(std::vector<CutOff> cut_offs, google::protobuf::RepeatedPtrField<v1::CutOff>& fields) {
  std::ranges::sort(cut_offs, {}, &CutOff::log);
  for (const CutOff& cut_off : cut_offs) {
    v1::CutOff& field = *fields.Add();
    field.set_log(std::string{cut_off.log.raw()});
    field.set_n(cut_off.n);
    field.set_link(std::string{cut_off.link.raw()});
  }
}

struct ToMessage {
  v1::Statement& body;
  void operator()(const Admit& admit) const {
    body.mutable_admit()->set_device(std::string{admit.device.raw()});
    body.mutable_admit()->set_serial(admit.serial);
  }
  void operator()(const Revoke& revoke) const {
    v1::Revoke& to = *body.mutable_revoke();
    to.set_device(std::string{revoke.device.raw()});
    to.set_number(revoke.number);
    to.set_random(to_string(revoke.random));
    put_cut_offs(revoke.cut_offs, *to.mutable_cut_offs());
  }
  void operator()(const OwnCutOffs& own) const {
    body.mutable_own_cut_offs()->set_revoke(std::string{own.revoke.raw()});
    put_cut_offs(own.cut_offs, *body.mutable_own_cut_offs()->mutable_cut_offs());
  }
};

v1::SignedStatement envelope_from(std::string_view wire) {
  v1::SignedStatement envelope;
  if (wire.size() > kMaxWire || !parse(envelope, wire)) misbehaved("a statement cannot be read");
  if (envelope.body().size() > kMaxStatementBody) misbehaved("a statement is too long");
  if (envelope.signature().size() != kSignatureSize) misbehaved("a statement carries no signature");
  // The envelope itself is under no signature: whatever else stood in it would be kept and passed on for anybody.
  const std::size_t body = envelope.body().size();
  const std::size_t length = google::protobuf::io::CodedOutputStream::VarintSize64(body);
  const bool nothing_more = wire.size() == 1 + length + body + 1 + 1 + kSignatureSize;
  // Both fields at their shortest fill it; so all that is left to choose is which one comes first.
  if (!nothing_more || wire.front() != kBodyTag) misbehaved("a statement carries more than it may");
  return envelope;
}

}  // namespace

StatementHash hash_of_body(std::string_view body) {
  return crypto::Hasher{kHashTag}.add(as_bytes(body)).finish_as<StatementHash>();
}

std::string unsigned_body(const Says& says) {
  v1::Statement message;
  std::visit(ToMessage{message}, says);
  return message.SerializeAsString();
}

Says read_unsigned(std::string_view body) {
  v1::Statement message;
  if (body.size() > kMaxStatementBody || !parse(message, body)) misbehaved("a statement cannot be read");
  return says_from(message);
}

Statement check_statement(const RootId& root, std::string_view wire) {
  const v1::SignedStatement envelope = envelope_from(wire);
  if (!crypto::admissible(root)) misbehaved("a person's root is not a key that can be believed");
  const std::span<const std::byte, kSignatureSize> signature{as_bytes(envelope.signature()).data(), kSignatureSize};
  if (!crypto::verify(root, as_bytes(signed_text(root, envelope.body())), signature)) {
    misbehaved("a statement about devices is not signed by that person");
  }
  v1::Statement body;
  if (!parse(body, envelope.body())) misbehaved("a statement cannot be read");
  return Statement{root, std::string{wire}, hash_of_body(envelope.body()), says_from(body)};
}

Statement sign_statement(const crypto::RootSecret& signing, const Says& says) {
  std::string body = unsigned_body(says);
  if (body.size() > kMaxStatementBody) {
    throw Error{Errc::refused, "there are too many logs for one statement", "nothing was changed"};
  }
  const RootId root = crypto::root_of(signing);
  const crypto::Signature signature = crypto::sign(signing, as_bytes(signed_text(root, body)));
  v1::SignedStatement envelope;
  envelope.set_body(std::move(body));
  envelope.set_signature(to_string(signature));
  // Through the reader: what we sign is what everybody else will accept, or it is not signed at all.
  return check_statement(root, envelope.SerializeAsString());
}

std::string body_of(const Statement& statement) {
  v1::SignedStatement envelope;
  ATTUNE_CHECK(parse(envelope, statement.wire));  // check_statement read it before
  return std::move(*envelope.mutable_body());
}

}  // namespace attune::identity
