// What a sync says that it brought: all that went since it began, by whichever link, and nothing of before.
#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "node/speaking.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;

// Two devices of Ben, which say what they are asked to.
class TwoOfBens : public Linked {
 protected:
  // Whose home comes last has the newest key.
  void begin(std::unique_ptr<node::Home> ada_home) {
    for (const auto& home : homes) pair(*ada_home, *home);
    ada = std::make_unique<Stays>(io, std::move(ada_home), log);
    first.emplace(*homes.front(), ada->node.home());
    second.emplace(*homes.back(), ada->node.home());
  }
  void come(Speaking& device) {
    const auto dialled = start(io, device.dial(net::peer_address(ada->at)));
    run_until(io, [&] { return dialled->done; });
  }
  void sync_with(std::vector<net::HostPort> named) {
    waiting = start(io, ada->node.links().sync_now(std::move(named), [](const node::SyncOutcome&) {}));
    io.restart();
    io.poll();
    EXPECT_FALSE(waiting->done);
  }
  // The second says all that it has while the sync waits for the first, and has its turn only then.
  void expect_all_counted(Speaking& second_speaks) {
    write(*homes.back(), "from ben", true);
    const auto spoken = start(io, second_speaks.speak(Speaking::UpTo::end));
    run_until(io, [this] { return !seen(*ada).empty(); });
    EXPECT_FALSE(waiting->done);
    first->hang_up();
    run_until(io, [this] { return waiting->done; });
    const node::SyncOutcome met = waiting->get();
    EXPECT_THAT(met.reached, ElementsAre(homes.back()->vault().device_id()));
    EXPECT_GT(met.received, 0U);
    EXPECT_EQ(met.received, records_of(*homes.back(), ada->node.home()));
    second_speaks.close();
    run_until(io, [&] { return spoken->done; });
  }

  std::vector<std::unique_ptr<node::Home>> homes;
  std::optional<Speaking> first, second;
  std::shared_ptr<Ran<node::SyncOutcome>> waiting;
};

// Both are linked with Ada. She asks for a sync, which waits for one of them and then for the other.
class OverTwoLinks : public TwoOfBens {
 protected:
  void SetUp() override {
    const identity::Root bens = drawn_person();
    for (const char* name : {"laptop", "phone"}) homes.push_back(bare_home(folder.at(name), bens, clock));
    std::ranges::sort(homes, {}, [](const auto& home) { return home->vault().device_id(); });  // as they are waited for
    begin(bare_home(folder.at("ada"), drawn_person(), clock));
    come(*first);
    come(*second);
    run_until(io, [this] { return ada->node.links().linked() == 2; });
    sync_with({});
  }
};

TEST_F(OverTwoLinks, AllIsCountedThatWentByTheSecondWhileTheFirstWasWaitedFor) { expect_all_counted(*second); }

TEST_F(OverTwoLinks, AllIsCountedThatWentInPlaceOfTheSecondWhileTheFirstWasWaitedFor) {
  Speaking again{*homes.back(), ada->node.home()};
  const auto replaced = start(io, second->listen());
  come(again);
  run_until(io, [&] { return replaced->done; });
  expect_all_counted(again);
}

// The first alone is linked with Ada. She asks for a sync, also with the second at its address. It waits for the first.
class LinkedMeanwhile : public TwoOfBens {
 protected:
  // Of two links that both sides dialled the one stays whose dialler has the smaller key: that shall be the second's.
  void SetUp() override {
    const identity::Root one = drawn_person();
    const identity::Root other = drawn_person();
    auto ada_home = bare_home(folder.at("one"), one, clock);
    auto phone = bare_home(folder.at("other"), other, clock);
    const bool swapped = ada_home->vault().device_id() < phone->vault().device_id();
    if (swapped) std::swap(ada_home, phone);
    homes.push_back(bare_home(folder.at("laptop"), swapped ? one : other, clock));
    homes.push_back(std::move(phone));
    begin(std::move(ada_home));
    come(*first);
    run_until(io, [this] { return ada->node.links().linked() == 1; });
    sync_with({address()});
    clock.advance(std::chrono::seconds{1});
  }
  [[nodiscard]] net::HostPort address() const { return {"127.0.0.1", acceptor.local_endpoint().port()}; }

  asio::ip::tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
};

TEST_F(LinkedMeanwhile, AllIsCountedThatWentByALinkToThatAddress) {
  const auto answered = start(io, second->answer(acceptor));
  ada->node.links().found(address(), false);
  run_until(io, [&] { return answered->done && ada->node.links().linked() == 2; });
  expect_all_counted(*second);
}

TEST_F(LinkedMeanwhile, AllIsCountedThatWentByALinkForWhichTheOneThatSheDialsGoes) {
  come(*second);
  run_until(io, [this] { return ada->node.links().linked() == 2; });
  Speaking goes{*homes.back(), ada->node.home()};
  const auto answered = start(io, goes.answer(acceptor));
  bool dialled = false;
  ada->node.links().on_attempt(
      [&](const node::Attempt& attempt) { dialled |= attempt.end == node::AttemptEnd::opened; });
  expect_all_counted(*second);
  ada->node.links().on_attempt({});
  ASSERT_TRUE(dialled);
  run_until(io, [&] { return answered->done; });
}

TEST_F(LinkedMeanwhile, AllIsCountedThatWentByALinkThatGoesForTheOneThatSheDials) {
  come(*second);
  run_until(io, [this] { return ada->node.links().linked() == 2; });
  clock.advance(std::chrono::seconds{15});  // else they had dialled at once
  write(*homes.back(), "from ben", true);
  const auto begun = start(io, second->speak(Speaking::UpTo::first_records));
  run_until(io, [&] { return begun->done && !seen(*ada).empty(); });
  EXPECT_FALSE(waiting->done);

  Speaking dialled{*homes.back(), ada->node.home()};
  const auto replaced = start(io, second->listen());
  const auto answered = start(io, dialled.answer(acceptor));
  first->hang_up();
  run_until(io, [&] { return replaced->done && answered->done; });
  EXPECT_FALSE(waiting->done);
  const auto spoken = start(io, dialled.speak(Speaking::UpTo::end));
  run_until(io, [this] { return waiting->done; });
  const node::SyncOutcome met = waiting->get();
  EXPECT_THAT(met.reached, ElementsAre(homes.back()->vault().device_id()));
  EXPECT_GT(met.received, 0U);
  EXPECT_EQ(met.received, records_of(*homes.back(), ada->node.home()));
  dialled.close();
  run_until(io, [&] { return spoken->done; });
}

}  // namespace
}  // namespace attune::test
