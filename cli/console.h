// The terminal as the commands see it: what they print on, ask through and read from.
// PosixConsole is the real one; tests hand in their own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/secret.h"

namespace attune::cli {

// How much of a file of secrets counts: a passphrase is its first line, words are all of it.
enum class SecretPart { first_line, everything };

class Console {
 public:
  virtual ~Console() = default;

  // Results. At the reader's as soon as it returns. Throws Errc::disk where it cannot be written; see reader_gone().
  virtual void out(std::string_view text) = 0;
  // Everything else. Never fails: there is nobody left to tell.
  virtual void err(std::string_view text) noexcept = 0;

  [[nodiscard]] virtual bool in_is_terminal() const = 0;
  [[nodiscard]] virtual bool out_is_terminal() const = 0;
  [[nodiscard]] virtual bool err_is_terminal() const = 0;
  [[nodiscard]] virtual int columns() const = 0;       // 80 where nobody knows
  [[nodiscard]] virtual bool reader_gone() const = 0;  // whoever read our results has closed the pipe (`| head`)

  // One line typed by the person, without its newline. REQUIRES: in_is_terminal(). Errc::refused at the end of input.
  [[nodiscard]] virtual std::string ask(std::string_view prompt) = 0;
  // The same without echo, straight into the secret. The terminal is put right again even where a signal ends us.
  [[nodiscard]] virtual crypto::SecretBytes ask_secret(std::string_view prompt) = 0;

  // Standard input to its end. Errc::usage where it is longer than `limit`.
  [[nodiscard]] virtual std::string read_in(std::size_t limit) = 0;
  [[nodiscard]] virtual crypto::SecretBytes read_secret_in(SecretPart part) = 0;
};

class PosixConsole final : public Console {
 public:
  void out(std::string_view text) override;
  void err(std::string_view text) noexcept override;
  [[nodiscard]] bool in_is_terminal() const override;
  [[nodiscard]] bool out_is_terminal() const override;
  [[nodiscard]] bool err_is_terminal() const override;
  [[nodiscard]] int columns() const override;
  [[nodiscard]] bool reader_gone() const override { return reader_gone_; }
  [[nodiscard]] std::string ask(std::string_view prompt) override;
  [[nodiscard]] crypto::SecretBytes ask_secret(std::string_view prompt) override;
  [[nodiscard]] std::string read_in(std::size_t limit) override;
  [[nodiscard]] crypto::SecretBytes read_secret_in(SecretPart part) override;

 private:
  bool reader_gone_ = false;
};

// Reads one byte at a time, so that what follows the first line stays in a pipe, and no buffer keeps a copy.
// Errc::usage where it cannot be read or is longer than a secret may be.
[[nodiscard]] crypto::SecretBytes read_secret(int descriptor, SecretPart part);
// The same from a file (or a named pipe).
[[nodiscard]] crypto::SecretBytes read_secret_file(const std::string& path, SecretPart part);

}  // namespace attune::cli
