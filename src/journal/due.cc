#include "journal/due.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "journal/schedule.h"

namespace attune::journal {
namespace {

using std::chrono::days;

// Longer than any month: among so many days back something came, if it came before.
constexpr days kBack{62};

const Proposed* in_force(const Agreement& agreement) {
  const AgreementVersion* version = agreement.in_force ? version_of(agreement, *agreement.in_force) : nullptr;
  return version != nullptr ? &version->said : nullptr;
}

// The schedule in force, and where the moves put its days.
class Calendar {
 public:
  Calendar(const Schedule& schedule, const Zone& zone, const std::vector<Mark>& moves)
      : schedule_{schedule}, zone_{zone} {
    for (const Mark& move : moves) {
      const Day named = move.said.on;
      if (!comes(named) || move.when >= moment(named) || move.when >= moment_of(*move.said.to)) continue;
      moved_.insert_or_assign(named, *move.said.to);
    }
  }

  [[nodiscard]] bool comes(Day named) const { return comes_on(schedule_, named); }
  [[nodiscard]] Day place(Day named) const {
    const auto found = moved_.find(named);
    return found == moved_.end() ? named : found->second;
  }
  [[nodiscard]] Instant moment_of(Day day) const { return moment_on(schedule_, day, zone_); }
  [[nodiscard]] Instant moment(Day named) const { return moment_of(place(named)); }

  // Those that the schedule has between these days, and all that were moved, wherever from: by name.
  [[nodiscard]] std::set<Day> named_between(Day first, Day last) const {
    const auto listed = days_of(schedule_, first, last);
    std::set<Day> named{listed.begin(), listed.end()};
    for (const auto& [day, to] : moved_) named.insert(day);
    return named;
  }
  [[nodiscard]] std::optional<Day> moved_to(Day day) const {
    std::optional<Day> found;
    for (const auto& [named, to] : moved_) {
      if (to == day) found = named;
    }
    return found;
  }

  [[nodiscard]] std::optional<Day> last_up_to(Day today) const {
    const bool once = schedule_.every == Schedule::Every::once;
    std::optional<Day> last;
    for (const Day named : named_between(once ? kEarliestDay : today - kBack, today)) {
      if (place(named) <= today && (!last || moment(named) >= moment(*last))) last = named;
    }
    return last;
  }
  [[nodiscard]] std::optional<Day> next_after(Instant now) const {
    const bool once = schedule_.every == Schedule::Every::once;
    const Day today = std::max(day_at(now, zone_), schedule_.from);
    std::optional<Day> next;
    // Each day taken away by a move may be the one that would come next.
    const days ahead = kBack * static_cast<int>(moved_.size() + 1);
    for (const Day named : named_between(today - days{1}, once ? kLatestDay : today + ahead)) {
      if (moment(named) > now && (!next || moment(named) < moment(*next))) next = named;
    }
    return next;
  }

 private:
  const Schedule& schedule_;
  const Zone& zone_;
  std::map<Day, Day> moved_;
};

// Of one day, from marks in order of days.
std::vector<Mark> marks_on(const Agreement& agreement, Day named) {
  const auto of_day =
      std::ranges::equal_range(agreement.marks, named, {}, [](const Mark& mark) { return mark.said.on; });
  return {of_day.begin(), of_day.end()};
}

Refusal why_not_move(const Calendar& calendar, const Mark& mark) {
  const Day named = mark.said.on;
  if (!mark.said.to) return "what is moved has a day to go to";
  if (mark.when >= calendar.moment(named)) return "it was due already; what is moved is moved before";
  if (*mark.said.to == calendar.place(named)) return "it is on that day already";
  if (mark.when >= calendar.moment_of(*mark.said.to)) return "that day is over; it moves to one that is still to come";
  return std::nullopt;
}

Refusal why_not_yet(Day day, const Mark& mark, const Zone& zone) {
  return day > day_at(mark.when, zone) ? Refusal{"that day has not come yet"} : std::nullopt;
}

}  // namespace

std::vector<Occurrence> due(const Agreement& agreement, const Zone& zone, Instant from, Day until) {
  const Proposed* terms = in_force(agreement);
  if (terms == nullptr || !terms->every) return {};
  const Calendar calendar{*terms->every, zone, agreement.moves};
  std::vector<Occurrence> found;
  for (const Day named : calendar.named_between(day_at(from, zone) - days{1}, until)) {
    Occurrence occurrence{named, calendar.place(named), calendar.moment(named), {}};
    if (occurrence.when < from || occurrence.on > until) continue;
    occurrence.marks = marks_on(agreement, named);
    found.push_back(std::move(occurrence));
  }
  std::ranges::sort(found, {},
                    [](const Occurrence& occurrence) { return std::tuple{occurrence.when, occurrence.named}; });
  if (found.size() > kMostDays) found.erase(found.begin() + kMostDays, found.end());
  return found;
}

std::optional<Day> occurrence_named(const Agreement& agreement, const Zone& zone, Day said) {
  const Proposed* terms = in_force(agreement);
  if (terms == nullptr) return std::nullopt;
  if (!terms->every) return said;
  const Calendar calendar{*terms->every, zone, agreement.moves};
  return calendar.comes(said) ? said : calendar.moved_to(said);
}

std::optional<Day> occurrence_meant(const Agreement& agreement, const Zone& zone, MarkKind kind, Instant now) {
  const Proposed* terms = in_force(agreement);
  if (terms == nullptr) return std::nullopt;
  const Day today = day_at(now, zone);
  if (!terms->every) return kind == MarkKind::moved ? std::nullopt : std::optional{today};
  const Calendar calendar{*terms->every, zone, agreement.moves};
  return kind == MarkKind::moved ? calendar.next_after(now) : calendar.last_up_to(today);
}

Refusal why_not_mark(const Agreement& agreement, const Zone& zone, const Mark& mark) {
  const Proposed* terms = in_force(agreement);
  if (terms == nullptr) return "it is not in force";
  if (const Refusal full = why_no_more(agreement, mark.by)) return full;
  const bool moves = mark.said.kind == MarkKind::moved;
  if (!terms->every && moves) return "without a schedule there is nothing to move";
  if (!terms->every) return why_not_yet(mark.said.on, mark, zone);
  const Calendar calendar{*terms->every, zone, agreement.moves};
  if (!calendar.comes(mark.said.on)) return "it does not come on that day";
  return moves ? why_not_move(calendar, mark) : why_not_yet(calendar.place(mark.said.on), mark, zone);
}

}  // namespace attune::journal
