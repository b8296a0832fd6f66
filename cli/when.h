// Dates and times as people say them: today, yesterday 21:00, last sunday, 2 days ago, 2026-11-20,
// 2026-11-20T21:00+01:00, 21:00. Read in the person's own zone, which is handed in, as the clock is.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/zone.h"

namespace attune::cli {

// A moment with the offset under which it was said or is shown.
struct Said {
  Instant when;
  std::chrono::minutes offset{0};
};

// As requests carry it: milliseconds since 1970.
[[nodiscard]] inline double milliseconds_of(Instant when) {
  return static_cast<double>(when.time_since_epoch().count());
}

// These throw Errc::usage for what is no date, and for years outside 1970 to 9999.

// For --at. A bare day means noon of that day, `today` and `now` this moment, a bare time that time today.
[[nodiscard]] Said moment_said(std::string_view text, Instant now, const Zone& zone);
// For --since: a bare day from its beginning.
[[nodiscard]] Instant since_said(std::string_view text, Instant now, const Zone& zone);
// For --until, as the first moment that is left out: a bare day counts to its end, a time with a minute's precision
// ends at that minute's beginning.
[[nodiscard]] Instant until_said(std::string_view text, Instant now, const Zone& zone);

// A bare day, as "2026-11-20". A weekday is the next one from today on, or with Toward::past the last one up to today.
// Also: tomorrow, next sunday, in 3 days.
enum class Toward { past, future };
[[nodiscard]] std::string day_said(std::string_view text, Instant now, const Zone& zone, Toward toward);
// For the end of something that goes on now, at most `longest` ahead: 21:00 is the next time that the wall shows it; a
// bare day ends it at noon, or `tomorrow` after `longest` where that comes before.
[[nodiscard]] Instant end_said(std::string_view text, Instant now, const Zone& zone, std::chrono::minutes longest);

// "2026-11-20T21:00:00.000+01:00" (RFC 3339) back to its moment; nullopt for anything else.
[[nodiscard]] std::optional<Said> parse_rfc3339(std::string_view text);
// The same moment as that zone's wall shows it; the text itself where it is none.
[[nodiscard]] std::string on_the_wall(const std::string& rfc3339, const Zone& zone);
// The date of such a text as people read it: "Friday, 20 November 2026"; the text itself where it is no date.
[[nodiscard]] std::string day_in_words(std::string_view rfc3339);
// Its time: "21:00"; empty where there is none.
[[nodiscard]] std::string time_of_day(std::string_view rfc3339);
// How long ago: "just now", "5 minutes ago", "3 days ago".
[[nodiscard]] std::string age_in_words(Instant then, Instant now);

}  // namespace attune::cli
