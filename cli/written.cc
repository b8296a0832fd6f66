#include "cli/written.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "cli/journal.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/secret.h"

namespace attune::cli {
namespace {

constexpr std::size_t kMaxText = std::size_t{1} << 20U;  // bytes of an entry's text; the journal refuses more

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

// Takes off the newlines that every editor and pipe puts at the end. Checked here, before it is carried anywhere.
void check_text(std::string& text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (is_blank(text)) {
    throw Error{Errc::usage, "there is no text, so nothing was saved",
                "give it as an argument, on standard input, or in your editor"};
  }
  if (text.size() > kMaxText) {
    throw Error{Errc::usage, "a text has at most 1 MiB", "split it into several entries"};
  }
  if (!valid_utf8(text)) throw Error{Errc::usage, "the text is not UTF-8", "convert it first, with iconv for example"};
}

// Standard input, unless a secret is to come from there: the two would be mixed up.
std::string piped_text(Context& context) {
  const auto& globals = context.globals;
  if (is_standard_input(globals.passphrase_file)) {
    throw Error{Errc::usage, "standard input gives the passphrase, so it cannot give the text as well",
                "give the text as an argument, or the passphrase in a file"};
  }
  return context.world.console.read_in(kMaxText + 2);  // room for the newline that is taken off
}

void edit_text(Context& context, std::string& text) {
  std::string edited = context.world.edit(text);
  text.swap(edited);
  crypto::wipe(edited);
}

enum class Next { save, edit, drop };

// Errc::refused at the end of input: whoever has gone cannot be asked.
Next what_now(Context& context, const Error& failure) {
  context.world.console.err(fmt::format("the text was not saved: {}\n", harmless_line(failure.what())));
  for (;;) {
    const std::string said = context.world.console.ask("try again, open the editor again, or drop the text? [t/e/d] ");
    if (said == "t") return Next::save;
    if (said == "e") return Next::edit;
    if (said == "d") return Next::drop;
  }
}

// Without a node the journal is unlocked before the editor opens, so that a wrong passphrase cannot cost a text; a node
// is only looked for, because it may be gone when the editor closes.
void save_from_editor(Context& context, const TextBefore& before, const Save& save, const Offer& offer) {
  auto client = open_journal(context);
  std::string text = before ? before(*client) : "";
  const WipedText wiped{text};
  if (client->node_runs()) client.reset();
  edit_text(context, text);
  bool offered = !offer;
  for (Next next = Next::save;;) {
    std::optional<Error> failure;
    try {
      if (next == Next::edit) edit_text(context, text);
      check_text(text);
      if (!client) client = open_journal(context);
      if (!std::exchange(offered, true) && offer(*client, text)) {
        edit_text(context, text);
        check_text(text);
      }
      save(*client, text);
      return;
    } catch (const Error& error) {
      failure = error;
    }
    if (is_blank(text)) throw *failure;  // there is nothing to lose
    client.reset();                      // what failed may have been the node, or a journal that must be opened anew
    next = what_now(context, *failure);
    if (next == Next::drop) throw *failure;
  }
}

}  // namespace

std::string joined_text(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += fmt::format("{}{}", text.empty() ? "" : " ", part);
  return text;
}

WipedText::~WipedText() { crypto::wipe(text_); }

void save_written(Context& context, const std::vector<std::string>& arguments, const TextBefore& before,
                  const Save& save, const Offer& offer) {
  if (arguments.empty() && context.world.console.in_is_terminal()) {
    return save_from_editor(context, before, save, offer);
  }
  std::string text = arguments.empty() ? piped_text(context) : joined_text(arguments);
  const WipedText wiped{text};
  check_text(text);
  const auto client = open_journal(context);
  if (offer && offer(*client, text)) {
    edit_text(context, text);
    check_text(text);
  }
  save(*client, text);
}

}  // namespace attune::cli
