#include "cli/journal.h"

#include <fmt/format.h>

#include "cli/progress.h"
#include "cli/prompt.h"
#include "core/error.h"

namespace attune::cli {
namespace {

constexpr int kTimes = 3;

// Progress goes to the line, everything else to whoever asked.
OnEvent hearing(ProgressLine& line, const OnEvent& on_event) {
  return [&line, on_event](const api::v1::Response& response) {
    if (response.has_progress()) {
      const auto& progress = response.progress();
      line.show(progress.what(), progress.done(), progress.total());
      return;
    }
    line.clear();
    if (on_event) on_event(response);
  };
}

}  // namespace

std::unique_ptr<node::Client> open_journal(Context& context) {
  auto& homes = context.world.homes;
  const std::string& home = context.globals.home;
  if (auto client = homes.connect(home)) return client;
  const bool typed = !context.globals.passphrase_file;
  for (int time = 1;; ++time) {
    const crypto::SecretBytes secret = passphrase(context);
    try {
      return homes.open(home, secret.bytes());
    } catch (const Error& error) {
      if (error.code() != Errc::wrong_passphrase || !typed || time == kTimes) throw;
      context.world.console.err(fmt::format("{}\n", error.what()));
    }
  }
}

api::v1::Response call(Context& context, node::Client& client, const api::v1::Request& request,
                       const OnEvent& on_event) {
  ProgressLine line{context};
  return client.call(request, hearing(line, on_event));
}

api::v1::Response call_with(Context& context, node::Client& client, const api::v1::Request& request,
                            const crypto::SecretBytes& secret) {
  ProgressLine line{context};
  return client.call_with(request, secret, hearing(line, {}));
}

api::v1::Response ask_journal(Context& context, const api::v1::Request& request) {
  const auto client = open_journal(context);
  return call(context, *client, request);
}

}  // namespace attune::cli
