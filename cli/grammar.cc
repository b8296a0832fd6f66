#include "cli/grammar.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/grammar_error.h"
#include "cli/grammar_parts.h"
#include "core/error.h"
#include "core/text.h"

namespace attune::cli {
namespace grammar {
namespace {

// Stands before an argument that CLI11 would read as more than a text; add_text() takes it off again.
constexpr char kMark = '\x1f';

}  // namespace

std::string unmarked(std::string text) {
  if (!text.empty() && text.front() == kMark) text.erase(0, 1);
  return text;
}

void needs_text(CLI::Option& option) {
  option.check(CLI::Validator{
      [](const std::string& text) { return text.empty() ? std::string{"there is nothing after it"} : std::string{}; },
      "", "something"});
}

std::string marked(const std::string& argument) {
  const bool list = argument.size() > 1 && argument.front() == '[' && argument.back() == ']';
  const bool special = list || argument == "++" || (!argument.empty() && argument.front() == kMark);
  return special ? kMark + argument : argument;
}

CLI::App& add_command(CLI::App& parent, const std::string& name, const std::string& help, const std::string& examples) {
  CLI::App& command = *parent.add_subcommand(name, help);
  command.fallthrough();
  command.footer("Examples:\n" + examples + "\nOptions for every command stand in attune --help.");
  return command;
}

CLI::Option& add_text(CLI::App& command, const std::string& name, std::string& into, const std::string& help) {
  return *command.add_option(name, into, help)
              ->transform(CLI::Validator{[](std::string& text) {
                                           text = unmarked(text);
                                           return std::string{};
                                         },
                                         "", "text"});
}

CLI::Option& add_choice(CLI::App& command, const std::string& name, std::string& into, const std::string& choices,
                        const std::string& help) {
  CLI::Option& option = add_text(command, name, into, help);
  option.check(CLI::Validator{[all = CLI::detail::split(choices, '|')](const std::string& text) {
                                const bool known = std::ranges::find(all, text) != all.end();
                                return known
                                           ? std::string{}
                                           : fmt::format("there is no \"{}\"; choose {}", text, fmt::join(all, " or "));
                              },
                              "", "choice"});
  option.type_name(choices);
  return option;
}

CLI::Option& add_texts(CLI::App& command, const std::string& name, std::vector<std::string>& into,
                       const std::string& help) {
  return *add_words(command, name, into, help).allow_extra_args(false);
}

CLI::Option& add_words(CLI::App& command, const std::string& name, std::vector<std::string>& into,
                       const std::string& help) {
  return *command.add_option(name, into, help)
              ->transform(CLI::Validator{[](std::string& text) {
                                           text = unmarked(text);
                                           return std::string{};
                                         },
                                         "", "text"});
}

}  // namespace grammar

namespace {

struct Typed {
  std::string home, color = "auto", passphrase_file, new_passphrase_file, words_file;
  bool json = false, quiet = false, version = false;
};

void add_globals(CLI::App& app, Typed& typed) {
  using grammar::add_text;
  add_text(app, "--home", typed.home,
           "where the journal lives (ATTUNE_HOME; else $XDG_DATA_HOME/attune, ~/.local/share/attune)")
      .type_name("DIR");
  app.add_flag("--json", typed.json, "answer with one JSON document");
  add_text(app, "--color", typed.color, "auto, always or never (NO_COLOR is respected)").type_name("auto|always|never");
  app.add_flag("--quiet", typed.quiet, "results only: no hints, no progress");
  add_text(app, "--passphrase-file", typed.passphrase_file,
           "its first line is the passphrase; - is standard input (ATTUNE_PASSPHRASE_FILE)")
      .type_name("FILE");
  add_text(app, "--new-passphrase-file", typed.new_passphrase_file, "the same for a new passphrase").type_name("FILE");
  add_text(app, "--words-file", typed.words_file, "the 24 words; - is standard input (ATTUNE_WORDS_FILE)")
      .type_name("FILE");
  app.add_flag("--version", typed.version, "print the version");
}

std::string default_home(const Environment& environment) {
  if (const auto data = environment("XDG_DATA_HOME"); data && data->starts_with('/')) return *data + "/attune";
  if (const auto home = environment("HOME")) return *home + "/.local/share/attune";
  throw Error{Errc::usage, "it is not known where the journal lives", "use --home DIR, or set HOME"};
}

Color color_named(const std::string& name) {
  if (name == "always") return Color::always;
  if (name == "never") return Color::never;
  if (name == "auto") return Color::automatic;
  throw Error{Errc::usage, fmt::format("there is no colour \"{}\"", harmless_line(name)),
              "choose auto, always or never"};
}

// The option where it was given, else the variable.
std::optional<std::string> either(const std::string& option, const Environment& environment, const char* variable) {
  if (!option.empty()) return option;
  return variable == nullptr ? std::nullopt : environment(variable);
}

Globals globals_of(const Typed& typed, const Environment& environment) {
  Globals globals;
  globals.json = typed.json;
  globals.quiet = typed.quiet;
  globals.color = color_named(typed.color);
  globals.passphrase_file = either(typed.passphrase_file, environment, "ATTUNE_PASSPHRASE_FILE");
  globals.new_passphrase_file = either(typed.new_passphrase_file, environment, nullptr);
  globals.words_file = either(typed.words_file, environment, "ATTUNE_WORDS_FILE");
  check_one_standard_input(globals);
  const auto home = either(typed.home, environment, "ATTUNE_HOME");
  globals.home = absolute_path(home ? *home : default_home(environment));
  return globals;
}

void parse_or_throw(CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> backwards;  // CLI11 takes them from the back
  bool options = true;
  for (const auto& argument : arguments) {
    options = options && argument != "--";
    backwards.push_back(grammar::marked(argument));
  }
  std::ranges::reverse(backwards);
  try {
    app.parse(backwards);
  } catch (const CLI::CallForHelp&) {
    throw;
  } catch (const CLI::ParseError& error) {
    grammar::throw_usage(app, error);
  }
}

}  // namespace

Parsed parse(const std::vector<std::string>& arguments, const Environment& environment) {
  CLI::App app{"attune: a private journal for two. Everything stays on your own devices.", "attune"};
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "print this help");
  app.footer(
      "Without a command: today, what came and what comes.\n\nExamples:\n  attune init --name Ada\n  attune pair\n  "
      "attune write --shared\n  attune list --since yesterday\n"
      "\nattune COMMAND --help explains a command.");
  Typed typed;
  add_globals(app, typed);
  Parsed parsed;
  grammar::add_home_commands(app, parsed.action);
  grammar::add_node_commands(app, parsed.action);
  grammar::add_entry_commands(app, parsed.action);
  grammar::add_agreement_commands(app, parsed.action);
  grammar::add_checkin_commands(app, parsed.action);
  grammar::add_trends_command(app, parsed.action);
  grammar::add_boundary_commands(app, parsed.action);
  grammar::add_pause_commands(app, parsed.action);
  grammar::add_device_commands(app, parsed.action);
  grammar::add_exchange_commands(app, parsed.action);
  grammar::add_completion(app, parsed.action);
  try {
    parse_or_throw(app, arguments);
  } catch (const CLI::CallForHelp&) {
    parsed.action = [help = app.help()](Context& context) {
      context.world.console.out(help);
      return 0;
    };
    return parsed;
  }
  if (typed.version) parsed.action = version;
  if (!parsed.action) parsed.action = today;
  parsed.globals = globals_of(typed, environment);
  return parsed;
}

bool wants_json(const std::vector<std::string>& arguments) {
  const auto end = std::ranges::find(arguments, "--");
  return std::find(arguments.begin(), end, "--json") != end;
}

Color color_wanted(const std::vector<std::string>& arguments) {
  Color color = Color::automatic;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const bool next = arguments[i] == "--color" && i + 1 < arguments.size();
    if (arguments[i] == "--color=always" || (next && arguments[i + 1] == "always")) color = Color::always;
    if (arguments[i] == "--color=never" || (next && arguments[i + 1] == "never")) color = Color::never;
  }
  return color;
}

}  // namespace attune::cli
