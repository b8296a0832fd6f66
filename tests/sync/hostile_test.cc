// A device that holds the couple's key and keeps no rule. Whatever it says, the honest side's store stays as it was.
#include <gmock/gmock.h>

#include "journal/codec.h"
#include "log/chain.h"
#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::size_t kRandom = log::kPayloadRandom;

std::string payload_of(const std::string& body, char random = 'r') {
  return std::string(kRandom, random) +
         journal::encode(journal::Op{Instant{std::chrono::milliseconds{1'790'000'000'000}}, words(body)});
}

// A log written by hand, as batches and inventories would name it.
class Forged {
 public:
  Forged(const RootId& author, const CoupleId& couple) : name{crypto::random_id<LogId>(), author, couple} {
    links_.push_back(log::first_link(name));
  }
  void add(const std::string& payload) {
    const ObjectId object{name.author, crypto::random_id<ObjectNumber>()};
    const OpId hash = log::payload_hash(object, as_bytes(payload));
    links_.push_back(log::next_link(links_.back(), links_.size(), object, hash));
    records_.push_back({object, hash, payload});
  }
  [[nodiscard]] std::uint64_t n() const { return records_.size(); }
  [[nodiscard]] const std::string& payload(std::size_t n) const { return records_.at(n - 1).payload; }
  [[nodiscard]] const Link& link(std::size_t n) const { return links_.at(n); }
  [[nodiscard]] sync::v1::Held held() const {
    sync::v1::Held held;
    held.set_log(std::string{name.id.raw()});
    held.set_author(std::string{name.author.raw()});
    if (!name.own_space()) held.set_couple(std::string{name.couple.raw()});
    held.set_n(n());
    held.set_link(std::string{links_.back().raw()});
    return held;
  }
  // Records first to last; the payload of `hidden` is left out.
  [[nodiscard]] Message batch(std::uint64_t first, std::uint64_t last, std::uint64_t hidden = 0) const {
    Message message;
    auto& batch = *message.mutable_batch();
    batch.set_log(std::string{name.id.raw()});
    batch.set_first(first);
    for (std::uint64_t at = first; at <= last; ++at) {
      auto& record = *batch.add_records();
      record.set_number(std::string{records_[at - 1].object.number.raw()});
      if (at == hidden) record.set_hash(std::string{records_[at - 1].hash.raw()});
      if (at != hidden) record.set_payload(records_[at - 1].payload);
    }
    batch.set_link(std::string{links_[last].raw()});
    batch.set_seal(std::string(40, 's'));
    return message;
  }
  [[nodiscard]] Message filling(std::uint64_t n, const std::string& payload) const {
    Message message;
    auto& batch = *message.mutable_batch();
    batch.set_log(std::string{name.id.raw()});
    batch.set_filling(true);
    auto& record = *batch.add_records();
    record.set_number(std::string{records_.at(n - 1).object.number.raw()});
    record.set_payload(payload);
    record.set_n(n);
    return message;
  }

  log::LogName name;

 private:
  struct One {
    ObjectId object;
    OpId hash;
    std::string payload;
  };
  std::vector<One> records_;
  std::vector<Link> links_;
};

Message rosters() {
  Message message;
  message.mutable_rosters();
  return message;
}
Message inventory(std::vector<sync::v1::Held> logs = {}) {
  std::ranges::sort(logs, {}, [](const sync::v1::Held& held) { return held.log(); });
  Message message;
  message.mutable_inventory();
  for (const auto& held : logs) *message.mutable_inventory()->add_logs() = held;
  return message;
}

// Ada is honest and has a past with Ben. Ben's device now says what it likes.
class Hostile : public ::testing::Test {
 protected:
  Hostile() {
    pair(ada, ben);
    ada.write("ada's own", false);
    ada.write("ada's shared", true);
    ben.write("ben's shared", true);
    meet(ada, ben);
    couple = ada.book().pairing().value().couple;
    before = ada.contents();
    restart();
  }

  // A new session with Ada.
  void restart() {
    exchange = std::make_unique<sync::Exchange>(ada.book(), ada.people(), ben.id(), setup_between(ada, ben, true));
    heard.clear();
  }
  void say(const Message& message) { say_bytes(message.SerializeAsString()); }
  void say_bytes(const std::string& bytes) {
    exchange->take(bytes);
    listen();
  }
  void listen() {
    std::string message;
    while (exchange->next(message)) heard.push_back(parsed(message));
    if (!exchange->unsettled()) return;
    exchange->settle();
    listen();
  }
  void begin(std::vector<sync::v1::Held> logs = {}) {
    say(rosters());
    say(inventory(std::move(logs)));
  }
  void expect_unchanged() {
    EXPECT_TRUE(ada.contents() == before) << "the store changed";
    EXPECT_THAT(ada.bodies(), UnorderedElementsAre("ada's own", "ada's shared", "ben's shared"));
    EXPECT_THAT(ada.book().verify().problems, IsEmpty());
  }
  void expect_end(const Message& message) {
    EXPECT_ERROR(Errc::peer_misbehaved, say(message));
    expect_unchanged();
  }
  // Ada's log of that space, as Ada holds it.
  log::Held log_of(const RootId& author, const CoupleId& space) {
    for (const log::Held& held : ada.book().logs().all()) {
      if (held.name.author == author && held.name.couple == space) return held;
    }
    throw std::logic_error{"no such log"};
  }
  static sync::v1::Held named(const log::Held& log) {
    sync::v1::Held held;
    held.set_log(std::string{log.name.id.raw()});
    held.set_author(std::string{log.name.author.raw()});
    held.set_couple(std::string{log.name.couple.raw()});
    held.set_n(log.n);
    held.set_link(std::string{log.link.raw()});
    return held;
  }
  [[nodiscard]] bool heard_not_mine() const {
    return std::ranges::any_of(heard, [](const Message& message) { return message.has_not_mine(); });
  }
  [[nodiscard]] bool heard_confirm() const {
    return std::ranges::any_of(heard, [](const Message& message) { return message.has_confirm(); });
  }

  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
  CoupleId couple;
  std::map<std::string, std::string> before;
  std::unique_ptr<sync::Exchange> exchange;
  std::vector<Message> heard;
};

// --- the honest path of these very tools: else the refusals below could be for another reason

TEST_F(Hostile, AProperLogOfThePartnerIsTaken) {
  Forged log{ben.root(), couple};
  log.add(payload_of("by hand"));
  log.add(payload_of("second by hand"));
  begin({log.held()});
  say(log.batch(1, 2));
  EXPECT_TRUE(heard_confirm());
  EXPECT_THAT(ada.bodies(),
              UnorderedElementsAre("ada's own", "ada's shared", "ben's shared", "by hand", "second by hand"));
}

TEST_F(Hostile, ABatchThatItsAuthorDidNotSeal) {
  Forged log{ben.root(), couple};
  log.add(payload_of("by hand"));
  begin({log.held()});
  Message unsealed = log.batch(1, 1);
  unsealed.mutable_batch()->clear_seal();
  EXPECT_ERROR(Errc::peer_misbehaved, say(unsealed));
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("ada's own", "ada's shared", "ben's shared"));
}

// --- order

TEST_F(Hostile, AnInventoryBeforeTheRosters) { expect_end(inventory()); }

TEST_F(Hostile, RostersTwice) {
  say(rosters());
  expect_end(rosters());
}

TEST_F(Hostile, ABatchBeforeTheInventory) {
  Forged log{ben.root(), couple};
  log.add(payload_of("early"));
  say(rosters());
  expect_end(log.batch(1, 1));
}

TEST_F(Hostile, AnythingAfterTheEnd) {
  begin();
  Message end;
  end.mutable_end();
  say(end);
  EXPECT_TRUE(exchange->over());
  expect_end(end);
  restart();
  begin();
  say(end);
  Forged log{ben.root(), couple};
  log.add(payload_of("late"));
  expect_end(log.batch(1, 1));
}

// --- rosters

TEST_F(Hostile, ARosterOfAStrangerIsPassedOver) {
  const Person stranger;
  Message message = rosters();
  auto& roster = *message.mutable_rosters()->add_rosters();
  roster.set_root(std::string{stranger.root.id.raw()});
  roster.add_statements(stranger.admit(ben.id()));
  say(message);
  expect_unchanged();
}

TEST_F(Hostile, AStatementThatTheRootDidNotSign) {
  for (const RootId& root : {ada.root(), ben.root()}) {
    const Person forger;
    Message message = rosters();
    auto& roster = *message.mutable_rosters()->add_rosters();
    roster.set_root(std::string{root.raw()});
    roster.add_statements(forger.revoke(ada.id()));
    restart();
    expect_end(message);
  }
}

TEST_F(Hostile, AGoodStatementBesideAForgedOneIsNotKept) {
  const Person forger;
  Message message = rosters();
  auto& roster = *message.mutable_rosters()->add_rosters();
  roster.set_root(std::string{ben.root().raw()});
  roster.add_statements(ben_.admit(crypto::random_id<DeviceId>()));
  roster.add_statements(forger.admit(crypto::random_id<DeviceId>()));
  expect_end(message);
}

TEST_F(Hostile, RostersOverTheirLimits) {
  Message message = rosters();
  for (int i = 0; i < 9; ++i) message.mutable_rosters()->add_rosters()->set_root(std::string(32, 'x'));
  expect_end(message);

  message = rosters();
  auto& roster = *message.mutable_rosters()->add_rosters();
  roster.set_root(std::string{ben.root().raw()});
  for (int i = 0; i < 1025; ++i) roster.add_statements(ben.admit());
  restart();
  expect_end(message);

  message = rosters();
  message.mutable_rosters()->set_port(70'000);
  restart();
  expect_end(message);

  message = rosters();
  message.mutable_rosters()->add_rosters()->set_root("short");
  restart();
  expect_end(message);
}

// --- inventories

TEST_F(Hostile, AnUnsortedInventory) {
  Forged one{ben.root(), couple};
  Forged other{ben.root(), couple};
  one.add(payload_of("one"));
  other.add(payload_of("other"));
  Message message = inventory({one.held(), other.held()});
  message.mutable_inventory()->mutable_logs()->SwapElements(0, 1);
  say(rosters());
  EXPECT_ERROR(Errc::peer_misbehaved, say(message));
  EXPECT_EQ(ada.bodies().size(), 3U);
  EXPECT_THAT(ada.book().verify().problems, IsEmpty());
}

TEST_F(Hostile, ALogNamedTwice) {
  const auto held = named(log_of(ben.root(), couple));
  begin({held});
  before = ada.contents();  // that Ben's device holds so much is noted
  expect_end(inventory({held}));
  restart();
  say(rosters());
  expect_end(inventory({held, held}));
  restart();
  begin({held});
  expect_end(inventory({held}));
}

TEST_F(Hostile, ALogThatMayNotTravel) {
  const Person other;
  const std::vector<log::LogName> names{
      {crypto::random_id<LogId>(), ben.root(), CoupleId{}},                                     // Ben's own space
      {crypto::random_id<LogId>(), ada.root(), CoupleId{}},                                     // Ada's own space
      log_of(ada.root(), CoupleId{}).name,                                                      // by its true id
      {crypto::random_id<LogId>(), other.root.id, couple},                                      // a third person
      {crypto::random_id<LogId>(), ben.root(), identity::couple_of(ben.root(), other.root.id)}  // another couple
  };
  for (const log::LogName& name : names) {
    Forged log{name.author, name.couple};
    log.name = name;
    log.add(payload_of("x"));
    restart();
    say(rosters());
    expect_end(inventory({log.held()}));
  }
}

TEST_F(Hostile, AKnownLogUnderAnotherAuthor) {
  auto held = named(log_of(ben.root(), couple));
  held.set_author(std::string{ada.root().raw()});
  say(rosters());
  expect_end(inventory({held}));
}

TEST_F(Hostile, FieldsOfAWrongSizeInAnInventory) {
  const auto good = named(log_of(ben.root(), couple));
  for (int field = 0; field < 6; ++field) {
    auto held = good;
    if (field == 0) held.set_log("short");
    if (field == 1) held.set_author("short");
    if (field == 2) held.set_couple("short");
    if (field == 3) held.set_link("short");
    if (field == 4) held.set_n(std::uint64_t{1} << 63U);
    if (field == 5) {
      for (std::uint64_t n = 0; n < 1025; ++n) held.add_lacking(n);
    }
    restart();
    say(rosters());
    expect_end(inventory({held}));
  }
}

TEST_F(Hostile, PlacesThatDoNotExistAreAskedForInVain) {
  auto held = named(log_of(ada.root(), couple));
  held.add_lacking(0);
  held.add_lacking(999);
  held.add_lacking(UINT64_MAX);
  begin({held, named(log_of(ben.root(), couple))});
  before = ada.contents();
  for (const Message& message : heard) EXPECT_FALSE(message.has_batch());
  expect_unchanged();
}

// A partner who knows the id of a private log, say from a stolen disk.
TEST_F(Hostile, AnOwnSpaceLogIsNeitherGivenNorSpokenOf) {
  const log::Held own = log_of(ada.root(), CoupleId{});
  const std::string id{own.name.id.raw()};
  std::vector<Message> asks(4);
  asks[0].mutable_confirm()->set_log(id);
  asks[1].mutable_hold()->set_log(id);
  asks[2].mutable_not_mine()->set_log(id);
  asks[3].mutable_batch()->set_log(id);
  // The answer is the same as for a log that does not exist.
  for (const bool exists : {true, false}) {
    for (Message& ask : asks) {
      const std::string name = exists ? id : std::string(32, 'x');
      if (ask.has_confirm()) ask.mutable_confirm()->set_log(name);
      if (ask.has_hold()) ask.mutable_hold()->set_log(name);
      if (ask.has_not_mine()) ask.mutable_not_mine()->set_log(name);
      if (ask.has_batch()) ask.mutable_batch()->set_log(name);
      restart();
      begin();
      expect_end(ask);
      for (const Message& message : heard) EXPECT_EQ(message.SerializeAsString().find(id), std::string::npos);
    }
  }
}

// --- batches

TEST_F(Hostile, ABatchOfALogThatWasNotNamed) {
  Forged log{ben.root(), couple};
  log.add(payload_of("unnamed"));
  begin();
  expect_end(log.batch(1, 1));
}

TEST_F(Hostile, ABatchWithAWrongLink) {
  Forged log{ben.root(), couple};
  log.add(payload_of("one"));
  begin({log.held()});
  before = ada.contents();
  Message batch = log.batch(1, 1);
  batch.mutable_batch()->set_link(std::string(32, 'x'));
  expect_end(batch);
}

TEST_F(Hostile, ABatchWithAGap) {
  Forged log{ben.root(), couple};
  for (int i = 0; i < 3; ++i) log.add(payload_of("entry"));
  begin({log.held()});
  before = ada.contents();
  expect_end(log.batch(2, 3));
}

TEST_F(Hostile, ABatchAtAnImpossiblePlace) {
  Forged log{ben.root(), couple};
  log.add(payload_of("one"));
  log.add(payload_of("two"));
  for (const std::uint64_t first : {std::uint64_t{0}, UINT64_MAX, UINT64_MAX - 1}) {
    restart();
    begin({log.held()});
    before = ada.contents();
    Message batch = log.batch(1, 2);
    batch.mutable_batch()->set_first(first);
    expect_end(batch);
  }
}

TEST_F(Hostile, ABatchThatIsHalfGoodLeavesNothing) {
  Forged log{ben.root(), couple};
  for (int i = 0; i < 3; ++i) log.add(payload_of("entry"));
  begin({log.held()});
  before = ada.contents();
  Message batch = log.batch(1, 3);
  batch.mutable_batch()->mutable_records(2)->mutable_payload()->back() ^= 1;
  expect_end(batch);
}

TEST_F(Hostile, BatchesOverTheirLimits) {
  Forged log{ben.root(), couple};
  log.add(payload_of("one"));
  begin({log.held()});
  before = ada.contents();
  Message batch = log.batch(1, 1);
  batch.mutable_batch()->clear_records();
  expect_end(batch);

  batch = log.batch(1, 1);
  const sync::v1::Record record = batch.batch().records(0);
  for (int i = 0; i < 4096; ++i) *batch.mutable_batch()->add_records() = record;
  restart();
  begin({log.held()});
  expect_end(batch);
}

TEST_F(Hostile, ARecordOfMoreThanOneMebibyte) {
  Forged log{ben.root(), couple};
  log.add(std::string((1U << 20U) + kRandom + 1, 'x'));
  begin({log.held()});
  before = ada.contents();
  expect_end(log.batch(1, 1));
}

TEST_F(Hostile, RecordsThatAreNone) {
  Forged log{ben.root(), couple};
  log.add(payload_of("one"));
  for (int fault = 0; fault < 7; ++fault) {
    Message batch = log.batch(1, 1);
    auto& record = *batch.mutable_batch()->mutable_records(0);
    if (fault == 0) record.set_number("short");
    if (fault == 1) record.set_creator("short");
    if (fault == 2) record.set_hash(std::string(32, 'x'));  // beside a payload
    if (fault == 3) record.clear_payload();                 // neither
    if (fault == 4) record.set_payload("short");
    if (fault == 5) record.set_payload(std::string(kRandom, 'r') + "\xff\xff\xff");  // no op
    if (fault == 6) batch.mutable_batch()->set_link("short");
    restart();
    begin({log.held()});
    before = ada.contents();
    expect_end(batch);
  }
}

TEST_F(Hostile, AConfirmationOfWhatWasNeverSent) {
  const log::Held log = log_of(ada.root(), couple);
  Message confirm;
  confirm.mutable_confirm()->set_log(std::string{log.name.id.raw()});
  confirm.mutable_confirm()->set_n(log.n + 1);
  begin({named(log)});
  before = ada.contents();
  expect_end(confirm);
}

// --- filling

TEST_F(Hostile, AFillingForAPlaceThatLacksNothingChangesNothing) {
  const log::Held log = log_of(ben.root(), couple);
  Message message;
  auto& batch = *message.mutable_batch();
  batch.set_log(std::string{log.name.id.raw()});
  batch.set_filling(true);
  auto& record = *batch.add_records();
  record.set_number(std::string(16, 'x'));
  record.set_payload(payload_of("other words"));
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{77}}) {
    record.set_n(n);
    restart();
    begin({named(log)});
    before = ada.contents();
    say(message);
    expect_unchanged();
  }
}

TEST_F(Hostile, AFillingWithOtherWordsThanTheirHash) {
  Forged log{ben.root(), couple};
  log.add(payload_of("hidden"));
  begin({log.held()});
  say(log.batch(1, 1, 1));
  before = ada.contents();
  expect_end(log.filling(1, payload_of("other")));
  restart();
  begin({log.held()});
  say(log.filling(1, payload_of("hidden")));
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("ada's own", "ada's shared", "ben's shared", "hidden"));
}

// --- one's own records by way of the partner

TEST_F(Hostile, AnOwnLogClaimedLongerWithoutASealIsNotMine) {
  auto held = named(log_of(ada.root(), couple));
  held.set_n(held.n() + 1);
  held.set_link(std::string(32, 'x'));
  begin({held});
  EXPECT_TRUE(heard_not_mine());
  expect_unchanged();
  EXPECT_FALSE(log_of(ada.root(), couple).retired);
}

TEST_F(Hostile, AnOwnLogClaimedOtherwiseWithoutASealIsNotMine) {
  auto held = named(log_of(ada.root(), couple));
  held.set_link(std::string(32, 'x'));
  begin({held});
  EXPECT_TRUE(heard_not_mine());
  expect_unchanged();
  EXPECT_FALSE(log_of(ada.root(), couple).retired);
}

TEST_F(Hostile, ASealOfAnotherPlaceIsNone) {
  const log::Held log = log_of(ada.root(), couple);
  auto held = named(log);
  held.set_n(log.n + 1);
  held.set_seal(identity::make_seal(ada_.self_keys.back(), log.name.id, log.n, log.link).bytes());
  begin({held});
  EXPECT_TRUE(heard_not_mine());
  expect_unchanged();
}

TEST_F(Hostile, AnUnknownLogInOnesOwnNameIsNotMineAndWhatComesOfItIsDropped) {
  Forged log{ada.root(), couple};
  log.add(payload_of("never said"));
  auto held = log.held();
  held.set_seal(identity::make_seal(ben_.self_keys.back(), log.name.id, 1, log.link(1)).bytes());
  begin({held});
  EXPECT_TRUE(heard_not_mine());
  say(log.batch(1, 1));
  expect_unchanged();
  EXPECT_FALSE(heard_confirm());
  expect_end(inventory({held}));
}

TEST_F(Hostile, AnOwnBatchWithoutASealIsNotMineEvenWhereTheClaimHadOne) {
  Forged log{ada.root(), couple};
  log.add(payload_of("never said"));
  log.add(payload_of("nor this"));
  auto held = log.held();
  held.set_seal(identity::make_seal(ada_.self_keys.back(), log.name.id, 2, log.link(2)).bytes());
  begin({held});
  const auto learned = ada.contents();
  say(log.batch(1, 1));
  EXPECT_TRUE(heard_not_mine());
  EXPECT_TRUE(ada.contents() == learned);
  EXPECT_EQ(ada.bodies().size(), 3U);
}

// --- what a partner's log can do between one's own devices

class Relayed : public Hostile {
 protected:
  // A second device of Ada gets from the first what Ben's device said; each message fits.
  void relay() {
    Contact contact{ada, second};
    contact.run();
    EXPECT_TRUE(contact.over());
    for (const std::string& message : contact.all_said()) {
      EXPECT_LE(message.size(), (1U << 20U) + (64U << 10U));
      EXPECT_LE(parsed(message).batch().records_size(), 4096);
    }
  }
  Device second{ada_, clock};
};

TEST_F(Relayed, ThousandsOfRecordsGoFromDeviceToDevice) {
  Forged log{ben.root(), couple};
  for (int i = 0; i < 5000; ++i) log.add(payload_of("entry " + std::to_string(i)));
  begin({log.held()});
  say(log.batch(1, 2500));
  say(log.batch(2501, 5000));
  relay();
  EXPECT_EQ(second.book().entries(), 5003U);
}

TEST_F(Relayed, PayloadsThatCameLaterDoNotMakeABatchTooLarge) {
  Forged log{ben.root(), couple};
  for (int i = 0; i < 4; ++i) log.add(payload_of(std::string(900'000, static_cast<char>('a' + i))));
  begin({log.held()});
  Message bare = log.batch(1, 4);
  for (auto& record : *bare.mutable_batch()->mutable_records()) {
    const auto number = ObjectNumber::from(record.number());
    record.set_hash(std::string{log::payload_hash(ObjectId{ben.root(), *number}, as_bytes(record.payload())).raw()});
    record.clear_payload();
  }
  bare.mutable_batch()->set_seal(std::string(40, 's'));
  say(bare);
  for (std::uint64_t n = 1; n <= 4; ++n) say(log.filling(n, log.payload(n)));
  ASSERT_EQ(ada.book().entries(), 7U);
  relay();
  relay();  // what did not fit is asked for the next time
  EXPECT_EQ(second.book().entries(), 7U);
}

// --- bytes

TEST_F(Hostile, BytesThatAreNoMessage) {
  begin();
  const auto garbage = [](std::uint64_t seed, std::size_t size) {
    std::mt19937_64 random{seed};
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
  };
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    try {
      say_bytes(garbage(seed, seed % 97));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::peer_misbehaved);
    }
  }
  expect_unchanged();
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep = "\x0b" + deep + "\x0c";  // groups within groups, unknown to us
  EXPECT_ERROR(Errc::peer_misbehaved, say_bytes(deep));
  expect_unchanged();
}

TEST_F(Hostile, KindsOfMessagesFromALaterVersionArePassedOver) {
  begin();
  say_bytes(std::string{"\xfa\x01\x02hi", 5});  // field 31
  say_bytes({});
  expect_unchanged();
}

// Every message of an honest contact, cut short, damaged or out of place.
TEST_F(Hostile, DamagedMessagesOfAnHonestSide) {
  ben.write("new", true);
  Contact honest{ada, ben};
  std::vector<std::string> said;
  {
    Device other{ada_, clock};  // somebody to say it all to
    pair(other, ben);
    Contact contact{ben, other};
    contact.run();
    said = contact.one().said;
  }
  std::mt19937_64 random{3};
  const auto bodies_before = ada.bodies();
  for (int round = 0; round < 300; ++round) {
    restart();
    try {
      for (std::string message : said) {
        if (random() % 3 == 0 && !message.empty())
          message[random() % message.size()] ^= static_cast<char>(1U << (random() % 8));
        if (random() % 9 == 0) message.resize(message.size() / 2);
        say_bytes(message);
      }
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == Errc::peer_misbehaved || error.code() == Errc::incompatible) << error.what();
    }
    ASSERT_THAT(ada.book().verify().problems, IsEmpty());
  }
  for (const std::string& body : ada.bodies()) {
    EXPECT_TRUE(body == "new" || std::ranges::count(bodies_before, body) == 1) << body;
  }
}

}  // namespace
}  // namespace attune::test
