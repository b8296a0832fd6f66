// Schedules as people say them, and as they are shown:
//   day at 7:30 · week on sun at 18:00 · week on mon,wed at 9 · month on 1 at 9:00 · 2026-12-24 at 18:00
// Also with "every" before it, and with whole weekdays.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "journal/acts.h"

namespace attune::journal {

// `zone` and `today` (there) are the speaker's: it comes from today on. Throws Errc::usage for anything else,
// and for a single day that is over.
[[nodiscard]] Schedule schedule_said(std::string_view text, std::string zone, Day today);
// "week on mon,wed at 09:00": what schedule_said reads back; zone and first day stand beside it.
[[nodiscard]] std::string in_words(const Schedule& schedule);
// "2026-12-24".
[[nodiscard]] std::string in_words(Day day);
// And back; nullopt for anything else.
[[nodiscard]] std::optional<Day> parse_day(std::string_view text);

}  // namespace attune::journal
