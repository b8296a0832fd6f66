// The days of a schedule: pure arithmetic of the calendar. Its clock is that of its own zone, wherever the two people
// are: both see the same moment.
#pragma once

#include <cstddef>
#include <vector>

#include "core/zone.h"
#include "journal/acts.h"

namespace attune::journal {

// At most so many days are ever listed at once: ten years of every day.
inline constexpr std::size_t kMostDays = 3660;

// The days from `first` to `last`, both included, on which it comes, in order; the first kMostDays of them. Work grows
// with what is listed, not with the range. A month without the day has it on its last one.
[[nodiscard]] std::vector<Day> days_of(const Schedule& schedule, Day first, Day last);
[[nodiscard]] bool comes_on(const Schedule& schedule, Day day);

// The moment at which it comes on that day; `zone` is the schedule's. Where clocks jump over the time it comes as much
// later as they jump, and where they show it twice, the first time.
[[nodiscard]] Instant moment_on(const Schedule& schedule, Day day, const Zone& zone);
// What day it is there.
[[nodiscard]] Day day_at(Instant when, const Zone& zone);

}  // namespace attune::journal
