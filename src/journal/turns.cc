#include "journal/turns.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace attune::journal {
namespace {

auto by_time(const Turn* turn) { return std::tie(turn->time, turn->id); }
// Whoever ends something goes before whoever did not know of it.
auto by_weight(const Turn* turn) { return std::tie(turn->ends, turn->time, turn->id); }

using Choice = std::vector<const Turn*>;

template <class Fits>
const Turn* latest(const Choice& choice, Fits fits) {
  const Turn* found = nullptr;
  for (const Turn* turn : choice) {
    if (fits(*turn) && (found == nullptr || by_time(found) < by_time(turn))) found = turn;
  }
  return found;
}

// Of acts that take nobody's place the one that counts among them, by time as ever: the latest beginning, or what ended
// just that afterwards.
const Turn* latest_plain(const Choice& plain) {
  const Turn* begun = latest(plain, [](const Turn& turn) { return !turn.ends; });
  const Turn* ended =
      latest(plain, [&](const Turn& turn) { return turn.ends && (!begun || turn.object == begun->object); });
  if (begun == nullptr || ended == nullptr) return begun == nullptr ? ended : begun;
  return by_time(begun) < by_time(ended) ? ended : begun;
}

}  // namespace

Turns take_turns(const std::vector<Turn>& turns) {
  std::set<OpId> taken;
  Choice plain;
  for (const Turn& turn : turns) {
    taken.insert(turn.after.begin(), turn.after.end());
    if (turn.after.empty()) plain.push_back(&turn);
  }
  const Turn* counting = latest_plain(plain);
  Choice open;
  Choice past;
  for (const Turn& turn : turns) {
    const bool stands = !turn.after.empty() || &turn == counting;
    (stands && !taken.contains(turn.id) ? open : past).push_back(&turn);
  }
  std::ranges::sort(open, {}, by_weight);
  std::ranges::sort(past, std::ranges::greater{}, by_time);
  Turns result;
  for (const Turn* turn : open) result.open.push_back(turn->id);
  for (const Turn* turn : past) result.past.push_back(turn->id);
  if (!open.empty()) result.in_force = result.open.back();
  return result;
}

}  // namespace attune::journal
