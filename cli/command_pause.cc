// pause, resume: time to calm down, with the moment of return agreed.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/journal.h"
#include "cli/sharing.h"
#include "cli/when.h"
#include "cli/written.h"
#include "core/duration.h"
#include "core/error.h"

namespace attune::cli {
namespace {

constexpr std::chrono::hours kLongest{24};  // the journal decides; here for what "tomorrow" means

std::uint32_t minutes_said(const std::string& text) {
  const auto lasting = parse_duration(text);
  if (!lasting) {
    throw Error{Errc::usage, fmt::format("\"{}\" is no length of time", harmless_line(text)), "say 20m, 2h or 1d"};
  }
  return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::minutes>(*lasting).count());
}

}  // namespace

int pause(Context& context, const PauseOptions& options) {
  const Instant now = context.world.clock.now();
  api::v1::Request request;
  api::v1::PauseRequest& wanted = *request.mutable_pause();
  if (!options.text.empty()) wanted.set_text(joined_text(options.text));
  if (!options.lasting.empty()) wanted.set_for_minutes(minutes_said(options.lasting));
  if (!options.until.empty()) {
    wanted.set_until_ms(milliseconds_of(end_said(options.until, now, context.world.zone, kLongest)));
  }
  auto response = ask_journal(context, request).act();
  response.set_until(on_the_wall(response.until(), context.world.zone));
  answer(context, response,
         fmt::format("paused {}, until {}", context.paint.id(short_id(response)), moment(response.until())));
  note_all(context, response.for_people());
  note(context, "Your partner sees when you will be back. attune resume ends it, attune pause changes it.");
  return 0;
}

int resume(Context& context) {
  api::v1::Request request;
  request.mutable_resume();
  act(context, request, "ended");
  return 0;
}

}  // namespace attune::cli
