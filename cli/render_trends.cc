#include "cli/render_trends.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "core/text.h"

namespace attune::cli {
namespace {

using api::v1::TrendWeek;

constexpr int kLevels = 5;
constexpr int kCellsOfLevel = 6;
constexpr int kWeekColumns = 14;  // "  2026-11-16  "

struct Signs {
  std::array<std::string_view, 8> part;  // eighths of a cell, less to more, up to a whole one
  std::string_view kept, moved, missed;
};
constexpr Signs kBlocks{{"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}, "█", "▒", "░"};
constexpr Signs kAscii{{"", "", "", "#", "#", "#", "#", "#"}, "#", "o", "."};

std::string repeated(std::string_view sign, std::uint64_t times) {
  std::string out;
  for (std::uint64_t i = 0; i < times; ++i) out += sign;
  return out;
}

std::string row(const TrendWeek& week, const std::string& plot, const Page& page) {
  std::string out = fmt::format("  {}  {}", page.paint.dim(harmless_line(week.monday())), plot);
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string mood_bar(double mood, const Signs& signs) {
  const auto eighths =
      static_cast<std::uint64_t>(std::lround(std::clamp(mood, 0.0, double{kLevels}) * kCellsOfLevel * 8));
  std::string bar = repeated(signs.part.back(), eighths / 8);
  if (eighths % 8 != 0) bar += signs.part.at(eighths % 8 - 1);
  return bar;
}

std::string scale_of_moods() {
  std::string scale;
  for (int level = 1; level <= kLevels; ++level) scale += fmt::format("{:>{}}", level, kCellsOfLevel);
  return scale;
}

// Two plots side by side, each sign one of what is counted; where that is too wide, all in the same measure.
struct Pair {
  std::string left, right;
};
class Columns {
 public:
  Columns(const Page& page, std::uint64_t most) : width_{std::max((text_columns(page) - kWeekColumns) / 2 - 2, 8)} {
    const auto cells = static_cast<std::uint64_t>(width_);
    if (most > cells) for_each_ = (most + cells - 1) / cells;
  }
  [[nodiscard]] std::string bar(std::string_view sign, std::uint64_t count) const {
    return repeated(sign, (count + for_each_ - 1) / for_each_);
  }
  [[nodiscard]] std::string side_by_side(const Pair& pair) const {
    const int left = width_ + 2 - display_width(pair.left);
    return pair.left + std::string(static_cast<std::size_t>(std::max(left, 1)), ' ') + pair.right;
  }

 private:
  int width_;
  std::uint64_t for_each_ = 1;
};

std::uint64_t sum(const api::v1::MarkCounts& counts) {
  return std::uint64_t{counts.kept()} + counts.moved() + counts.missed();
}

// The greatest of something in any week.
std::uint64_t most(const api::v1::TrendsResponse& trends, const std::function<std::uint64_t(const TrendWeek&)>& of) {
  std::uint64_t greatest = 0;
  for (const auto& week : trends.weeks()) greatest = std::max(greatest, of(week));
  return greatest;
}

// A heading, and a row for each week or that there is nothing.
std::string section(const std::string& heading, const api::v1::TrendsResponse& trends, bool any, const Page& page,
                    const std::function<std::string(const TrendWeek&)>& plot) {
  std::string out = page.paint.bold(heading) + "\n";
  if (!any) return out + "  nothing was noted in these weeks\n";
  for (const auto& week : trends.weeks()) out += row(week, plot(week), page);
  return out;
}

std::string moods(const api::v1::TrendsResponse& trends, const Signs& signs, const Page& page) {
  const bool any = most(trends, [](const TrendWeek& week) { return week.mood() > 0 ? 1U : 0U; }) != 0;
  const std::string heading =
      any ? fmt::format("{:<{}}{}", "Your moods", kWeekColumns, scale_of_moods()) : "Your moods";
  return section(heading, trends, any, page, [&](const TrendWeek& week) { return mood_bar(week.mood(), signs); });
}

std::string marks(const api::v1::TrendsResponse& trends, const Signs& signs, const Page& page) {
  const auto greatest =
      most(trends, [](const TrendWeek& week) { return std::max(sum(week.mine()), sum(week.partners())); });
  const Columns columns{page, greatest};
  const auto side = [&](const api::v1::MarkCounts& counts) {
    return columns.bar(signs.kept, counts.kept()) + columns.bar(signs.moved, counts.moved()) +
           columns.bar(signs.missed, counts.missed());
  };
  std::string heading = fmt::format("Agreements, as each of you marked them\n  {} kept  {} moved  {} missed",
                                    signs.kept, signs.moved, signs.missed);
  if (greatest != 0) {
    heading += "\n" + std::string(kWeekColumns, ' ') + columns.side_by_side({"by you", "by your partner"});
  }
  return section(heading, trends, greatest != 0, page, [&](const TrendWeek& week) {
    return columns.side_by_side({side(week.mine()), side(week.partners())});
  });
}

std::string gratitude(const api::v1::TrendsResponse& trends, const Signs& signs, const Page& page) {
  const auto greatest = most(trends, [](const TrendWeek& week) {
    return std::uint64_t{std::max(week.gratitude_given(), week.gratitude_received())};
  });
  const Columns columns{page, greatest};
  std::string heading = "Gratitude that you shared with each other";
  if (greatest != 0) heading += "\n" + std::string(kWeekColumns, ' ') + columns.side_by_side({"given", "received"});
  return section(heading, trends, greatest != 0, page, [&](const TrendWeek& week) {
    return columns.side_by_side(
        {columns.bar(signs.kept, week.gratitude_given()), columns.bar(signs.kept, week.gratitude_received())});
  });
}

}  // namespace

Plot plot_of(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment(name);
    if (!value) continue;
    const std::string locale = folded(*value);
    const bool utf8 = locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    return utf8 ? Plot::blocks : Plot::ascii;
  }
  return Plot::ascii;
}

std::string render_trends(const api::v1::TrendsResponse& trends, const Page& page, Plot plot) {
  const Signs& signs = plot == Plot::blocks ? kBlocks : kAscii;
  return moods(trends, signs, page) + "\n" + marks(trends, signs, page) + "\n" + gratitude(trends, signs, page);
}

}  // namespace attune::cli
