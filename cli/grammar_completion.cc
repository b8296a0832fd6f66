// completion: the grammar, read back for the shells.
#include <fmt/format.h>

#include <memory>

#include "cli/completion.h"
#include "cli/grammar_parts.h"

namespace attune::cli::grammar {
namespace {

// "auto|always|never" names the choices; else the placeholder tells.
CompletedOption read_option(const CLI::Option& option) {
  CompletedOption read;
  read.help = option.get_description();
  for (const std::string& name : option.get_snames()) read.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) read.names.push_back("--" + name);
  const std::string type = option.get_type_name();
  const std::string& placeholder = read.names.empty() && type == "TEXT" ? option.get_name(true) : type;
  if (option.get_items_expected_max() == 0) {
    read.value = Value::none;
  } else if (type.find('|') != std::string::npos) {
    read.value = Value::choice;
    read.choices = CLI::detail::split(type, '|');
  } else if (placeholder == "FILE") {
    read.value = Value::file;
  } else if (placeholder == "DIR") {
    read.value = Value::directory;
  } else {
    read.value = Value::text;
  }
  return read;
}

void read_command(const CLI::App& app, const std::string& path, CompletedCommands& into) {
  CompletedCommand command{path, app.get_description(), {}};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) command.options.push_back(read_option(*option));
  }
  into.push_back(std::move(command));
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    read_command(*child, path.empty() ? child->get_name() : fmt::format("{} {}", path, child->get_name()), into);
  }
}

}  // namespace

void add_completion(CLI::App& app, Action& action) {
  const auto shell = std::make_shared<std::string>();
  auto& command = add_command(app, "completion", "print a script that completes commands and options in your shell",
                              "  attune completion bash > ~/.local/share/bash-completion/completions/attune\n"
                              "  attune completion zsh > ~/.zfunc/_attune\n"
                              "  attune completion fish > ~/.config/fish/completions/attune.fish\n");
  add_text(command, "SHELL", *shell, "bash, zsh or fish").required()->type_name("bash|zsh|fish");
  command.final_callback([&app, shell, &action] {
    CompletedCommands commands;
    read_command(app, "", commands);
    action = [script = completion_script(*shell, commands)](Context& context) { return completion(context, script); };
  });
}

}  // namespace attune::cli::grammar
