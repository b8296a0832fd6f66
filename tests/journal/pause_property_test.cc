// A pause through whatever four devices do apart: it is the same for all, and who called it alone changes it.
#include "journal/devices.h"
#include "journal/pause.h"

namespace attune::test {
namespace {

using journal::act_of;
using journal::fold_pause;
using journal::kLongestPause;
using journal::kShortestPause;
using journal::Pause;
using journal::Paused;
using journal::Resumed;
using journal::Seen;

class PauseWorld : public Devices {
 public:
  explicit PauseWorld(std::uint64_t seed) : Devices{seed, kEntry} {
    for (std::uint64_t steps = draw(24); steps > 0; --steps) step();
    if (draw(4) != 0) bring_all();
  }
  std::vector<Seen> held() { return known(draw(kCount)); }

 private:
  void step() {
    const std::size_t device = draw(kCount);
    switch (draw(6)) {
      case 0:
      case 1: bring(draw(kCount), device, 1 + draw(10)); break;
      case 2: force(device, any_act(now(device))); break;
      case 3: copy(device); break;
      default: act_as_allowed(device); break;
    }
  }
  void act_as_allowed(std::size_t device) {
    const auto pause = fold_pause(object(), known(device));
    const Instant when = journal::next_time(now(device), pause ? pause->newest : Instant{});
    const journal::Act made = any_act(when);
    const auto* paused = std::get_if<Paused>(&made);
    if (paused != nullptr && why_not_this_long(when, *paused)) return;
    if (pause && why_not_change(*pause, person(device), when)) return;
    if (pause || paused != nullptr) act(device, made, pause ? pause->newest : Instant{});
  }
  journal::Act any_act(Instant when) {
    if (draw(3) == 0) return Resumed{};
    return Paused{"", when + std::chrono::minutes{static_cast<std::int64_t>(draw(2'000)) - 200}};
  }
};

// The last of what the caller said; nullptr: nothing.
const Seen* last_word(const std::vector<Seen>& ops) {
  const Seen* last = nullptr;
  for (const Seen& seen : ops) {
    const bool word = act_of<Paused>(seen) != nullptr || act_of<Resumed>(seen) != nullptr;
    if (seen.shared && seen.author == kAda && word && (last == nullptr || later(seen, *last))) last = &seen;
  }
  return last;
}

class PauseProperty : public Property {};

TEST_P(PauseProperty, AllWhoKnowTheSameSeeTheSameInWhateverOrderItCame) {
  always([](std::uint64_t seed) {
    PauseWorld world{seed};
    const auto ops = world.held();
    RC_ASSERT(fold_pause(kEntry, world.shuffled(ops)) == fold_pause(kEntry, ops));
    world.bring_all();
    const auto everybody = fold_pause(kEntry, world.known(0));
    for (std::size_t device = 1; device < Devices::kCount; ++device)
      RC_ASSERT(fold_pause(kEntry, world.shuffled(world.known(device))) == everybody);
  });
}

TEST_P(PauseProperty, NothingThatThePartnerDoesChangesIt) {
  always([](std::uint64_t seed) {
    PauseWorld world{seed};
    const auto ops = world.held();
    RC_ASSERT(fold_pause(kEntry, ops) == fold_pause(kEntry, without(ops, kBen)));
  });
}

TEST_P(PauseProperty, IsInForceByTheLastWordOfWhoCalledItAndForADayAtMost) {
  always([](std::uint64_t seed) {
    PauseWorld world{seed};
    const auto ops = world.held();
    const auto pause = fold_pause(kEntry, ops);
    if (!pause) return;
    RC_ASSERT(pause->until <= pause->changed_at + kLongestPause);
    RC_ASSERT(pause->until >= std::min(pause->changed_at + kShortestPause, kLatestInstant));
    const Seen* last = last_word(ops);
    const Instant now = last->op->time - std::chrono::hours{48} + std::chrono::minutes{world.draw(4 * 24 * 60)};
    if (act_of<Resumed>(*last) != nullptr) RC_ASSERT(!is_in_force(*pause, now));
    if (is_in_force(*pause, now)) RC_ASSERT(pause->until - now <= 2 * kLongestPause);
  });
}

INSTANTIATE_TEST_SUITE_P(Quick, PauseProperty, ::testing::Values(kQuickCases));
INSTANTIATE_TEST_SUITE_P(Slow, PauseProperty, ::testing::Values(kSlowCases));

}  // namespace
}  // namespace attune::test
