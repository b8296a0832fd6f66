#include "crypto/noise_symmetric.h"

#include <new>

#include "core/check.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"

namespace attune::crypto {

namespace {
constexpr std::size_t kKeySize = 32;
}  // namespace

void noise_hkdf(BytesView chaining_key, BytesView input, std::span<NoiseHash> outputs) {
  ATTUNE_CHECK(outputs.size() == 2 || outputs.size() == 3);
  NoiseHash extracted;
  std::array<std::byte, NoiseHash{}.size() + 1> block;  // an output is the HMAC of the one before and its own number
  hmac_blake2b(chaining_key, input, extracted);
  std::size_t before = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    block[before] = static_cast<std::byte>(i + 1);
    hmac_blake2b(extracted, std::span{block}.first(before + 1), outputs[i]);
    before = static_cast<std::size_t>(std::ranges::copy(outputs[i], block.begin()).out - block.begin());
  }
  wipe(extracted);
  wipe(block);
}

// Bytes only, so that it may stand at any address of the guarded page.
struct SymmetricState::Keys {
  NoiseHash chaining;
  std::array<std::byte, kKeySize> cipher;
  std::array<NoiseHash, 3> outputs;
};

SymmetricState::SymmetricState(std::string_view protocol, BytesView prologue) : page_{allocate_guarded(sizeof(Keys))} {
  ATTUNE_CHECK(protocol.size() <= hash_.size());
  ::new (page_.get()) Keys{};
  std::ranges::copy(as_bytes(protocol), hash_.begin());
  keys().chaining = hash_;
  mix_hash(prologue);
}

SymmetricState SymmetricState::clone() const {
  SymmetricState copy;
  copy.page_ = allocate_guarded(sizeof(Keys));
  ::new (copy.page_.get()) Keys{keys()};
  copy.hash_ = hash_;
  copy.keyed_ = keyed_;
  copy.nonce_ = nonce_;
  return copy;
}

SymmetricState::Keys& SymmetricState::keys() const noexcept {
  return *std::launder(reinterpret_cast<Keys*>(page_.get()));
}

void SymmetricState::mix_hash(BytesView data) { blake2b({}, {hash_, data}, hash_); }

void SymmetricState::mix_key(BytesView input) {
  stretch_chain(input, 2);
  keys().chaining = keys().outputs[0];
  take_key(keys().outputs[1]);
}

void SymmetricState::mix_key_and_hash(BytesView input) {
  stretch_chain(input, 3);
  keys().chaining = keys().outputs[0];
  mix_hash(keys().outputs[1]);
  take_key(keys().outputs[2]);
}

void SymmetricState::encrypt_and_hash(BytesView plain, Bytes& append_to) {
  const auto begin = append_to.size();
  append_to.resize(begin + plain.size() + overhead());
  const auto sealed = std::span{append_to}.subspan(begin);
  if (keyed_) {
    seal(keys().cipher, nonce_.current(), hash_, plain, sealed);
    nonce_.advance();
  } else {
    std::ranges::copy(plain, sealed.begin());
  }
  mix_hash(sealed);
}

Bytes SymmetricState::decrypt_and_hash(BytesView sealed) {
  if (sealed.size() < overhead()) throw Error{Errc::peer_misbehaved, "a message of the handshake is too short"};
  Bytes plain(sealed.size() - overhead());
  if (keyed_) {
    if (!open(keys().cipher, nonce_.current(), hash_, sealed, plain)) {
      throw Error{Errc::peer_misbehaved, "a message of the handshake failed authentication"};
    }
    nonce_.advance();
  } else {
    std::ranges::copy(sealed, plain.begin());
  }
  mix_hash(sealed);
  return plain;
}

SymmetricState::TransportKeys SymmetricState::split() {
  stretch_chain({}, 2);
  const auto& outputs = keys().outputs;
  return {std::span{outputs[0]}.first<kKeySize>(), std::span{outputs[1]}.first<kKeySize>()};
}

void SymmetricState::stretch_chain(BytesView input, std::size_t outputs) {
  noise_hkdf(keys().chaining, input, std::span{keys().outputs}.first(outputs));
}

void SymmetricState::take_key(BytesView output) {
  std::ranges::copy(output.first(kKeySize), keys().cipher.begin());
  keyed_ = true;
  nonce_ = NonceCounter{};
}

}  // namespace attune::crypto
