// A device that keeps no rule: records, its own and those of others.
#include "sync/hostile.h"

#include <gmock/gmock.h>

namespace attune::test {
namespace {

using ::testing::UnorderedElementsAre;

// --- batches

TEST_F(Hostile, ABatchOfALogThatWasNotNamed) {
  Forged log{ben.root(), couple};
  log.add(payload_of("unnamed"));
  begin();
  expect_end(log.batch(1, 1));
}

TEST_F(Hostile, ABatchOfNothing) {
  Forged log{ben.root(), couple};
  log.add(payload_of("one"));
  begin({log.held()});
  before = ada.contents();
  Message batch = log.batch(1, 1);
  batch.mutable_batch()->clear_records();
  expect_end(batch);
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

// --- one's own records by way of the partner

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

}  // namespace
}  // namespace attune::test
