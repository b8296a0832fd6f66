// Which of several acts is in force, whatever a stolen device has written among them.
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "core/bytes.h"
#include "journal/ops.h"
#include "journal/turns.h"

namespace attune::journal {
namespace {

using test::at_ms;

OpId numbered(std::uint64_t number) {
  std::array<std::byte, OpId::size> bytes{};
  std::ranges::copy(be64(number * 0x9E37'79B9'7F4A'7C15U), bytes.begin());  // in no order of making
  std::ranges::copy(be64(number), bytes.begin() + 8);
  return OpId{bytes};
}

// Two devices of one person, and a stolen one that keeps no rule. What each knows reaches the others in pieces.
class World {
 public:
  static constexpr std::size_t kThief = 2;
  static constexpr std::size_t kObjects = 3;

  explicit World(std::uint64_t seed) : random_{seed} {}

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }

  // As an honest program does it: in the place of everything it knows.
  OpId act(std::size_t device, bool leaves) {
    const Turns turns = known(device);
    Turn turn{.id = numbered(++made_), .time = at_ms(static_cast<std::int64_t>(draw(50))), .after = turns.open};
    turn.after.insert(turn.after.end(), turns.past.begin(), turns.past.end());
    turn.ends = leaves;
    turn.object = draw(kObjects);
    return put(device, turn);
  }
  // Any time, any object, and whatever it likes to name of what was ever made; an id that is still to come nobody
  // knows.
  void steal() {
    Turn turn{.id = numbered(++made_),
              .time = draw(2) == 0 ? kLatestInstant : at_ms(static_cast<std::int64_t>(draw(50))),
              .after = {}};
    for (std::uint64_t names = draw(4); names > 0; --names)
      turn.after.push_back(numbered(draw(5) == 0 ? 1'000'000 + draw(9) : 1 + draw(made_)));
    std::erase(turn.after, turn.id);
    turn.ends = draw(2) == 0;
    turn.object = draw(kObjects);
    put(kThief, turn);
  }
  // Some of what one knows, in any order: logs travel apart.
  void bring(std::size_t from, std::size_t to, std::uint64_t of_ten = 10) {
    for (const Turn& turn : std::vector{devices_[from]}) {
      if (draw(10) < of_ten) put(to, turn);
    }
  }
  void bring_all() {
    for (int round = 0; round < 2; ++round) {
      for (std::size_t from = 0; from <= kThief; ++from) {
        for (std::size_t to = 0; to <= kThief; ++to) bring(from, to);
      }
    }
  }
  void live(std::uint64_t acts) {
    for (; acts > 0; --acts) {
      switch (draw(4)) {
        case 0: act(draw(2), draw(2) == 0); break;
        case 1: steal(); break;
        default: bring(draw(3), draw(3), 1 + draw(10));
      }
    }
  }
  [[nodiscard]] Turns known(std::size_t device) {
    std::ranges::shuffle(devices_[device], random_);
    return take_turns(devices_[device]);
  }
  std::vector<Turn>& of(std::size_t device) { return devices_[device]; }

 private:
  OpId put(std::size_t device, const Turn& turn) {
    auto& all = devices_[device];
    if (std::ranges::find(all, turn.id, &Turn::id) == all.end()) all.push_back(turn);
    return turn.id;
  }

  std::mt19937_64 random_;
  std::uint64_t made_ = 0;
  std::array<std::vector<Turn>, kThief + 1> devices_;
};

TEST(Turns, AreTheSameOnAllDevicesThatKnowTheSameInWhateverOrderItCame) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    World world{seed};
    world.live(40);
    world.bring_all();
    RC_ASSERT(world.known(0) == world.known(1));
    RC_ASSERT(world.known(0) == world.known(World::kThief));
  }));
}

TEST(Turns, FallToWhoeverActsNowOnAllDevicesThatHearOfIt) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    World world{seed};
    world.live(40);
    const bool all_know = world.draw(2) == 0;
    if (all_know) world.bring_all();
    const OpId now = world.act(0, world.draw(2) == 0);
    RC_ASSERT(world.known(0).in_force == now);
    RC_ASSERT(world.known(0).open == std::vector{now});
    if (!all_know) return;
    world.bring_all();
    RC_ASSERT(world.known(1).in_force == now);
  }));
}

// However the stolen device has prepared for it: only who has seen the leaving can take its place.
TEST(Turns, StayWithALeavingThatNobodyElseHasSeen) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    World world{seed};
    world.live(40);
    const OpId left = world.act(0, true);
    for (std::uint64_t more = world.draw(5); more > 0; --more) world.act(1, false);
    world.bring_all();
    const Turns turns = world.known(1);
    const auto& all = world.of(1);
    const auto in_force = std::ranges::find(all, *turns.in_force, &Turn::id);
    const bool named =
        std::ranges::any_of(all, [&](const Turn& turn) { return std::ranges::count(turn.after, left) > 0; });
    RC_ASSERT(in_force->ends || named);
  }));
}

// The rule of before there were names: by time, then id; a leaving counts on the object of the latest pairing.
TEST(Turns, ThatNameNothingGoByTimeAsTheyAlwaysDid) {
  EXPECT_TRUE(rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& made) {
    std::vector<Turn> turns;
    std::map<std::size_t, std::pair<Turn, bool>> objects;  // the latest pairing of each, and whether it was left since
    for (const auto& [time, what] : made) {
      turns.push_back({.id = numbered(turns.size() + 1), .time = at_ms(time), .after = {}});
      turns.back().ends = what % 2 == 1;
      turns.back().object = what / 2 % 3;
    }
    const auto later = [](const Turn& a, const Turn& b) { return std::tie(a.time, a.id) < std::tie(b.time, b.id); };
    std::vector<Turn> sorted = turns;
    std::ranges::sort(sorted, later);
    for (const Turn& turn : sorted) {
      if (!turn.ends) objects.insert_or_assign(turn.object, std::pair{turn, false});
      const auto found = objects.find(turn.object);
      if (turn.ends && found != objects.end()) found->second.second = true;
    }
    const auto latest =
        std::ranges::max_element(objects, later, [](const auto& one) -> const Turn& { return one.second.first; });
    const bool paired = latest != objects.end() && !latest->second.second;
    const Turns taken = take_turns(turns);
    const auto in_force = taken.in_force ? std::ranges::find(turns, *taken.in_force, &Turn::id) : turns.end();
    RC_ASSERT((in_force != turns.end() && !in_force->ends) == paired);
    if (paired) RC_ASSERT(*taken.in_force == latest->second.first.id);
  }));
}

TEST(Turns, OfALongChainFallToOneActThatNamesItsEnd) {
  std::vector<Turn> turns{{.id = numbered(1), .time = at_ms(1), .after = {}}};
  for (std::uint64_t i = 2; i <= 10'000; ++i)
    turns.push_back({.id = numbered(i), .time = kLatestInstant, .after = {numbered(i - 1)}});
  EXPECT_EQ(take_turns(turns).open, std::vector{numbered(10'000)});
  turns.push_back({.id = numbered(10'001), .time = at_ms(2), .after = {numbered(10'000)}, .ends = true});
  EXPECT_EQ(take_turns(turns).in_force, numbered(10'001));
}

TEST(Turns, ThatNameWhatNeverCameCountAsTheyStand) {
  std::vector<Turn> turns{{.id = numbered(1), .time = at_ms(1), .after = {}},
                          {.id = numbered(2), .time = at_ms(5), .after = {numbered(7)}}};
  EXPECT_EQ(take_turns(turns).in_force, numbered(2));
  turns.push_back({.id = numbered(3), .time = at_ms(2), .after = {numbered(1), numbered(2)}});
  EXPECT_EQ(take_turns(turns).in_force, numbered(3));
  EXPECT_EQ(take_turns({}), Turns{});
}

// A leaving that took the place of a stolen device's pairing, which a revoke then takes away.
TEST(Turns, StayWithALeavingWhereARevokeTakesAwayWhatItEnded) {
  const Turn first{.id = numbered(1), .time = at_ms(1), .after = {}};
  const Turn thiefs{.id = numbered(2), .time = kLatestInstant, .after = {numbered(1)}};
  const Turn left{.id = numbered(3), .time = at_ms(3), .after = {numbered(2)}, .ends = true, .object = 1};
  EXPECT_EQ(take_turns({first, thiefs, left}).in_force, numbered(3));
  EXPECT_EQ(take_turns({first, left}).in_force, numbered(3));
}

}  // namespace
}  // namespace attune::journal
