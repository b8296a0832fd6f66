// Check-ins as people read them: each one's answers by themselves, none of them measured against the other's.
#pragma once

#include <string>

#include "attune/api.pb.h"
#include "cli/page.h"

namespace attune::cli {

// Two lines each: its id and date, how it stands.
[[nodiscard]] std::string render_check_ins(const api::v1::CheckInList& list, const Page& page);
// One whole.
[[nodiscard]] std::string render_check_in(const api::v1::CheckIn& check_in, const Page& page);
// As `watch` prints what arrives.
[[nodiscard]] std::string render_check_in_brief(const api::v1::CheckIn& check_in, const Page& page);
// "Ben has answered; your answers open both", for the one who is about to answer. Empty status: nobody has begun it.
[[nodiscard]] std::string how_it_stands(const api::v1::CheckIn& check_in);

}  // namespace attune::cli
