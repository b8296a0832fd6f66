// What did not travel is remembered until a later session says otherwise, and told in words.
#include "node/aside.h"

#include <gmock/gmock.h>

#include "node/homes.h"

namespace attune::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Asides : public ::testing::Test {
 protected:
  Asides() { pair(*ada, *ben); }

  void remember(const DeviceId& device, const RootId& root, bool own, const sync::SetAside& aside) {
    node::PeerMemory peer = node::remembered_peer(ada->book(), device);
    peer.root = root;
    peer.own = own;
    peer.aside = aside;
    node::remember(ada->book(), peer);
  }
  [[nodiscard]] std::vector<std::string> notes() {
    return node::aside_notes(*ada, node::remembered_peers(ada->book()));
  }

  Folder folder;
  ManualClock clock;
  identity::Root ada_ = drawn_person();
  identity::Root ben_ = drawn_person();
  std::unique_ptr<node::Home> ada = bare_home(folder.at("ada"), ada_, clock);
  std::unique_ptr<node::Home> ben = bare_home(folder.at("ben"), ben_, clock);
  DeviceId phone = crypto::random_id<DeviceId>();
};

TEST_F(Asides, NothingIsSaidWhereEverythingTravelled) {
  remember(ben->vault().device_id(), ben_.id, false, {});
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(Asides, EachOfThemIsOneLineThatSaysWhoWhyAndWhatToDo) {
  remember(ben->vault().device_id(), ben_.id, false, {.held_here = 2, .held_there = 1, .disputed = 1});
  const std::string side = ada->book().pairing()->partner_name + "'s side";
  EXPECT_THAT(notes(), ElementsAre(AllOf(HasSubstr(side), HasSubstr("2 GiB"), HasSubstr("has erased")),
                                   AllOf(HasSubstr(side), HasSubstr("2 GiB"), HasSubstr("you have erased")),
                                   AllOf(HasSubstr(side), HasSubstr("write again what is missing"))));
  for (const std::string& note : notes()) EXPECT_EQ(note.find('\n'), std::string::npos);
}

TEST_F(Asides, DevicesOfThePartnerAreNotToldApart) {
  remember(ben->vault().device_id(), ben_.id, false, {.held_here = 1});
  remember(phone, ben_.id, false, {.held_here = 3});
  EXPECT_EQ(notes().size(), 1U);
}

TEST_F(Asides, OwnDevicesAreNamed) {
  ada->book().name_device(phone, "phone");
  remember(phone, ada_.id, true, {.disputed = 1});
  remember(crypto::random_id<DeviceId>(), ada_.id, true, {.disputed = 1});
  EXPECT_THAT(notes(),
              ::testing::UnorderedElementsAre(HasSubstr("your device phone"), HasSubstr("another device of yours")));
}

TEST_F(Asides, SomebodyBeforeThisPartnerIsNotSpokenOf) {
  remember(phone, drawn_person().id, false, {.held_here = 1});
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(Asides, ADeviceThatWasRemovedIsNotSpokenOf) {
  remember(phone, ada_.id, true, {.held_here = 1});
  EXPECT_EQ(notes().size(), 1U);
  const auto revoke = identity::sign_statement(ada_.signing, identity::Revoke{phone, 1, {}, {}});
  ada->keyring().keep(identity::self_key_from(ada_.self_seed, &revoke));
  ada->people().add(ada_.id, {revoke.wire});
  ada->keyring().recompose();
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(Asides, WhatALaterSessionFoundReplacesIt) {
  remember(phone, ada_.id, true, {.held_here = 1, .held_there = 2, .disputed = 3});
  EXPECT_EQ(node::remembered_peer(ada->book(), phone).aside,
            (sync::SetAside{.held_here = 1, .held_there = 2, .disputed = 3}));
  remember(phone, ada_.id, true, {});
  EXPECT_THAT(notes(), IsEmpty());
}

}  // namespace
}  // namespace attune::test
