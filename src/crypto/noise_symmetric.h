// The symmetric half of a Noise handshake (rev 34 section 5.2) with ChaChaPoly and BLAKE2b: chaining key, cipher key
// and nonce, and the hash of everything said. For noise.cc alone.
#pragma once

#include <string_view>

#include "core/bytes.h"
#include "crypto/noise.h"
#include "crypto/secret.h"

namespace attune::crypto {

// HKDF of section 4.3: two or three outputs, each as long as the hash.
using NoiseHash = std::array<std::byte, 64>;
void noise_hkdf(BytesView chaining_key, BytesView input, std::span<NoiseHash> outputs);

class SymmetricState {
 public:
  // REQUIRES: a name of at most 64 characters (a longer one would have to be hashed).
  SymmetricState(std::string_view protocol, BytesView prologue);
  // On purpose and by name: a step is taken on a clone, so that a failed one leaves nothing advanced.
  [[nodiscard]] SymmetricState clone() const;

  void mix_hash(BytesView data);
  void mix_key(BytesView input);
  void mix_key_and_hash(BytesView input);

  // How much longer than its plaintext a sealed field is at this point: nothing before the first key.
  [[nodiscard]] std::size_t overhead() const noexcept { return keyed_ ? kTagSize : 0; }
  void encrypt_and_hash(BytesView plain, Bytes& append_to);
  // Throws Errc::peer_misbehaved where it is not authentic.
  [[nodiscard]] Bytes decrypt_and_hash(BytesView sealed);

  [[nodiscard]] const HandshakeHash& hash() const noexcept { return hash_; }
  // The initiator's sending key, then the responder's; valid while *this lives and nothing else is mixed in.
  struct TransportKeys {
    KeyView initiator;
    KeyView responder;
  };
  [[nodiscard]] TransportKeys split();

 private:
  struct Keys;
  SymmetricState() = default;
  [[nodiscard]] Keys& keys() const noexcept;
  void stretch_chain(BytesView input, std::size_t outputs);  // into keys().outputs
  void take_key(BytesView output);

  HandshakeHash hash_{};
  GuardedPage page_;  // holds Keys
  bool keyed_ = false;
  NonceCounter nonce_;
};

}  // namespace attune::crypto
