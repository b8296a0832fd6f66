// magic 4, version 1, nonce 24, ciphertext, tag 16. docs/store-format.md, section 1.6.
#include "storage/sealed_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "core/error.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "storage/seal.h"

namespace attune::storage {
namespace {

constexpr std::string_view kMagic = "attF";
constexpr std::size_t kHead = 5;
constexpr std::size_t kOverhead = kHead + crypto::kXNonceSize + crypto::kTagSize;
constexpr std::size_t kMaxPlain = 1 << 20;
constexpr std::string_view kKeyTag = "attune sealed file key v1";

using SealedFileKey = crypto::Secret<struct SealedFileKeyTag, 32>;

SealedFileKey key_for(std::string_view role, const StoreKey& key) {
  auto digest = crypto::Hasher{kKeyTag, key.bytes()}.add(as_bytes(role)).finish();
  auto derived = SealedFileKey::copied(digest);
  crypto::wipe(digest);
  return derived;
}

Bytes associated_data(std::string_view role) {
  Bytes data = to_bytes(as_bytes(kMagic));
  data.push_back(kFormatVersion);
  append(data, as_bytes(role));
  return data;
}

}  // namespace

void write_sealed_file(FileSystem& files, const std::string& path, std::string_view role, const StoreKey& key,
                       BytesView plain) {
  ATTUNE_CHECK(plain.size() <= kMaxPlain);
  const crypto::XNonce nonce = crypto::random_xnonce();
  Bytes sealed = to_bytes(as_bytes(kMagic));
  sealed.push_back(kFormatVersion);
  append(sealed, nonce);
  sealed.resize(plain.size() + kOverhead);
  crypto::xseal(key_for(role, key).bytes(), nonce, associated_data(role), plain,
                std::span{sealed}.subspan(kHead + crypto::kXNonceSize));
  replace_file(files, path, sealed);
}

std::optional<Bytes> read_sealed_file(const FileSystem& files, const std::string& path, std::string_view role,
                                      const StoreKey& key) {
  const auto sealed = read_file(files, path, kMaxPlain + kOverhead);
  if (!sealed) return std::nullopt;
  const BytesView bytes{*sealed};
  if (bytes.size() < kOverhead || !equal(bytes.first(kMagic.size()), as_bytes(kMagic)) ||
      bytes[kMagic.size()] != kFormatVersion) {
    throw tampered(path);
  }
  crypto::XNonce nonce;
  std::ranges::copy(bytes.subspan(kHead, crypto::kXNonceSize), nonce.begin());
  Bytes plain(bytes.size() - kOverhead);
  if (!crypto::xopen(key_for(role, key).bytes(), nonce, associated_data(role),
                     bytes.subspan(kHead + crypto::kXNonceSize), plain)) {
    throw tampered(path);
  }
  return plain;
}

}  // namespace attune::storage
