// init, restore, backup, passphrase, config, wipe.
#include <memory>

#include "cli/grammar_parts.h"

namespace attune::cli::grammar {
namespace {

constexpr auto* kCosts = "interactive|moderate|sensitive";
constexpr auto* kCostHelp = "how long unlocking takes: interactive, moderate or sensitive";

// The options live as long as the command that fills them.
void add_init(CLI::App& app, Action& action) {
  const auto options = std::make_shared<InitOptions>();
  auto& command =
      add_command(app, "init", "begin a journal: a new person, 24 words to write down",
                  "  attune init --name Ada\n  attune init --name Ada --device laptop --unlock-cost sensitive\n");
  add_text(command, "--name", options->name, "what your partner will see").required()->type_name("NAME");
  add_text(command, "--device", options->device, "what you call this device; only you see it").type_name("NAME");
  add_text(command, "--unlock-cost", options->unlock_cost, kCostHelp).type_name(kCosts);
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return init(context, *options); }; });
}

void add_restore(CLI::App& app, Action& action) {
  const auto options = std::make_shared<RestoreOptions>();
  auto& command = add_command(app, "restore", "bring your journal to this device, with your 24 words",
                              "  attune restore journal.age\n  attune restore --device phone\n"
                              "  attune restore --peer 192.168.1.20:41234\n");
  add_text(command, "FILE", options->file, "a backup; without it the journal comes from your other devices");
  add_text(command, "--device", options->device, "what you call this device; only you see it").type_name("NAME");
  add_texts(command, "--peer", options->peers, "a device to sync with at once, if it is not found by itself")
      .type_name("HOST:PORT");
  command.add_flag("--no-discovery", options->no_discovery, kNoDiscovery);
  command.add_flag("--no-partner", options->no_partner, "do not call the partner's node until sync or up --partner");
  add_text(command, "--unlock-cost", options->unlock_cost, kCostHelp).type_name(kCosts);
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return restore(context, *options); }; });
}

void add_passphrase(CLI::App& app, Action& action) {
  const auto cost = std::make_shared<std::string>();
  auto& command = add_command(app, "passphrase", "change the passphrase of the journal on this device",
                              "  attune passphrase\n  attune passphrase --unlock-cost sensitive\n"
                              "  attune passphrase --passphrase-file old --new-passphrase-file new\n");
  add_text(command, "--unlock-cost", *cost, "how long unlocking takes from now on: interactive, moderate or sensitive")
      .type_name(kCosts);
  command.final_callback(
      [cost, &action] { action = [cost](Context& context) { return passphrase_changed(context, *cost); }; });
}

void add_config(CLI::App& app, Action& action) {
  struct Typed : ConfigOptions {
    std::string new_value;
  };
  const auto options = std::make_shared<Typed>();
  auto& command = add_command(app, "config", "what is set for the journal on this device",
                              "  attune config\n  attune config lock-after 20m\n  attune config discovery off\n"
                              "  attune config listen \"\"              as it was in the beginning\n");
  add_text(command, "NAME", options->name, "discovery (on, off), listen (HOST:PORT) or lock-after (TIME, off)")
      .type_name("discovery|hints|listen|lock-after");
  auto& value = add_text(command, "VALUE", options->new_value, "from now on; \"\" goes back to the usual one");
  command.final_callback([options, &value, &action] {
    if (value.count() > 0) options->value = options->new_value;
    action = [options](Context& context) { return config(context, *options); };
  });
}

void add_wipe(CLI::App& app, Action& action) {
  const auto yes = std::make_shared<bool>(false);
  auto& command =
      add_command(app, "wipe", "destroy the journal on this device", "  attune wipe\n  attune wipe --yes\n");
  command.add_flag("--yes", *yes, "do not ask");
  command.final_callback(
      [yes, &action] { action = [yes](Context& context) { return wipe(context, *yes ? Yes::given : Yes::ask); }; });
}

void add_backup(CLI::App& app, Action& action) {
  auto& backup = add_command(app, "backup", "one sealed file with everything, opened by your 24 words",
                             "  attune backup create journal.age\n  attune backup verify journal.age\n");
  backup.require_subcommand(1, 1);
  const auto file = std::make_shared<std::string>();
  auto& create = add_command(backup, "create", "write FILE; it appears only when it is complete and read back",
                             "  attune backup create /media/usb/journal.age\n");
  add_text(create, "FILE", *file, "must not exist yet").required();
  create.final_callback(
      [file, &action] { action = [file](Context& context) { return backup_create(context, *file); }; });
  auto& verify = add_command(backup, "verify", "check FILE from beginning to end, with your 24 words; restores nothing",
                             "  attune backup verify journal.age\n");
  add_text(verify, "FILE", *file, "a backup").required();
  verify.final_callback(
      [file, &action] { action = [file](Context& context) { return backup_verify(context, *file); }; });
  auto& identity = add_command(backup, "identity", "print the age identity that opens your backups without attune",
                               "  attune backup identity > key.txt\n  age -d -i key.txt journal.age | zstd -d\n");
  identity.final_callback([&action] { action = backup_identity; });
}

}  // namespace

void add_home_commands(CLI::App& app, Action& action) {
  add_init(app, action);
  add_restore(app, action);
  add_backup(app, action);
  add_passphrase(app, action);
  add_config(app, action);
  add_wipe(app, action);
}

}  // namespace attune::cli::grammar
