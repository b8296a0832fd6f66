// init, restore, wipe: what needs the words, or ends it all.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "cli/commands.h"
#include "cli/counted.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/unlock_cost.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/random.h"

namespace attune::cli {
namespace {

constexpr std::size_t kRows = 6;
constexpr std::size_t kColumns = 4;
constexpr std::size_t kWidestWord = 8;
constexpr int kRounds = 3;

void need_no_home(Context& context) {
  if (!context.world.homes.exists(context.globals.home)) return;
  throw Error{Errc::exists, fmt::format("there is a journal in {} already", harmless_line(context.globals.home)),
              "nothing was changed; --home names another place"};
}

// Views into the secret, one a word.
std::vector<BytesView> split(BytesView words) {
  std::vector<BytesView> all;
  for (std::size_t from = 0; from < words.size();) {
    const auto rest = words.subspan(from);
    const auto end = std::ranges::find(rest, std::byte{' '});
    const auto size = static_cast<std::size_t>(end - rest.begin());
    if (size > 0) all.push_back(rest.first(size));
    from += size + 1;
  }
  return all;
}

// Four columns of six, numbered downwards, in a secret of its own.
crypto::SecretBytes numbered(BytesView words) {
  const auto all = split(words);
  crypto::SecretBytes block;
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t column = 0; column < kColumns; ++column) {
      const std::size_t place = column * kRows + row;
      if (place >= all.size()) continue;
      append(block, fmt::format("  {:2} ", place + 1));
      for (const std::byte byte : all[place]) block.push_back(byte);
      const bool last = column + 1 == kColumns;
      for (std::size_t pad = all[place].size(); !last && pad < kWidestWord + 1; ++pad) block.push_back(std::byte{' '});
    }
    block.push_back(std::byte{'\n'});
  }
  return block;
}

void show_words(Context& context, const std::string& name, const node::Created& created) {
  auto& console = context.world.console;
  if (context.globals.json) {
    crypto::SecretBytes document;
    append(document,
           fmt::format(R"({{"name":{},"device":{},"words":")", json_quoted(name), json_quoted(created.device)));
    for (const std::byte byte : created.words.bytes()) document.push_back(byte);
    append(document, "\"}\n");
    console.out(as_text(document.bytes()));
    return;
  }
  console.out(
      fmt::format("Welcome, {}. This journal lives on this device ({}).\n\n"
                  "These 24 words are you: with them you open your backups and bring the journal to another device.\n"
                  "Write them on paper, in this order, where only you find them. They are not shown again.\n\n",
                  harmless_line(name), harmless_line(created.device)));
  crypto::SecretBytes block = numbered(created.words.bytes());
  block.push_back(std::byte{'\n'});
  console.out(as_text(block.bytes()));  // at once: what fails then is the words
}

// Lower case, without the spaces around it; the words themselves are lower case.
crypto::SecretBytes tidied(const crypto::SecretBytes& typed) {
  crypto::SecretBytes tidy;
  for (const std::byte byte : typed.bytes()) {
    const char c = static_cast<char>(byte);
    if (c == ' ' || c == '\t' || c == '\r') continue;
    tidy.push_back(c >= 'A' && c <= 'Z' ? static_cast<std::byte>(c - 'A' + 'a') : byte);
  }
  return tidy;
}

// Two of the words back, so that what stands on the paper is known to be right. The home stands either way, which is
// said first: whoever breaks off here must know that there is one, and how to begin anew.
void ask_two_back(Context& context, BytesView words) {
  const auto all = split(words);
  if (!context.world.console.in_is_terminal() || all.empty()) return;
  note(context,
       "Your journal is made, also if you stop here. To begin anew with other words: attune wipe, attune init.");
  const auto count = static_cast<std::uint32_t>(all.size());
  const std::uint32_t first = crypto::random_below(count);
  const std::uint32_t second = (first + 1 + crypto::random_below(count - 1)) % count;
  for (const std::uint32_t place : {std::min(first, second), std::max(first, second)}) {
    for (int round = 1;; ++round) {
      const auto typed = context.world.console.ask_secret(fmt::format("to be sure, word {}: ", place + 1));
      if (crypto::equal_secrets(tidied(typed).bytes(), all[place])) break;
      if (round == kRounds) {
        note(context, "that is not what stands above; please compare your paper with it once more");
        return;
      }
      context.world.console.err("that is not the word; look again\n");
    }
  }
  note(context, "Good. Now clear this screen, and run attune pair together with your partner.");
}

}  // namespace

namespace {

// Nobody has its words, and it would stand in the way of the next one.
void take_back(Context& context) {
  try {
    context.world.homes.wipe(context.globals.home);
  } catch (const Error& error) {  // why it is taken back is what the person is told
    note(context, fmt::format("the new journal could not be taken back: {}", error.what()));
  }
}

}  // namespace

int init(Context& context, const InitOptions& options) {
  const auto cost = unlock_cost_named(options.unlock_cost);
  if (options.name.empty()) throw Error{Errc::usage, "a name is needed", "attune init --name Ada"};
  need_no_home(context);
  const crypto::SecretBytes secret = new_passphrase(context);
  const node::NewHome wanted{context.globals.home, options.name, options.device, cost};
  const node::Created created = context.world.homes.init(wanted, secret.bytes());
  try {
    show_words(context, options.name, created);
  } catch (const Error&) {
    take_back(context);
    throw;
  }
  if (context.globals.json) return 0;
  try {
    ask_two_back(context, created.words.bytes());
  } catch (const Error& error) {
    if (error.code() != Errc::refused) throw;  // the end of input: an answer, too; the journal was made
  }
  return 0;
}

int restore(Context& context, const RestoreOptions& options) {
  node::Restore wanted;
  wanted.cost = unlock_cost_named(options.unlock_cost);
  need_no_home(context);
  check_one_standard_input(context.globals);
  const crypto::Entropy entropy = words(context);
  const crypto::SecretBytes secret = new_passphrase(context);
  wanted.home = context.globals.home;
  wanted.device = options.device;
  if (!options.file.empty()) wanted.file = absolute_path(options.file);
  wanted.peers = options.peers;
  wanted.look = options.peers.empty() && !options.no_discovery;
  wanted.dial_partner =
      !options.no_partner &&
      confirmed(context, "May your partner's node be called? (no, if you have left since; sync does it later)",
                Yes::ask);
  ProgressLine line{context};
  const node::Restored restored = context.world.homes.restore(
      wanted, entropy, secret.bytes(),
      [&](std::string_view what, double done, double total) { line.show(what, done, total); });
  line.clear();
  api::v1::RestoreResponse response;
  response.set_name(restored.name);
  response.set_device(restored.device);
  response.set_entries(restored.entries);
  answer(context, response,
         fmt::format("Welcome back{}{}. {} here, on this device ({}).", restored.name.empty() ? "" : ", ",
                     harmless_line(restored.name), counted(restored.entries, "entry is", "entries are"),
                     harmless_line(restored.device)));
  if (!restored.synced) {
    note(context, fmt::format("Nobody was reached. {}: attune up on another device of yours, then attune sync here.",
                              options.file.empty() ? "To fetch your journal" : "To fetch what is newer"));
  }
  return 0;
}

int wipe(Context& context, Yes yes) {
  auto& homes = context.world.homes;
  if (!homes.exists(context.globals.home)) {
    throw Error{Errc::no_home, fmt::format("there is no journal in {}", harmless_line(context.globals.home))};
  }
  const std::string question =
      fmt::format("Destroy the journal in {}? Without a backup and the 24 words it is gone for good.",
                  harmless_line(context.globals.home));
  if (!confirmed(context, question, yes)) throw Error{Errc::refused, "the journal was not destroyed"};
  homes.wipe(context.globals.home);
  answer(context, api::v1::WipeResponse{}, "The journal on this device is gone.");
  return 0;
}

}  // namespace attune::cli
