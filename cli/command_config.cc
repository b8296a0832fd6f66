// config: what is set for this home.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/journal.h"
#include "core/text.h"

namespace attune::cli {
namespace {

std::string in_words(const Context& context, const api::v1::ConfigResponse& response) {
  std::string text;
  for (const auto& setting : response.settings()) {
    const std::string value = setting.value().empty() ? "(as it comes)" : harmless_line(setting.value());
    text += fmt::format("{:<12}{}{}\n", setting.name(), value, setting.is_set() ? "" : context.paint.dim("  usual"));
  }
  return text;
}

}  // namespace

int config(Context& context, const ConfigOptions& options) {
  api::v1::Request request;
  api::v1::ConfigRequest& wanted = *request.mutable_config();
  wanted.set_name(options.name);
  if (options.value) wanted.set_value(*options.value);
  const auto client = open_journal(context);
  const auto response = call(context, *client, request).config();
  if (options.name.empty()) {
    answer(context, response, in_words(context, response));
  } else if (response.settings_size() > 0) {
    answer(context, response, harmless_line(response.settings(0).value()) + "\n");  // alone, for scripts
  }
  if (options.value && client->node_runs()) note(context, "The node that runs heeds it when it starts the next time.");
  return 0;
}

}  // namespace attune::cli
