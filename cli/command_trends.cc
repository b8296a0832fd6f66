// trends: one's own weeks.
#include "cli/commands.h"
#include "cli/journal.h"
#include "cli/render_trends.h"

namespace attune::cli {

int trends(Context& context, const TrendsOptions& options) {
  api::v1::Request request;
  request.mutable_trends()->set_weeks(options.weeks);
  request.mutable_trends()->set_now_offset(offset_now(context));
  const auto response = ask_journal(context, request).trends();
  const Plot plot = options.ascii ? Plot::ascii : plot_of(context.world.environment);
  answer(context, response, [&] { return render_trends(response, page_of(context), plot); });
  return 0;
}

}  // namespace attune::cli
