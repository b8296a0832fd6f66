// A clock that is off by more than a handshake allows, in a way that was seen before: docs/protocol.md, section 3.4.
#include <algorithm>
#include <optional>

#include "node/linked.h"

namespace attune::test {
namespace {

using std::chrono_literals::operator""s;

// Ben's node stays. Ada's, whose computer has a clock of its own, calls it.
class KnownOffset : public Linked {
 protected:
  void SetUp() override {
    auto ada_home = bare_home(folder.at("ada"), drawn_person(), hers);
    auto ben_home = bare_home(folder.at("ben"), drawn_person(), clock);
    pair(*ada_home, *ben_home);
    caller = std::make_unique<node::Node>(io, std::move(ada_home), log, [] {});
    ben = std::make_unique<Stays>(io, std::move(ben_home), log);
  }
  void TearDown() override {
    const auto ended = start(io, caller->finish());
    run_until(io, [&] { return ended->done; });
    caller.reset();
    Linked::TearDown();
  }
  // What Ada is told, once nobody is linked any more.
  Response called() {
    Request request;
    request.mutable_sync()->set_no_discovery(true);
    request.mutable_sync()->add_peers(ben->at);
    const Response response = ask(io, *caller, request);
    run_until(io, [this] { return ben->node.links().linked() == 0; });
    return response;
  }
  static void expect_known(node::Node& at, std::optional<std::chrono::milliseconds> of_partner) {
    const auto keys = at.links().beacon_keys();
    EXPECT_FALSE(std::ranges::all_of(keys, &node::LiveBeaconKey::own));
    for (const node::LiveBeaconKey& key : keys) {
      EXPECT_EQ(key.known_offset, key.own() ? std::nullopt : of_partner);
    }
  }

  ManualClock hers;
  std::unique_ptr<node::Node> caller;
};

TEST_F(KnownOffset, IsWhatTheLastHandshakeShowed) {
  expect_known(ben->node, std::nullopt);
  for (const auto ahead : {60s, 120s, 200s}) {  // the later ones only because of the one before
    hers.set(clock.now() + ahead);
    const Response response = called();
    EXPECT_FALSE(response.has_error()) << ahead.count() << ": " << response.error().message();
    expect_known(ben->node, ahead);
    expect_known(*caller, std::nullopt);  // who answers shows no clock
  }
}

TEST_F(KnownOffset, ThatNobodyHasSeenOpensNothing) {
  hers.set(clock.now() + 120s);
  EXPECT_EQ(called().error().code(), "unreachable");
  expect_known(ben->node, std::nullopt);
}

TEST_F(KnownOffset, GoesWithThePartner) {
  hers.set(clock.now() + 60s);
  EXPECT_FALSE(called().has_error());
  expect_known(ben->node, 60s);
  ben->node.home().book().leave();
  ben->node.links().book_changed();
  const auto cora = bare_home(folder.at("cora"), drawn_person(), clock);
  pair(*cora, ben->node.home());
  ben->node.links().book_changed();
  expect_known(ben->node, std::nullopt);
}

}  // namespace
}  // namespace attune::test
