// Sessions under keys that are too old, and how newer ones are handed over. docs/protocol.md, section 5.8.
#include <algorithm>
#include <random>

#include "identity/self_keys.h"
#include "support/error_matcher.h"
#include "world.h"

namespace attune::test {
namespace {

std::size_t count(const std::vector<std::string>& said, bool (Message::*has)() const) {
  return static_cast<std::size_t>(
      std::ranges::count_if(said, [&](const std::string& bytes) { return (parsed(bytes).*has)(); }));
}

class Keys : public ::testing::Test {
 protected:
  Keys() { pair(ada, ben); }
  // All own devices know each other and the pairing.
  void gather() {
    meet(ada, phone);
    meet(ada, lost);
  }
  static identity::CoupleKeyHash newest(Device& device) { return device.people().couple_keys().front().key.hash(); }
  static const sync::Summary& summary(Contact::Side& side) { return side.exchange.so_far(); }
  // Nothing but rosters, keys and the end went over.
  static void expect_keys_alone(Contact& contact) {
    for (const std::string& bytes : contact.all_said()) {
      const Message message = parsed(bytes);
      EXPECT_TRUE(message.has_rosters() || message.has_new_key() || message.has_sent() || message.has_end());
    }
    for (Contact::Side* side : {&contact.one(), &contact.other()}) {
      EXPECT_TRUE(side->exchange.over());
      EXPECT_TRUE(summary(*side).key_session);
      EXPECT_FALSE(summary(*side).up_to_date);
      EXPECT_FALSE(side->exchange.level());
    }
  }
  void expect_real(Device& one, Device& other) {
    const auto contact = meet_once(one, other);
    EXPECT_TRUE(contact->over());
    EXPECT_FALSE(summary(contact->one()).key_session);
    EXPECT_TRUE(summary(contact->one()).up_to_date);
  }

  ManualClock clock;
  Person ada_, ben_;
  Device ada{ada_, clock}, phone{ada_, clock}, lost{ada_, clock}, ben{ben_, clock};
};

TEST_F(Keys, ARevokeNeedsANewCouplesKeyAndTheDiallerMakesIt) {
  for (const bool ada_dials : {true, false}) {
    const auto before = newest(ada);
    ada.write("since " + std::to_string(ada_dials), true);
    ada.revoke(crypto::random_id<DeviceId>());
    const auto contact = ada_dials ? meet_once(ada, ben) : meet_once(ben, ada);
    expect_keys_alone(*contact);
    EXPECT_EQ(count(contact->one().said, &Message::has_new_key), 1U);
    EXPECT_EQ(count(contact->other().said, &Message::has_new_key), 0U);
    EXPECT_EQ(newest(ada), newest(ben));
    EXPECT_NE(newest(ada), before);
    EXPECT_EQ(ada.people().couple_keys().front().key.revokes, ada.people().revokes());
    expect_real(ada, ben);
    EXPECT_EQ(ada.bodies(), ben.bodies());
  }
}

TEST_F(Keys, ANewCouplesKeyReachesThePartnersOtherDevicesAndOnesOwn) {
  gather();
  Device tablet{ben_, clock};
  meet(ben, tablet);
  ada.revoke(lost.id());
  meet(ada, ben);
  expect_real(ada, ben);
  for (int i = 0; i < 2; ++i) meet(tablet, ben);
  for (int i = 0; i < 2; ++i) meet(phone, ada);
  EXPECT_EQ(newest(tablet), newest(ada));
  EXPECT_EQ(newest(phone), newest(ada));
  expect_real(phone, tablet);
}

// Off while the couple got its new key, and met first by somebody who has it.
TEST_F(Keys, WhoHasTheNewKeyHandsItOverAndMakesNoOther) {
  gather();
  Device dialling{ada_, clock};
  Device answering{ada_, clock};
  for (Device* straggler : {&dialling, &answering}) pair(*straggler, ben);  // a key that both have, of no revoke
  pair(ada, ben);
  ada.revoke(lost.id());
  meet(ada, ben);
  const auto made = newest(ben);
  for (const bool phone_dials : {true, false}) {
    Device& straggler = phone_dials ? dialling : answering;
    const auto contact = phone_dials ? meet_once(straggler, ben) : meet_once(ben, straggler);
    if (phone_dials) expect_keys_alone(*contact);
    EXPECT_EQ(newest(ben), made);
  }
}

TEST_F(Keys, OwnDevicesAreGivenTheSelfKeyOfTheNewestRevoke) {
  gather();
  phone.write("phone's own", false);
  ada.revoke(lost.id());
  EXPECT_FALSE(ada.keyring().lacks_newest());
  const auto contact = meet_once(phone, ada);
  expect_keys_alone(*contact);
  EXPECT_FALSE(summary(contact->one()).words_needed);
  EXPECT_FALSE(phone.keyring().lacks_newest());
  const identity::SelfKey& key = phone.keyring().all().back();
  EXPECT_TRUE(crypto::equal_secrets(key.secret.bytes(), ada.keyring().all().back().secret.bytes()));
  for (const auto& held : phone.book().logs().all()) {
    if (held.mine) {
      EXPECT_EQ(held.seal->key, key.name());
    }
  }
  phone.reopen();  // it is on the disk, and so is the new seal
  EXPECT_FALSE(phone.keyring().lacks_newest());
  expect_real(phone, ada);
  EXPECT_EQ(phone.bodies(), ada.bodies());
  EXPECT_TRUE(phone.book().verify().problems.empty());
}

TEST_F(Keys, WhereNeitherOwnDeviceHasTheKeyBothSaySoAndNothingElseHappens) {
  gather();
  ada.write("news", false);
  const std::string revoke = ada_.revoke(lost.id());
  ada.people().add(ada.root(), {revoke});  // by way of the partner: the statement alone
  EXPECT_TRUE(ada.keyring().lacks_newest());
  const auto contact = meet_once(phone, ada);
  expect_keys_alone(*contact);
  EXPECT_TRUE(summary(contact->one()).words_needed);
  EXPECT_TRUE(summary(contact->other()).words_needed);
  EXPECT_TRUE(phone.people().own().revoked(lost.id()));
  EXPECT_TRUE(phone.bodies().empty());

  phone.keyring().keep_derived(identity::self_keys_from(ada_.root.self_seed, phone.people().own()));
  EXPECT_FALSE(phone.keyring().lacks_newest());
  meet(phone, ada);
  expect_real(ada, phone);
  EXPECT_EQ(phone.bodies(), ada.bodies());
}

TEST_F(Keys, WhatTheWordsGiveTakesThePlaceOfWhatADeviceHandedOver) {
  const std::string revoke = ada_.revoke(lost.id());
  ada.people().add(ada.root(), {revoke});
  const auto right = ada_.key_of(revoke);
  ada.keyring().keep({crypto::random_secret<identity::SelfKeySecret>(), right.revoke});
  const auto is_right = [&] {
    return crypto::equal_secrets(ada.keyring().all().back().secret.bytes(), right.secret.bytes());
  };
  EXPECT_FALSE(is_right());
  ada.keyring().keep(right);  // another device's word against another's: the first one stays
  EXPECT_FALSE(is_right());
  ada.keyring().keep_derived(identity::self_keys_from(ada_.root.self_seed, ada.people().own()));
  EXPECT_TRUE(is_right());
}

// A crash between the key and the statement: the key lies there and is not used.
TEST_F(Keys, AKeyWhoseRevokeIsNotKnownIsKeptAndNotUsed) {
  const std::string revoke = ada_.revoke(lost.id());
  ada.keyring().keep(ada_.key_of(revoke));
  EXPECT_EQ(ada.keyring().all().size(), 1U);
  EXPECT_FALSE(ada.keyring().lacks_newest());
  ada.reopen();
  ada.people().add(ada.root(), {revoke});
  EXPECT_TRUE(ada.keyring().lacks_newest());
  ada.keyring().recompose();
  EXPECT_FALSE(ada.keyring().lacks_newest());
}

TEST_F(Keys, ARevokedDeviceGetsRostersFromNobodyWhoKnows) {
  gather();
  ada.revoke(lost.id());
  meet(ada, ben);
  for (Device* device : {&ada, &ben}) {
    EXPECT_FALSE(can_meet(*device, lost));
    // Even where a handshake was over before its revoke was known.
    Contact contact{lost, *device};
    EXPECT_ERROR(Errc::refused, contact.run());
    EXPECT_EQ(count(contact.other().said, &Message::has_new_key), 0U);
    EXPECT_EQ(count(contact.other().said, &Message::has_inventory), 0U);
  }
  EXPECT_TRUE(lost.keyring().all().size() == 1U);
}

TEST_F(Keys, TwoRevokesMadeApartAreToldAndOneMoreSettlesThem) {
  gather();
  ada.revoke(lost.id());
  phone.revoke(crypto::random_id<DeviceId>());
  EXPECT_FALSE(ada.people().own().revoked_apart());
  expect_keys_alone(*meet_once(ada, phone));
  for (Device* device : {&ada, &phone}) {
    EXPECT_TRUE(device->people().own().revoked_apart());
    EXPECT_FALSE(device->keyring().lacks_newest());
    EXPECT_EQ(device->keyring().all().size(), 3U);  // both keys: each still tells old seals
  }
  expect_real(ada, phone);
  phone.revoke(lost.id());  // once more
  EXPECT_FALSE(phone.people().own().revoked_apart());
  meet(phone, ada);
  EXPECT_FALSE(ada.people().own().revoked_apart());
  expect_real(phone, ada);
}

TEST_F(Keys, ARevokeOnBothSidesOfACoupleEndsWithOneKey) {
  ada.revoke(crypto::random_id<DeviceId>());
  ben.revoke(crypto::random_id<DeviceId>());
  expect_keys_alone(*meet_once(ben, ada));
  EXPECT_EQ(newest(ada), newest(ben));
  EXPECT_EQ(ada.people().couple_keys().front().key.revokes, 2U);
  expect_real(ada, ben);
}

TEST_F(Keys, AKeySessionThatBreaksOffAnywhereIsMadeGoodByTheNext) {
  std::mt19937_64 random{11};
  for (std::size_t most = 0; most < 8; ++most) {
    ada.revoke(crypto::random_id<DeviceId>());
    Contact{ada, ben}.run(random, most);
    for (int i = 0; i < 2; ++i) meet(ben, ada);
    EXPECT_EQ(newest(ada), newest(ben)) << most;
    expect_real(ada, ben);
  }
}

// --- what no honest side says

class HostileKeys : public Keys {
 protected:
  // Ben's side of a session under the first couple's key; Ada knows of a revoke.
  std::unique_ptr<sync::Exchange> exchange(bool revoked) {
    if (revoked) ada.revoke(lost.id());
    auto exchange = std::make_unique<sync::Exchange>(ada.book(), ada.people(), ben.id(), setup_between(ada, ben));
    drain(*exchange);
    return exchange;
  }
  static void drain(sync::Exchange& exchange) {
    std::string message;
    while (exchange.next(message)) static_cast<void>(message);
  }
  static std::string rosters() {
    Message message;
    message.mutable_rosters();
    return message.SerializeAsString();
  }
  static std::string key(std::size_t size, std::uint64_t revokes) {
    Message message;
    message.mutable_new_key()->set_key(std::string(size, 'k'));
    message.mutable_new_key()->set_revokes(revokes);
    return message.SerializeAsString();
  }
};

TEST_F(HostileKeys, RecordsAreNotSpokenOfInAKeySession) {
  Message inventory, batch, confirm, not_mine, hold;
  inventory.mutable_inventory();
  batch.mutable_batch()->set_log(std::string(32, 'l'));
  confirm.mutable_confirm();
  not_mine.mutable_not_mine();
  hold.mutable_hold();
  bool revoked = true;
  for (const Message& message : {inventory, batch, confirm, not_mine, hold}) {
    const auto session = exchange(revoked);
    revoked = false;
    session->take(rosters());
    EXPECT_ERROR(Errc::peer_misbehaved, session->take(message.SerializeAsString()));
  }
}

TEST_F(HostileKeys, KeysOutOfOrderOfAWrongSizeOrForMoreRevokesThanThereAreAreRefused) {
  const auto before = ada.people().couple_keys().size();
  EXPECT_ERROR(Errc::peer_misbehaved, exchange(true)->take(key(32, 1)));
  for (const auto& [size, revokes] : std::vector<std::pair<std::size_t, std::uint64_t>>{
           {0, 1}, {31, 1}, {33, 1}, {32, 0}, {32, 2}, {32, UINT64_MAX}}) {
    const auto session = exchange(false);
    session->take(rosters());
    EXPECT_ERROR(Errc::peer_misbehaved, session->take(key(size, revokes)));
  }
  EXPECT_EQ(ada.people().couple_keys().size(), before);
}

TEST_F(HostileKeys, ACouplesKeyThatClaimsMoreRevokesThanThereAreIsNeverUsed) {
  const auto before = newest(ada);
  const identity::CoupleKey made_up{crypto::random_secret<identity::CoupleKeySecret>(), 1'000};
  ada.book().add_couple_key(ben.root(), made_up);  // as an own device that turned would write it
  EXPECT_EQ(newest(ada), before);
}

TEST_F(HostileKeys, ASelfKeyOfNoKnownRevokeIsRefused) {
  gather();
  const std::string admit = phone.admit();
  const auto hashes = {crypto::random_id<identity::StatementHash>(), identity::check_statement(ada.root(), admit).hash};
  for (const identity::StatementHash& revoke : hashes) {
    sync::Exchange session{ada.book(), ada.people(), phone.id(), setup_between(ada, phone)};
    drain(session);
    session.take(rosters());
    Message message;
    message.mutable_new_key()->set_key(std::string(32, 'k'));
    message.mutable_new_key()->set_revoke(std::string{revoke.raw()});
    EXPECT_ERROR(Errc::peer_misbehaved, session.take(message.SerializeAsString()));
    EXPECT_TRUE(ada.book().self_keys().empty());
  }
}

TEST_F(HostileKeys, ARevokeThatComesWhileRostersAreUnderWayEndsTheSession) {
  const auto session = exchange(false);
  ada.revoke(lost.id());  // another session, or this device's person
  EXPECT_ERROR(Errc::unreachable, session->take(rosters()));
}

TEST_F(Keys, OneKeyASessionAndOnlyANewerOne) {
  const auto acts = [&] { return ada.book().couple_keys(ben.root()).size(); };
  const auto before = acts();
  const auto kept = newest(ada);
  const auto handed = [&](const std::string& secret, int times) {
    sync::Exchange exchange{ada.book(), ada.people(), ben.id(), setup_between(ada, ben, true)};
    Message rosters;
    rosters.mutable_rosters();
    std::string answer;
    while (exchange.next(answer)) {
    }
    exchange.take(rosters.SerializeAsString());
    Message message;
    message.mutable_new_key()->set_key(secret);
    for (int i = 0; i < times; ++i) exchange.take(message.SerializeAsString());
  };
  EXPECT_ERROR(Errc::peer_misbehaved, handed(std::string(32, 'k'), 2));
  for (char c = 'a'; c <= 'z'; ++c) handed(std::string(32, c), 1);
  EXPECT_LT(acts(), before + 12);  // each one newer than all before: how many that are is chance
  EXPECT_TRUE(newest(ada) == kept || acts() > before);
}

}  // namespace
}  // namespace attune::test
