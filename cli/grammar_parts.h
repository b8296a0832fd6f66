// Pieces of the grammar that its units share.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace attune::cli::grammar {

inline constexpr auto* kNoDiscovery = "do not look for other devices on the network: send no beacons, heed none";

using Action = std::function<int(Context&)>;

// A command with its help and an example or two, global options allowed after it.
CLI::App& add_command(CLI::App& parent, const std::string& name, const std::string& help, const std::string& examples);

// A text exactly as it was typed (CLI11 would take "[a,b]" apart as a list).
CLI::Option& add_text(CLI::App& command, const std::string& name, std::string& into, const std::string& help);
// One of these: "me|partner".
CLI::Option& add_choice(CLI::App& command, const std::string& name, std::string& into, const std::string& choices,
                        const std::string& help);
// May be given several times, one value each.
CLI::Option& add_texts(CLI::App& command, const std::string& name, std::vector<std::string>& into,
                       const std::string& help);
// The rest of the line.
CLI::Option& add_words(CLI::App& command, const std::string& name, std::vector<std::string>& into,
                       const std::string& help);
[[nodiscard]] std::string marked(const std::string& argument);
[[nodiscard]] std::string unmarked(std::string text);
// An option of add_text() that says something where it is given: "" would pass for not given.
void needs_text(CLI::Option& option);

void add_home_commands(CLI::App& app, Action& action);      // init restore backup passphrase config wipe
void add_node_commands(CLI::App& app, Action& action);      // pair up down lock node sync watch status doctor
void add_device_commands(CLI::App& app, Action& action);    // device
void add_exchange_commands(CLI::App& app, Action& action);  // export import
void add_checkin_commands(CLI::App& app, Action& action);   // checkin
void add_trends_command(CLI::App& app, Action& action);     // trends
void add_completion(CLI::App& app, Action& action);
void add_entry_commands(CLI::App& app, Action& action);  // write share edit erase list show search
void add_agreement_commands(CLI::App& app, Action& action);
void add_boundary_commands(CLI::App& app, Action& action);  // boundary
void add_pause_commands(CLI::App& app, Action& action);     // pause resume

}  // namespace attune::cli::grammar
