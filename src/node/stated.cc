#include "node/stated.h"

#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "journal/codec.h"
#include "journal/schedule_text.h"

namespace attune::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr int kMaxOffset = 24 * 60;

}  // namespace

Instant instant_stated(double ms) {
  if (!std::isfinite(ms) || ms < 0 || ms > static_cast<double>(kLatestInstant.time_since_epoch().count())) {
    throw Error{Errc::usage, "that moment is outside the calendar"};
  }
  return Instant{milliseconds{static_cast<std::int64_t>(ms)}};
}

minutes offset_stated(int value) {
  if (value < -kMaxOffset || value > kMaxOffset) throw Error{Errc::usage, "that time zone is outside the calendar"};
  return minutes{value};
}

std::optional<journal::Day> day_stated(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto day = journal::parse_day(text);
  if (!day) throw Error{Errc::usage, "that day is not in the calendar", "say it like 2026-12-24"};
  return day;
}

void check_text_stated(const std::string& text) {
  if (is_blank(text)) throw Error{Errc::usage, "there is no text, so nothing was saved"};
}

journal::Mood mood_stated(const api::v1::Mood& mood) { return {mood.word(), static_cast<int>(mood.level())}; }

journal::EntryKind kind_stated(const std::string& name) {
  const auto kind = journal::entry_kind_named(name);
  if (!kind) {
    throw Error{Errc::usage, "there is no such kind of entry",
                "kinds are note, gratitude, need, desire, apology, reassurance, memory and reflection"};
  }
  return *kind;
}

}  // namespace attune::node
