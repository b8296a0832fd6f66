// status, doctor, completion, --version.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/journal.h"
#include "cli/render_pause.h"
#include "cli/render_status.h"
#include "core/error.h"

namespace attune::cli {

int status(Context& context) {
  api::v1::Request request;
  request.mutable_status()->set_for_people(!context.globals.json);
  auto response = ask_journal(context, request).status();
  for (auto& pause : *response.mutable_pauses()) put_on_the_wall(pause, context.world.zone);
  answer(context, response,
         render_status(response, context.world.clock.now(), context.paint, context.world.own_addresses()));
  return 0;
}

namespace {

int network_doctor(Context& context, const DoctorOptions& options) {
  api::v1::Request request;
  request.mutable_network_check()->set_no_discovery(options.no_discovery);
  const auto response = ask_journal(context, request).network_check();
  answer(context, response, [&] { return render_network_check(response, context.paint); });
  return response.findings().empty() ? 0 : exit_status(Errc::unreachable);
}

}  // namespace

int doctor(Context& context, const DoctorOptions& options) {
  if (options.network) return network_doctor(context, options);
  api::v1::Request request;
  request.mutable_doctor();
  const auto response = ask_journal(context, request).doctor();
  answer(context, response, [&] { return render_doctor(response, context.paint); });
  return response.problems().empty() ? 0 : exit_status(Errc::damaged);
}

int completion(Context& context, const std::string& script) {
  api::v1::CompletionResponse response;
  response.set_script(script);
  answer(context, response, script);
  return 0;
}

int version(Context& context) {
  api::v1::VersionResponse response;
  response.set_version(ATTUNE_VERSION);
  answer(context, response, "attune " ATTUNE_VERSION);
  return 0;
}

}  // namespace attune::cli
