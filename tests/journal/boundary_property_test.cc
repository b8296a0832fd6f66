// A boundary through whatever four devices do apart: it is the same for all, and its owner alone lifts it.
#include "journal/boundary.h"

#include "journal/codec.h"
#include "journal/devices.h"

namespace attune::test {
namespace {

using journal::act_of;
using journal::Boundary;
using journal::BoundaryAcknowledged;
using journal::BoundaryAsked;
using journal::BoundaryLifted;
using journal::BoundaryStated;
using journal::BoundaryStatus;
using journal::Erase;
using journal::fold_boundary;
using journal::Response;
using journal::ResponseKind;
using journal::Seen;
using journal::Unknown;

class BoundaryWorld : public Devices {
 public:
  explicit BoundaryWorld(std::uint64_t seed) : Devices{seed, kEntry} {
    for (std::uint64_t steps = draw(32); steps > 0; --steps) step();
    if (draw(4) != 0) bring_all();
  }

  [[nodiscard]] std::optional<Boundary> seen_by(std::size_t device) const {
    return fold_boundary(object(), known(device));
  }
  // What one of the four holds.
  std::vector<Seen> held() { return known(draw(kCount)); }

  BoundaryStated any_limit() { return {"limit " + std::to_string(draw(1000)), "", std::nullopt}; }

 private:
  void step() {
    const std::size_t device = draw(kCount);
    switch (draw(8)) {
      case 0:
      case 1: bring(draw(kCount), device, 1 + draw(10)); break;
      case 2: force(device, any_act()); break;
      case 3: copy(device); break;
      default: person(device) == kAda ? act_as_owner(device) : act_as_partner(device); break;
    }
  }
  void act_as_owner(std::size_t device) {
    const auto boundary = seen_by(device);
    const Instant newest = boundary ? boundary->newest : Instant{};
    if (!boundary || draw(3) == 0) {
      act(device, any_limit(), newest);
    } else if (draw(2) == 0) {
      if (!why_not_lift(*boundary, kAda)) act(device, BoundaryLifted{boundary->current.op}, newest);
    } else {
      answer(device, *boundary);
    }
  }
  void act_as_partner(std::size_t device) {
    const auto boundary = seen_by(device);
    if (!boundary) return;
    switch (draw(3)) {
      case 0: act(device, BoundaryAsked{"?"}, boundary->newest); break;
      case 1: answer(device, *boundary); break;
      default:
        if (!why_not_acknowledge(*boundary, kBen))
          act(device, BoundaryAcknowledged{boundary->current.op}, boundary->newest);
    }
  }
  void answer(std::size_t device, const Boundary& boundary) {
    if (boundary.asks.empty()) return;
    const Response response{ResponseKind::comfort, "words", boundary.asks[draw(boundary.asks.size())].op};
    if (!why_not_answer(boundary, person(device), response)) act(device, response, boundary.newest);
  }
  journal::Act any_act() {
    switch (draw(8)) {
      case 0: return any_limit();
      case 1: return BoundaryLifted{some_op()};
      case 2: return BoundaryAcknowledged{some_op()};
      case 3: return BoundaryAsked{"??"};
      case 4: return Response{static_cast<ResponseKind>(draw(7)), "made up", some_op()};
      case 5: return draw(4) == 0 ? journal::Act{Erase{}} : BoundaryLifted{some_op()};
      case 6: return draw(4) == 0 ? journal::Act{Unknown{}} : BoundaryAcknowledged{some_op()};
      default: return journal::Resumed{};
    }
  }
};

bool is_revision(const Seen& seen) {
  return seen.shared && seen.author == kAda && act_of<BoundaryStated>(seen) != nullptr;
}

// Whether the author wrote an A that names a revision of the owner's which no later one follows.
template <class A>
bool names_the_newest(const RootId& author, const std::vector<Seen>& ops) {
  return std::ranges::any_of(ops, [&](const Seen& act) {
    const A* naming = act.shared && act.author == author ? act_of<A>(act) : nullptr;
    return naming != nullptr && std::ranges::any_of(ops, [&](const Seen& named) {
             return is_revision(named) && named.id == naming->revision &&
                    std::ranges::none_of(ops,
                                         [&](const Seen& other) { return is_revision(other) && later(other, named); });
           });
  });
}

class BoundaryProperty : public Property {};

TEST_P(BoundaryProperty, AllWhoKnowTheSameSeeTheSameInWhateverOrderItCame) {
  always([](std::uint64_t seed) {
    BoundaryWorld world{seed};
    const auto ops = world.held();
    RC_ASSERT(fold_boundary(kEntry, world.shuffled(ops)) == fold_boundary(kEntry, ops));
    world.bring_all();
    const auto everybody = world.seen_by(0);
    for (std::size_t device = 1; device < Devices::kCount; ++device)
      RC_ASSERT(fold_boundary(kEntry, world.shuffled(world.known(device))) == everybody);
  });
}

TEST_P(BoundaryProperty, NobodyButItsOwnerLiftsItAndNobodyButThePartnerAcknowledges) {
  always([](std::uint64_t seed) {
    BoundaryWorld world{seed};
    const auto ops = world.held();
    const auto boundary = fold_boundary(kEntry, ops);
    if (!boundary) return;
    if (boundary->status == BoundaryStatus::lifted) RC_ASSERT(names_the_newest<BoundaryLifted>(kAda, ops));
    if (boundary->status == BoundaryStatus::acknowledged) RC_ASSERT(names_the_newest<BoundaryAcknowledged>(kBen, ops));
  });
}

TEST_P(BoundaryProperty, NothingThatThePartnerDoesChangesWhatHolds) {
  always([](std::uint64_t seed) {
    BoundaryWorld world{seed};
    const auto ops = world.held();
    const auto all = fold_boundary(kEntry, ops);
    const auto own = fold_boundary(kEntry, without(ops, kBen));
    RC_ASSERT(all.has_value() == own.has_value());
    if (!all) return;
    RC_ASSERT(all->current == own->current);
    RC_ASSERT(all->lifted_at == own->lifted_at);
    RC_ASSERT(all->newest == own->newest);
  });
}

// An index is made from ops without their texts.
TEST_P(BoundaryProperty, ItsStatusDoesNotHangOnAnyText) {
  always([](std::uint64_t seed) {
    BoundaryWorld world{seed};
    auto ops = world.held();
    const auto whole = fold_boundary(kEntry, ops);
    for (Seen& seen : ops) {
      if (seen.op) seen.op = journal::outline(*std::move(seen.op));
    }
    const auto outlined = fold_boundary(kEntry, ops);
    RC_ASSERT(outlined.has_value() == whole.has_value());
    if (whole) RC_ASSERT(outlined->status == whole->status && outlined->current.op == whole->current.op);
  });
}

// What has not come may be a newer limit.
TEST_P(BoundaryProperty, WhatIsMissingNeitherLiftsNorAcknowledges) {
  always([](std::uint64_t seed) {
    BoundaryWorld world{seed};
    auto ops = world.held();
    std::erase_if(ops, [](const Seen& seen) { return act_of<Erase>(seen) != nullptr; });
    const auto whole = fold_boundary(kEntry, ops);
    const auto part = fold_boundary(kEntry, world.with_gaps(ops));
    if (part) RC_ASSERT(part->status == BoundaryStatus::stated || part->status == whole->status);
  });
}

TEST_P(BoundaryProperty, WhatWasErasedChangesNothingByBeingGone) {
  always([](std::uint64_t seed) {
    BoundaryWorld world{seed};
    const auto before = world.held();
    RC_ASSERT(fold_boundary(kEntry, test::without_erased(kEntry, before)) == fold_boundary(kEntry, before));
    for (const Seen& erase : before) {
      const auto boundary = fold_boundary(kEntry, before);
      if (act_of<Erase>(erase) == nullptr || !boundary) continue;
      for (const auto& ask : boundary->asks)
        RC_ASSERT(std::ranges::none_of(ask.answers, [&](const auto& one) { return one.author == erase.author; }));
    }
  });
}

TEST_P(BoundaryProperty, ItsOwnerWhoKnowsAllCanLiftItAndItStandsAgainOnceRevised) {
  always([](std::uint64_t seed) {
    BoundaryWorld world{seed};
    world.bring_all();
    const auto boundary = world.seen_by(0);
    const bool of_newer_program =
        std::ranges::any_of(world.known(0), [](const Seen& seen) { return act_of<Unknown>(seen) != nullptr; });
    if (!boundary || of_newer_program) return;
    world.act(0, BoundaryLifted{boundary->current.op}, boundary->newest);
    world.bring_all();
    for (const std::size_t device : {0U, 1U, 2U, 3U})
      RC_ASSERT(world.seen_by(device)->status == BoundaryStatus::lifted);
    if (boundary->newest + std::chrono::seconds{1} > kLatestInstant) return;  // no later time is left
    world.act(1, world.any_limit(), world.seen_by(1)->newest);
    world.bring_all();
    for (const std::size_t device : {0U, 1U, 2U, 3U})
      RC_ASSERT(world.seen_by(device)->status == BoundaryStatus::stated);
  });
}

INSTANTIATE_TEST_SUITE_P(Quick, BoundaryProperty, ::testing::Values(kQuickCases));
INSTANTIATE_TEST_SUITE_P(Slow, BoundaryProperty, ::testing::Values(kSlowCases));

}  // namespace
}  // namespace attune::test
