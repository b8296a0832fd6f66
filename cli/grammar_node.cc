// pair, leave, up, down, lock, node, sync, watch, status, doctor.
#include <memory>

#include "cli/grammar_parts.h"

namespace attune::cli::grammar {
namespace {

constexpr auto* kAddress = "HOST:PORT";

void add_pair(CLI::App& app, Action& action) {
  const auto options = std::make_shared<PairOptions>();
  auto& command = add_command(app, "pair", "become a couple: three words from one screen to the other",
                              "  attune pair\n  attune pair jeans piano slice\n"
                              "  attune pair jeans-piano-slice --peer 192.168.1.20:41234\n");
  add_words(command, "CODE", options->code, "the three words from your partner's screen; without them, show some");
  add_text(command, "--listen", options->listen, "where to wait for the other side").type_name(kAddress);
  add_texts(command, "--peer", options->peers, "where the other side waits, if it is not found by itself")
      .type_name(kAddress);
  command.add_flag("--no-discovery", options->no_discovery, kNoDiscovery);
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return pair(context, *options); }; });
}

void add_leave(CLI::App& app, Action& action) {
  const auto tell = std::make_shared<bool>(false);
  const auto yes = std::make_shared<bool>(false);
  auto& command = add_command(app, "leave", "end the pairing; to your partner it is as if you were offline",
                              "  attune leave\n  attune leave --tell --yes\n");
  command.add_flag("--tell", *tell, "say it to your partner's node, where that can be reached now");
  command.add_flag("--yes", *yes, "do not ask");
  command.final_callback([tell, yes, &action] {
    action = [tell, yes](Context& context) {
      return leave(context, *tell ? Tell::partner : Tell::no, *yes ? Yes::given : Yes::ask);
    };
  });
}

std::shared_ptr<NodeOptions> add_node_options(CLI::App& command) {
  auto options = std::make_shared<NodeOptions>();
  add_text(command, "--listen", options->listen, "where to listen; else everywhere, on a port that stays the same")
      .type_name(kAddress);
  add_texts(command, "--peer", options->peers, "a device to call, where it is not found by itself").type_name(kAddress);
  command.add_flag("--no-discovery", options->no_discovery, kNoDiscovery);
  add_text(command, "--lock-after", options->lock_after,
           "end when you asked for nothing that long: 20m, 1h; off: never")
      .type_name("TIME");
  command.add_flag("--partner", options->partner, "after a restore: the partner's node may be called from now on");
  return options;
}

void add_node(CLI::App& app, Action& action) {
  auto& in_background =
      add_command(app, "up", "start the node in the background, unlocked",
                  "  attune up\n  attune up --lock-after 20m\n  attune up --listen 192.168.1.5:41234 --no-discovery\n");
  const auto for_up = add_node_options(in_background);
  in_background.final_callback(
      [for_up, &action] { action = [for_up](Context& context) { return up(context, *for_up); }; });
  auto& in_foreground = add_command(app, "node", "the node in the foreground, for a service manager",
                                    "  attune node --passphrase-file /run/credentials/attune\n");
  const auto for_node = add_node_options(in_foreground);
  in_foreground.add_flag("--started", for_node->started)->group("");  // by `up`; not for people
  in_foreground.final_callback(
      [for_node, &action] { action = [for_node](Context& context) { return node(context, *for_node); }; });
  for (const char* name : {"down", "lock"}) {
    auto& command =
        add_command(app, name, "stop the node and wipe its keys from memory", std::string{"  attune "} + name + "\n");
    command.final_callback([&action] { action = down; });
  }
}

void add_sync(CLI::App& app, Action& action) {
  const auto options = std::make_shared<SyncOptions>();
  auto& command = add_command(app, "sync", "sync once with every device of yours or your partner's in reach",
                              "  attune sync\n  attune sync --peer 192.168.1.20:41234\n"
                              "  attune sync --to-file /media/usb/for-ben      where no network lets two devices meet\n"
                              "  attune sync --from-file /media/usb/for-ada\n"
                              "  attune sync --to-file laptop-to-phone --for self\n");
  add_texts(command, "--peer", options->peers, "a device to call, where it is not found by itself").type_name(kAddress);
  command.add_flag("--no-discovery", options->no_discovery, kNoDiscovery);
  auto& to_file = add_text(command, "--to-file", options->to_file, "call nobody: write a sealed file for them to read");
  auto& from_file = add_text(command, "--from-file", options->from_file, "call nobody: read a file that they wrote");
  to_file.type_name("FILE");
  from_file.type_name("FILE");
  needs_text(to_file);
  needs_text(from_file);
  from_file.excludes(&to_file);
  add_choice(command, "--for", options->reader, "partner|self", "who may read it: your partner, or your own devices")
      .needs(&to_file);
  for (auto* file : {&to_file, &from_file}) file->excludes("--peer");
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return sync(context, *options); }; });
}

void add_doctor(CLI::App& app, Action& action) {
  const auto options = std::make_shared<DoctorOptions>();
  auto& command = add_command(app, "doctor", "check every chain, seal, page and index, and say what was checked",
                              "  attune doctor\n  attune doctor --network\n");
  auto* network =
      command.add_flag("--network", options->network, "say instead what keeps two nodes apart, and what helps");
  command.add_flag("--no-discovery", options->no_discovery, kNoDiscovery)->needs(network);
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return doctor(context, *options); }; });
}

}  // namespace

void add_node_commands(CLI::App& app, Action& action) {
  add_pair(app, action);
  add_leave(app, action);
  add_node(app, action);
  add_sync(app, action);
  add_command(app, "watch", "print what arrives, as it arrives", "  attune watch\n  attune watch --json\n")
      .final_callback([&action] { action = watch; });
  add_command(app, "status", "who you are, who you are paired with, what waits", "  attune status\n")
      .final_callback([&action] { action = status; });
  add_doctor(app, action);
}

}  // namespace attune::cli::grammar
