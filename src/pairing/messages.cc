#include "pairing/messages.h"

#include <attune/pairing.pb.h>
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "net/padding.h"

namespace attune::pairing {
namespace {

constexpr int kMaxNesting = 16;

[[noreturn]] void misbehaved(const char* what) { throw Error{Errc::peer_misbehaved, what}; }

// Sizes are checked before: what arrives is at most a few KiB.
template <class Message>
Message parsed(BytesView bytes) {
  Message message;
  google::protobuf::io::CodedInputStream input{reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size())};
  input.SetRecursionLimit(kMaxNesting);
  if (!message.ParseFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
    misbehaved("the other side sent a message of the pairing that cannot be read");
  }
  return message;
}

template <std::size_t N>
std::array<std::byte, N> exactly(const std::string& field) {
  if (field.size() != N) misbehaved("the other side sent a message of the pairing with a field of another size");
  std::array<std::byte, N> bytes;
  std::ranges::copy(as_bytes(field), bytes.begin());
  return bytes;
}

template <class Message>
Bytes bytes_of(const Message& message) {
  Bytes bytes(message.ByteSizeLong());
  message.SerializeToArray(bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

// A Hello whose contribution is wiped when it goes, however it goes.
struct SecretHello {
  v1::Hello message;
  SecretHello() = default;
  ~SecretHello() { crypto::wipe(*message.mutable_contribution()); }
  SecretHello(const SecretHello&) = delete;
  SecretHello& operator=(const SecretHello&) = delete;
};

// In the order in which they are sent: what takes a device away before what brings one.
std::vector<identity::Statement> statements_to_send(const OwnSide& own) {
  identity::Roster roster{own.root};  // each once, however often it is named
  for (const std::string& wire : own.roster) roster.add(identity::check_statement(own.root, wire));
  std::vector<identity::Statement> statements;
  for (const auto& [hash, statement] : roster.statements()) {
    const bool ours_alone = std::holds_alternative<identity::OwnCutOffs>(statement.says);
    if (!ours_alone && statement.wire != own.admit) statements.push_back(statement);
  }
  const auto rank = [](const identity::Statement& statement) {
    const auto* revoke = std::get_if<identity::Revoke>(&statement.says);
    return revoke == nullptr ? std::uint64_t{0} : revoke->number;
  };
  std::ranges::stable_sort(statements, std::ranges::greater{}, rank);
  return statements;
}

}  // namespace

Bytes write_start(const Nonce& nonce) {
  v1::Start start;
  start.set_nonce(std::string{as_text(nonce)});
  return bytes_of(start);
}

Nonce read_start(BytesView message) { return exactly<16>(parsed<v1::Start>(message).nonce()); }

Bytes write_share(const crypto::CpaceShare& share) {
  v1::Share message;
  message.set_share(std::string{as_text(share)});
  return bytes_of(message);
}

crypto::CpaceShare read_share(BytesView message) {
  const crypto::CpaceShare share = exactly<32>(parsed<v1::Share>(message).share());
  if (!crypto::decodable(share)) misbehaved("the other side sent a share of the code that is none");
  return share;
}

OwnHello write_hello(const OwnSide& own, const Contribution& contribution) {
  if (own.name.size() > kMaxNameSize) throw Error{Errc::usage, "your name is too long to be shown to your partner"};
  OwnHello hello;
  SecretHello secret;
  v1::Hello& message = secret.message;
  message.set_root(std::string{own.root.raw()});
  message.set_admit(own.admit);
  message.set_name(own.name);
  message.mutable_contribution()->assign(as_text(contribution.bytes()));
  for (const identity::Statement& statement : statements_to_send(own)) {
    message.add_roster(statement.wire);
    const bool room = message.ByteSizeLong() <= kHelloPayload - net::kPaddingHeader;
    if (!room) message.mutable_roster()->RemoveLast();
    if (room && std::holds_alternative<identity::Revoke>(statement.says)) hello.revokes.push_back(statement.hash);
    if (static_cast<std::size_t>(message.roster_size()) == kMaxStatementsSent) break;
  }
  Bytes bytes = bytes_of(message);
  hello.payload = net::padded(bytes, kHelloPayload);
  crypto::wipe(bytes);
  return hello;
}

Heard read_hello(BytesView payload, const DeviceId& device, const RootId& own) {
  const auto content = net::unpadded(payload);
  if (!content || payload.size() != kHelloPayload)
    misbehaved("the other side sent a message of the pairing with a false length");
  SecretHello secret;
  secret.message = parsed<v1::Hello>(*content);
  const v1::Hello& hello = secret.message;
  const RootId root{exactly<32>(hello.root())};
  if (root == own)
    throw Error{Errc::refused, "both devices belong to the same person", "to add a device, use attune restore there"};
  if (hello.name().size() > kMaxNameSize || !valid_utf8(hello.name()))
    misbehaved("the other side sent a name that is none");
  if (static_cast<std::size_t>(hello.roster_size()) > kMaxStatementsSent)
    misbehaved("the other side sent too many statements");
  if (hello.contribution().size() != Contribution::size) misbehaved("the other side sent no half of a key");

  identity::Roster roster{root};
  std::vector<std::string> wires{hello.admit()};
  wires.insert(wires.end(), hello.roster().begin(), hello.roster().end());
  Heard heard{.root = root,
              .name = hello.name(),
              .admit = hello.admit(),
              .statements = {},
              .revokes = {},
              .contribution = Contribution::copied(as_bytes(hello.contribution()).first<Contribution::size>())};
  for (const std::string& wire : wires) {
    auto statement = identity::check_statement(root, wire);
    if (std::holds_alternative<identity::OwnCutOffs>(statement.says))
      misbehaved("the other side sent what is not for us");
    if (roster.add(statement)) heard.statements.push_back(std::move(statement));
  }
  const auto* admit = std::get_if<identity::Admit>(&heard.statements.front().says);
  if (admit == nullptr || admit->device != device || !roster.admitted(device)) {
    misbehaved("the other side's device does not belong to the person that it names");
  }
  for (const identity::Statement* revoke : roster.revokes_in_order()) heard.revokes.push_back(revoke->hash);
  return heard;
}

std::string write_stored(bool refused) {
  v1::Stored stored;
  stored.set_refused(refused);
  return stored.SerializeAsString();
}

void read_stored(std::string_view message) {
  if (message.size() > kMaxClear) misbehaved("the other side sent a message of the pairing that is too long");
  if (parsed<v1::Stored>(as_bytes(message)).refused()) {
    throw Error{Errc::refused, "your partner's side did not accept the pairing", "is it paired with somebody else?"};
  }
}

}  // namespace attune::pairing
