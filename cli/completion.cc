#include "cli/completion.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace attune::cli {
namespace {

std::string joined_by(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) text += text.empty() ? part : fmt::format("{}{}", between, part);
  return text;
}

// As all three shells take it: what is quoted means itself.
std::string quoted(std::string_view text, std::string_view apostrophe) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{apostrophe} : std::string(1, c);
  return out + "'";
}
std::string posix_quoted(std::string_view text) { return quoted(text, "'\\''"); }
std::string fish_quoted(std::string_view text) { return quoted(text, "\\'"); }

std::string last_word(const std::string& path) { return path.substr(path.rfind(' ') + 1); }
// "backup" of "backup create"; empty for what stands directly behind the program.
std::string parent(const std::string& path) {
  const auto space = path.rfind(' ');
  return space == std::string::npos ? std::string{} : path.substr(0, space);
}

std::vector<const CompletedCommand*> children(const CompletedCommands& commands, const std::string& path) {
  std::vector<const CompletedCommand*> found;
  for (const CompletedCommand& command : commands) {
    if (!command.path.empty() && parent(command.path) == path) found.push_back(&command);
  }
  return found;
}

// Options of every command are those of the program, too.
std::vector<const CompletedOption*> options_of(const CompletedCommands& commands, const CompletedCommand& command) {
  std::vector<const CompletedOption*> all;
  for (const CompletedOption& option : command.options) all.push_back(&option);
  if (command.path.empty()) return all;
  for (const CompletedOption& option : commands.front().options) {
    const bool own =
        std::ranges::any_of(all, [&](const CompletedOption* known) { return known->names == option.names; });
    if (!own) all.push_back(&option);
  }
  return all;
}

// What the two shells that walk over the words say in their own way.
struct Walk {
  std::string_view files, directories;
  std::string_view choices;  // one {}: the words
};

std::string offered(const CompletedOption& option, const Walk& walk) {
  switch (option.value) {
    case Value::none:
    case Value::text: return ":";
    case Value::file: return std::string{walk.files};
    case Value::directory: return std::string{walk.directories};
    case Value::choice: return fmt::format(fmt::runtime(walk.choices), joined_by(option.choices, " "));
  }
  return {};
}

// case COMMAND,WORD in: which command the words so far have named; options that take a value skip it.
std::string walk_cases(const CompletedCommands& commands) {
  std::string text;
  std::vector<std::string> valued;
  for (const CompletedCommand& command : commands) {
    if (!command.path.empty()) {
      text +=
          fmt::format("      {}) command={} ;;\n", posix_quoted(parent(command.path) + "," + last_word(command.path)),
                      posix_quoted(command.path));
    }
    for (const CompletedOption& option : command.options) {
      if (option.value == Value::none) continue;
      for (const std::string& name : option.names) {
        if (std::ranges::find(valued, name) == valued.end()) valued.push_back(name);
      }
    }
  }
  return text + fmt::format("      *,{}) ((index++)) ;;\n", joined_by(valued, "|*,"));
}

// case COMMAND,WORD BEFORE in: the value of an option.
std::string value_cases(const CompletedCommands& commands, const Walk& walk) {
  std::string text;
  for (const CompletedCommand& command : commands) {
    for (const CompletedOption& option : command.options) {
      if (option.value == Value::none || option.names.empty()) continue;
      std::vector<std::string> patterns;
      const std::string before = command.path.empty() ? std::string{"*"} : posix_quoted(command.path);
      for (const std::string& name : option.names) patterns.push_back(fmt::format("{},{}", before, name));
      text += fmt::format("    {}) {}; return ;;\n", joined_by(patterns, "|"), offered(option, walk));
    }
  }
  return text;
}

// case COMMAND in: what may stand in a place of its own.
std::string argument_cases(const CompletedCommands& commands, const Walk& walk) {
  std::string text;
  for (const CompletedCommand& command : commands) {
    std::string offers;
    for (const CompletedOption& option : command.options) {
      if (!option.names.empty() || option.value == Value::text) continue;
      offers += offered(option, walk) + "; ";
    }
    if (!offers.empty()) text += fmt::format("    {}) {};;\n", posix_quoted(command.path), offers);
  }
  return text;
}

std::string bash_script(const CompletedCommands& commands) {
  constexpr Walk kWalk{"COMPREPLY+=($(compgen -f -- \"$current\"))", "COMPREPLY+=($(compgen -d -- \"$current\"))",
                       "COMPREPLY+=($(IFS=' '; compgen -W '{}' -- \"$current\"))"};
  std::string cases;
  for (const CompletedCommand& command : commands) {
    std::vector<std::string> names, below;
    for (const CompletedOption* option : options_of(commands, command)) {
      names.insert(names.end(), option->names.begin(), option->names.end());
    }
    for (const CompletedCommand* child : children(commands, command.path)) below.push_back(last_word(child->path));
    cases += fmt::format("    {}) options='{}' commands='{}' ;;\n", posix_quoted(command.path), joined_by(names, " "),
                         joined_by(below, " "));
  }
  return fmt::format(R"(# Completion of attune for bash, written by: attune completion bash
_attune() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command= options= commands= index
  local IFS=$' \t\n'
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case $command,${{COMP_WORDS[index]}} in
{}    esac
  done
  if [[ $current == '=' ]]; then
    current=
  elif [[ $before == '=' ]]; then
    before=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  case $command,$before in
{}  esac
  case $command in
{}  esac
  IFS=$' \t\n'
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  COMPREPLY=($(compgen -W "$commands" -- "$current"))
  IFS=$'\n'
  case $command in
{}  esac
}}
complete -F _attune attune
)",
                     walk_cases(commands), value_cases(commands, kWalk), cases, argument_cases(commands, kWalk));
}

// 'name:what it does', as _describe takes it.
std::string described(const std::string& name, const std::string& help) {
  std::string escaped;
  for (const char c : name) escaped += c == ':' ? std::string{"\\:"} : std::string(1, c);
  return posix_quoted(escaped + ":" + help);
}

std::string zsh_script(const CompletedCommands& commands) {
  constexpr Walk kWalk{"_files", "_files -/", "compadd -- {}"};
  std::string cases;
  for (const CompletedCommand& command : commands) {
    std::string options, below;
    for (const CompletedOption* option : options_of(commands, command)) {
      for (const std::string& name : option->names) options += " " + described(name, option->help);
    }
    for (const CompletedCommand* child : children(commands, command.path)) {
      below += " " + described(last_word(child->path), child->help);
    }
    cases += fmt::format("    {})\n      options=({} )\n      commands=({} ) ;;\n", posix_quoted(command.path), options,
                         below);
  }
  return fmt::format(R"(#compdef attune
# Completion of attune for zsh, written by: attune completion zsh
_attune() {{
  local command= before=${{words[CURRENT - 1]}}
  local -a options commands
  integer index
  for ((index = 2; index < CURRENT; index++)); do
    case "$command,${{words[index]}}" in
{}    esac
  done
  if [[ ${{words[CURRENT]}} == --*=* ]]; then
    before=${{words[CURRENT]%%=*}}
    compset -P '*='
  fi
  case "$command,$before" in
{}  esac
  case "$command" in
{}  esac
  if [[ ${{words[CURRENT]}} == -* ]]; then
    _describe -o option options
    return
  fi
  (( $#commands )) && _describe command commands
  case "$command" in
{}  esac
}}
if [[ $funcstack[1] == _attune ]]; then
  _attune "$@"
else
  compdef _attune attune
fi
)",
                     walk_cases(commands), value_cases(commands, kWalk), cases, argument_cases(commands, kWalk));
}

// When a command's own words are due.
std::string fish_condition(const CompletedCommands& commands, const std::string& path) {
  std::vector<std::string> below;
  for (const CompletedCommand* child : children(commands, path)) below.push_back(last_word(child->path));
  if (path.empty()) return "__fish_use_subcommand";
  std::string condition = "__fish_seen_subcommand_from " + last_word(path);
  if (!parent(path).empty()) condition += "; and __fish_seen_subcommand_from " + parent(path);
  if (!below.empty()) condition += "; and not __fish_seen_subcommand_from " + joined_by(below, " ");
  return condition;
}

std::string fish_option(const CompletedOption& option) {
  std::string text;
  for (const std::string& name : option.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (option.value != Value::none && !option.names.empty()) text += " -r";
  if (option.value == Value::file) text += " -F";
  if (option.value == Value::directory) text += " -a '(__fish_complete_directories)'";
  if (option.value == Value::choice) text += " -a " + fish_quoted(joined_by(option.choices, " "));
  if (!option.names.empty()) text += " -d " + fish_quoted(option.help);
  return text;
}

std::string fish_script(const CompletedCommands& commands) {
  std::string text =
      "# Completion of attune for fish, written by: attune completion fish\n"
      "complete -c attune -f\n";
  for (const CompletedCommand& command : commands) {
    const std::string condition = fish_quoted(fish_condition(commands, command.path));
    for (const CompletedCommand* child : children(commands, command.path)) {
      text += fmt::format("complete -c attune -n {} -a {} -d {}\n", condition, last_word(child->path),
                          fish_quoted(child->help));
    }
    for (const CompletedOption& option : command.options) {
      if (option.names.empty() && option.value == Value::text) continue;
      const std::string when = command.path.empty() ? std::string{} : " -n " + condition;  // those hold everywhere
      text += fmt::format("complete -c attune{}{}\n", when, fish_option(option));
    }
  }
  return text;
}

}  // namespace

std::string completion_script(std::string_view shell, const CompletedCommands& commands) {
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  throw Error{Errc::usage, fmt::format("there is no completion for \"{}\"", harmless_line(shell)),
              "choose bash, zsh or fish"};
}

}  // namespace attune::cli
