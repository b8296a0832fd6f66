// What is asked of the person. Where there is no terminal a question is an Errc::usage that names the option to use
// instead, never a wait.
#pragma once

#include <string_view>

#include "cli/context.h"
#include "crypto/bip39.h"

namespace attune::cli {

// For unlocking: the file, else the terminal.
[[nodiscard]] crypto::SecretBytes passphrase(Context& context);
// For something new: --new-passphrase-file, else --passphrase-file, else the terminal, twice.
// Errc::usage under 8 characters.
[[nodiscard]] crypto::SecretBytes new_passphrase(Context& context);
// The one that takes its place: --new-passphrase-file, else the terminal, twice. Errc::usage under 8 characters.
[[nodiscard]] crypto::SecretBytes replacing_passphrase(Context& context);
// Throws Errc::usage where replacing_passphrase() could ask nobody: said before anything is unlocked.
void need_replacing_passphrase(const Context& context);
// The 24 words: the file, else the terminal, as many to a line as one likes. Errc::wrong_words.
[[nodiscard]] crypto::Entropy words(Context& context);

// Yes or no; no is the default. True without a question where there is no terminal, or with `yes`.
enum class Yes { ask, given };
[[nodiscard]] bool confirmed(Context& context, std::string_view question, Yes yes);

}  // namespace attune::cli
