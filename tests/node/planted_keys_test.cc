// A device of Ada's is stolen, and claims keys of the couple's before anybody removes it.
#include <gmock/gmock.h>

#include "node/linked.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;

class Planted : public Linked {
 protected:
  // As the stolen device's ops come to Ada's other ones: each claims to be newer than all before.
  void plant(int keys) {
    book::Book& book = ada->node.home().book();
    const RootId partner = ben->node.home().vault().root;
    for (int i = 0; i < keys; ++i) {
      const auto newest = book.couple_keys(partner).front().key.hash();
      identity::CoupleKey key{crypto::random_secret<identity::CoupleKeySecret>(), 0};
      while (key.hash() < newest) key = {crypto::random_secret<identity::CoupleKeySecret>(), 0};
      book.add_couple_key(partner, key);
    }
    ASSERT_EQ(book.couple_keys(partner).size(), static_cast<std::size_t>(keys) + 1);
  }
  void expect_a_sync(Stays& from, Stays& to) {
    node::Call call{io, [](const Response&) {}};
    const auto ran = sync(from, call, {to.at});
    run_until(io, [&] { return ran->done; });
    const Response response = ran->get();
    EXPECT_FALSE(response.has_error()) << response.error().message();
    EXPECT_EQ(response.sync().peers(), 1U);
  }
};

// Else the two could not even tell each other that the device was removed.
TEST_F(Planted, KeysDoNotShutOutTheOneThatWorks) {
  expect_a_sync(*ada, *ben);
  plant(6);
  clock.advance(std::chrono::days{91});
  write(ben->node.home(), "from ben", true);
  expect_a_sync(*ada, *ben);
  EXPECT_THAT(seen(*ada), ElementsAre("from ben"));
}

}  // namespace
}  // namespace attune::test
