// What comes next of an agreement in force, with what each of the two made of it.
//  - An occurrence is named by the day that the schedule gives it, also after it was moved.
//  - Either moves it, before it is due: it then comes on its new day, at the same time, and only there. It can be moved
//    on, before it is due there. Of several that move it the last (op time, op id) says where it is.
//  - A `moved` that was written when it was due already, or to a time that was over, is a mark as any other, and moves
//    nothing. When it was written is what its writer's clock said.
//  - Both people's marks stand side by side; nothing here makes one of the two.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/zone.h"
#include "journal/agreement.h"

namespace attune::journal {

struct Occurrence {
  Day named;  // the schedule's day: what a mark names
  Day on;     // where it is now; another one where it was moved
  Instant when;
  std::vector<Mark> marks;  // at most one of each person; the creator's first
  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

// `zone`: the one that the schedule in force names; without a schedule one's own. The same for all of these.

// From that moment to the end of that day, by when they come; the first kMostDays of them. None where no version with a
// schedule is in force.
[[nodiscard]] std::vector<Occurrence> due(const Agreement& agreement, const Zone& zone, Instant from, Day until);

// Which one somebody means by a day: the one that the schedule has there, else one that was moved there. Without a
// schedule any day. nullopt: none comes on that day.
[[nodiscard]] std::optional<Day> occurrence_named(const Agreement& agreement, const Zone& zone, Day said);
// Which one somebody means without saying a day: for kept and missed the last that came up to today, for moved the next
// that is not due yet. Without a schedule today. nullopt: there is none.
[[nodiscard]] std::optional<Day> occurrence_meant(const Agreement& agreement, const Zone& zone, MarkKind kind,
                                                  Instant now);

// Why it may not be marked so. `mark` is as it would be written, with its time; its op is
// not looked at. Its day names an occurrence; for what is moved the time is before it is due, for kept and missed the
// day has come.
[[nodiscard]] Refusal why_not_mark(const Agreement& agreement, const Zone& zone, const Mark& mark);

}  // namespace attune::journal
