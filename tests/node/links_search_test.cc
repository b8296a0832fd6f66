// A sync that searches, and a partner who means harm.
#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "node/linked.h"

namespace attune::test {
namespace {

class Searching : public Linked {
 protected:
  void SetUp() override {
    Linked::SetUp();
    partner.emplace(ben->node.home());
  }
  std::shared_ptr<Ran<node::SyncOutcome>> search(std::chrono::milliseconds patience, std::function<bool()> given_up) {
    return start(io,
                 ada->node.links().sync_search(patience, [](const node::SyncOutcome&) {}, std::move(given_up), limits));
  }
  void come() {
    const auto dialled = start(io, partner->dial(net::peer_address(ada->at)));
    run_until(io, [&] { return dialled->done && ada->node.links().linked() == 1; });
  }

  std::optional<Stalling> partner;
  node::SyncLimits limits;
};

TEST_F(Searching, EndsThoughThePartnerComesAndBreaksOffAgainAndAgain) {
  const auto ran = search(std::chrono::seconds{3}, [] { return false; });
  int came = 0;
  for (; came < 30 && !ran->done; ++came) {
    come();
    partner->hang_up();
    run_until(io, [this] { return ada->node.links().linked() == 0; });
    clock.advance(std::chrono::seconds{1});
    io.poll();
  }
  run_until(io, [&] { return ran->done; });
  EXPECT_GE(came, 3);
  EXPECT_LE(came, 12);
  EXPECT_TRUE(ran->get().reached.empty());
}

// Each time another link of that device takes the place of the one before, so that one stands all the time.
TEST_F(Searching, TakesNoNewLinkOnceItsTimeIsOver) {
  const auto ran = search(std::chrono::seconds{3}, [] { return false; });
  std::list<Stalling> links;
  std::vector<std::shared_ptr<Ran<bool>>> heard;
  const auto all_ended = [&heard] { return std::ranges::all_of(heard, [](const auto& link) { return link->done; }); };
  while (links.size() < 30 && !ran->done) {
    Stalling& next = links.emplace_back(ben->node.home());
    const auto dialled = start(io, next.dial(net::peer_address(ada->at)));
    run_until(io, [&] { return dialled->done && all_ended() && ada->node.links().linked() == 1; });
    heard.push_back(start(io, next.listen()));
    io.poll();
    clock.advance(std::chrono::seconds{1});
  }
  EXPECT_TRUE(ran->done) << "it waits for whoever comes, for ever";
  EXPECT_GE(links.size(), 9U);
  EXPECT_LE(links.size(), 12U);
  links.back().close();
  run_until(io, [&] { return ran->done && all_ended(); });
  EXPECT_TRUE(ran->get().reached.empty());
}

TEST_F(Searching, EndsAtOnceWhenWhoAskedForItHasGone) {
  bool gone = false;
  const auto ran = search(std::chrono::hours{1}, [&gone] { return gone; });
  come();
  gone = true;
  ada->node.links().recheck_searches();
  run_until(io, [&] { return ran->done; });
  EXPECT_EQ(ada->node.links().linked(), 1U);  // that link is nobody's business
  partner->hang_up();
}

// Two devices of Ben, one of which is left out; the other one is waited for.
class SearchingForAnother : public Searching {
 protected:
  void SetUp() override {
    const identity::Root bens = drawn_person();
    auto ada_home = bare_home(folder.at("ada"), drawn_person(), clock);
    for (const char* name : {"laptop", "phone"}) {
      homes.push_back(bare_home(folder.at(name), bens, clock));
      pair(*ada_home, *homes.back());
    }
    ada = std::make_unique<Stays>(io, std::move(ada_home), log);
    partner.emplace(*homes.back());
  }
  std::vector<std::unique_ptr<node::Home>> homes;
};

TEST_F(SearchingForAnother, WhomItLeavesOutStaysAStrangerWhenAnOtherSearchEnds) {
  bool gone = false;
  bool other_gone = false;
  limits.but = homes.back()->vault().device_id();
  const auto ran = search(std::chrono::hours{1}, [&gone] { return gone; });
  limits.but.reset();
  const auto other = search(std::chrono::hours{1}, [&other_gone] { return other_gone; });
  other_gone = true;
  ada->node.links().recheck_searches();
  run_until(io, [&] { return other->done; });
  const auto dialled = start(io, partner->dial(net::peer_address(ada->at)));
  run_until(io, [&] { return dialled->done; });
  dialled->get();  // the last word of a handshake is the caller's
  const auto heard = start(io, partner->listen());
  run_until(io, [&] { return heard->done || ada->node.links().linked() > 0; });
  EXPECT_EQ(ada->node.links().linked(), 0U);
  partner->close();
  EXPECT_FALSE(ran->done);
  gone = true;
  ada->node.links().recheck_searches();
  run_until(io, [&] { return ran->done && heard->done; });
}

}  // namespace
}  // namespace attune::test
