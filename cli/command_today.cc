// attune without a command: today.
#include "cli/commands.h"
#include "cli/journal.h"
#include "cli/page.h"
#include "cli/render_today.h"
#include "cli/sharing.h"

namespace attune::cli {

int today(Context& context) {
  api::v1::Request request;
  api::v1::TodayRequest& wanted = *request.mutable_today();
  wanted.set_now_offset(offset_now(context));
  if (const auto zone = local_zone_name(context.world.environment("TZ"))) wanted.set_here(*zone);
  const auto client = open_journal(context);
  const auto response = call(context, *client, request).today();
  const Instant now = context.world.clock.now();
  const std::string at = rfc3339(now, std::chrono::minutes{offset_now(context)});
  answer(context, response, [&] { return render_today(response, at, page_of(context)); });
  note_all(context, response.for_people());
  request.Clear();
  request.mutable_today()->set_seen(response.seen());
  static_cast<void>(call(context, *client, request));
  return 0;
}

}  // namespace attune::cli
