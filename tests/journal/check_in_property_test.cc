// Check-ins of four devices of two persons, whatever comes when: sealed until both have answered, and the same for
// everybody who knows the same.
#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "core/bytes.h"
#include "journal/check_ins.h"
#include "journal/devices.h"
#include "journal/entry.h"

namespace attune::journal {
namespace {

using test::at_ms;
using test::digest;
using test::kAda;
using test::kBen;
using test::kCheckIn;
using test::read_by;

constexpr std::size_t kDevices = 4;  // Ada's two, then Ben's two

RootId person_of(std::size_t device) { return device < 2 ? kAda : kBen; }

class World {
 public:
  explicit World(std::uint64_t seed) : random_{seed} {}

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  [[nodiscard]] const std::vector<Seen>& of(std::size_t device) const { return devices_[device]; }
  [[nodiscard]] std::vector<Seen> mixed(std::size_t device) {
    std::vector<Seen> ops = devices_[device];
    const std::size_t size = ops.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (draw(4) == 0) ops.push_back(ops[i]);
    }
    std::ranges::shuffle(ops, random_);
    return ops;
  }
  [[nodiscard]] std::optional<CheckIn> read(std::size_t device) { return read_by(person_of(device), mixed(device)); }

  // --- as an honest program does it
  void answer(std::size_t device) {
    const auto now = read(device);
    if (why_not_answer(now)) return;
    const RootId me = person_of(device);
    const Answers answers{"calm", 4, 3, "answer " + std::to_string(made_), "", ""};
    const AnswersKey key{number(made_ + 5000)};
    const Instant time = time_for(device, now);
    const OpId commitment = put(device, Committed{digest(me, key, answers)}, true, time);
    keys_.emplace(put(device, Answered{commitment, answers}, false, time), key);
  }
  bool open(std::size_t device) {
    const auto now = read(device);
    if (!now || !now->due) return false;
    const OpeningDue& due = *now->due;
    RC_ASSERT(committed(device, person_of(device)) && committed(device, other(device)));
    const auto key = keys_.find(due.answered);
    RC_ASSERT(key != keys_.end() || person_of(device) == kBen);  // answers that his modified device made up
    put(device, Opened{due.commitment, due.theirs, key == keys_.end() ? AnswersKey{} : key->second, due.answers}, true,
        time_for(device, now));
    return true;
  }
  void erase(std::size_t device) {
    const auto now = read(device);
    if (!now || why_not_erase(*now)) return;
    put(device, Erase{}, true, time_for(device, now));
    forget(device);
  }
  // What an erase takes out of a store.
  void forget(std::size_t device) {
    for (const OpId& id : test::ids_to_drop(kCheckIn, devices_[device])) {
      for (Seen& seen : devices_[device]) {
        if (seen.id == id) seen.op.reset();
      }
    }
  }

  // --- as a modified program of Ben's does it: any act, any time, naming whatever it has seen
  void meddle(std::size_t device) {
    const Instant time = draw(3) == 0 ? kLatestInstant : at_ms(static_cast<std::int64_t>(draw(40)));
    const Answers answers{"", 0, 0, "made up " + std::to_string(made_), "", ""};
    const AnswersKey key{number(draw(9000))};
    switch (draw(6)) {
      case 0: put(device, Erase{}, true, time); break;
      case 1: put(device, Committed{digest(kBen, key, answers)}, true, time); break;
      case 2: put(device, Answered{any_op(device), answers}, draw(2) == 0, time); break;
      default: put(device, Opened{any_op(device), any_op(device), key, answers}, true, time); break;
    }
  }

  // Some of what one device knows and the other may know, in any order.
  void bring(std::size_t from, std::size_t to, std::uint64_t of_ten = 10) {
    for (const Seen& seen : std::vector{devices_[from]}) {
      if (!seen.shared && person_of(from) != person_of(to)) continue;
      if (draw(10) < of_ten) take(to, seen);
    }
    forget(to);
  }
  void bring_all() {
    for (int round = 0; round < 2; ++round) {
      for (std::size_t from = 0; from < kDevices; ++from) {
        for (std::size_t to = 0; to < kDevices; ++to) bring(from, to);
      }
    }
  }
  void settle() {
    for (bool any = true; any;) {
      bring_all();
      any = false;
      for (std::size_t device = 0; device < kDevices; ++device) any = open(device) || any;
    }
  }
  void live(std::uint64_t acts, bool erasing) {
    for (; acts > 0; --acts) {
      const std::size_t device = draw(kDevices);
      switch (draw(erasing ? 6 : 5)) {
        case 0: answer(device); break;
        case 1: open(device); break;
        case 5: erase(device); break;
        default: bring(device, draw(kDevices), 1 + draw(10));
      }
    }
  }
  [[nodiscard]] bool committed(std::size_t device, const RootId& who) const {
    return std::ranges::any_of(devices_[device], [&](const Seen& seen) {
      return seen.author == who && seen.shared && act_of<Committed>(seen) != nullptr;
    });
  }
  // By Ben, and naming a commitment of Ada's: an id is a hash, so it was there first.
  [[nodiscard]] bool opened_in_answer(std::size_t device, const Answers& answers) const {
    const auto& all = devices_[device];
    return std::ranges::any_of(all, [&](const Seen& seen) {
      const auto* opened = act_of<Opened>(seen);
      if (opened == nullptr || seen.author != kBen || !seen.shared || opened->answers != answers) return false;
      const auto named = std::ranges::find(all, opened->theirs, &Seen::id);
      return named != all.end() && named->author == kAda && act_of<Committed>(*named) != nullptr;
    });
  }
  [[nodiscard]] static RootId other(std::size_t device) { return device < 2 ? kBen : kAda; }

 private:
  static std::array<std::byte, 32> number(std::uint64_t of) {
    std::array<std::byte, 32> bytes{};
    std::ranges::copy(be64(of * 0x9E37'79B9'7F4A'7C15U), bytes.begin());  // in no order of making
    std::ranges::copy(be64(of), bytes.begin() + 8);
    return bytes;
  }
  // Each device has a clock of its own, and they are apart.
  Instant time_for(std::size_t device, const std::optional<CheckIn>& now) {
    return next_time(at_ms(static_cast<std::int64_t>(made_ + device * 7)), now ? now->newest : Instant{});
  }
  OpId any_op(std::size_t device) {
    return devices_[device].empty() ? OpId{} : devices_[device][draw(devices_[device].size())].id;
  }
  OpId put(std::size_t device, Act act, bool shared, Instant time) {
    const OpId id{number(++made_)};
    devices_[device].push_back({id, person_of(device), shared, Op{time, std::move(act)}});
    return id;
  }
  void take(std::size_t device, const Seen& seen) {
    auto& all = devices_[device];
    const auto found = std::ranges::find(all, seen.id, &Seen::id);
    if (found == all.end()) {
      all.push_back(seen);
    } else if (!found->op) {
      found->op = seen.op;
    }
  }

  std::mt19937_64 random_;  // order only; nothing depends on its quality
  std::uint64_t made_ = 0;
  std::array<std::vector<Seen>, kDevices> devices_;
  std::map<OpId, AnswersKey> keys_;
};

class CheckInProperty : public test::Property {};

TEST_P(CheckInProperty, AnyOrderOfTheSameActsGivesTheSameCheckIn) {
  always([](std::uint64_t seed) {
    World world{seed};
    world.live(20, true);
    for (std::uint64_t more = world.draw(8); more > 0; --more) world.meddle(2);
    world.bring(2, 0, 1 + world.draw(10));
    for (const std::size_t device : {0U, 1U, 2U}) RC_ASSERT(world.read(device) == world.read(device));
  });
}

TEST_P(CheckInProperty, NobodySeesASealedAnswerBeforeBothCommitmentsStand) {
  always([](std::uint64_t seed) {
    World world{seed};
    for (std::uint64_t acts = 30; acts > 0; --acts) {
      world.draw(3) == 0 ? world.meddle(2 + world.draw(2)) : world.live(1, true);
      for (const std::size_t device : {0U, 1U}) {
        const auto check_in = world.read(device);
        if (!check_in || (!check_in->revealed && !check_in->partners.answers)) continue;
        RC_ASSERT(check_in->revealed && check_in->partners.answers);
        RC_ASSERT(world.committed(device, kAda));
        RC_ASSERT(world.committed(device, kBen));
        RC_ASSERT(world.opened_in_answer(device, *check_in->partners.answers));
      }
    }
  });
}

// Whatever Ben's modified devices do: hers leave only after a commitment of his, which open() asserts, and his are
// never read into hers.
TEST_P(CheckInProperty, NobodyPutsAnswersIntoTheOthersMouth) {
  always([](std::uint64_t seed) {
    World world{seed};
    for (std::uint64_t acts = 30; acts > 0; --acts) {
      world.draw(3) == 0 ? world.meddle(2 + world.draw(2)) : world.live(1, false);
      const auto check_in = world.read(0);
      if (!check_in || !check_in->mine.answers) continue;
      RC_ASSERT(check_in->mine.answers->appreciated.starts_with("answer "));
      RC_ASSERT(check_in->mine.matches);
    }
  });
}

TEST_P(CheckInProperty, HonestDevicesThatKnowTheSameShowBothTheSameAnswers) {
  always([](std::uint64_t seed) {
    World world{seed};
    world.live(30, false);
    world.answer(world.draw(2));
    world.answer(2 + world.draw(2));
    world.settle();
    const auto ada = world.read(0);
    const auto ben = world.read(2);
    RC_ASSERT(ada == world.read(1));
    RC_ASSERT(ben == world.read(3));
    RC_ASSERT(ada->revealed && ben->revealed);
    RC_ASSERT(ada->partners.matches && ben->partners.matches);
    RC_ASSERT(ada->mine.answers == ben->partners.answers);
    RC_ASSERT(ben->mine.answers == ada->partners.answers);
  });
}

TEST_P(CheckInProperty, NoOrderRevivesErasedAnswers) {
  always([](std::uint64_t seed) {
    World world{seed};
    world.live(20, false);
    world.answer(0);
    world.erase(0);
    const bool erased = world.read(0)->mine.erased;
    world.live(20, false);
    for (std::uint64_t more = world.draw(8); more > 0; --more) world.meddle(3);
    world.bring_all();
    RC_ASSERT(erased);
    for (std::size_t device = 0; device < kDevices; ++device) {
      const auto check_in = world.read(device);
      const CheckInSide& adas = device < 2 ? check_in->mine : check_in->partners;
      RC_ASSERT(adas.erased);
      RC_ASSERT(!adas.answers);
    }
  });
}

TEST_P(CheckInProperty, WhatAnEraseTakesOutOfAStoreChangesNothingThatIsShown) {
  always([](std::uint64_t seed) {
    World world{seed};
    world.live(25, false);
    for (std::uint64_t more = world.draw(5); more > 0; --more) world.meddle(2);
    world.bring_all();
    std::vector<Seen> before = world.of(0);
    before.push_back(test::seen(250, 30, Erase{}, world.draw(2) == 0 ? kAda : kBen, true));
    std::vector<Seen> after = before;
    const auto drop = test::ids_to_drop(kCheckIn, before);
    for (Seen& seen : after) {
      if (std::ranges::count(drop, seen.id) > 0) seen.op.reset();
    }
    RC_ASSERT(read_by(kAda, before) == read_by(kAda, after));
    RC_ASSERT(read_by(kBen, before) == read_by(kBen, after));
  });
}

INSTANTIATE_TEST_SUITE_P(Quick, CheckInProperty, ::testing::Values(test::kQuickCases));
INSTANTIATE_TEST_SUITE_P(Slow, CheckInProperty, ::testing::Values(test::kSlowCases));

}  // namespace
}  // namespace attune::journal
