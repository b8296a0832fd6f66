#include "cli/prompt.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json.h"
#include "core/error.h"

namespace attune::cli {
namespace {

constexpr std::size_t kShortest = 8;  // characters of a passphrase
constexpr int kTimes = 3;
constexpr std::size_t kWords = 24;

crypto::SecretBytes secret_of(Context& context, const std::string& file, SecretPart part) {
  return file == "-" ? context.world.console.read_secret_in(part) : read_secret_file(file, part);
}

// Code points: bytes that do not continue one.
std::size_t characters(BytesView text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](std::byte byte) { return (byte & std::byte{0xC0}) != std::byte{0x80}; }));
}

void check_length(const crypto::SecretBytes& passphrase) {
  if (characters(passphrase.bytes()) < kShortest) {
    throw Error{Errc::usage, "a passphrase has at least 8 characters", "four or five words make a good one"};
  }
}

// Where nobody can be asked.
void need_terminal(const Context& context, std::string_view what, std::string_view option) {
  if (context.world.console.in_is_terminal()) return;
  throw Error{Errc::usage, fmt::format("there is no terminal to ask for the {}", what),
              fmt::format("use {} FILE, or - for standard input", option)};
}

bool is_space(std::byte byte) {
  return byte == std::byte{' '} || byte == std::byte{'\t'} || byte == std::byte{'\n'} || byte == std::byte{'\r'};
}

std::size_t count_words(BytesView text) {
  std::size_t count = 0;
  bool inside = false;
  for (const std::byte byte : text) {
    if (!is_space(byte) && !inside) ++count;
    inside = !is_space(byte);
  }
  return count;
}

crypto::SecretBytes ask_words(Context& context) {
  crypto::SecretBytes all;
  std::string prompt = "the 24 words (they are not shown): ";
  for (;;) {
    const crypto::SecretBytes line = context.world.console.ask_secret(prompt);
    if (line.empty()) return all;  // entropy_of() says how many are missing
    for (const std::byte byte : line.bytes()) all.push_back(byte);
    all.push_back(std::byte{' '});
    const std::size_t count = count_words(all.bytes());
    if (count >= kWords) return all;
    prompt = fmt::format("{} so far, go on: ", count);
  }
}

crypto::SecretBytes asked_twice(Context& context) {
  for (int time = 0; time < kTimes; ++time) {
    crypto::SecretBytes first = context.world.console.ask_secret("new passphrase: ");
    check_length(first);
    const crypto::SecretBytes second = context.world.console.ask_secret("the same again: ");
    if (crypto::equal_secrets(first.bytes(), second.bytes())) return first;
    context.world.console.err("these two differ; once more\n");
  }
  throw Error{Errc::usage, "the passphrase was not the same twice", "nothing was changed; try again"};
}

}  // namespace

crypto::SecretBytes passphrase(Context& context) {
  if (const auto& file = context.globals.passphrase_file) {
    crypto::SecretBytes secret = secret_of(context, *file, SecretPart::first_line);
    if (secret.empty()) throw Error{Errc::usage, "the file has no passphrase in its first line", "check the file"};
    return secret;
  }
  need_terminal(context, "passphrase", "--passphrase-file");
  return context.world.console.ask_secret("passphrase: ");
}

crypto::SecretBytes new_passphrase(Context& context) {
  const auto& globals = context.globals;
  if (const auto& file = globals.new_passphrase_file ? globals.new_passphrase_file : globals.passphrase_file) {
    crypto::SecretBytes secret = secret_of(context, *file, SecretPart::first_line);
    check_length(secret);
    return secret;
  }
  need_terminal(context, "passphrase", "--passphrase-file");
  return asked_twice(context);
}

crypto::SecretBytes replacing_passphrase(Context& context) {
  if (context.globals.new_passphrase_file) return new_passphrase(context);
  need_replacing_passphrase(context);
  return asked_twice(context);
}

void need_replacing_passphrase(const Context& context) {
  if (!context.globals.new_passphrase_file) need_terminal(context, "new passphrase", "--new-passphrase-file");
}

crypto::Entropy words(Context& context) {
  if (const auto& file = context.globals.words_file) {
    const crypto::SecretBytes typed = secret_of(context, *file, SecretPart::everything);
    return crypto::entropy_of(typed.bytes());
  }
  need_terminal(context, "24 words", "--words-file");
  for (int time = 1;; ++time) {
    const crypto::SecretBytes typed = ask_words(context);
    try {
      return crypto::entropy_of(typed.bytes());
    } catch (const Error& error) {  // a slip of the fingers: said, and asked again
      if (error.code() != Errc::wrong_words || time == kTimes) throw;
      context.world.console.err(fmt::format("{}\n", error.what()));
    }
  }
}

bool confirmed(Context& context, std::string_view question, Yes yes) {
  if (yes == Yes::given || !context.world.console.in_is_terminal()) return true;
  const std::string said = context.world.console.ask(fmt::format("{} [y/N] ", question));
  return said == "y" || said == "Y" || said == "yes" || said == "Yes" || said == "YES";
}

}  // namespace attune::cli
