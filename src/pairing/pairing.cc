// One coroutine a role. docs/protocol.md, section 4.3.
#include "pairing/pairing.h"

#include <exception>
#include <utility>

#include "core/error.h"
#include "crypto/random.h"
#include "crypto/spoken.h"
#include "pairing/line.h"
#include "pairing/messages.h"

namespace attune::pairing {
namespace {

constexpr std::size_t kHandshakeMessage = kHelloPayload + 96;

Nonce draw_nonce() {
  Nonce nonce{};
  crypto::random_fill(nonce);
  return nonce;
}

Error no_match() { return Error{Errc::wrong_code, "your partner's code did not match"}; }

// A shower whose code has ended or is another one says so by hanging up, so the joiner takes hanging up for it.
Error hung_up(const Line& line) { return line.timed_out() ? line.lost() : no_match(); }

crypto::Handshake begin(crypto::NoiseRole role, const crypto::IntermediateKey& isk, Bytes prologue,
                        const OwnSide& own) {
  return crypto::Handshake{{.role = role,
                            .prologue = std::move(prologue),
                            .own = own.device->clone(),
                            .psk = handshake_key(isk),
                            .ephemeral = {}}};
}

// The payload of a handshake message under a key that comes from the code: what does not open was made with another
// code.
Bytes read_or_no_match(crypto::Handshake& handshake, BytesView message) {
  try {
    return handshake.read(message);
  } catch (const Error&) {
    throw no_match();
  }
}

Bytes write_and_wipe(crypto::Handshake& handshake, OwnHello& hello) {
  Bytes message = handshake.write(hello.payload);
  crypto::wipe(hello.payload);
  return message;
}

// `theirs`: their payload of the handshake, which is wiped. Throws where what it says does not hold.
Heard hear(Bytes theirs, const crypto::Transport& transport, const OwnSide& own) {
  Heard heard = read_hello(theirs, DeviceId{transport.peer}, own.root);
  crypto::wipe(theirs);
  return heard;
}

Met met(Heard heard, const crypto::Transport& transport, std::vector<identity::StatementHash> revokes,
        identity::CoupleKeySecret key) {
  revokes.insert(revokes.end(), heard.revokes.begin(), heard.revokes.end());
  const std::uint64_t count = revokes.size();
  return Met{.root = heard.root,
             .name = std::move(heard.name),
             .statements = std::move(heard.statements),
             .device = DeviceId{transport.peer},
             .key = {std::move(key), count, identity::hash_of_revokes(std::move(revokes))},
             .check = crypto::check_words(transport.hash)};
}

// Keeps what came of it and tells the other side; the same for both roles. §4.5
asio::awaitable<void> store(Line& line, crypto::Transport transport, std::chrono::milliseconds patience, const Met& who,
                            Keep keep) {
  std::exception_ptr refused;
  try {
    keep(who);
  } catch (...) {
    refused = std::current_exception();  // thrown again below, once the other side knows
  }
  net::Limits limits;
  limits.stall = patience;
  net::PeerProof proof;
  proof.device = who.device;
  net::Channel channel{line.release(), std::move(transport), std::move(proof), Bytes{}, limits};
  std::string theirs;
  bool came = false;
  std::exception_ptr lost;
  try {
    std::string ours = write_stored(refused != nullptr);
    co_await channel.send(std::move(ours));
    came = co_await channel.receive(theirs, patience);  // also after a refusal: closing on unread bytes would lose ours
  } catch (const Error&) {
    lost = std::current_exception();
  }
  if (refused) std::rethrow_exception(refused);
  if (lost) std::rethrow_exception(lost);
  if (!came) throw Error{Errc::unreachable, "the other side went away before it had stored the pairing"};
  read_stored(theirs);
}

// What the words gave: steps 1 to 4 of §4.1.
struct Agreed {
  crypto::IntermediateKey isk;
  Bytes prologue;
};

asio::awaitable<Agreed> agree_as_shower(Line& line, Code& code, const std::function<void()>& tried) {
  const auto start = co_await line.read_message(kMaxClear);
  if (!start) throw line.lost();
  const Nonces nonces{.joiner = read_start(*start), .shower = draw_nonce()};
  Bytes own_start = write_start(nonces.shower);
  if (!co_await line.write_message(std::move(own_start))) throw line.lost();

  const auto share = co_await line.read_message(kMaxClear);
  if (!share) throw line.lost();
  const crypto::CpaceShare their_share = read_share(*share);
  code.use_try();  // before it is answered: an answer is what a guess is tested with (§4.2)
  if (tried) tried();
  auto cpace = cpace_over(code.words(), nonces);
  const Shares shares{.joiner = their_share, .shower = cpace.share()};
  Agreed agreed{cpace.finish_as_responder(shares.joiner, {}, {}), handshake_prologue(nonces, shares)};
  Bytes own_share = write_share(shares.shower);
  if (!co_await line.write_message(std::move(own_share))) throw line.lost();
  co_return std::move(agreed);
}

asio::awaitable<Agreed> agree_as_joiner(Line& line, const crypto::SecretBytes& code) {
  Nonces nonces{.joiner = draw_nonce(), .shower = {}};
  Bytes own_start = write_start(nonces.joiner);
  if (!co_await line.write_message(std::move(own_start))) throw line.lost();
  const auto start = co_await line.read_message(kMaxClear);
  if (!start) throw line.lost();
  nonces.shower = read_start(*start);
  if (nonces.shower == nonces.joiner) throw Error{Errc::peer_misbehaved, "our own words came back"};

  auto cpace = cpace_over(code.bytes(), nonces);
  Bytes own_share = write_share(cpace.share());
  if (!co_await line.write_message(std::move(own_share))) throw hung_up(line);
  const auto share = co_await line.read_message(kMaxClear);
  if (!share) throw hung_up(line);
  const Shares shares{.joiner = cpace.share(), .shower = read_share(*share)};
  // Refuses our own share.
  Agreed agreed{cpace.finish_as_initiator(shares.shower, {}, {}), handshake_prologue(nonces, shares)};
  co_return std::move(agreed);
}

}  // namespace

asio::awaitable<Met> show(net::Tcp::socket socket, Code& code, const OwnSide& own, Keep keep,
                          std::function<void()> tried) {
  Line line{std::move(socket), own.patience};
  const Agreed agreed = co_await agree_as_shower(line, code, tried);

  auto handshake = begin(crypto::NoiseRole::responder, agreed.isk, agreed.prologue, own);
  const auto first = co_await line.read_message(kHandshakeMessage);
  if (!first) throw line.lost();
  static_cast<void>(read_or_no_match(handshake, *first));  // empty: that it opened is all it says

  auto contribution = crypto::random_secret<Contribution>();
  OwnHello hello = write_hello(own, contribution);
  Bytes second = write_and_wipe(handshake, hello);
  if (!co_await line.write_message(std::move(second))) throw line.lost();

  const auto third = co_await line.read_message(kHandshakeMessage);
  if (!third) throw line.lost();
  Bytes theirs = read_or_no_match(handshake, *third);

  auto transport = std::move(handshake).split();
  Heard heard = hear(std::move(theirs), transport, own);
  const Contributions both{.joiner = std::move(heard.contribution), .shower = std::move(contribution)};
  Met who = met(std::move(heard), transport, std::move(hello.revokes), couple_key(agreed.isk, transport.hash, both));
  code.spend();
  try {
    co_await store(line, std::move(transport), own.patience, who, std::move(keep));
  } catch (const Error& error) {
    if (error.code() == Errc::refused) code.release();  // nobody has paired with it (§4.5)
    throw;
  }
  co_return std::move(who);
}

asio::awaitable<Met> join(net::Tcp::socket socket, const crypto::SecretBytes& code, const OwnSide& own, Keep keep) {
  Line line{std::move(socket), own.patience};
  const Agreed agreed = co_await agree_as_joiner(line, code);

  auto handshake = begin(crypto::NoiseRole::initiator, agreed.isk, agreed.prologue, own);
  Bytes first = handshake.write({});
  if (!co_await line.write_message(std::move(first))) throw hung_up(line);
  const auto second = co_await line.read_message(kHandshakeMessage);
  if (!second) throw hung_up(line);
  Bytes theirs = read_or_no_match(handshake, *second);

  // Whoever knows the code is told who we are before we look at who they are: so both sides find out what is wrong.
  auto contribution = crypto::random_secret<Contribution>();
  OwnHello hello = write_hello(own, contribution);
  Bytes third = write_and_wipe(handshake, hello);
  if (!co_await line.write_message(std::move(third))) throw line.lost();

  auto transport = std::move(handshake).split();
  Heard heard = hear(std::move(theirs), transport, own);
  const Contributions both{.joiner = std::move(contribution), .shower = std::move(heard.contribution)};
  Met who = met(std::move(heard), transport, std::move(hello.revokes), couple_key(agreed.isk, transport.hash, both));
  co_await store(line, std::move(transport), own.patience, who, std::move(keep));
  co_return std::move(who);
}

}  // namespace attune::pairing
