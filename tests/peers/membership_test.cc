// Cases 35 to 44 of the 64: what a hostile device says about whose devices are whose. A roster is a set of statements
// signed by a root, without epochs or capabilities: what the cases name is tested on what stands in its place.
#include "identity/root.h"
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using ::testing::Contains;

Message rosters_of(const RootId& root, const std::vector<std::string>& statements) {
  Message message = rosters();
  auto& roster = *message.mutable_rosters()->add_rosters();
  roster.set_root(std::string{root.raw()});
  for (const std::string& statement : statements) roster.add_statements(statement);
  return message;
}

// An older roster is a smaller set: what is known stays known.
TEST_F(HostilePeer, Case35AnOlderRoster) {
  const Device lost{ben_, clock};
  phone.revoke(lost.id());
  expect_met(phone, ada);
  before = ada.contents();
  restart();
  say(rosters_of(ben.root(), {ben.admit(), lost.admit()}));
  EXPECT_TRUE(ada.people().partner()->revoked(lost.id()));
  EXPECT_FALSE(ada.people().believes(ben.root(), lost.id(), lost.admit()));
  EXPECT_EQ(ada.people().partner()->revokes(), 1U);
}

TEST_F(HostilePeer, Case36TwoRevokesOfOneNumber) {
  const DeviceId lost = crypto::random_id<DeviceId>();
  const std::vector<std::string> both{ben_.revoke(lost), ben_.revoke(lost)};
  say(rosters_of(ben.root(), both));
  EXPECT_EQ(ada.people().partner()->revokes(), 2U);
  EXPECT_TRUE(ada.people().partner()->revoked_apart());
  // The key that opened this session is too old by now: only keys are spoken of, and a newer one is made with others.
  EXPECT_ERROR(Errc::peer_misbehaved, say(inventory()));
}

// Numbers count what their maker knew, so they are small: with one at its end nobody could ever revoke again.
TEST_F(HostilePeer, Case37ARevokeWithTheGreatestNumber) {
  const auto revoke = [](std::uint64_t number) {
    return field(2, field(1, std::string(32, 'd')) + field(2, number) + field(3, std::string(32, 'r')));
  };
  for (const std::uint64_t number :
       {UINT64_MAX, std::uint64_t{1} << 63U, std::uint64_t{identity::Roster::kMaxStatements} + 1}) {
    for (const Person* person : {&ben_, &ada_}) {  // also as if Ada's root had signed it
      restart();
      expect_end(rosters_of(person->root.id, {signed_wire(person->root, revoke(number))}));
    }
  }
  const std::string most = signed_wire(ben_.root, revoke(identity::Roster::kMaxStatements));
  EXPECT_NO_THROW(static_cast<void>(identity::check_statement(ben.root(), most)));
  ada.revoke(crypto::random_id<DeviceId>());  // goes on to be possible
  EXPECT_EQ(ada.people().own().revokes(), 1U);
  tablet.keyring().keep(ada.keyring().all().back().clone());
}

TEST_F(HostilePeer, Case38AStatementAboutOurOwnDevice) {
  // Ben's root says that Ada's device is his, and that it is revoked.
  say(rosters_of(ben.root(), {ben_.admit(ada.id()), ben_.revoke(ada.id(), 1)}));
  EXPECT_TRUE(ada.people().own().admitted(ada.id()));
  EXPECT_FALSE(ada.people().believes(ben.root(), ada.id(), ben_.admit(ada.id())));
  // Nor does his signature count where he says it of her roster.
  restart();
  EXPECT_ERROR(Errc::peer_misbehaved, say(rosters_of(ada.root(), {ben_.revoke(ada.id(), 1)})));
  EXPECT_TRUE(ada.people().own().admitted(ada.id()));
  EXPECT_EQ(ada.people().own().revokes(), 0U);
}

// Nobody but a root admits: there is no capability to do it that a device could hold, or lack.
TEST_F(HostilePeer, Case39AnAdmitThatNoRootSigned) {
  const Person forger;
  for (const RootId& root : {ada.root(), ben.root()}) {
    restart();
    expect_end(rosters_of(root, {forger.admit(crypto::random_id<DeviceId>())}));
    restart();  // not even beside one that is good
    expect_end(rosters_of(root, {ben_.admit(crypto::random_id<DeviceId>()), forger.revoke(ada.id())}));
  }
  restart();  // and a stranger's own roster is nobody's here
  say(rosters_of(forger.root.id, {forger.admit(ben.id())}));
  expect_unchanged();
  say(inventory());
  expect_that_the_session_goes_on();
}

// Admits form no chain, so there is no circle. What comes nearest: one and the same device admitted and revoked again
// and again, in the rosters of both.
TEST_F(HostilePeer, Case40AdmittedAndRevokedInACircle) {
  const DeviceId device = crypto::random_id<DeviceId>();
  std::vector<std::string> statements;
  for (std::uint64_t round = 1; round <= 100; ++round) {
    const identity::Admit admit{.device = device, .serial = round};
    statements.push_back(identity::sign_statement(ben_.root.signing, admit).wire);
    statements.push_back(ben_.revoke(device, round));
  }
  std::ranges::reverse(statements);  // the last word would be an admit
  say(rosters_of(ben.root(), statements));
  EXPECT_FALSE(ada.people().partner()->admitted(device));
  EXPECT_FALSE(ada.people().own().admitted(device));
  EXPECT_ERROR(Errc::peer_misbehaved, say(inventory()));  // keys alone from here on
}

TEST_F(HostilePeer, Case41TenThousandDevices) {
  std::vector<std::string> admits;
  while (admits.size() < 3'000) admits.push_back(ben_.admit(crypto::random_id<DeviceId>()));
  std::vector<std::string> many;
  while (many.size() < 10'000) many.insert(many.end(), admits.begin(), admits.end());
  expect_end(rosters_of(ben.root(), many));
  // Some in each session, as far as it goes.
  std::size_t refused = 0;
  for (std::size_t at = 0; at < admits.size(); at += 500) {
    restart();
    try {
      say(rosters_of(ben.root(), {admits.begin() + static_cast<std::ptrdiff_t>(at),
                                  admits.begin() + static_cast<std::ptrdiff_t>(at) + 500}));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::peer_misbehaved);
      ++refused;
    }
  }
  EXPECT_EQ(refused, 4U);
  EXPECT_LE(ada.people().partner()->statements().size(), identity::Roster::kMaxStatements);
}

TEST_F(HostilePeer, Case42ARevokeOfTheDeviceThatSaysIt) {
  const std::string revoke = ben_.revoke(ben.id());
  EXPECT_ERROR(Errc::refused, say(rosters_of(ben.root(), {revoke})));
  EXPECT_FALSE(ada.people().partner()->admitted(ben.id()));
  EXPECT_TRUE(ada.people().partner()->admitted(phone.id()));
  phone.keyring().keep(ben_.key_of(revoke));  // as Ben does it with his words
}

TEST_F(HostilePeer, Case43ARevokeOfEveryDevice) {
  const std::vector<std::string> revokes{ben_.revoke(phone.id(), 1), ben_.revoke(ben.id(), 2)};
  EXPECT_ERROR(Errc::refused, say(rosters_of(ben.root(), revokes)));
  EXPECT_TRUE(ada.people().partner()->devices().empty());
  EXPECT_FALSE(can_meet(ada, phone));
  EXPECT_TRUE(ada.book().pairing());
  EXPECT_THAT(ada.bodies(), ::testing::UnorderedElementsAre("ada's own", "ada's shared"));
  // Ben begins anew on another device, with his words and a new pairing.
  late.emplace(ben_, clock);
  late->people().add(ben.root(), revokes);
  for (const std::string& revoke : revokes) late->keyring().keep(ben_.key_of(revoke));
  pair(ada, *late);
  honest = &*late;
}

// There is no min_version in what a root signs. What a later program would sign there is a statement of a kind that
// this one does not know: it says so and ends the session, and others go on.
TEST_F(HostilePeer, Case44AStatementThatOnlyALaterVersionKnows) {
  const std::string body{"\x7a\x02\x08\x09", 4};  // field 15
  EXPECT_ERROR(Errc::incompatible, say(rosters_of(ben.root(), {signed_wire(ben_.root, body)})));
  expect_unchanged();
}

}  // namespace
}  // namespace attune::test
