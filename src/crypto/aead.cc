#include "crypto/aead.h"

#include <sodium.h>

#include "core/check.h"
#include "crypto/random.h"

namespace attune::crypto {

static_assert(kTagSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(kTagSize == crypto_aead_chacha20poly1305_ietf_ABYTES);
static_assert(kXNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kNonceSize == crypto_aead_chacha20poly1305_ietf_NPUBBYTES);

void xseal(KeyView key, const XNonce& nonce, BytesView ad, BytesView plain, std::span<std::byte> out) {
  ATTUNE_CHECK(out.size() == plain.size() + kTagSize);
  ATTUNE_CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(as_uchar(out), nullptr, as_uchar(plain), plain.size(),
                                                          as_uchar(ad), ad.size(), nullptr, as_uchar(nonce),
                                                          as_uchar(key)) == 0);
}

bool xopen(KeyView key, const XNonce& nonce, BytesView ad, BytesView sealed, std::span<std::byte> out) {
  ATTUNE_CHECK(sealed.size() == out.size() + kTagSize);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(as_uchar(out), nullptr, nullptr, as_uchar(sealed), sealed.size(),
                                                    as_uchar(ad), ad.size(), as_uchar(nonce), as_uchar(key)) == 0;
}

XNonce random_xnonce() {
  XNonce nonce;
  random_fill(nonce);
  return nonce;
}

void seal(KeyView key, const Nonce& nonce, BytesView ad, BytesView plain, std::span<std::byte> out) {
  ATTUNE_CHECK(out.size() == plain.size() + kTagSize);
  ATTUNE_CHECK(crypto_aead_chacha20poly1305_ietf_encrypt(as_uchar(out), nullptr, as_uchar(plain), plain.size(),
                                                         as_uchar(ad), ad.size(), nullptr, as_uchar(nonce),
                                                         as_uchar(key)) == 0);
}

bool open(KeyView key, const Nonce& nonce, BytesView ad, BytesView sealed, std::span<std::byte> out) {
  ATTUNE_CHECK(sealed.size() == out.size() + kTagSize);
  return crypto_aead_chacha20poly1305_ietf_decrypt(as_uchar(out), nullptr, nullptr, as_uchar(sealed), sealed.size(),
                                                   as_uchar(ad), ad.size(), as_uchar(nonce), as_uchar(key)) == 0;
}

}  // namespace attune::crypto
