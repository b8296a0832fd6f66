// device list, device revoke.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/commands.h"
#include "cli/counted.h"
#include "cli/journal.h"
#include "cli/when.h"
#include "core/error.h"
#include "core/text.h"

namespace attune::cli {
namespace {

// With its id where the name alone does not say which one it is.
std::string name_of(const api::v1::Device& device, const api::v1::DeviceListResponse& list) {
  const auto alike = std::ranges::count(list.devices(), device.name(), &api::v1::Device::name);
  if (!device.name().empty() && alike == 1) return harmless_line(device.name());
  return fmt::format("{} [{}]", device.name().empty() ? "(no name yet)" : harmless_line(device.name()),
                     device.short_id());
}

std::string render_devices(const api::v1::DeviceListResponse& list, const Paint& paint) {
  std::size_t widest = 0;
  for (const auto& device : list.devices()) widest = std::max(widest, name_of(device, list).size());
  std::string out;
  for (const auto& device : list.devices()) {
    std::string more = device.status() == "revoked" ? "removed" : "";
    if (device.this_()) more = more.empty() ? "this device" : "this device, removed";
    if (!device.added_at().empty()) {
      more += fmt::format("{}added {}", more.empty() ? "" : "; ", day_in_words(device.added_at()));
    }
    out += fmt::format("{:<{}}  {}\n", name_of(device, list), widest, more);
  }
  for (const auto& what : list.for_people().lines()) {
    out += fmt::format("{} {}\n", paint.bold("note:"), harmless_line(what));
  }
  return out;
}

std::string days_in_words(const api::v1::DeviceRevokePlan& plan) {
  std::string days;
  for (const auto& day : plan.days()) {
    days += fmt::format("{}{} ({})", days.empty() ? "" : "; ", day_in_words(day.day()), day.records());
  }
  return days;
}

std::string plan_in_words(const api::v1::DeviceRevokePlan& plan) {
  const std::string name = harmless_line(plan.name());
  std::string out;
  for (const auto& synced : plan.synced()) {
    out += fmt::format("Synced with {} just now.\n",
                       harmless_line(synced.device().empty() ? synced.name() : synced.device()));
  }
  if (plan.synced().empty())
    out += "No other device could be reached: what they have not sent yet is not known here.\n";
  if (plan.again()) out += fmt::format("{} was removed before. Once more makes new keys.\n", name);
  out += plan.records() == 0 ? fmt::format("Nothing that {} wrote is known here.\n", name)
                             : fmt::format("{} wrote {}, the last of them on {}.\n", name,
                                           counted(plan.records(), "record", "records"), days_in_words(plan));
  if (plan.in_doubt() > 0) {
    out += fmt::format("{} in doubt by --since, and will have no effect.\n",
                       counted(plan.in_doubt(), "of them is", "of them are"));
  } else {
    out += "What it wrote up to now stands (--since TIME takes back what came after a moment).\n";
  }
  return out + "From now on it gets nothing new, and nothing that it makes up is believed.\n";
}

}  // namespace

int device_list(Context& context) {
  api::v1::Request request;
  request.mutable_device_list();
  auto list = ask_journal(context, request).device_list();
  const std::string human = render_devices(list, context.paint);
  answer(context, list, human);
  return 0;
}

int device_revoke(Context& context, const DeviceRevokeOptions& options) {
  check_one_standard_input(context.globals);
  api::v1::Request request;
  auto& wanted = *request.mutable_device_revoke();
  wanted.set_name(options.name);
  wanted.set_now_offset(offset_now(context));
  wanted.set_no_discovery(options.no_discovery);
  if (!options.since.empty()) {
    const Instant since = since_said(options.since, context.world.clock.now(), context.world.zone);
    wanted.set_since_ms(static_cast<double>(since.time_since_epoch().count()));
  }
  const auto client = open_journal(context);
  const auto plan = call(context, *client, request).device_revoke();
  if (!context.globals.json) context.world.console.err(plan_in_words(plan));
  const auto question = fmt::format("Remove {} from your devices for good?", harmless_line(plan.name()));
  if (!confirmed(context, question, options.yes)) throw Error{Errc::refused, "the device was not removed"};

  const node::SignedRevoke made = context.world.homes.sign_revoke(plan, words(context));
  auto& keep = *request.mutable_keep_keys();
  for (const std::string& statement : made.statements) keep.add_statements(statement);
  const auto kept = call_with(context, *client, request, made.keys).keep_keys();
  answer(context, kept.list(), fmt::format("{} is removed.", harmless_line(plan.name())));
  note(context, client->node_runs() ? "The node tells your other devices and your partner's as it reaches them."
                : kept.told() == 0
                    ? "Nobody else knows yet: run attune sync, or attune up, where your other devices are."
                    : fmt::format("{} already; the others learn it when they sync.",
                                  counted(kept.told(), "device knows", "devices know")));
  for (const auto& what : kept.list().for_people().lines()) note(context, harmless_line(what));
  return 0;
}

}  // namespace attune::cli
