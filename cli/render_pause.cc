#include "cli/render_pause.h"

#include <fmt/format.h>

#include "cli/when.h"

namespace attune::cli {

void put_on_the_wall(api::v1::Pause& pause, const Zone& zone) {
  pause.set_called_at(on_the_wall(pause.called_at(), zone));
  pause.set_until(on_the_wall(pause.until(), zone));
  if (pause.has_ended_at()) pause.set_ended_at(on_the_wall(pause.ended_at(), zone));
}

std::string pause_in_words(const api::v1::Pause& pause) {
  std::string said =
      fmt::format("called by {}, until {}", pause.mine() ? "you" : partner_named(pause.by()), moment(pause.until()));
  if (!pause.text().empty()) said += ": " + harmless_line(pause.text());
  return said;
}

std::string render_pause(const api::v1::Pause& pause, const Page& page) {
  if (pause.has_ended_at()) {
    return fmt::format("{}\n  {}\n", page.paint.dim("pause"),
                       pause.mine() ? "you are back from it" : partner_named(pause.by()) + " is back from it");
  }
  return fmt::format("{}\n{}", page.paint.dim("pause"), paragraph(pause_in_words(pause), 2, page));
}

}  // namespace attune::cli
