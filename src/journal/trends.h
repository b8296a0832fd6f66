// One's own weeks: moods, what was kept and missed, gratitude. Computed on one's own node and never sent; what one did
// stands beside what the other did, and nothing makes one number of both.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/clock.h"
#include "journal/acts.h"

namespace attune::journal {

inline constexpr std::size_t kMaxTrendWeeks = 520;  // ten years

// Monday of the week of that day.
[[nodiscard]] Day monday_of(Day day);
// The date on a wall that far east of UTC.
[[nodiscard]] Day day_on_wall(Instant when, std::chrono::minutes offset);

enum class Whose { mine, partners };

struct MoodPoint {  // of an entry or check-in of one's own; the partner's moods are nowhere compared
  Instant when;     // the moment it speaks of
  int level = 0;    // 1 to 5; any other is passed over
};
struct MarkPoint {
  Whose by = Whose::mine;  // who marked
  MarkKind kind = MarkKind::kept;
  Day on;  // the occurrence
};
struct GratitudePoint {    // a shared entry of this kind
  Whose by = Whose::mine;  // mine: given
  Instant when;
};
struct TrendPoints {
  std::vector<MoodPoint> moods;
  std::vector<MarkPoint> marks;
  std::vector<GratitudePoint> gratitude;
};

struct MarkCounts {
  std::uint32_t kept = 0;
  std::uint32_t missed = 0;
  std::uint32_t moved = 0;
  friend bool operator==(const MarkCounts&, const MarkCounts&) = default;
};
struct TrendWeek {
  Day monday;
  std::array<std::uint32_t, 5> moods{};  // how often each level from 1 to 5
  MarkCounts marked_by_me{};
  MarkCounts marked_by_partner{};
  std::uint32_t gratitude_given = 0;
  std::uint32_t gratitude_received = 0;
  // The mean level, times 100; 0: no mood was noted.
  [[nodiscard]] std::uint32_t mean_mood() const;
  friend bool operator==(const TrendWeek&, const TrendWeek&) = default;
};

struct TrendSpan {
  Instant now;
  std::chrono::minutes offset{0};  // of the reader's wall, east of UTC
  std::size_t weeks = 0;           // the last of them holds `now`; at most kMaxTrendWeeks, more count as that
};
// Every week of the span, oldest first, empty ones too: a gap is a gap. What lies outside is passed over.
[[nodiscard]] std::vector<TrendWeek> trends(const TrendPoints& points, const TrendSpan& span);

}  // namespace attune::journal
