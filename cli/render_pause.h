// Pauses as people read them. All text that came from anybody is made harmless here.
#pragma once

#include <string>

#include "attune/api.pb.h"
#include "cli/page.h"
#include "core/zone.h"

namespace attune::cli {

// Its times as that zone's wall shows them: the end is one that two people go by, also where clocks change before it.
void put_on_the_wall(api::v1::Pause& pause, const Zone& zone);
// "called by you, until Friday, 20 November 2026, 21:00: I need a walk", in one line.
[[nodiscard]] std::string pause_in_words(const api::v1::Pause& pause);
// As `watch` prints what arrives.
[[nodiscard]] std::string render_pause(const api::v1::Pause& pause, const Page& page);

}  // namespace attune::cli
