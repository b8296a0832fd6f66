#include "journal/trends.h"

#include <algorithm>
#include <utility>

namespace attune::journal {
namespace {

using std::chrono::days;

constexpr days kWeek{7};

class Weeks {
 public:
  explicit Weeks(const TrendSpan& span) : all_(std::min(span.weeks, kMaxTrendWeeks)) {
    Day monday = monday_of(day_on_wall(span.now, span.offset));
    for (auto week = all_.rbegin(); week != all_.rend(); ++week, monday -= kWeek) week->monday = monday;
  }

  // nullptr: outside the span.
  TrendWeek* of(Day day) {
    if (all_.empty() || day < all_.front().monday) return nullptr;
    const auto index = static_cast<std::size_t>((day - all_.front().monday) / kWeek);
    return index < all_.size() ? &all_[index] : nullptr;
  }

  std::vector<TrendWeek> finish() && { return std::move(all_); }

 private:
  std::vector<TrendWeek> all_;
};

void count(MarkCounts& counts, MarkKind kind) {
  switch (kind) {
    case MarkKind::kept: ++counts.kept; return;
    case MarkKind::missed: ++counts.missed; return;
    case MarkKind::moved: ++counts.moved; return;
  }
}

}  // namespace

// 1970-01-01, day 0, was a Thursday.
Day monday_of(Day day) {
  const auto since = day.time_since_epoch() + days{3};
  return Day{std::chrono::floor<std::chrono::weeks>(since) - days{3}};
}

Day day_on_wall(Instant when, std::chrono::minutes offset) {
  return Day{std::chrono::floor<days>(when.time_since_epoch() + offset)};
}

std::uint32_t TrendWeek::mean_mood() const {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < moods.size(); ++i) {
    count += moods[i];
    sum += std::uint64_t{moods[i]} * (i + 1);
  }
  return count == 0 ? 0 : static_cast<std::uint32_t>((sum * 100 + count / 2) / count);
}

std::vector<TrendWeek> trends(const TrendPoints& points, const TrendSpan& span) {
  Weeks weeks{span};
  for (const MoodPoint& mood : points.moods) {
    TrendWeek* week = weeks.of(day_on_wall(mood.when, span.offset));
    if (week != nullptr && mood.level >= 1 && mood.level <= 5) ++week->moods[static_cast<std::size_t>(mood.level - 1)];
  }
  for (const MarkPoint& mark : points.marks) {
    TrendWeek* week = weeks.of(mark.on);
    if (week != nullptr) count(mark.by == Whose::mine ? week->marked_by_me : week->marked_by_partner, mark.kind);
  }
  for (const GratitudePoint& gratitude : points.gratitude) {
    TrendWeek* week = weeks.of(day_on_wall(gratitude.when, span.offset));
    if (week != nullptr) ++(gratitude.by == Whose::mine ? week->gratitude_given : week->gratitude_received);
  }
  return std::move(weeks).finish();
}

}  // namespace attune::journal
