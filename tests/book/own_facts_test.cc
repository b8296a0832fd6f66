// A person's own facts, what is kept beside the logs, and the version of the indexes.
#include <gtest/gtest.h>

#include "attune/journal.pb.h"
#include "book/book.h"
#include "book/home.h"
#include "book/key_op.h"
#include "book/keys.h"
#include "core/error.h"
#include "identity/root.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using test::Home;
using test::made_couple_key;

class OwnFacts : public ::testing::Test {
 protected:
  test::ManualClock clock_;
  test::Person ada_, ben_, cleo_;
  Home home_{ada_, clock_};
  Book& book() { return home_.book(); }
  static bool same(const identity::CoupleKey& a, const identity::CoupleKey& b) { return a.hash() == b.hash(); }
};

TEST_F(OwnFacts, AreNameAndDevicesAndReachOtherOwnDevices) {
  const DeviceId phone = crypto::random_id<DeviceId>();
  book().set_name("Ada");
  book().name_device(home_.device(), "laptop");
  book().name_device(phone, "phone");
  const Instant added_at = clock_.now();
  clock_.advance(std::chrono::seconds{5});
  book().name_device(phone, "old phone");
  book().set_name("Ada L.");
  Home other{ada_, clock_};
  test::bring(home_, other);
  for (Home* home : {&home_, &other}) {
    const auto facts = home->book().profile();
    EXPECT_EQ(facts.name, "Ada L.");
    ASSERT_EQ(facts.devices.size(), 2U);
    EXPECT_EQ(facts.devices.at(phone).name, "old phone");
    EXPECT_EQ(facts.devices.at(phone).added_at, added_at);
  }
  EXPECT_ERROR(Errc::usage, book().set_name(std::string(257, 'n')));
  EXPECT_EQ(book().profile().name, "Ada L.");
  EXPECT_EQ(book().entries(), 0U);
  EXPECT_TRUE(book().verify().problems.empty());
}

TEST_F(OwnFacts, NeverGoToThePartner) {
  book().set_name("Ada");
  home_.pair_with(ben_);
  for (const auto& held : book().logs().all()) EXPECT_TRUE(held.name.own_space());
}

TEST_F(OwnFacts, NameThePartnerOfTheLatestPairing) {
  EXPECT_EQ(book().pairing(), std::nullopt);
  book().pair({ben_.root, "Ben", "able amber apple"}, made_couple_key());
  EXPECT_EQ(book().pairing()->partner, ben_.root);
  clock_.advance(std::chrono::hours{-24});  // a clock that was set back changes nothing about which came last
  book().pair({cleo_.root, "Cleo", "basic beach begin"}, made_couple_key());
  home_.reopen();
  const auto pairing = book().pairing();
  ASSERT_TRUE(pairing);
  EXPECT_EQ(pairing->partner, cleo_.root);
  EXPECT_EQ(pairing->partner_name, "Cleo");
  EXPECT_EQ(pairing->check, "basic beach begin");
  EXPECT_EQ(pairing->couple, identity::couple_of(ada_.root, cleo_.root));
}

TEST_F(OwnFacts, HoldTheCouplesKeysNewestFirstForEachPartner) {
  const auto first = made_couple_key(0);
  const auto second = made_couple_key(300);
  const auto third = made_couple_key(2);
  book().pair({ben_.root, "Ben", "a b c"}, first);
  book().add_couple_key(ben_.root, third);
  book().add_couple_key(ben_.root, second);
  book().pair({cleo_.root, "Cleo", "a b c"}, made_couple_key());
  Home other{ada_, clock_};
  test::bring(home_, other);
  for (Home* home : {&home_, &other}) {
    const auto keys = home->book().couple_keys(ben_.root);
    ASSERT_EQ(keys.size(), 3U);
    EXPECT_TRUE(same(keys[0].key, second));
    EXPECT_EQ(keys[0].key.revokes, 300U);
    EXPECT_TRUE(same(keys[1].key, third));
    EXPECT_TRUE(same(keys[2].key, first));
    EXPECT_EQ(home->book().couple_keys(cleo_.root).size(), 1U);
    EXPECT_TRUE(home->book().couple_keys(ada_.root).empty());
  }
}

// The partner sends as many as they like, each newer than the one before.
TEST_F(OwnFacts, KeepFewKeysOfOneNumberOfRevokesHoweverManyCome) {
  std::vector<identity::CoupleKey> sent;
  for (int i = 0; i < 5000; ++i) sent.push_back(made_couple_key(1));
  std::ranges::sort(sent, {}, &identity::CoupleKey::hash);
  home_.pair_with(ben_);
  const auto records = [this] { return book().logs().all().front().n; };
  const std::uint64_t before = records();
  for (const auto& key : sent) book().add_couple_key(ben_.root, key);
  EXPECT_EQ(records() - before, 8U);
  EXPECT_EQ(book().couple_keys(ben_.root).size(), 9U);
  // A key that follows on a revoke is kept none the less, and so is the first of another pairing.
  const auto next = made_couple_key(2);
  book().add_couple_key(ben_.root, next);
  EXPECT_TRUE(same(book().couple_keys(ben_.root)[0].key, next));
  book().leave();
  EXPECT_EQ(book().pairing(), std::nullopt);
  home_.pair_with(ben_);
  book().add_couple_key(ben_.root, sent[0]);  // an older one than those of the pairing before
  EXPECT_EQ(book().couple_keys(ben_.root).size(), 11U);
}

TEST_F(OwnFacts, LeaveOutAKeyThatIsOlderThanOneOfTheSameNumberOfRevokes) {
  home_.pair_with(ben_);
  auto one = made_couple_key(1);
  auto other = made_couple_key(1);
  if (one.hash() < other.hash()) std::swap(one, other);
  book().add_couple_key(ben_.root, one);
  book().add_couple_key(ben_.root, other);
  EXPECT_EQ(book().couple_keys(ben_.root).size(), 2U);  // with that of the pairing
  EXPECT_TRUE(same(book().couple_keys(ben_.root)[0].key, one));
}

// A key op of another own device that holds no key.
class UnreadableKey : public OwnFacts {
 protected:
  UnreadableKey() {
    home_.pair_with(ben_);
    const auto made = key_payload(clock_.now(), ben_.root, made_couple_key(), {});
    std::string payload{as_text(made.bytes())};
    payload.back() = 'x';
    payload[payload.size() - 33] = 31;  // size of the key
    stolen_.say(journal::pairing_object(ada_.root, identity::couple_of(ada_.root, ben_.root)), payload);
  }
  test::Scribe stolen_{ada_.root, CoupleId{}};
};

TEST_F(UnreadableKey, IsRefusedWhereItArrives) {
  EXPECT_ERROR(Errc::peer_misbehaved, test::deliver(stolen_.parcel(), home_));
  EXPECT_EQ(book().couple_keys(ben_.root).size(), 1U);
}

TEST_F(UnreadableKey, DoesNotHideTheOthersWhereAnOlderProgramTookIt) {
  const auto parcel = stolen_.parcel();
  storage::Batch batch;
  const auto log = book().logs().learn(parcel.name, parcel.device, batch);
  book().logs().receive(log, 1, parcel.incoming(), parcel.link, {}, batch);
  home_.store().commit(batch);
  book().logs().committed();
  book().rebuild_indexes();
  EXPECT_EQ(book().couple_keys(ben_.root).size(), 1U);
  book().add_couple_key(ben_.root, made_couple_key(1));
  EXPECT_EQ(book().couple_keys(ben_.root).size(), 2U);
  EXPECT_TRUE(book().verify().problems.empty());
}

// Another own device, in somebody else's hands, has filled the object of the pairing with acts of every kind.
TEST_F(OwnFacts, EndAndBeginAPairingWhateverStandsOnItsObject) {
  home_.pair_with(ben_);
  const ObjectId object = journal::pairing_object(ada_.root, identity::couple_of(ada_.root, ben_.root));
  test::Scribe stolen{ada_.root, CoupleId{}};
  const auto made = key_payload(clock_.now(), ben_.root, made_couple_key(), {});
  for (int i = 0; i < 5000; ++i) stolen.say(object, std::string{as_text(made.bytes())});
  for (int i = 0; i < 4096; ++i) stolen.say(object, {clock_.now(), test::words("x")});
  test::deliver(stolen.parcel(), home_);
  Home other{ada_, clock_};
  book().leave();
  EXPECT_EQ(book().pairing(), std::nullopt);
  test::bring(home_, other);
  EXPECT_EQ(other.book().pairing(), std::nullopt);
  home_.pair_with(ben_);
  test::bring(home_, other);
  EXPECT_EQ(other.book().pairing()->partner, ben_.root);
  stolen.say(object, {clock_.now(), test::words("one too many")});
  EXPECT_ERROR(Errc::refused, test::deliver(stolen.parcel(9097), home_));
}

TEST(KeyOp, IsByteForByteTheMessageThatTheProtoDescribes) {
  const RootId partner = crypto::random_id<RootId>();
  for (const std::uint64_t revokes : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{300}, UINT64_MAX}) {
    auto key = made_couple_key(revokes);
    if (revokes > 1) key.revokes_hash = crypto::random_id<identity::RevokesHash>();
    const OpId pairing = revokes > 0 ? crypto::random_id<OpId>() : OpId{};
    const auto payload = key_payload(Instant{std::chrono::milliseconds{1'790'000'000'123}}, partner, key, pairing);
    const std::string op{as_text(payload.bytes()).substr(log::kPayloadRandom)};
    journal::v1::Op message;
    ASSERT_TRUE(message.ParseFromString(op));
    EXPECT_EQ(message.time(), 1'790'000'000'123);
    EXPECT_EQ(message.couple_key().partner(), partner.raw());
    EXPECT_EQ(message.couple_key().key(), as_text(key.secret.bytes()));
    EXPECT_EQ(message.couple_key().revokes(), revokes);
    EXPECT_EQ(message.couple_key().revokes_hash(), revokes > 1 ? key.revokes_hash.raw() : "");
    EXPECT_EQ(message.couple_key().pairing(), revokes > 0 ? pairing.raw() : "");
    EXPECT_EQ(message.SerializeAsString(), op);
    const auto read = key_in(as_text(payload.bytes()), partner);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->key.hash(), key.hash());
    EXPECT_EQ(read->key.revokes_hash, key.revokes_hash);
    EXPECT_EQ(read->pairing, pairing);
    EXPECT_EQ(key_in(as_text(payload.bytes()), crypto::random_id<RootId>()).has_value(), false);
  }
}

TEST(KeyOp, RefusesEveryCutOfItself) {
  const RootId partner = crypto::random_id<RootId>();
  const auto payload = key_payload(Instant{}, partner, made_couple_key(7), crypto::random_id<OpId>());
  const std::string_view whole = as_text(payload.bytes());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_ERROR(Errc::damaged, key_in(whole.substr(0, size), partner));
  }
}

TEST_F(OwnFacts, StandBesideRostersPeersAndSingleValues) {
  const DeviceId device = crypto::random_id<DeviceId>();
  const auto ben = identity::root_from(crypto::random_secret<crypto::Entropy>());
  const auto cleo = identity::root_from(crypto::random_secret<crypto::Entropy>());
  const auto admit = [](const identity::Root& root) {
    return identity::sign_statement(root.signing, identity::Admit{crypto::random_id<DeviceId>(), 1}).wire;
  };
  std::vector<std::string> wires{admit(ben), admit(ben), admit(ben)};
  book().add_statements(ben.id, {wires[0], wires[1]});
  book().add_statements(ben.id, {wires[1], wires[2]});
  book().add_statements(cleo.id, {admit(cleo)});
  EXPECT_ERROR(Errc::peer_misbehaved, book().add_statements(ben.id, {admit(ben), admit(cleo)}));
  book().set_peer(device, "first");
  book().set_peer(device, "second");
  book().set_meta("name", "value");
  home_.reopen();
  auto statements = book().statements(ben.id);
  std::ranges::sort(statements);
  std::ranges::sort(wires);
  EXPECT_EQ(statements, wires);
  EXPECT_EQ(book().peers(), (std::vector<std::pair<DeviceId, std::string>>{{device, "second"}}));
  EXPECT_EQ(book().meta("name"), "value");
}

class Indexes : public OwnFacts {
 protected:
  void SetUp() override {
    home_.pair_with(ben_);
    for (int i = 0; i < 5; ++i)
      ids_.push_back(book().write({test::words("entry " + std::to_string(i), i), i % 2 == 0}));
    book().share(ids_[1], {clock_.now(), std::chrono::minutes{0}});
    book().erase(ids_[2]);
  }
  void put(std::string_view key, std::string_view value) {
    storage::Batch batch;
    batch.put(key, value);
    home_.store().commit(batch);
  }
  void take_away(std::string_view key) {
    storage::Batch batch;
    batch.remove(key);
    home_.store().commit(batch);
  }
  std::vector<ObjectId> ids_;
};

TEST_F(Indexes, AreFoundSoundAndCounted) {
  const auto report = book().verify();
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.entries, 4U);
  EXPECT_EQ(report.entries, book().entries());
  EXPECT_EQ(report.logs, 2U);
}

TEST_F(Indexes, ThatMissAKeyOrHoldOneTooManyAreFoundWrong) {
  const auto sound = home_.indexes();
  for (const auto& [key, value] : sound) {
    if (key == book_value("entries").str()) continue;  // held in memory while the book is open
    take_away(key);
    EXPECT_FALSE(book().verify().problems.empty()) << to_hex(as_bytes(key));
    put(key, value);
    EXPECT_TRUE(book().verify().problems.empty());
  }
  const std::string extra = timeline_key(clock_.now(), crypto::random_id<PrintedId>());
  put(extra, timeline_value({}));
  EXPECT_FALSE(book().verify().problems.empty());
}

TEST_F(Indexes, ThatSayAnotherCountAreFoundWrong) {
  put(book_value("entries"), u64_value(7));
  home_.reopen();
  EXPECT_EQ(book().verify().problems.size(), 1U);
  book().rebuild_indexes();
  EXPECT_EQ(book().entries(), 4U);
  EXPECT_TRUE(book().verify().problems.empty());
}

TEST_F(Indexes, OfAnOlderProgramAreMadeAnewAtTheNextStart) {
  const auto sound = home_.indexes();
  for (const auto& [key, value] : sound) take_away(key);
  put(timeline_key(clock_.now(), crypto::random_id<PrintedId>()), timeline_value({}));
  put(book_value("schema"), u64_value(kSchema - 1));
  home_.reopen();
  EXPECT_EQ(home_.indexes(), sound);
  EXPECT_EQ(book().entries(), 4U);
}

TEST_F(Indexes, OfANewerProgramAreRefusedAndLeftAlone) {
  const auto sound = home_.indexes();
  put(book_value("schema"), u64_value(kSchema + 1));
  EXPECT_ERROR(Errc::incompatible, home_.reopen());
  EXPECT_EQ(home_.indexes(), sound);
}

TEST_F(Indexes, OfTheFirstContentOfAnObjectAreThoseOfItsFold) {
  test::Scribe device{ada_.root, CoupleId{}};
  const ObjectId id{ada_.root, crypto::random_id<ObjectNumber>()};
  auto content = test::words("straight in", 1234);
  content.kind = journal::EntryKind::memory;
  device.say(id, {clock_.now(), content});
  test::deliver(device.parcel(), home_);
  const auto straight = home_.indexes();
  book().rebuild_indexes();
  EXPECT_EQ(home_.indexes(), straight);
  EXPECT_TRUE(book().verify().problems.empty());
}

}  // namespace
}  // namespace attune::book
