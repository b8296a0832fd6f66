// What becomes of links when the addresses of this machine change.
#include <optional>

#include "node/linked.h"
#include "node/settled.h"

namespace attune::test {
namespace {

TEST(Settled, CountsABurstOnceAndWhatComesLaterAgain) {
  asio::io_context io;
  int times = 0;
  node::Settled settled{io, std::chrono::milliseconds{1}, [&times] { ++times; }};
  for (int i = 0; i < 100; ++i) settled.note();
  EXPECT_EQ(times, 0);
  io.run();
  EXPECT_EQ(times, 1);
  settled.note();
  io.restart();
  io.run();
  EXPECT_EQ(times, 2);
}

TEST(Settled, SaysNothingOnceItIsStoppedOrGone) {
  asio::io_context io;
  int times = 0;
  node::Settled stopped{io, std::chrono::milliseconds{0}, [&times] { ++times; }};
  stopped.note();
  stopped.stop();
  {
    node::Settled gone{io, std::chrono::milliseconds{0}, [&times] { ++times; }};
    gone.note();
  }
  io.run();
  EXPECT_EQ(times, 0);
}

// Ada's node at 127.0.0.2 is linked with her phone, which dialled it there, and with a device of Ben that it dialled
// from 127.0.0.1. Ben's takes one connection and no other: a link to it that was dropped cannot have come back.
class NetworkChange : public Linked {
 protected:
  NetworkChange() : acceptor{io, {asio::ip::address_v4::loopback(), 0}} {}
  void SetUp() override {
    const identity::Root root = drawn_person();
    auto ada_home = bare_home(folder.at("ada"), root, clock);
    auto phone_home = bare_home(folder.at("phone"), root, clock);
    ben_home = bare_home(folder.at("ben"), drawn_person(), clock);
    introduce(*ada_home, *phone_home);
    pair(*ada_home, *ben_home);
    ada = std::make_unique<Stays>(io, std::move(ada_home), log, "127.0.0.2:0");
    phone = std::make_unique<Stays>(io, std::move(phone_home), log);
    bens.emplace(*ben_home);
    answered = start(io, bens->answer(acceptor));
    ada->node.links().keep_linked({{"127.0.0.1", acceptor.local_endpoint().port()}});
    dial(*phone, *ada);
    run_until(io, [this] { return links().linked() == 2; });
  }
  void TearDown() override {
    bens->hang_up();
    end(*phone);
    Linked::TearDown();
  }
  node::Links& links() { return ada->node.links(); }

  asio::ip::tcp::acceptor acceptor;
  std::unique_ptr<node::Home> ben_home;
  std::optional<Stalling> bens;
  std::shared_ptr<Ran<bool>> answered;
  std::unique_ptr<Stays> phone;
};

TEST_F(NetworkChange, EndsOnlyTheLinksWhoseOwnAddressIsGone) {
  links().moved_to([](const asio::ip::address& own) { return own != asio::ip::make_address("127.0.0.2"); });
  run_until(io, [this] { return phone->node.links().linked() == 0; });
  io.poll();
  EXPECT_TRUE(links().linked_with(false));
}

TEST_F(NetworkChange, EndsNoLinkWhereAllTheirAddressesStay) {
  std::vector<asio::ip::address> asked;
  links().moved_to([&asked](const asio::ip::address& own) {
    asked.push_back(own);
    return true;
  });
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_NE(asked.front(), asked.back());
  io.poll();
  EXPECT_EQ(links().linked(), 2U);
}

TEST_F(NetworkChange, ThatIsSleepEndsAllOfThem) {
  links().kick();
  run_until(io, [this] { return phone->node.links().linked() == 0 && !links().linked_with(false); });
}

}  // namespace
}  // namespace attune::test
