// Whom a node knows as a partner: one that an own device brings, and those of before.
#include <gmock/gmock.h>

#include "crypto/hash.h"
#include "node/linked.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// Ada's laptop (`ada`) is paired with Ben; her phone knows nothing but that it is hers.
class NewPhone : public Linked {
 protected:
  void SetUp() override {
    const identity::Root root = drawn_person();
    auto ada_home = bare_home(folder.at("ada"), root, clock);
    auto ben_home = bare_home(folder.at("ben"), drawn_person(), clock);
    auto phone_home = bare_home(folder.at("phone"), root, clock);
    pair(*ada_home, *ben_home);
    introduce(*ada_home, *phone_home);
    ada = std::make_unique<Stays>(io, std::move(ada_home), log);
    ben = std::make_unique<Stays>(io, std::move(ben_home), log);
    phone = std::make_unique<Stays>(io, std::move(phone_home), log);
  }
  void TearDown() override {
    end(*phone);
    Linked::TearDown();
  }
  Response synced(Stays& side, const Stays& with) {
    node::Call call{io, [](const Response&) {}};
    const auto ran = sync(side, call, {with.at});
    run_until(io, [&] { return ran->done; });
    return ran->get();
  }

  std::unique_ptr<Stays> phone;
};

// The roster comes before anything says whose it is: the pairing stands in a log that follows.
TEST_F(NewPhone, KnowsThePartnerAndTheirDevicesFromTheLaptop) {
  node::Home& home = phone->node.home();
  EXPECT_EQ(home.people().partner(), nullptr);
  EXPECT_FALSE(phone->node.links().lacks(false));
  ASSERT_EQ(synced(*phone, *ada).sync().peers(), 1U);
  ASSERT_NE(home.people().partner(), nullptr);
  EXPECT_EQ(home.people().partner()->root(), ben->node.home().vault().root);
  EXPECT_TRUE(home.people().partner()->admitted(ben->node.home().vault().device_id()));
  EXPECT_TRUE(phone->node.links().lacks(false));  // it is looked for from now on
  EXPECT_EQ(home.book().pairing(), ada->node.home().book().pairing());
}

TEST_F(NewPhone, MeetsThePartnerWithoutTheLaptop) {
  write(ben->node.home(), "before", true);
  ASSERT_EQ(synced(*ada, *ben).sync().peers(), 1U);
  ASSERT_EQ(synced(*phone, *ada).sync().peers(), 1U);
  EXPECT_THAT(seen(*phone), ElementsAre("before"));
  end(*ada);
  ada.reset();
  write(ben->node.home(), "since", true);
  write(phone->node.home(), "from the phone", true);
  ASSERT_EQ(synced(*phone, *ben).sync().peers(), 1U);
  EXPECT_THAT(seen(*phone), UnorderedElementsAre("before", "since", "from the phone"));
  EXPECT_THAT(seen(*ben), UnorderedElementsAre("before", "since", "from the phone"));
}

TEST_F(Linked, WhatAPartnerOfBeforeWroteBearsTheirNameAndNobodyElses) {
  const ObjectId bens = write(ben->node.home(), "from ben", true);
  node::Call call{io, [](const Response&) {}};
  const auto synced = sync(*ada, call, {ben->at});
  run_until(io, [&] { return synced->done; });
  ASSERT_EQ(synced->get().sync().peers(), 1U);

  book::Book& book = ada->node.home().book();
  const auto author = [&] {
    Request show;
    show.mutable_show()->set_id(crypto::printed_id(bens).hex());
    const Response response = ask(io, ada->node, show);
    EXPECT_FALSE(response.show().mine());
    return response.show().author();
  };
  EXPECT_EQ(author(), "Partner");
  book.leave();
  EXPECT_EQ(author(), "Partner");
  const identity::CoupleKey key{crypto::random_secret<identity::CoupleKeySecret>(), 0};
  book.pair({drawn_person().id, "Carla", "able amber apple"}, key);
  EXPECT_EQ(author(), "Partner");
  Request list;
  list.mutable_list();
  const Response listed = ask(io, ada->node, list);
  ASSERT_EQ(listed.list().entries_size(), 1);
  EXPECT_EQ(listed.list().entries(0).author(), "Partner");
}

}  // namespace
}  // namespace attune::test
