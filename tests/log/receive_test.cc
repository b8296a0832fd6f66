// What arrives: all of it verified first, then kept; or nothing changed.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <tuple>

#include "log/world.h"
#include "support/error_matcher.h"

namespace attune::log {
namespace {

using storage::Batch;
using test::Couple;
using test::Device;
using test::id_of;
using test::object;
using test::Parcel;
using test::parcel;
using test::payload;
using test::person;
using test::receive;

// Ada wrote ten records; Ben holds the first four.
struct Halfway : Couple {
  LogNumber adas = ada.write_many(space, 10);
  LogNumber bens = learn(adas);
  Halfway() { pass(adas, bens, 1, 4); }

  // Ben refuses it, nothing changes, and the honest records still go in afterwards.
  void expect_refused(const Parcel& bad) { expect_refused(bad.first, bad.incoming(), bad.link); }
  void expect_refused(std::uint64_t first, const std::vector<Incoming>& records, const Link& link) {
    const auto contents = ben.contents();
    Batch batch;
    EXPECT_ERROR(Errc::peer_misbehaved, ben.logs->receive(bens, first, records, link, std::nullopt, batch));
    EXPECT_TRUE(batch.empty());
    EXPECT_EQ(ben.contents(), contents);
    EXPECT_EQ(ben.held(bens).n, 4U);
    EXPECT_EQ(receive(ben, bens, parcel(ada, adas, 5, 10), batch).hashes.size(), 6U);
    ben.logs->forget();
  }
};

TEST(Receive, KeepsWhatThePartnerWrote) {
  Halfway world;
  const auto received = world.ben.change(
      [&](Batch& batch) { return receive(world.ben, world.bens, parcel(world.ada, world.adas, 5, 10), batch); });
  EXPECT_EQ(received.first, 5U);
  EXPECT_TRUE(received.missing.empty());
  ASSERT_EQ(received.hashes.size(), 6U);
  for (std::uint64_t n = 1; n <= 10; ++n) {
    const auto sent = world.ada.logs->read({world.adas, n});
    const auto held = world.ben.logs->read({world.bens, n});
    EXPECT_EQ(held->payload, sent->payload);
    EXPECT_EQ(held->object, sent->object);
    EXPECT_EQ(held->link, sent->link);
    if (n >= 5) {
      EXPECT_EQ(received.hashes[n - 5], sent->hash);
    }
  }
  EXPECT_EQ(world.ben.held(world.bens).link, world.ada.held(world.adas).link);
  EXPECT_EQ(world.ben.held(world.bens).seal, world.ada.held(world.adas).seal);
  EXPECT_EQ(world.ben.problems(), std::vector<std::string>{});
}

TEST(Receive, RefusesAGap) {
  Halfway world;
  world.expect_refused(parcel(world.ada, world.adas, 6, 10));
  Parcel renumbered = parcel(world.ada, world.adas, 6, 10);
  renumbered.first = 5;
  world.expect_refused(renumbered);
  Parcel hole = parcel(world.ada, world.adas, 5, 10);
  hole.records.erase(hole.records.begin() + 2);
  world.expect_refused(hole);
}

TEST(Receive, RefusesNothingAndAPlaceBeforeTheFirst) {
  Halfway world;
  world.expect_refused(5, {}, world.ben.held(world.bens).link);
  Parcel zeroth = parcel(world.ada, world.adas, 5, 10);
  zeroth.first = 0;
  world.expect_refused(zeroth);
  zeroth.first = ~std::uint64_t{0};
  world.expect_refused(zeroth);
}

TEST(Receive, RefusesRecordsOfAnotherLog) {
  // The same author, space and objects: only the log is another.
  Halfway world;
  Device second{world.ada_root, 3};
  const LogNumber other = second.write_many(world.space, 10);
  world.expect_refused(parcel(second, other, 5, 10));
  world.expect_refused(parcel(second, other, 1, 10));
}

TEST(Receive, RefusesRecordsInAnotherOrder) {
  Halfway world;
  Parcel turned = parcel(world.ada, world.adas, 5, 10);
  std::swap(turned.records[1], turned.records[2]);
  world.expect_refused(turned);
  turned = parcel(world.ada, world.adas, 5, 10);
  turned.records.insert(turned.records.begin(), turned.records.front());
  world.expect_refused(turned);
}

TEST(Receive, RefusesAWrongLink) {
  Halfway world;
  Parcel wrong = parcel(world.ada, world.adas, 5, 10);
  wrong.link = id_of<Link>(3);
  world.expect_refused(wrong);
  wrong.link = *world.ada.logs->link_at(world.adas, 9);
  world.expect_refused(wrong);
}

TEST(Receive, RefusesARecordChangedInAnyPart) {
  Halfway world;
  const Parcel good = parcel(world.ada, world.adas, 5, 10);
  for (std::size_t i = 0; i < good.records.size(); ++i) {
    Parcel bad = good;
    bad.records[i].payload->back() ^= 1;
    world.expect_refused(bad);
    bad = good;
    bad.records[i].payload->front() ^= 1;
    world.expect_refused(bad);
    bad = good;
    bad.records[i].payload->push_back('x');
    world.expect_refused(bad);
    bad = good;
    bad.records[i].object.number = id_of<ObjectNumber>(77);
    world.expect_refused(bad);
    bad = good;
    bad.records[i].object.creator = world.ben_root;
    world.expect_refused(bad);
    bad = good;
    bad.records[i].payload.reset();
    bad.records[i].hash = id_of<OpId>(7);
    world.expect_refused(bad);
  }
}

// A chain that holds, of records that nobody may send.
TEST(Receive, RefusesPayloadsOutsideTheirLimits) {
  Halfway world;
  const ObjectId about = object(world.ada_root, 1);
  const Link head = world.ben.held(world.bens).link;
  const auto chained = [&](const std::string& bytes) {
    return next_link(head, 5, about, payload_hash(about, as_bytes(bytes)));
  };
  for (const std::size_t size : {std::size_t{1}, kPayloadRandom - 1, kMaxPayload + 1}) {
    const std::string bytes(size, 'x');
    world.expect_refused(5, {{about, bytes, {}}}, chained(bytes));
  }
  for (const std::size_t size : {kPayloadRandom, kMaxPayload}) {
    const std::string bytes(size, 'x');
    Batch batch;
    EXPECT_EQ(world.ben.logs->receive(world.bens, 5, {{about, bytes, {}}}, chained(bytes), {}, batch).hashes.size(),
              1U);
    world.ben.logs->forget();
  }
}

TEST(Receive, RefusesAHashThatIsMissingOrOfOtherContents) {
  Halfway world;
  Parcel good = parcel(world.ada, world.adas, 5, 5);
  auto records = good.incoming();
  records[0].hash = id_of<OpId>(1);
  world.expect_refused(5, records, good.link);
  records[0].payload = {};
  records[0].hash.reset();
  world.expect_refused(5, records, good.link);
}

TEST(Receive, PassesOverWhatIsHeldAlready) {
  Halfway world;
  const auto contents = world.ben.contents();
  for (const auto& [first, last] : {std::pair{1, 4}, {2, 3}, {4, 4}, {1, 1}}) {
    Batch batch;
    const auto from = static_cast<std::uint64_t>(first);
    const auto received =
        receive(world.ben, world.bens, parcel(world.ada, world.adas, from, static_cast<std::uint64_t>(last)), batch);
    EXPECT_EQ(received.first, 5U);
    EXPECT_TRUE(received.hashes.empty());
    EXPECT_TRUE(batch.empty());
  }
  const auto received = world.ben.change(
      [&](Batch& batch) { return receive(world.ben, world.bens, parcel(world.ada, world.adas, 3, 7), batch); });
  EXPECT_EQ(received.first, 5U);
  ASSERT_EQ(received.hashes.size(), 3U);
  EXPECT_EQ(received.hashes[0], world.ada.logs->read({world.adas, 5})->hash);
  EXPECT_EQ(world.ben.held(world.bens).n, 7U);
  EXPECT_EQ(world.ben.problems(), std::vector<std::string>{});
}

TEST(Receive, RefusesSomethingElseAtAPlaceThatIsHeld) {
  // A fork: Ada's log up to 3, then other records, chained as they must be.
  Halfway world;
  Parcel fork = parcel(world.ada, world.adas, 4, 8);
  Link link = *world.ada.logs->link_at(world.adas, 3);
  for (std::size_t i = 0; i < fork.records.size(); ++i) {
    Record& record = fork.records[i];
    record.payload = payload(100 + i);
    link = next_link(link, 4 + i, record.object, payload_hash(record.object, as_bytes(*record.payload)));
  }
  fork.link = link;
  world.expect_refused(fork);
  Parcel only_held = fork;
  only_held.records.resize(1);
  only_held.link = next_link(*world.ada.logs->link_at(world.adas, 3), 4, fork.records[0].object,
                             payload_hash(fork.records[0].object, as_bytes(*fork.records[0].payload)));
  world.expect_refused(only_held);
}

TEST(Receive, TakesAnErasedRecordByItsHashAndAsksForIt) {
  Halfway world;
  Parcel erased = parcel(world.ada, world.adas, 5, 8);
  erased.records[1].payload.reset();
  erased.records[3].payload.reset();
  const auto received = world.ben.change([&](Batch& batch) { return receive(world.ben, world.bens, erased, batch); });
  EXPECT_EQ(received.missing, (std::vector<std::uint64_t>{6, 8}));
  EXPECT_EQ(received.hashes.size(), 4U);
  const auto record = world.ben.logs->read({world.bens, 6});
  EXPECT_EQ(record->payload, std::nullopt);
  EXPECT_EQ(record->hash, world.ada.logs->read({world.adas, 6})->hash);
  EXPECT_EQ(world.ben.logs->lacking(world.bens, 10), received.missing);
  EXPECT_EQ(world.ben.logs->lacking(world.bens, 1), (std::vector<std::uint64_t>{6}));
  EXPECT_EQ(world.ben.problems(), std::vector<std::string>{});
  // And the chain goes on behind it.
  world.pass(world.adas, world.bens, 9, 10);
  EXPECT_EQ(world.ben.held(world.bens).link, world.ada.held(world.adas).link);
}

TEST(Receive, TakesNothingNewIntoALogThatThisDeviceWrites) {
  // The store was put back to an older state: a peer holds more than the device itself.
  Halfway world;
  Device back{world.ada_root, 1};
  const LogName name = world.ada.held(world.adas).name;
  for (const auto& [at, value] : world.ada.contents()) back.put_raw(at, value);
  back.reopen();
  world.ada.write(world.space, object(world.ada_root, 11), payload(11));
  Batch batch;
  EXPECT_ERROR(Errc::peer_misbehaved, receive(back, world.adas, parcel(world.ada, world.adas, 9, 11), batch));
  EXPECT_TRUE(receive(back, world.adas, parcel(world.ada, world.adas, 9, 10), batch).hashes.empty());
  EXPECT_TRUE(batch.empty());
  back.logs->retire(world.adas, batch);
  EXPECT_EQ(receive(back, world.adas, parcel(world.ada, world.adas, 9, 11), batch).hashes.size(), 1U);
  back.commit(batch);
  EXPECT_EQ(back.logs->find(name.id)->n, 11U);
  EXPECT_NE(back.write(world.space, object(world.ada_root, 12), payload(12)).place.log, world.adas);
  EXPECT_EQ(back.problems(), std::vector<std::string>{});
}

TEST(Receive, KeepsASealForEachBatchOfThePartner) {
  Couple world;
  LogNumber adas = world.ada.write_many(world.space, 2);
  const LogNumber bens = world.learn(adas);
  world.pass(adas, bens, 1, 2);
  const auto first_seal = world.ada.held(adas).seal;
  world.ada.write(world.space, object(world.ada_root, 3), payload(3));
  world.pass(adas, bens, 3, 3);
  world.ada.write(world.space, object(world.ada_root, 4), payload(4));
  const auto third_seal = world.ben.held(bens).seal;
  world.pass(adas, bens, 3, 4);
  const auto& logs = *world.ben.logs;
  EXPECT_EQ(logs.seal_from(bens, 1), (std::pair{std::uint64_t{2}, *first_seal}));
  EXPECT_EQ(logs.seal_from(bens, 2), (std::pair{std::uint64_t{2}, *first_seal}));
  EXPECT_EQ(logs.seal_from(bens, 3), (std::pair{std::uint64_t{3}, *third_seal}));
  EXPECT_EQ(logs.seal_from(bens, 4)->first, 4U);
  EXPECT_EQ(logs.seal_from(bens, 5), std::nullopt);
}

TEST(Receive, KeepsOfAnOwnDeviceTheSealOfTheHeadAlone) {
  Couple world;
  const LogNumber adas = world.ada.write_many({}, 2);
  Device second{world.ada_root, 3};
  const LogNumber number = second.change(
      [&](Batch& batch) { return second.logs->learn(world.ada.held(adas).name, id_of<DeviceId>(1), batch); });
  const auto take = [&](std::uint64_t first, std::uint64_t last) {
    second.change([&](Batch& batch) { return receive(second, number, parcel(world.ada, adas, first, last), batch); });
  };
  take(1, 2);
  EXPECT_EQ(second.logs->seal_from(number, 1)->first, 2U);
  world.ada.write({}, object(world.ada_root, 3), payload(3));
  take(3, 3);
  EXPECT_EQ(second.logs->seal_from(number, 1)->first, 3U);
  for (const auto& [at, value] : second.contents()) EXPECT_NE(at[0], static_cast<char>(storage::Table::seal));
  EXPECT_EQ(second.problems(), std::vector<std::string>{});
}

TEST(Receive, KeepsALaterSealOfTheHead) {
  Halfway world;
  world.pass(world.adas, world.bens, 5, 10);
  const auto revoke = identity::check_statement(world.ada_root, test::raw(test::known()["revoke"]["wire"]));
  const auto newer = identity::self_key_from(person(0).self_seed, &revoke);
  world.ada.change([&](Batch& batch) {
    world.ada.logs->reseal(world.adas, newer, batch);
    return 0;
  });
  const auto seal = world.ada.held(world.adas).seal;
  world.ben.change([&](Batch& batch) {
    world.ben.logs->keep_seal({world.bens, 10}, *seal, batch);
    EXPECT_ERROR(Errc::peer_misbehaved, world.ben.logs->keep_seal({world.bens, 11}, *seal, batch));
    EXPECT_ERROR(Errc::peer_misbehaved, world.ben.logs->keep_seal({world.bens, 0}, *seal, batch));
    return 0;
  });
  EXPECT_EQ(world.ben.held(world.bens).seal, seal);
  EXPECT_EQ(world.ben.logs->seal_from(world.bens, 8), (std::pair{std::uint64_t{10}, *seal}));
}

TEST(Receive, TakesSeveralParcelsInOneBatch) {
  Halfway world;
  world.ben.change([&](Batch& batch) {
    EXPECT_EQ(receive(world.ben, world.bens, parcel(world.ada, world.adas, 5, 6), batch).first, 5U);
    EXPECT_EQ(receive(world.ben, world.bens, parcel(world.ada, world.adas, 6, 8), batch).first, 7U);  // overlaps it
    Parcel fork = parcel(world.ada, world.adas, 7, 10);
    fork.records[0].payload = payload(99);
    EXPECT_ERROR(Errc::peer_misbehaved, receive(world.ben, world.bens, fork, batch));
    EXPECT_EQ(receive(world.ben, world.bens, parcel(world.ada, world.adas, 7, 10), batch).first, 9U);
    return 0;
  });
  EXPECT_EQ(world.ben.held(world.bens).link, world.ada.held(world.adas).link);
  EXPECT_EQ(world.ben.problems(), std::vector<std::string>{});
}

TEST(Receive, LeavesTheSameStoreHoweverRecordsAreCutIntoBatches) {
  Couple world;
  const LogNumber adas = world.ada.write_many(world.space, 12);
  world.ada.change([&](Batch& batch) {
    world.ada.logs->drop_payload({adas, 3}, batch);
    world.ada.logs->drop_payload({adas, 8}, batch);
    return 0;
  });
  // Seals between are the one thing that depends on the cuts: they are kept for each batch, on purpose.
  Device whole{world.ben_root, 2};
  const auto learned = [&](Device& device) {
    return device.change([&](Batch& batch) { return device.logs->learn(world.ada.held(adas).name, {}, batch); });
  };
  const LogNumber number = learned(whole);
  whole.change([&](Batch& batch) { return receive(whole, number, parcel(world.ada, adas, 1, 12), batch); });
  const auto expected = whole.contents();
  EXPECT_TRUE(rc::check("any split gives the same store", [&] {
    Device device{world.ben_root, 2};
    const LogNumber log = learned(device);
    const auto pass = [&](std::uint64_t first, std::uint64_t last) {
      device.change([&](Batch& batch) { return receive(device, log, parcel(world.ada, adas, first, last), batch); });
    };
    // Each step: how far back it begins, how far it goes, and whether the same was lost in a crash before.
    const auto steps = *rc::gen::arbitrary<std::vector<std::tuple<std::uint8_t, std::uint8_t, bool>>>();
    for (const auto& [back, length, crash] : steps) {
      const std::uint64_t first = std::min<std::uint64_t>(12, 1 + back % (device.held(log).n + 1));
      const std::uint64_t last = std::min<std::uint64_t>(12, first + length % 6);
      if (crash) {
        Batch lost;
        receive(device, log, parcel(world.ada, adas, first, last), lost);
        device.logs->forget();
        if (length % 2 == 0) device.reopen();
      }
      const std::uint64_t before = device.held(log).n;
      pass(first, last);
      RC_ASSERT(device.held(log).n == std::max(before, last));
    }
    if (device.held(log).n < 12) pass(device.held(log).n + 1, 12);
    RC_ASSERT(device.contents() == expected);
  }));
}

}  // namespace
}  // namespace attune::log
