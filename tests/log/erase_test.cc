// Payloads that go, that are missing, and that come later.
#include <gtest/gtest.h>

#include "log/world.h"
#include "support/error_matcher.h"

namespace attune::log {
namespace {

using storage::Batch;
using storage::Key;
using storage::Table;
using test::Couple;
using test::Parcel;
using test::parcel;
using test::payload;
using test::receive;

const std::vector<std::string> kNone;

// Ben took Ada's five records; of the second and fourth only the hash.
struct Lacking : Couple {
  LogNumber adas = ada.write_many(space, 5);
  LogNumber bens = learn(adas);
  Lacking() {
    Parcel parcel = test::parcel(ada, adas, 1, 5);
    parcel.records[1].payload.reset();
    parcel.records[3].payload.reset();
    ben.change([&](Batch& batch) { return receive(ben, bens, parcel, batch); });
  }
  bool fill(std::uint64_t n, const std::string& bytes) {
    return ben.change([&](Batch& batch) { return ben.logs->fill({bens, n}, bytes, batch); });
  }
};

TEST(DropPayload, LeavesObjectHashAndLink) {
  Couple world;
  const LogNumber log = world.ada.write_many({}, 3);
  const Held before = world.ada.held(log);
  const auto record = *world.ada.logs->read({log, 2});
  world.ada.change([&](Batch& batch) {
    world.ada.logs->drop_payload({log, 2}, batch);
    return 0;
  });
  world.ada.reopen();
  const auto after = *world.ada.logs->read({log, 2});
  EXPECT_EQ(after.payload, std::nullopt);
  EXPECT_EQ(after.object, record.object);
  EXPECT_EQ(after.hash, record.hash);
  EXPECT_EQ(after.link, record.link);
  EXPECT_EQ(world.ada.held(log).link, before.link);
  EXPECT_EQ(world.ada.logs->read({log, 3})->payload, payload(3));
  EXPECT_TRUE(world.ada.logs->lacking(log, 9).empty());  // nobody shall be asked for it
  EXPECT_EQ(world.ada.problems(), kNone);
  for (const auto& [at, value] : world.ada.contents()) EXPECT_EQ(value.find(payload(2)), std::string::npos);
}

TEST(DropPayload, TwiceChangesNothingMore) {
  Couple world;
  const LogNumber log = world.ada.write_many({}, 2);
  const auto drop = [&](Batch& batch) {
    world.ada.logs->drop_payload({log, 1}, batch);
    return batch.empty();
  };
  EXPECT_FALSE(world.ada.change(drop));
  EXPECT_TRUE(world.ada.change(drop));
}

TEST(DropPayload, ReachesARecordOfTheSameBatch) {
  Couple world;
  const LogNumber adas = world.ada.write_many(world.space, 3);
  const LogNumber bens = world.learn(adas);
  Parcel sent = parcel(world.ada, adas, 1, 3);
  sent.records[2].payload.reset();
  world.ben.change([&](Batch& batch) {
    receive(world.ben, bens, sent, batch);
    world.ben.logs->drop_payload({bens, 2}, batch);
    world.ben.logs->drop_payload({bens, 3}, batch);
    return 0;
  });
  EXPECT_EQ(world.ben.logs->read({bens, 1})->payload, payload(1));
  EXPECT_EQ(world.ben.logs->read({bens, 2})->payload, std::nullopt);
  EXPECT_EQ(world.ben.logs->read({bens, 3})->payload, std::nullopt);
  EXPECT_TRUE(world.ben.logs->lacking(bens, 9).empty());
  EXPECT_EQ(world.ben.problems(), kNone);
}

TEST(DropPayload, NamesTheKeysToCompact) {
  Couple world;
  const LogNumber log = world.ada.write_many({}, 2);
  const auto [from, to] = world.ada.logs->key_range({log, 2});
  EXPECT_EQ(from, Key{Table::record}.u32(log).u64(2).str());
  EXPECT_EQ(to, from);
}

TEST(Fill, BringsAPayloadThatWasLacking) {
  Lacking world;
  EXPECT_TRUE(world.fill(2, payload(2)));
  EXPECT_EQ(world.ben.logs->read({world.bens, 2})->payload, payload(2));
  EXPECT_EQ(world.ben.logs->lacking(world.bens, 9), (std::vector<std::uint64_t>{4}));
  EXPECT_FALSE(world.fill(2, payload(2)));  // it has it by now
  EXPECT_EQ(world.ben.problems(), kNone);
}

TEST(Fill, LeavesTheStoreThatTheWholeBatchWouldHaveLeft) {
  Lacking world;
  world.fill(4, payload(4));
  world.fill(2, payload(2));
  Couple other;
  EXPECT_EQ(other.ada.write_many(other.space, 5), world.adas);
  test::Device ben{world.ben_root, 2};
  ben.change([&](Batch& batch) { return ben.logs->learn(world.ada.held(world.adas).name, {}, batch); });
  ben.change([&](Batch& batch) { return receive(ben, world.bens, parcel(world.ada, world.adas, 1, 5), batch); });
  EXPECT_EQ(world.ben.contents(), ben.contents());
}

TEST(Fill, RefusesWhatIsNotThatPlaces) {
  Lacking world;
  const auto contents = world.ben.contents();
  Batch batch;
  Logs& logs = *world.ben.logs;
  for (const std::string& wrong :
       {payload(4), payload(2) + 'x', payload(2).substr(0, 31), std::string{}, std::string(kMaxPayload + 1, 'x')}) {
    EXPECT_ERROR(Errc::peer_misbehaved, logs.fill({world.bens, 2}, wrong, batch));
  }
  EXPECT_ERROR(Errc::peer_misbehaved, logs.fill({world.bens, 1}, payload(2), batch));  // not lacking, and not its own
  EXPECT_ERROR(Errc::peer_misbehaved, logs.fill({world.bens, 0}, payload(2), batch));
  EXPECT_ERROR(Errc::peer_misbehaved, logs.fill({world.bens, 6}, payload(2), batch));
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(world.ben.contents(), contents);
}

TEST(Fill, DropsWhatComesForAnErasedPlace) {
  Lacking world;
  world.ben.change([&](Batch& batch) {
    world.ben.logs->settle({world.bens, 2}, batch);
    world.ben.logs->drop_payload({world.bens, 3}, batch);
    // In the same batch already, and after it.
    EXPECT_FALSE(world.ben.logs->fill({world.bens, 2}, payload(2), batch));
    EXPECT_FALSE(world.ben.logs->fill({world.bens, 3}, payload(3), batch));
    return 0;
  });
  EXPECT_FALSE(world.fill(2, payload(2)));
  EXPECT_FALSE(world.fill(3, payload(3)));
  Batch batch;
  EXPECT_ERROR(Errc::peer_misbehaved, world.ben.logs->fill({world.bens, 2}, payload(3), batch));
  EXPECT_EQ(world.ben.logs->read({world.bens, 2})->payload, std::nullopt);
  EXPECT_EQ(world.ben.logs->read({world.bens, 3})->payload, std::nullopt);
}

TEST(Fill, ReachesARecordOfTheSameBatch) {
  Couple world;
  const LogNumber adas = world.ada.write_many(world.space, 2);
  const LogNumber bens = world.learn(adas);
  Parcel sent = parcel(world.ada, adas, 1, 2);
  sent.records[0].payload.reset();
  world.ben.change([&](Batch& batch) {
    receive(world.ben, bens, sent, batch);
    EXPECT_TRUE(world.ben.logs->fill({bens, 1}, payload(1), batch));
    EXPECT_FALSE(world.ben.logs->fill({bens, 1}, payload(1), batch));
    return 0;
  });
  EXPECT_EQ(world.ben.logs->read({bens, 1})->payload, payload(1));
  EXPECT_TRUE(world.ben.logs->lacking(bens, 9).empty());
}

TEST(Fill, IsUndoneByForgetting) {
  Lacking world;
  Batch dropped;
  EXPECT_TRUE(world.ben.logs->fill({world.bens, 2}, payload(2), dropped));
  world.ben.logs->forget();
  EXPECT_EQ(world.ben.logs->lacking(world.bens, 9), (std::vector<std::uint64_t>{2, 4}));
  EXPECT_TRUE(world.fill(2, payload(2)));
}

TEST(Settle, EndsTheAskingAndNothingElse) {
  Lacking world;
  const auto settle = [&](std::uint64_t n) {
    return world.ben.change([&](Batch& batch) {
      world.ben.logs->settle({world.bens, n}, batch);
      return batch.empty();
    });
  };
  EXPECT_FALSE(settle(2));
  EXPECT_EQ(world.ben.logs->lacking(world.bens, 9), (std::vector<std::uint64_t>{4}));
  EXPECT_TRUE(settle(2));
  EXPECT_TRUE(settle(1));  // has its payload, and keeps it
  EXPECT_EQ(world.ben.logs->read({world.bens, 1})->payload, payload(1));
  EXPECT_EQ(world.ben.problems(), kNone);
}

}  // namespace
}  // namespace attune::log
