// Cases 1 to 12 of the 64: places, links and words in a log of the hostile device's own.
#include "peers/hostile_peer.h"

namespace attune::test {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::uint64_t kTwoToThe63 = std::uint64_t{1} << 63U;

TEST_F(HostilePeer, Case01AGapInTheNumbers) {
  Forged log = log_of_ben();
  for (int i = 0; i < 4; ++i) log.add(payload_of("entry"));
  begin_with(log);
  expect_end(log.batch(2, 3));
  begin_with(log);
  say(log.batch(1, 2));
  before = ada.contents();
  EXPECT_ERROR(Errc::peer_misbehaved, say(log.batch(4, 4)));
  EXPECT_TRUE(ada.contents() == before);
}

TEST_F(HostilePeer, Case02TheSameNumberTwiceWithTheSameBytes) {
  Forged log = log_of_ben();
  log.add(payload_of("one"));
  log.add(payload_of("two", 's'));
  begin_with(log);
  say(log.batch(1, 2));
  const auto once = ada.contents();
  for (int i = 0; i < 100; ++i) say(log.batch(1, 2));
  EXPECT_TRUE(ada.contents() == once);
  expect_that_the_session_goes_on();
}

TEST_F(HostilePeer, Case03TheSameNumberTwiceWithOtherBytes) {
  Forged log = log_of_ben();
  Forged fork = log;
  log.add(payload_of("one"));
  fork.add(payload_of("another one"));
  bring(log);
  before = ada.contents();
  EXPECT_ERROR(Errc::peer_misbehaved, say(fork.batch(1, 1)));
  EXPECT_TRUE(ada.contents() == before);
  // Where an inventory already says so, the log is set aside and nothing else.
  restart();
  begin({fork.held()});
  EXPECT_TRUE(heard_any(&Message::has_differs));
  say(fork.batch(1, 1));
  EXPECT_TRUE(ada.contents() == before);
  EXPECT_THAT(ada.bodies(), Contains("one"));
  expect_that_the_session_goes_on();
}

TEST_F(HostilePeer, Case04ALinkThatIsNotTheOneBefore) {
  Forged log = log_of_ben();
  Forged other = log;
  log.add(payload_of("one"));
  log.add(payload_of("two"));
  other.add(payload_of("not one"));
  other.add(payload_of("two"));
  begin_with(log);
  Message batch = log.batch(1, 1);
  batch.mutable_batch()->set_link(std::string(32, 'x'));
  expect_end(batch);
  begin_with(log);
  say(log.batch(1, 1));
  before = ada.contents();
  EXPECT_ERROR(Errc::peer_misbehaved, say(other.batch(2, 2)));
  EXPECT_TRUE(ada.contents() == before);
}

TEST_F(HostilePeer, Case05RecordsOfAnotherLogInItsName) {
  Forged log = log_of_ben();
  Forged other = log_of_ben();
  for (Forged* each : {&log, &other}) {
    for (int i = 0; i < 2; ++i) each->add(payload_of("entry"));
  }
  for (const std::uint64_t first : {1U, 2U}) {
    restart();
    begin({log.held(), other.held()});
    if (first == 2) say(log.batch(1, 1));
    before = ada.contents();
    Message spliced = other.batch(first, 2);
    spliced.mutable_batch()->set_log(std::string{log.name.id.raw()});
    EXPECT_ERROR(Errc::peer_misbehaved, say(spliced));
    EXPECT_TRUE(ada.contents() == before);
  }
}

TEST_F(HostilePeer, Case06TheNumberZero) {
  Forged log = log_of_ben();
  for (int i = 0; i < 2; ++i) log.add(payload_of("entry"));
  begin_with(log);
  Message batch = log.batch(1, 2);
  batch.mutable_batch()->set_first(0);
  expect_end(batch);
}

TEST_F(HostilePeer, Case07NumbersFromTwoToThe63On) {
  Forged log = log_of_ben();
  for (int i = 0; i < 2; ++i) log.add(payload_of("entry"));
  for (const std::uint64_t first : {kTwoToThe63 - 1, kTwoToThe63, UINT64_MAX - 1, UINT64_MAX}) {
    begin_with(log);
    Message batch = log.batch(1, 2);
    batch.mutable_batch()->set_first(first);
    expect_end(batch);
  }
  before = ada.contents();
  for (const std::uint64_t n : {kTwoToThe63, UINT64_MAX}) {
    for (const bool more : {false, true}) {
      sync::v1::Held held = log.held();
      more ? held.set_more(n) : held.set_n(n);
      restart();
      say(rosters());
      expect_end(inventory({held}));
    }
  }
}

// A record has no header with a version in it: what a later program adds to a message is passed over, and the chain is
// over what is known. An act of a kind that only a later program knows is kept for it and shown to nobody.
TEST_F(HostilePeer, Case08WhatOnlyALaterVersionSays) {
  Forged log = log_of_ben();
  log.add(payload_of("with more beside it"));
  log.add(std::string(kRandom, 'l') + std::string{"\x08\x01\xea\x07\x02hi", 7});  // field 125
  begin_with(log);
  const std::string unknown{"\xfa\x01\x02hi", 5};  // field 31
  sync::v1::Batch batch = log.batch(1, 2).batch();
  std::string records;
  for (const sync::v1::Record& record : batch.records()) records += field(3, record.SerializeAsString() + unknown);
  batch.clear_records();
  say_bytes(field(3, batch.SerializeAsString() + records + unknown));
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("ada's own", "ada's shared", "ben's shared", "with more beside it"));
  expect_that_the_session_goes_on();
}

// Every field of a fixed size, one byte short (case 9) or long (case 10).
std::vector<std::string*> fixed_fields(Message& batch) {
  auto& of_batch = *batch.mutable_batch();
  auto& record = *of_batch.mutable_records(0);
  return {of_batch.mutable_log(), of_batch.mutable_link(), record.mutable_number(), record.mutable_creator()};
}
std::vector<std::string*> fixed_fields(sync::v1::Held& held) {
  return {held.mutable_log(), held.mutable_author(), held.mutable_couple(), held.mutable_link()};
}

TEST_F(HostilePeer, Case09FieldsThatAreAByteShort) {
  Forged log = log_of_ben();
  log.add({ada.root(), crypto::random_id<ObjectNumber>()}, payload_of("entry"));
  for (std::size_t field = 0; field < 4; ++field) {
    begin_with(log);
    Message batch = log.batch(1, 1);
    fixed_fields(batch)[field]->pop_back();
    expect_end(batch);
    sync::v1::Held held = log.held();
    fixed_fields(held)[field]->pop_back();
    restart();
    say(rosters());
    expect_end(inventory({held}));
  }
  begin_with(log);
  Message batch = log.batch(1, 1, 1);
  batch.mutable_batch()->mutable_records(0)->mutable_hash()->pop_back();
  expect_end(batch);
  batch = log.batch(1, 1);
  batch.mutable_batch()->mutable_seal()->pop_back();  // a seal of 39 bytes is none
  begin_with(log);
  expect_end(batch);
}

TEST_F(HostilePeer, Case10FieldsThatAreAByteLong) {
  Forged log = log_of_ben();
  log.add({ada.root(), crypto::random_id<ObjectNumber>()}, payload_of("entry"));
  for (std::size_t field = 0; field < 4; ++field) {
    begin_with(log);
    Message batch = log.batch(1, 1);
    fixed_fields(batch)[field]->push_back('x');
    expect_end(batch);
    sync::v1::Held held = log.held();
    fixed_fields(held)[field]->push_back('x');
    restart();
    say(rosters());
    expect_end(inventory({held}));
  }
  begin_with(log);
  Message batch = log.batch(1, 1, 1);
  batch.mutable_batch()->mutable_records(0)->mutable_hash()->push_back('x');
  expect_end(batch);
  batch = log.batch(1, 1);
  batch.mutable_batch()->mutable_seal()->push_back('x');
  begin_with(log);
  expect_end(batch);
}

TEST_F(HostilePeer, Case11WordsThatAreNotTheOnesOfTheirHash) {
  Forged log = log_of_ben();
  for (int i = 0; i < 3; ++i) log.add(payload_of("entry"));
  begin_with(log);
  Message batch = log.batch(1, 3);
  batch.mutable_batch()->mutable_records(2)->mutable_payload()->back() ^= 1;
  expect_end(batch);  // and nothing of the two good ones is left
  begin_with(log);
  batch = log.batch(1, 3);
  batch.mutable_batch()->mutable_records(1)->set_hash(std::string(32, 'x'));  // beside the words
  expect_end(batch);
  // Words that come later for a place that lacks them.
  restart();
  begin({log.held()});
  say(log.batch(1, 3, 2));
  before = ada.contents();
  EXPECT_ERROR(Errc::peer_misbehaved, say(log.filling(2, payload_of("other"))));
  EXPECT_TRUE(ada.contents() == before);
}

TEST_F(HostilePeer, Case12WordsThatAreMissingThoughNobodyErasedThem) {
  Forged log = log_of_ben();
  log.add(payload_of("hidden"));
  begin_with(log);
  say(log.batch(1, 1, 1));
  EXPECT_THAT(ada.bodies(), Not(Contains("hidden")));
  for (int session = 0; session < 3; ++session) {  // it is asked for each time
    restart();
    begin({log.held()});
    const auto asks = [&](const Message& message) {
      return std::ranges::any_of(message.inventory().logs(), [&](const sync::v1::Held& held) {
        return held.log() == log.name.id.raw() && held.lacking_size() == 1;
      });
    };
    EXPECT_TRUE(std::ranges::any_of(heard, asks));
  }
  say(log.filling(1, log.payload(1)));
  EXPECT_THAT(ada.bodies(), Contains("hidden"));
  expect_that_the_session_goes_on();
}

}  // namespace
}  // namespace attune::test
