#include "crypto/noise.h"

#include <limits>
#include <utility>

#include "core/check.h"
#include "core/error.h"
#include "crypto/noise_symmetric.h"
#include "crypto/random.h"

namespace attune::crypto {

namespace {

constexpr std::string_view kPlainName = "Noise_XX_25519_ChaChaPoly_BLAKE2b";
constexpr std::string_view kPskName = "Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b";

enum class Token { psk, e, s, ee, es, se };
constexpr std::array kFirst{Token::psk, Token::e};  // psk only in XXpsk0
constexpr std::array kSecond{Token::e, Token::ee, Token::s, Token::es};
constexpr std::array kThird{Token::s, Token::se};
constexpr std::array<std::span<const Token>, 3> kMessages{kFirst, kSecond, kThird};

// The highest bit is left out when two keys agree, so with it one key would have a second name.
void check_one_name(const std::optional<XPublic>& key) {
  if (key && (key->back() & std::byte{0x80}) != std::byte{}) {
    throw Error{Errc::peer_misbehaved, "a key in the handshake is written as no key is"};
  }
}

}  // namespace

Nonce NonceCounter::current() const {
  if (next_ == std::numeric_limits<std::uint64_t>::max())
    throw Error{Errc::internal, "a key of the channel is used up"};
  Nonce nonce{};  // 32 zero bits, then the number little-endian (section 12.3)
  for (std::size_t i = 0; i < sizeof next_; ++i) nonce[4 + i] = static_cast<std::byte>(next_ >> (8 * i));
  return nonce;
}

void NonceCounter::advance() {
  ATTUNE_CHECK(next_ != std::numeric_limits<std::uint64_t>::max());
  ++next_;
}

SendCipher::SendCipher(Secret<struct SendKeyTag, 32> key, NonceCounter next) : key_{std::move(key)}, nonce_{next} {}

void SendCipher::encrypt(BytesView plain, std::span<std::byte> out) {
  ATTUNE_CHECK(out.size() <= kMaxNoiseMessage);
  seal(key_.bytes(), nonce_.current(), {}, plain, out);
  nonce_.advance();
}

ReceiveCipher::ReceiveCipher(Secret<struct ReceiveKeyTag, 32> key, NonceCounter next)
    : key_{std::move(key)}, nonce_{next} {}

void ReceiveCipher::decrypt(BytesView sealed, std::span<std::byte> out) {
  if (sealed.size() < kTagSize || sealed.size() > kMaxNoiseMessage) {
    throw Error{Errc::peer_misbehaved, "a message of the channel has a size that cannot be"};
  }
  if (!open(key_.bytes(), nonce_.current(), {}, sealed, out)) {
    throw Error{Errc::peer_misbehaved, "a message of the channel failed authentication"};
  }
  nonce_.advance();
}

struct Handshake::State {
  // What a message changes; each is worked out on a clone and takes the place of the old one only when all of it held.
  struct Progress {
    SymmetricState symmetric;
    std::optional<XPublic> remote_ephemeral;
    std::optional<XPublic> peer;
    std::size_t done = 0;  // messages

    [[nodiscard]] Progress clone() const { return {symmetric.clone(), remote_ephemeral, peer, done}; }
  };

  Setup setup;
  Progress progress;

  [[nodiscard]] bool initiator() const noexcept { return setup.role == NoiseRole::initiator; }
  // The initiator writes the messages of even number, counted from zero.
  [[nodiscard]] bool our_turn() const noexcept { return (progress.done % 2 == 0) == initiator(); }
  [[nodiscard]] KeyView ephemeral();
  [[nodiscard]] SharedSecret agree(Token token, const Progress& at);
  void mix(Token token, Progress& next);
  void mix_ephemeral(const XPublic& key, SymmetricState& symmetric) const;
  void write(Token token, Progress& next, Bytes& message);
  void read(Token token, Progress& next, BytesView& rest);
};

KeyView Handshake::State::ephemeral() {
  if (!setup.ephemeral) setup.ephemeral = random_secret<EphemeralSecret>();
  return setup.ephemeral->bytes();
}

SharedSecret Handshake::State::agree(Token token, const Progress& at) {
  const auto& own = setup.own;
  // es is between the initiator's ephemeral and the responder's static key, se the other way round.
  if (token == Token::ee) return x25519(ephemeral(), at.remote_ephemeral.value());
  if ((token == Token::es) == initiator()) return x25519(ephemeral(), at.peer.value());
  return x25519(own.bytes(), at.remote_ephemeral.value());
}

// The tokens that mean the same to writer and reader.
void Handshake::State::mix(Token token, Progress& next) {
  if (token != Token::psk) {
    next.symmetric.mix_key(agree(token, next).bytes());
  } else if (setup.psk) {
    next.symmetric.mix_key_and_hash(setup.psk->bytes());
  }
}

// With a PSK the ephemeral key randomises the cipher key as well, or two messages could share key and nonce
// (section 9.2).
void Handshake::State::mix_ephemeral(const XPublic& key, SymmetricState& symmetric) const {
  symmetric.mix_hash(key);
  if (setup.psk) symmetric.mix_key(key);
}

void Handshake::State::write(Token token, Progress& next, Bytes& message) {
  if (token == Token::e) {
    const auto key = x25519_public(ephemeral());
    append(message, key);
    mix_ephemeral(key, next.symmetric);
  } else if (token == Token::s) {
    next.symmetric.encrypt_and_hash(x25519_public(setup.own.bytes()), message);
  } else {
    mix(token, next);
  }
}

void Handshake::State::read(Token token, Progress& next, BytesView& rest) {
  if (token != Token::e && token != Token::s) return mix(token, next);
  const auto size = XPublic{}.size() + (token == Token::s ? next.symmetric.overhead() : 0);
  if (rest.size() < size) throw Error{Errc::peer_misbehaved, "a message of the handshake is too short"};
  const auto field = rest.first(size);
  rest = rest.subspan(size);
  XPublic key;
  std::ranges::copy(token == Token::e ? to_bytes(field) : next.symmetric.decrypt_and_hash(field), key.begin());
  if (token == Token::e) {
    next.remote_ephemeral = key;
    mix_ephemeral(key, next.symmetric);
  } else {
    next.peer = key;
  }
}

Handshake::Handshake(Setup setup) {
  const auto name = setup.psk ? kPskName : kPlainName;
  State::Progress progress{SymmetricState{name, setup.prologue}, std::nullopt, std::nullopt, 0};
  state_ = std::make_unique<State>(State{std::move(setup), std::move(progress)});
}

Handshake::~Handshake() = default;
Handshake::Handshake(Handshake&&) noexcept = default;
Handshake& Handshake::operator=(Handshake&&) noexcept = default;

Bytes Handshake::write(BytesView payload) {
  ATTUNE_CHECK(!finished() && state_->our_turn());
  auto next = state_->progress.clone();
  Bytes message;
  for (const auto token : kMessages.at(next.done)) state_->write(token, next, message);
  next.symmetric.encrypt_and_hash(payload, message);
  ATTUNE_CHECK(message.size() <= kMaxNoiseMessage);
  ++next.done;
  state_->progress = std::move(next);
  return message;
}

Bytes Handshake::read(BytesView message) {
  ATTUNE_CHECK(!finished() && !state_->our_turn());
  if (message.size() > kMaxNoiseMessage) throw Error{Errc::peer_misbehaved, "a message of the handshake is too long"};
  auto next = state_->progress.clone();
  auto rest = message;
  for (const auto token : kMessages.at(next.done)) state_->read(token, next, rest);
  auto payload = next.symmetric.decrypt_and_hash(rest);
  // Only now, so that noise costs as much as any other message that does not open.
  check_one_name(next.remote_ephemeral);
  check_one_name(next.peer);
  ++next.done;
  state_->progress = std::move(next);
  return payload;
}

bool Handshake::finished() const noexcept { return state_->progress.done == kMessages.size(); }

const XPublic& Handshake::peer() const {
  ATTUNE_CHECK(state_->progress.peer.has_value());
  return *state_->progress.peer;
}

Transport Handshake::split() && {
  ATTUNE_CHECK(finished());
  const auto state = std::move(state_);  // the keys of the handshake end here
  auto& symmetric = state->progress.symmetric;
  const auto keys = symmetric.split();
  const auto [send, receive] =
      state->initiator() ? std::pair{keys.initiator, keys.responder} : std::pair{keys.responder, keys.initiator};
  return Transport{SendCipher{Secret<struct SendKeyTag, 32>::copied(send)},
                   ReceiveCipher{Secret<struct ReceiveKeyTag, 32>::copied(receive)}, symmetric.hash(),
                   state->progress.peer.value()};
}

}  // namespace attune::crypto
