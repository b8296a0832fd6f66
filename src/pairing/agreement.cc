#include "pairing/agreement.h"

#include <string_view>

#include "crypto/hash.h"

namespace attune::pairing {
namespace {

constexpr std::byte kVersion{1};
constexpr std::string_view kName = "attune-pair";

// CPace's CI: the protocol and both roles, the initiator's first, each after its length in one byte.
Bytes channel_identifier() {
  Bytes channel;
  for (const std::string_view part : {"attune pair v1", "joiner", "shower"}) {
    channel.push_back(static_cast<std::byte>(part.size()));
    append(channel, as_bytes(part));
  }
  return channel;
}

template <class AnySecret>
AnySecret secret_of(crypto::Hasher& hasher) {
  auto digest = hasher.finish();
  auto secret = AnySecret::copied(digest);
  crypto::wipe(digest);
  return secret;
}

}  // namespace

crypto::Cpace cpace_over(BytesView words, const Nonces& nonces) {
  Bytes sid = to_bytes(nonces.joiner);
  append(sid, nonces.shower);
  return crypto::Cpace{words, channel_identifier(), sid};
}

crypto::NoisePsk handshake_key(const crypto::IntermediateKey& isk) {
  crypto::Hasher hasher{"attune pair psk v1"};
  hasher.add(isk.bytes());
  return secret_of<crypto::NoisePsk>(hasher);
}

Bytes handshake_prologue(const Nonces& nonces, const Shares& shares) {
  crypto::Hasher transcript{"attune pair transcript v1"};
  transcript.add(nonces.joiner).add(nonces.shower).add(shares.joiner).add(shares.shower);
  Bytes prologue = to_bytes(as_bytes(kName));
  prologue.push_back(kVersion);
  append(prologue, transcript.finish());
  return prologue;
}

identity::CoupleKeySecret couple_key(const crypto::IntermediateKey& isk, const crypto::HandshakeHash& hash,
                                     const Contributions& both) {
  using Binder = crypto::Secret<struct BinderTag, 32>;
  crypto::Hasher binding{"attune pair couple secret v1"};
  binding.add(isk.bytes()).add(hash);
  const auto binder = secret_of<Binder>(binding);
  crypto::Hasher key{"attune couple key v1", binder.bytes()};
  key.add(both.joiner.bytes()).add(both.shower.bytes());
  return secret_of<identity::CoupleKeySecret>(key);
}

}  // namespace attune::pairing
