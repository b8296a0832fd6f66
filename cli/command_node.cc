// up, down, node, sync, watch: the node and what it brings.
#include <fmt/format.h>

#include <utility>

#include "cli/addresses.h"
#include "cli/commands.h"
#include "cli/journal.h"
#include "cli/json.h"
#include "cli/render_agreement.h"
#include "cli/render_boundary.h"
#include "cli/render_checkin.h"
#include "cli/render_entry.h"
#include "cli/render_pause.h"
#include "cli/render_status.h"
#include "core/duration.h"
#include "core/error.h"
#include "core/text.h"

namespace attune::cli {
namespace {

// nullopt: not said.
std::optional<std::chrono::seconds> lock_after(const std::string& said) {
  if (said.empty()) return std::nullopt;
  if (said == "off") return std::chrono::seconds{0};
  if (const auto duration = parse_duration(said)) return duration;
  throw Error{Errc::usage, fmt::format("\"{}\" is no length of time", harmless_line(said)),
              "say 20m, 1h, 2d (30 days at most), or off"};
}

node::NodeOptions options_for(const Context& context, const NodeOptions& options) {
  return {context.globals.home,           options.listen, options.peers, !options.no_discovery,
          lock_after(options.lock_after), options.partner};
}

// Before anybody is asked for a passphrase in vain.
void need_no_node(Context& context) {
  if (context.world.homes.connect(context.globals.home) == nullptr) return;
  throw Error{Errc::exists, "a node runs for this journal already", "attune down stops it"};
}

void show_event(Context& context, const std::string& event, const std::string& detail) {
  api::v1::NodeEvent document;
  document.set_event(event);
  std::string text = harmless_line(event);
  if (event == "listening") {
    document.set_listening(detail);
    text += " on " + listening_in_words(detail);
  } else if (!detail.empty()) {
    text += ": " + harmless_line(detail);
  }
  answer(context, document, text);
}

std::string event_in_words(const api::v1::WatchEvent& event, const Page& page) {
  const std::string name = harmless_line(event.event());
  if (event.has_boundary()) return page.paint.dim(name) + " " + render_boundary_brief(event.boundary(), page);
  if (event.has_pause()) return render_pause(event.pause(), page);
  if (name == "left") return fmt::format("{} has left\n", harmless_line(event.name()));
  if (event.has_agreement()) {
    return fmt::format("{}\n{}", page.paint.dim(name), render_brief(event.agreement(), page));
  }
  if (event.has_checkin()) return render_check_in_brief(event.checkin(), page) + "\n";
  if (!event.has_entry()) return name == "ready" ? "" : name + "\n";
  return fmt::format("{}\n{}", page.paint.dim(name), render_brief(event.entry(), page));
}

api::v1::Request sync_request(const SyncOptions& options) {
  api::v1::Request request;
  auto& wanted = *request.mutable_sync();
  for (const auto& peer : options.peers) wanted.add_peers(peer);
  wanted.set_no_discovery(options.no_discovery);
  if (!options.to_file.empty()) wanted.set_to_file(absolute_path(options.to_file));
  if (!options.from_file.empty()) wanted.set_from_file(absolute_path(options.from_file));
  if (options.reader == "partner") wanted.set_reader(api::v1::SyncRequest::READER_PARTNER);
  if (options.reader == "self") wanted.set_reader(api::v1::SyncRequest::READER_SELF);
  return request;
}

// The keys that the words give, for all removals that this device knows of.
void take_self_keys(Context& context, node::Client& client) {
  api::v1::Request request;
  request.mutable_self_keys();
  const auto plan = call(context, client, request).self_keys();
  const crypto::SecretBytes keys = context.world.homes.derive_self_keys(plan, words(context));
  request.mutable_keep_keys();
  static_cast<void>(call_with(context, client, request, keys));  // it says no more than that they are kept
}

}  // namespace

int up(Context& context, const NodeOptions& options) {
  const node::NodeOptions wanted = options_for(context, options);
  need_no_node(context);
  const crypto::SecretBytes secret = passphrase(context);
  api::v1::UpResponse response;
  response.set_listening(context.world.homes.start_node(wanted, secret.bytes()));
  answer(context, response, fmt::format("The node is up and listens on {}.", listening_in_words(response.listening())));
  return 0;
}

int down(Context& context) {
  const bool ran = context.world.homes.stop_node(context.globals.home);
  answer(context, api::v1::StopResponse{}, ran ? "The node is down and its keys are wiped from memory." : "");
  if (!ran) note(context, "No node was running.");
  return 0;
}

int node(Context& context, const NodeOptions& options) {
  auto& homes = context.world.homes;
  const node::NodeOptions wanted = options_for(context, options);
  if (options.started) return homes.run_started_node(wanted);
  need_no_node(context);
  homes.run_node(wanted, passphrase(context),
                 [&](const std::string& event, const std::string& detail) { show_event(context, event, detail); });
  return 0;
}

int sync(Context& context, const SyncOptions& options) {
  const api::v1::Request request = sync_request(options);
  const auto client = open_journal(context);
  auto response = call(context, *client, request).sync();
  if (response.words_needed()) {
    const bool words_at_hand = context.globals.words_file || context.world.console.in_is_terminal();
    if (!words_at_hand && response.peers() == 0) {
      throw Error{Errc::refused, std::string{node::kWordsNeeded}, std::string{node::kWordsNeededHint}};
    }
    note(context, node::kWordsNeeded);
    if (words_at_hand) {
      take_self_keys(context, *client);
      const auto before = std::exchange(response, call(context, *client, request).sync());
      response.set_sent(before.sent() + response.sent());
      response.set_received(before.received() + response.received());
    }
    response.clear_words_needed();
  }
  if (options.to_file.empty() && options.from_file.empty()) {
    answer(context, response, [&] { return render_sync(response, context.paint); });
  } else {
    const std::string text = render_sync_by_file(response, options.to_file, context.paint);
    response.clear_reader();
    answer(context, response, text);
  }
  for (const auto& missed : response.missed().lines()) note(context, harmless_line(missed));
  return 0;
}

int watch(Context& context) {
  api::v1::Request request;
  request.mutable_watch();
  const Page page{context.world.console.columns(), context.paint};
  const auto client = open_journal(context);
  // The last response only says that it is over.
  static_cast<void>(call(context, *client, request, [&](const api::v1::Response& response) {
    if (!response.has_event()) return;
    if (response.event().event() == "ready") note(context, "Watching ... (Ctrl-C ends)");
    api::v1::WatchEvent event = response.event();
    if (event.has_pause()) put_on_the_wall(*event.mutable_pause(), context.world.zone);
    answer(context, event, event_in_words(event, page));
  }));
  return 0;
}

}  // namespace attune::cli
