// Nobody is ever under an agreement that they did not accept in those very terms, or that either withdrew: whatever
// four devices do at once, whatever a modified node makes up, and in whatever order and part it comes.
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "core/bytes.h"
#include "journal/agreement.h"
#include "journal/entry.h"
#include "journal/many_cases.h"
#include "journal/ops.h"

namespace attune::journal {
namespace {

using test::at_ms;
using test::kAda;
using test::kBen;
using test::made_id;

const ObjectId kWeekend{kAda, made_id<ObjectNumber>(9)};

// Ids in no order of making, as hashes are.
OpId numbered(std::uint64_t number) {
  std::array<std::byte, OpId::size> bytes{};
  std::ranges::copy(be64(number * 0x9E37'79B9'7F4A'7C15U), bytes.begin());
  std::ranges::copy(be64(number), bytes.begin() + 8);
  return OpId{bytes};
}

// Each device has what it made and what came to it, in pieces. 0 and 1 are Ada's, 2 and 3 Ben's; with a modified one
// Ben's keep no rule at all.
class World {
 public:
  static constexpr std::size_t kDevices = 4;
  static const RootId& owner(std::size_t device) { return device < 2 ? kAda : kBen; }

  explicit World(std::uint64_t seed) : random_{seed}, modified_{draw(2) == 0} {
    put(0, kAda, at_ms(20), Proposed{"first", {}, {}});
  }

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }

  void live(std::uint64_t steps) {
    for (; steps > 0; --steps) {
      const std::size_t device = draw(kDevices);
      switch (draw(5)) {
        case 0:
        case 1: modified_&& device >= 2 ? make_up(device) : act(device); break;
        default: bring(draw(kDevices), device, 1 + draw(10));
      }
    }
  }
  void bring_all() {
    for (std::size_t from = 0; from < kDevices; ++from) bring(from, 0, 10);
    for (std::size_t to = 1; to < kDevices; ++to) bring(0, to, 10);
  }

  [[nodiscard]] std::vector<Seen> known(std::size_t device) const {
    std::vector<Seen> ops;
    for (const auto& [id, seen] : devices_[device]) ops.push_back(seen);
    return ops;
  }
  // The same acts in any order, some of them twice.
  std::vector<Seen> stirred(std::size_t device) {
    auto ops = known(device);
    const std::size_t size = ops.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (draw(3) == 0) ops.push_back(ops[i]);
    }
    std::ranges::shuffle(ops, random_);
    return ops;
  }
  [[nodiscard]] std::optional<Agreement> seen_by(std::size_t device) const {
    return fold_agreement(kWeekend, known(device));
  }

  // An honest device does only what it may.
  std::optional<OpId> propose(std::size_t device) {
    const auto agreement = seen_by(device);
    if (!agreement || why_not_amend(*agreement, owner(device))) return std::nullopt;
    return put(device, owner(device), next_time(clock(), agreement->newest),
               Proposed{"words " + std::to_string(draw(3)), {}, {}});
  }
  bool accept(std::size_t device, const OpId& version) {
    const auto agreement = seen_by(device);
    if (!agreement || why_not_accept(*agreement, owner(device), version)) return false;
    put(device, owner(device), next_time(clock(), agreement->newest), Accepted{version});
    return true;
  }
  // The payload of something is not there.
  void lose(std::size_t device) {
    auto& ops = devices_[device];
    if (ops.empty()) return;
    auto lost = std::next(ops.begin(), static_cast<std::ptrdiff_t>(draw(ops.size())));
    lost->second.op.reset();
  }

 private:
  Instant clock() { return at_ms(static_cast<std::int64_t>(draw(60))); }

  OpId put(std::size_t device, const RootId& author, Instant time, Act act) {
    const OpId id = numbered(++made_);
    devices_[device].emplace(std::pair{id, author}, Seen{id, author, true, Op{time, std::move(act)}});
    return id;
  }
  void bring(std::size_t from, std::size_t to, std::uint64_t of_ten) {
    for (const auto& [id, seen] : std::map{devices_[from]}) {
      if (draw(10) < of_ten) devices_[to].emplace(id, seen);
    }
  }

  void act(std::size_t device) {
    const auto agreement = seen_by(device);
    if (!agreement) return;
    const RootId& who = owner(device);
    const OpId version = agreement->versions[draw(agreement->versions.size())].op;
    const Instant time = next_time(clock(), agreement->newest);
    switch (draw(12)) {
      case 0:
        if (draw(3) == 0 && !why_not_withdraw(*agreement)) put(device, who, time, Withdrawn{});
        return;
      case 1:
      case 2:
        if (!why_not_decline(*agreement, who, version)) put(device, who, time, Declined{version, ""});
        return;
      case 3:
      case 4: propose(device); return;
      case 5: put(device, who, time, Marked{MarkKind::kept, Day{std::chrono::days{draw(3)}}, {}, ""}); return;
      default: accept(device, version);
    }
  }

  // Any act of its own person's, at any time, on anything that was ever made; a hash that is still to come nobody
  // knows.
  void make_up(std::size_t device) {
    if (draw(4) == 0) return copy(device);
    const Instant time = draw(5) == 0 ? kLatestInstant : clock();
    const OpId any = numbered(draw(5) == 0 ? 1'000'000 : 1 + draw(made_));
    Act act = Erase{};
    switch (draw(8)) {
      case 0: act = Withdrawn{}; break;
      case 1: act = Declined{any, ""}; break;
      case 2: act = Unknown{}; break;
      case 3: act = Marked{MarkKind::moved, Day{}, Day{std::chrono::days{1}}, ""}; break;
      case 4: act = Proposed{"words 1", {}, {}}; break;
      default: act = Accepted{any};
    }
    put(device, owner(device), time, std::move(act));
  }

  // Somebody else's act, word by word in one's own log: so it has the same id.
  void copy(std::size_t device) {
    auto& ops = devices_[device];
    if (ops.empty()) return;
    Seen copied = std::next(ops.begin(), static_cast<std::ptrdiff_t>(draw(ops.size())))->second;
    copied.author = owner(device);
    ops.emplace(std::pair{copied.id, copied.author}, copied);
  }

  std::mt19937_64 random_;
  bool modified_;
  std::uint64_t made_ = 0;
  std::array<std::map<std::pair<OpId, RootId>, Seen>, kDevices> devices_;
};

// By the acts alone, one by one, without the fold: did that person say yes to this very version, and nothing since?
bool said_yes(const std::vector<Seen>& ops, const RootId& who, const OpId& version) {
  return std::ranges::any_of(ops, [&](const Seen& seen) {
    const auto* accepted = act_of<Accepted>(seen);
    const bool proposed = act_of<Proposed>(seen) != nullptr && seen.id == version;
    return seen.author == who && (proposed || (accepted != nullptr && accepted->version == version));
  });
}
bool said_no(const std::vector<Seen>& ops, const OpId& version) {
  return std::ranges::any_of(ops, [&](const Seen& seen) {
    const auto* declined = act_of<Declined>(seen);
    return declined != nullptr && declined->version == version;
  });
}
bool withdrew(const std::vector<Seen>& ops) {
  return std::ranges::any_of(ops, [](const Seen& seen) { return act_of<Withdrawn>(seen) != nullptr; });
}
bool some_gone(const std::vector<Seen>& ops) {
  return std::ranges::any_of(ops, [](const Seen& seen) { return !seen.op; });
}

void expect_bound_only_by_consent(const std::vector<Seen>& ops) {
  const auto agreement = fold_agreement(kWeekend, ops);
  if (!agreement) return;
  RC_ASSERT((agreement->status == AgreementStatus::in_force) == agreement->in_force.has_value());
  RC_ASSERT((agreement->status == AgreementStatus::withdrawn) == withdrew(ops));
  if (!agreement->in_force) return;
  const OpId version = *agreement->in_force;
  RC_ASSERT(said_yes(ops, kAda, version));
  RC_ASSERT(said_yes(ops, kBen, version));
  RC_ASSERT(!said_no(ops, version));
  RC_ASSERT(!withdrew(ops));
  RC_ASSERT(!some_gone(ops));
  const Instant proposed = version_of(*agreement, version)->when;
  for (const Seen& seen : ops) {  // none that both said yes to is newer
    if (act_of<Proposed>(seen) == nullptr || !said_yes(ops, kAda, seen.id) || !said_yes(ops, kBen, seen.id)) continue;
    RC_ASSERT((std::pair{seen.op->time, seen.id} <= std::pair{proposed, version}));
  }
}

class AgreementProperty : public test::ManyCases {};

TEST_P(AgreementProperty, AnyOrderAndAnyCopiesOfTheSameActsGiveTheSameAgreement) {
  hold([](std::uint64_t seed) {
    World world{seed};
    world.live(60);
    for (std::size_t device = 0; device < World::kDevices; ++device)
      RC_ASSERT(fold_agreement(kWeekend, world.stirred(device)) == world.seen_by(device));
    world.bring_all();
    for (std::size_t device = 1; device < World::kDevices; ++device)
      RC_ASSERT(world.seen_by(device) == world.seen_by(0));
  });
}

TEST_P(AgreementProperty, NobodyIsUnderWhatTheyDidNotAcceptInThoseVeryTermsOrWhatEitherWithdrew) {
  hold([](std::uint64_t seed) {
    World world{seed};
    for (int round = 0; round < 6; ++round) {
      world.live(12);
      if (world.draw(4) == 0) world.lose(world.draw(World::kDevices));
      for (std::size_t device = 0; device < World::kDevices; ++device)
        expect_bound_only_by_consent(world.stirred(device));
    }
  });
}

TEST_P(AgreementProperty, NothingRevivesWhatWasWithdrawn) {
  hold([](std::uint64_t seed) {
    World world{seed};
    std::array<bool, World::kDevices> over{};
    for (int round = 0; round < 8; ++round) {
      world.live(10);
      for (std::size_t device = 0; device < World::kDevices; ++device) {
        const auto agreement = world.seen_by(device);
        if (!agreement) continue;
        const bool now = agreement->status == AgreementStatus::withdrawn;
        RC_ASSERT(now || !over[device]);
        if (now) RC_ASSERT(!agreement->in_force && agreement->pending.empty());
        over[device] = now;
      }
    }
  });
}

// So that the rules above are not kept by never agreeing on anything.
TEST_P(AgreementProperty, WhatBothAcceptNowIsInForceUnlessItWasWithdrawn) {
  int agreed = 0;
  hold([&](std::uint64_t seed) {
    World world{seed};
    world.live(30);
    world.bring_all();
    const auto before = world.seen_by(0);
    RC_ASSERT(before.has_value());
    const auto version = world.propose(0);
    RC_ASSERT(version.has_value() == !why_not_amend(*before, kAda));
    if (!version || before->newest >= kLatestInstant) return;  // what follows then follows by id, as drawn
    world.bring_all();
    RC_ASSERT(world.accept(3, *version));
    world.bring_all();
    if (before->incomplete) return;
    RC_ASSERT(world.seen_by(1)->in_force == *version);
    ++agreed;
  });
  EXPECT_GT(agreed, GetParam() / 10);
}

ATTUNE_MANY_CASES(AgreementProperty);

}  // namespace
}  // namespace attune::journal
