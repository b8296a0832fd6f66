#include "cli/grammar_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/grammar_parts.h"
#include "core/error.h"
#include "core/text.h"

namespace attune::cli::grammar {
namespace {

constexpr std::size_t kLongestShown = 40;
constexpr std::size_t kLongestCompared = 20;
constexpr std::size_t kMostSlips = 2;

// How many slips of the fingers lie between the two: a letter too many, too few, another one, or two swapped.
std::size_t slips(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      auto& here = table[i][j];
      if (i == 0 || j == 0) {
        here = i + j;
        continue;
      }
      here =
          std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) here = std::min(here, table[i - 2][j - 2] + 1);
    }
  }
  return table[a.size()][b.size()];
}

// The one that was probably meant; nullopt: none comes near.
std::optional<std::string> nearest(const std::vector<std::string>& names, std::string_view typed) {
  const auto slips_to = [&](const std::string& name) { return slips(typed.substr(0, kLongestCompared), name); };
  const auto found = std::ranges::min_element(names, {}, slips_to);
  if (found == names.end() || slips_to(*found) > kMostSlips) return std::nullopt;
  return *found;
}

std::string shown(const std::string& typed) { return harmless_line(unmarked(typed.substr(0, kLongestShown))); }

// The command that was found last: "backup" of `attune backup creat`.
const CLI::App& last_command(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

// "attune backup create"
std::string path_of(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : fmt::format("{} {}", path_of(*parent), command.get_name());
}

std::string see_help(const CLI::App& command) { return fmt::format("see {} --help", path_of(command)); }

// CLI11's sentence in our manner: lower case, no full stop.
std::string in_our_words(std::string text) {
  text = harmless_line(text);
  while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

// Whatever no option and no argument took, in the order in which it was typed.
std::vector<std::string> left_over(const CLI::App& app) {
  std::vector<std::string> all;
  for (const CLI::App* at = &app;; at = at->get_subcommands().front()) {
    const auto here = at->remaining();
    all.insert(all.end(), here.begin(), here.end());
    if (at->get_subcommands().empty()) return all;
  }
}

bool is_option(const std::string& typed) { return typed.size() > 1 && typed.front() == '-'; }

[[noreturn]] void no_such_option(const CLI::App& command, const std::string& typed) {
  std::vector<std::string> names;
  for (const CLI::App* at = &command; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  const std::string name = typed.substr(0, typed.find('='));
  const auto meant = nearest(names, name);
  throw Error{Errc::usage, fmt::format("there is no option {}", shown(name)),
              meant ? fmt::format("did you mean {}?", *meant) : see_help(command)};
}

[[noreturn]] void no_such_command(const CLI::App& above, const std::string& typed) {
  std::vector<std::string> names;
  for (const CLI::App* command : above.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const auto meant = nearest(names, typed);
  const std::string group = above.get_parent() == nullptr ? "" : above.get_name() + " ";
  throw Error{Errc::usage, fmt::format("there is no command \"{}{}\"", group, shown(typed)),
              meant ? fmt::format("did you mean {} {}?", path_of(above), *meant) : see_help(above)};
}

}  // namespace

void throw_usage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = last_command(app);
  const auto left = left_over(app);
  const bool group = !command.get_subcommands([](const CLI::App*) { return true; }).empty();
  if (group && !left.empty() && !is_option(left.front())) no_such_command(command, left.front());
  const auto option = std::ranges::find_if(left, is_option);
  if (option != left.end()) no_such_option(command, *option);
  if (!left.empty()) {
    throw Error{Errc::usage, fmt::format("\"{}\" is one argument too many", shown(left.front())), see_help(command)};
  }
  if (group && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    throw Error{Errc::usage, fmt::format("{} needs to be told what to do", path_of(command)), see_help(command)};
  }
  std::string what = in_our_words(error.what());
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    what = fmt::format("{} is not complete", what.substr(0, what.find(':')));
  }
  throw Error{Errc::usage, std::move(what), see_help(command)};
}

}  // namespace attune::cli::grammar
