#include "crypto/curve.h"

#include <sodium.h>

#include "core/check.h"
#include "core/error.h"

namespace attune::crypto {

XPublic x25519_public(KeyView secret) {
  XPublic key;
  ATTUNE_CHECK(crypto_scalarmult_curve25519_base(as_uchar(std::span<std::byte>{key}), as_uchar(secret)) == 0);
  return key;
}

SharedSecret x25519(KeyView secret, const XPublic& other) {
  return SharedSecret::born([&](std::span<std::byte> into) {
    if (crypto_scalarmult_curve25519(as_uchar(into), as_uchar(secret), as_uchar(other)) != 0) {
      throw Error{Errc::peer_misbehaved, "a key of the other side is not a proper key"};
    }
  });
}

RootSecret root_secret_from_seed(KeyView seed) {
  static_assert(KeyView::extent == crypto_sign_SEEDBYTES && RootSecret::size == crypto_sign_SECRETKEYBYTES);
  return RootSecret::born([&](std::span<std::byte> into) {
    std::array<std::byte, crypto_sign_PUBLICKEYBYTES> root;  // also the second half of the secret: root_of()
    ATTUNE_CHECK(crypto_sign_seed_keypair(as_uchar(std::span<std::byte>{root}), as_uchar(into), as_uchar(seed)) == 0);
  });
}

RootId root_of(const RootSecret& secret) { return RootId{secret.bytes().last<RootId::size>()}; }

Signature sign(const RootSecret& secret, BytesView message) {
  Signature signature;
  ATTUNE_CHECK(crypto_sign_detached(as_uchar(std::span<std::byte>{signature}), nullptr, as_uchar(message),
                                    message.size(), as_uchar(secret.bytes())) == 0);
  return signature;
}

bool verify(const RootId& root, BytesView message, std::span<const std::byte, 64> signature) {
  return crypto_sign_verify_detached(as_uchar(signature), as_uchar(message), message.size(), as_uchar(root.bytes())) ==
         0;
}

bool admissible(const RootId& root) { return crypto_core_ed25519_is_valid_point(as_uchar(root.bytes())) == 1; }

}  // namespace attune::crypto
