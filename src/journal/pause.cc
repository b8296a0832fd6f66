#include "journal/pause.h"

#include <algorithm>
#include <utility>

#include "journal/order.h"

namespace attune::journal {

std::optional<Pause> fold_pause(const ObjectId& id, std::vector<Seen> ops) {
  Pause pause;
  pause.id = id;
  bool called = false;
  for (Seen& seen : in_order(std::move(ops))) {
    if (!seen.shared || !seen.op || seen.author != id.creator) continue;
    const Instant time = seen.op->time;
    if (auto* paused = std::get_if<Paused>(&seen.op->act)) {
      paused->until = end_of(time, *paused);
      pause.text = paused->text;
      pause.until = paused->until;
      pause.changed_at = time;
      if (!std::exchange(called, true)) pause.called_at = time;
      pause.resumed_at.reset();
    } else if (act_of<Resumed>(seen) != nullptr) {
      pause.resumed_at = time;
    } else {
      continue;
    }
    pause.newest = std::max(pause.newest, time);
    pause.history.push_back({seen.id, seen.author, time, std::move(seen.op->act)});
  }
  if (!called) return std::nullopt;
  return pause;
}

bool is_in_force(const Pause& pause, Instant now) {
  return !pause.resumed_at && pause.changed_at <= now + kLongestPause && now < pause.until;
}

Instant end_of(Instant op_time, const Paused& paused) {
  return std::min(std::clamp(paused.until, op_time + kShortestPause, op_time + kLongestPause), kLatestInstant);
}

Refusal why_not_this_long(Instant op_time, const Paused& paused) {
  if (paused.until < op_time + kShortestPause) return "a pause lasts twenty minutes at least: long enough to calm down";
  if (paused.until > op_time + kLongestPause) return "a pause lasts a day at most; you can extend it before it ends";
  return std::nullopt;
}

Refusal why_not_change(const Pause& pause, const RootId& who, Instant now) {
  if (who != pause.id.creator) return "only who called a pause can change it";
  if (!is_in_force(pause, now)) return "that pause is over; a new one can be called";
  return std::nullopt;
}

Refusal why_not_resume(const Pause& pause, const RootId& who, Instant now) {
  if (who != pause.id.creator) return "only who called a pause can end it";
  if (!is_in_force(pause, now)) return "that pause is over already";
  return std::nullopt;
}

}  // namespace attune::journal
