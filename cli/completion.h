// Completion scripts for shells, from what the grammar knows. Nothing of the journal is asked for while somebody types.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attune::cli {

enum class Value { none, text, file, directory, choice };  // none: a flag

struct CompletedOption {
  std::vector<std::string> names;  // "-n", "--home"; empty: an argument by its place
  std::string help;
  Value value = Value::none;
  std::vector<std::string> choices;
};
struct CompletedCommand {
  std::string path;  // "backup create"; empty: the program itself
  std::string help;
  std::vector<CompletedOption> options;
};
// The program first, every command behind the one that it belongs to.
using CompletedCommands = std::vector<CompletedCommand>;

// Throws Errc::usage where the shell is none of bash, zsh and fish.
[[nodiscard]] std::string completion_script(std::string_view shell, const CompletedCommands& commands);

}  // namespace attune::cli
