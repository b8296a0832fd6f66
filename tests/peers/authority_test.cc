// Cases 13 to 24 of the 64: what a hostile device erases, what counts of one that was removed, seals.
#include "identity/root.h"
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// --- tombstones

journal::Op erase() { return {Instant{}, journal::Erase{}}; }

TEST_F(HostilePeer, Case13WordsThatComeAfterTheirErasure) {
  Forged log = log_of_ben();
  const ObjectId object{ben.root(), crypto::random_id<ObjectNumber>()};
  log.add(object, payload_of("said and taken back"));
  log.say(object, erase());
  begin_with(log);
  say(log.batch(1, 2));  // both at once
  EXPECT_FALSE(stored("said and taken back"));
  say(log.filling(1, log.payload(1)));
  EXPECT_FALSE(stored("said and taken back"));
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("ada's own", "ada's shared", "ben's shared"));
  expect_that_the_session_goes_on();
}

// Of everything that stands in any log of Ada's, private and shared: case 14 of what she wrote, case 17 of who she is.
std::vector<ObjectId> objects_of(Device& at) {
  std::vector<ObjectId> objects;
  for (const log::Held& held : at.book().logs().all()) {
    if (held.name.author != at.root()) continue;
    at.book().logs().view_from(held.number, 1, [&](std::uint64_t, const log::RecordView& record) {
      if (record.object.creator == at.root()) objects.push_back(record.object);
      return true;
    });
  }
  return objects;
}

TEST_F(HostilePeer, Case14AnErasureOfWhatAnotherWrote) {
  const ObjectId shared = ada.write("hers", true);
  Forged log = log_of_ben();
  log.say(shared, erase());
  bring(log);
  EXPECT_EQ(ada.book().entry(shared).current->content.body, "hers");
  EXPECT_TRUE(stored("hers"));
  expect_that_the_session_goes_on();
}

TEST_F(HostilePeer, Case15AnErasureBeforeWhatItErases) {
  Forged log = log_of_ben();
  const ObjectId object{ben.root(), crypto::random_id<ObjectNumber>()};
  log.say(object, erase());
  bring(log);
  Forged later = log_of_ben();
  later.add(object, payload_of("never to be read"));
  bring(later);
  EXPECT_FALSE(stored("never to be read"));
  // And of an object that another creates: her tablet has written it, and nobody else has heard of it yet.
  const ObjectId hers = tablet.write("stays where it is", true);
  Forged early = log_of_ben();
  early.say(hers, erase());
  bring(early);
  expect_that_the_session_goes_on();
  ASSERT_FALSE(stored("stays where it is"));
  expect_met(tablet, ada);
  EXPECT_TRUE(stored("stays where it is"));
  for (Device* device : {&ada, &tablet}) {
    EXPECT_FALSE(device->book().entry(hers).erased);
    EXPECT_THAT(device->bodies(), Contains("stays where it is"));
  }
}

TEST_F(HostilePeer, Case16AnErasureOfAnErasure) {
  Forged log = log_of_ben();
  const ObjectId object{ben.root(), crypto::random_id<ObjectNumber>()};
  log.add(object, payload_of("taken back for good"));
  for (int i = 0; i < 50; ++i) log.say(object, erase());
  bring(log);
  EXPECT_FALSE(stored("taken back for good"));
  // The erasures themselves stay: without them nobody could tell why the words are missing.
  const log::Held& held = *ada.book().logs().find(log.name.id);
  std::size_t kept = 0;
  ada.book().logs().view_from(held.number, 2, [&](std::uint64_t, const log::RecordView& record) {
    if (record.payload) ++kept;
    return true;
  });
  EXPECT_EQ(kept, 50U);
  expect_that_the_session_goes_on();
}

// Membership is no record: statements of a root stand beside the logs. What stands in them of who somebody is: names,
// the pairing, its keys.
TEST_F(HostilePeer, Case17AnErasureOfWhoAnotherIs) {
  ada.book().set_name("Ada");
  Forged log = log_of_ben();
  for (const ObjectId& object : objects_of(ada)) log.say(object, erase());
  ASSERT_GE(log.n(), 4U);
  const auto pairing = ada.book().pairing();
  const auto keys = ada.people().couple_keys().size();
  bring(log);
  EXPECT_EQ(ada.book().pairing(), pairing);
  EXPECT_EQ(ada.people().couple_keys().size(), keys);
  EXPECT_EQ(ada.book().profile().name, "Ada");
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("ada's own", "ada's shared", "ben's shared"));
  expect_that_the_session_goes_on();
}

// --- a device that was removed; nothing bears a signature, so what counts is the place in its log

class Cut {
 public:
  // The hostile device is removed by Ben at his phone, and cut off behind record n of that log.
  Cut(const Person& ben, const DeviceId& device, const Forged& log, std::uint64_t n) {
    const identity::Revoke revoke{
        .device = device, .number = 1, .random = {}, .cut_offs = {{log.name.id, n, log.link(n)}}};
    wire_ = identity::sign_statement(ben.root.signing, revoke).wire;
    key_.emplace(ben.key_of(wire_));
  }
  void tell(Device& phone) const {
    phone.keyring().keep(key_->clone());
    phone.people().add(phone.root(), {wire_});
    phone.keyring().recompose();
  }

 private:
  std::string wire_;
  std::optional<identity::SelfKey> key_;
};

TEST_F(HostilePeer, Case18RecordsOfARemovedDeviceBeforeItsCutOff) {
  Forged log = log_of_ben();
  log.add(payload_of("before"));
  log.add(payload_of("at the cut-off"));
  bring(log);
  Cut{ben_, ben.id(), log, 2}.tell(phone);
  expect_met(phone, ada);
  EXPECT_THAT(ada.bodies(), ::testing::IsSupersetOf({"before", "at the cut-off"}));
  EXPECT_FALSE(can_meet(ada, ben));
  EXPECT_ERROR(Errc::refused, restart_and_say_rosters());
}

TEST_F(HostilePeer, Case19RecordsOfARemovedDeviceAfterItsCutOff) {
  Forged log = log_of_ben();
  log.add(payload_of("before"));
  log.add(payload_of("after"));
  bring(log);
  EXPECT_THAT(ada.bodies(), Contains("after"));  // nobody had said anything against it yet
  Cut{ben_, ben.id(), log, 1}.tell(phone);
  expect_met(phone, ada);
  EXPECT_THAT(ada.bodies(), Contains("before"));
  EXPECT_THAT(ada.bodies(), Not(Contains("after")));
  before = ada.contents();
  EXPECT_ERROR(Errc::refused, restart_and_say_rosters());
  EXPECT_TRUE(ada.contents() == before);
}

TEST_F(HostilePeer, Case20RecordsAfterTheCutOffThatBearAnEarlierTime) {
  Forged log = log_of_ben();
  const auto earlier = [&](const std::string& body) {
    log.say({ben.root(), crypto::random_id<ObjectNumber>()}, {Instant{}, words(body)});
  };
  earlier("before");
  earlier("back-dated");
  Cut cut{ben_, ben.id(), log, 1};
  cut.tell(phone);
  // Ada hears of it while the hostile device is in the middle of saying it.
  restart();
  begin({log.held()});
  say(log.batch(1, 2));
  expect_met(phone, ada);
  EXPECT_THAT(ada.bodies(), Contains("before"));
  EXPECT_THAT(ada.bodies(), Not(Contains("back-dated")));
  EXPECT_ERROR(Errc::unreachable, say(inventory()));  // a session from before the revoke ends
}

// --- seals, which stand in place of signatures

TEST_F(HostilePeer, Case21SealsAndSignaturesMadeForSomethingElse) {
  const log::Held log = log_of(ada.root(), couple);
  const log::Held own = log_of(ada.root(), CoupleId{});
  const auto& key = ada_.self_keys.back();
  const Link claimed = crypto::random_id<Link>();
  for (const identity::Seal& seal : {identity::make_seal(key, log.name.id, log.n, log.link),
                                     identity::make_seal(key, log.name.id, log.n + 1, log.link),
                                     identity::make_seal(key, own.name.id, log.n + 1, claimed),
                                     identity::make_seal(ben_.self_keys.back(), log.name.id, log.n + 1, claimed)}) {
    auto held = named(log);
    held.set_n(log.n + 1);
    held.set_link(std::string{claimed.raw()});
    held.set_seal(seal.bytes());
    restart();
    begin({held});
    EXPECT_TRUE(heard_not_mine());
    expect_unchanged();
  }
  // Ben's root signed it, and not as a statement about devices.
  const std::string body = identity::unsigned_body(identity::Admit{crypto::random_id<DeviceId>(), 1});
  const auto signature = crypto::sign(ben_.root.signing, as_bytes(body));
  Message message = rosters();
  auto& roster = *message.mutable_rosters()->add_rosters();
  roster.set_root(std::string{ben.root().raw()});
  const std::string wire = field(1, body) + field(2, std::string{as_text(signature)});
  roster.add_statements(wire);
  restart();
  expect_end(message);
}

// A root of mixed order is no person's (identity/statement_test.cc); the key of a device is proven by agreeing on
// something, which a key of low order cannot.
TEST_F(HostilePeer, Case22CertificatesForKeysOfLowOrder) {
  const auto admit_of = [this](char first) {
    std::string key(32, '\0');
    key[0] = first;
    Message message = rosters();
    auto& roster = *message.mutable_rosters()->add_rosters();
    roster.set_root(std::string{ben.root().raw()});
    roster.add_statements(signed_wire(ben_.root, field(1, field(1, key))));
    return message;
  };
  expect_end(admit_of(0));
  restart();
  say(admit_of(1));
  say(inventory());
  expect_that_the_session_goes_on();
  crypto::XPublic one{std::byte{1}};
  const auto secret = crypto::random_secret<crypto::DeviceSecret>();
  EXPECT_ERROR(Errc::peer_misbehaved, crypto::x25519(secret.bytes(), one));
}

TEST_F(HostilePeer, Case23APlaceThatIsNamedAndNeverCome) {
  Forged log = log_of_ben();
  for (int i = 0; i < 5; ++i) log.add(payload_of("entry"));
  begin_with(log);
  Message sent;
  sent.mutable_sent();
  say(sent);
  expect_unchanged();
  EXPECT_EQ(ada.book().logs().find(log.name.id)->n, 0U);
  expect_that_the_session_goes_on();
}

TEST_F(HostilePeer, Case24RecordsThatTheirAuthorDidNotSeal) {
  Forged log = log_of_ben();
  log.add(payload_of("by hand"));
  begin_with(log);
  Message unsealed = log.batch(1, 1);
  unsealed.mutable_batch()->clear_seal();
  expect_end(unsealed);
}

}  // namespace
}  // namespace attune::test
