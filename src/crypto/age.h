// age v1 (C2SP age-encryption.org/v1) with one X25519 recipient, as streams of chunks.
// Errors when reading: Errc::wrong_words (no stanza opens with this identity), Errc::damaged (header, HMAC, payload,
// truncation).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/bytes.h"
#include "crypto/curve.h"
#include "crypto/secret.h"

namespace attune::crypto {

using AgeFileKey = Secret<struct AgeFileKeyTag, 16>;
using Sink = std::function<void(BytesView)>;
// Fills `into` as far as there is data; less than asked only at the end. Returns how much.
using Source = std::function<std::size_t(std::span<std::byte> into)>;

class AgeWriter {
 public:
  AgeWriter(const XPublic& recipient, Sink sink);  // writes the header at once
  ~AgeWriter();
  AgeWriter(const AgeWriter&) = delete;
  AgeWriter& operator=(const AgeWriter&) = delete;
  void write(BytesView plain);
  void finish();  // the last chunk; once
  // The key of this file, so that what was just written can be read back without the identity.
  [[nodiscard]] AgeFileKey file_key() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class AgeReader {
 public:
  AgeReader(const BackupSecret& identity, Source source);  // reads the header
  AgeReader(const AgeFileKey& file_key, Source source);    // for read-back
  ~AgeReader();
  AgeReader(const AgeReader&) = delete;
  AgeReader& operator=(const AgeReader&) = delete;
  // Authentic plaintext, in order; less than asked only after the last chunk was seen with nothing behind it.
  [[nodiscard]] std::size_t read(std::span<std::byte> into);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "AGE-SECRET-KEY-1..." (Bech32, upper case) and "age1...".
[[nodiscard]] SecretBytes age_identity(const BackupSecret& identity);
[[nodiscard]] std::string age_recipient(const XPublic& recipient);

}  // namespace attune::crypto
