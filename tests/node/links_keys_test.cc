// Links of a device that was off while another one was revoked, and lacks the new self key for a while.
#include <gmock/gmock.h>

#include "identity/self_keys.h"
#include "node/linked.h"

namespace attune::test {
namespace {

using ::testing::UnorderedElementsAre;

// Ada revoked a device on her laptop (`ada`) and wrote. Ben has heard of both, and her desk is linked with Ben alone:
// it knows of the revoke, and cannot tell whether what Ben holds of the laptop's is the laptop's.
class OffMeanwhile : public Linked {
 protected:
  void SetUp() override {
    auto ada_home = bare_home(folder.at("ada"), adas, clock);
    auto desk_home = bare_home(folder.at("desk"), adas, clock);
    auto ben_home = bare_home(folder.at("ben"), drawn_person(), clock);
    pair(*ada_home, *ben_home);
    introduce(*ada_home, *desk_home);
    ada = std::make_unique<Stays>(io, std::move(ada_home), log);
    desk = std::make_unique<Stays>(io, std::move(desk_home), log);
    ben = std::make_unique<Stays>(io, std::move(ben_home), log);
    write(ada->node.home(), "before", true);
    expect_a_sync(*desk, *ada);
    expect_a_sync(*ada, *ben);

    auto desks = stopped(desk);
    revoke_a_device();
    keep_keys(*ada);
    write(ada->node.home(), "since", true);
    expect_a_sync(*ada, *ben);
    laptops = stopped(ada);

    desk = std::make_unique<Stays>(io, std::move(desks), log);
    dial(*desk, *ben);
    write(desk->node.home(), "from the desk", true);
    run_until(io, [this] { return seen(*ben).size() == 3; });
    EXPECT_TRUE(desk->node.home().keyring().lacks_newest());
    EXPECT_THAT(seen(*desk), UnorderedElementsAre("before", "from the desk"));
  }
  void TearDown() override {
    end(*desk);
    Linked::TearDown();
  }
  std::unique_ptr<node::Home> stopped(std::unique_ptr<Stays>& at) {
    end(*at);
    auto home = at->node.release_home();
    at.reset();
    return home;
  }
  void expect_a_sync(Stays& from, const Stays& to) {
    node::Call call{io, [](const Response&) {}};
    const auto ran = sync(from, call, {to.at});
    run_until(io, [&] { return ran->done; });
    EXPECT_GE(ran->get().sync().peers(), 1U);
  }
  // What all others wrote before still stands.
  void revoke_a_device() {
    node::Home& home = ada->node.home();
    identity::Revoke revoke{crypto::random_id<DeviceId>(), 1, {}, {}};
    identity::OwnCutOffs own;
    for (const log::Held& held : home.book().logs().all()) {
      const identity::CutOff cut{held.name.id, held.n, *home.book().logs().link_at(held.number, held.n)};
      if (held.name.author == adas.id) (held.name.own_space() ? own.cut_offs : revoke.cut_offs).push_back(cut);
    }
    const identity::Statement statement = identity::sign_statement(adas.signing, revoke);
    own.revoke = statement.hash;
    home.people().add(adas.id, {statement.wire, identity::sign_statement(adas.signing, own).wire});
  }
  // As where the person types the words.
  void keep_keys(Stays& at) {
    node::Home& home = at.node.home();
    home.keyring().keep_derived(identity::self_keys_from(adas.self_seed, home.people().own()));
    at.node.links().rosters_changed();
  }

  identity::Root adas = drawn_person();
  std::unique_ptr<Stays> desk;
  std::unique_ptr<node::Home> laptops;
};

TEST_F(OffMeanwhile, WithTheKeyItGetsWhatItCouldNotPlace) {
  keep_keys(*desk);
  run_until(io, [this] { return seen(*desk).size() == 3; });
  EXPECT_THAT(seen(*desk), UnorderedElementsAre("before", "since", "from the desk"));
}

TEST_F(OffMeanwhile, WithTheKeyAndTheRestFromAnOwnDeviceNothingWaitsForThePartner) {
  ada = std::make_unique<Stays>(io, std::move(laptops), log);
  dial(*desk, *ada);
  run_until(io, [this] { return seen(*desk).size() == 3; });
  run_until(io, [this] { return desk->node.home().book().waiting() == 0; });
  EXPECT_FALSE(desk->node.home().keyring().lacks_newest());
}

}  // namespace
}  // namespace attune::test
