// device list, device revoke.
#include <memory>

#include "cli/grammar_parts.h"

namespace attune::cli::grammar {

void add_device_commands(CLI::App& app, Action& action) {
  auto& device = add_command(app, "device", "your devices, and removing one that is lost",
                             "  attune device list\n  attune device revoke phone\n");
  device.require_subcommand(1, 1);
  add_command(device, "list", "your devices, those that were removed, too", "  attune device list\n")
      .final_callback([&action] { action = device_list; });
  const auto options = std::make_shared<DeviceRevokeOptions>();
  const auto yes = std::make_shared<bool>(false);
  auto& revoke =
      add_command(device, "revoke", "remove a device for good, with your 24 words; new keys for all others",
                  "  attune device revoke phone\n  attune device revoke phone --since \"yesterday 21:00\"\n");
  add_text(revoke, "NAME", options->name, "as attune device list shows it").required();
  add_text(revoke, "--since", options->since, "nothing that it wrote from then on shall count").type_name("TIME");
  revoke.add_flag("--no-discovery", options->no_discovery, kNoDiscovery);
  revoke.add_flag("--yes", *yes, "do not ask");
  revoke.final_callback([options, yes, &action] {
    if (*yes) options->yes = Yes::given;
    action = [options](Context& context) { return device_revoke(context, *options); };
  });
}

}  // namespace attune::cli::grammar
