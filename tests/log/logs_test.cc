#include "log/logs.h"

#include <gtest/gtest.h>

#include "log/world.h"
#include "support/error_matcher.h"

namespace attune::log {
namespace {

using storage::Batch;
using storage::Key;
using storage::Table;
using test::Couple;
using test::Device;
using test::id_of;
using test::object;
using test::payload;
using test::person;

const RootId kAda = person(0).id;
const CoupleId kOwn;
const CoupleId kCouple = identity::couple_of(kAda, person(1).id);

TEST(Logs, BeginsALogForEachSpaceWithItsFirstRecord) {
  Device device{kAda};
  EXPECT_TRUE(device.logs->all().empty());
  const auto own = device.write(kOwn, object(kAda, 1), payload(1));
  const auto shared = device.write(kCouple, object(kAda, 1), payload(1));
  EXPECT_EQ(own.place.n, 1U);
  EXPECT_EQ(shared.place.n, 1U);
  EXPECT_NE(own.place.log, shared.place.log);
  EXPECT_EQ(own.hash, shared.hash);  // an op that stands in two logs is one op
  EXPECT_EQ(device.write(kOwn, object(kAda, 2), payload(2)).place, (Place{own.place.log, 2}));
  const Held& held = device.held(own.place.log);
  EXPECT_TRUE(held.mine && !held.retired && held.name.own_space());
  EXPECT_EQ(held.device, id_of<DeviceId>(1));
  EXPECT_EQ(held.name.author, kAda);
  EXPECT_EQ(device.held(shared.place.log).name.couple, kCouple);
  EXPECT_EQ(device.logs->find(held.name.id)->number, own.place.log);
}

TEST(Logs, ChainsAndSealsWhatItAppends) {
  Device device{kAda};
  const LogNumber log = device.write_many(kCouple, 3);
  const Held held = device.held(log);
  Link link = first_link(held.name);
  for (std::uint64_t n = 1; n <= 3; ++n) {
    const auto about = object(kAda, static_cast<int>(n));
    const auto record = device.logs->read({log, n});
    ASSERT_TRUE(record);
    EXPECT_EQ(record->object, about);
    EXPECT_EQ(record->payload, payload(n));
    EXPECT_EQ(record->hash, payload_hash(about, as_bytes(payload(n))));
    link = next_link(link, n, about, record->hash);
    EXPECT_EQ(record->link, link);
    EXPECT_EQ(device.logs->link_at(log, n), link);
  }
  EXPECT_EQ(held.n, 3U);
  EXPECT_EQ(held.link, link);
  EXPECT_TRUE(identity::seal_holds(device.key, *held.seal, held.name.id, 3, link));
  EXPECT_EQ(device.logs->link_at(log, 0), first_link(held.name));
  EXPECT_EQ(device.logs->link_at(log, 4), std::nullopt);
  EXPECT_EQ(device.logs->read({log, 0}), std::nullopt);
  EXPECT_EQ(device.logs->read({log, 4}), std::nullopt);
  EXPECT_EQ(device.logs->read({log + 1, 1}), std::nullopt);
  EXPECT_EQ(device.problems(), std::vector<std::string>{});
}

TEST(Logs, AppendsManyUnderOneSeal) {
  Device device{kAda};
  std::vector<std::string> payloads;
  std::vector<NewRecord> records;
  for (int i = 0; i < 50; ++i) payloads.push_back(payload(static_cast<std::uint64_t>(i)));
  for (int i = 0; i < 50; ++i) records.push_back({object(kAda, i), as_bytes(payloads[static_cast<std::size_t>(i)])});
  const auto appended =
      device.change([&](Batch& batch) { return device.logs->append(kOwn, records, device.key, batch); });
  ASSERT_EQ(appended.size(), 50U);
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_EQ(appended[i].place, (Place{appended[0].place.log, i + 1}));
    EXPECT_EQ(appended[i].hash, device.logs->read(appended[i].place)->hash);
  }
  EXPECT_EQ(device.held(appended[0].place.log).n, 50U);
  EXPECT_EQ(device.problems(), std::vector<std::string>{});
}

TEST(Logs, AreAsTheyWereAfterOpeningAnew) {
  Couple couple;
  const LogNumber log = couple.ada.write_many(couple.space, 5);
  const LogNumber other = couple.learn(log);
  couple.pass(log, other, 1, 5);
  for (Device* device : {&couple.ada, &couple.ben}) {
    const Held before = device->held(log);
    const auto contents = device->contents();
    device->reopen();
    const Held& after = device->held(log);
    EXPECT_EQ(device->contents(), contents);
    EXPECT_EQ(after.name, before.name);
    EXPECT_EQ(after.device, before.device);
    EXPECT_EQ(after.mine, before.mine);
    EXPECT_EQ(after.retired, before.retired);
    EXPECT_EQ(after.n, before.n);
    EXPECT_EQ(after.link, before.link);
    EXPECT_EQ(after.seal, before.seal);
    EXPECT_EQ(device->logs->find(before.name.id)->number, before.number);
  }
  EXPECT_EQ(couple.ada.write(couple.space, object(kAda, 9), payload(9)).place, (Place{log, 6}));
}

TEST(Logs, ForgetWhatWasNeverCommitted) {
  Device device{kAda};
  const LogNumber log = device.write_many(kOwn, 2);
  const auto contents = device.contents();
  const Link link = device.held(log).link;
  Batch dropped;
  EXPECT_EQ(device.logs->append(kOwn, object(kAda, 3), as_bytes(payload(3)), device.key, dropped).place,
            (Place{log, 3}));
  const auto begun = device.logs->append(kCouple, object(kAda, 3), as_bytes(payload(3)), device.key, dropped);
  const LogName name{id_of<LogId>(7), person(1).id, kCouple};
  EXPECT_GT(device.logs->learn(name, {}, dropped), begun.place.log);
  device.logs->drop_payload({log, 1}, dropped);
  device.logs->retire(log, dropped);
  EXPECT_TRUE(device.held(log).retired);  // as it would be
  EXPECT_FALSE(dropped.empty());
  device.logs->forget();

  EXPECT_EQ(device.contents(), contents);
  EXPECT_EQ(device.logs->all().size(), 1U);
  EXPECT_EQ(device.logs->find(begun.place.log), nullptr);
  EXPECT_EQ(device.logs->find(name.id), nullptr);
  EXPECT_FALSE(device.held(log).retired);
  EXPECT_EQ(device.held(log).link, link);
  EXPECT_EQ(device.logs->read({log, 1})->payload, payload(1));
  EXPECT_EQ(device.write(kOwn, object(kAda, 3), payload(3)).place, (Place{log, 3}));
  EXPECT_EQ(device.problems(), std::vector<std::string>{});
}

TEST(Logs, GrowTwiceInOneBatch) {
  Device device{kAda};
  device.change([&](Batch& batch) {
    device.logs->append(kOwn, object(kAda, 1), as_bytes(payload(1)), device.key, batch);
    const auto second = device.logs->append(kOwn, object(kAda, 2), as_bytes(payload(2)), device.key, batch);
    EXPECT_EQ(second.place.n, 2U);
    EXPECT_EQ(device.logs->link_at(second.place.log, 2), device.held(second.place.log).link);
    EXPECT_NE(device.logs->link_at(second.place.log, 1), std::nullopt);
    return second;
  });
  EXPECT_EQ(device.problems(), std::vector<std::string>{});
}

TEST(Logs, GoOnInANewLogAfterRetiringOne) {
  Device device{kAda};
  const LogNumber old = device.write_many(kOwn, 2);
  device.change([&](Batch& batch) {
    device.logs->retire(old, batch);
    return 0;
  });
  const auto next = device.write(kOwn, object(kAda, 3), payload(3));
  EXPECT_NE(next.place.log, old);
  EXPECT_EQ(next.place.n, 1U);
  EXPECT_EQ(device.held(old).n, 2U);
  device.reopen();
  EXPECT_TRUE(device.held(old).retired);
  EXPECT_EQ(device.write(kOwn, object(kAda, 4), payload(4)).place, (Place{next.place.log, 2}));
}

TEST(Logs, AreClosedForGoodAndAtTheLeastPlace) {
  Device device{kAda};
  const LogNumber log = device.write_many(kOwn, 5);
  const auto close = [&](std::uint64_t n) {
    device.change([&](Batch& batch) {
      device.logs->retire(log, batch);
      device.logs->close(log, n, batch);
      return 0;
    });
  };
  EXPECT_EQ(device.held(log).open(), 5U);
  close(3);
  close(4);
  EXPECT_EQ(device.held(log).open(), 3U);
  close(0);
  device.reopen();
  EXPECT_EQ(device.held(log).closed, 0U);
  EXPECT_EQ(device.held(log).n, 5U);
  EXPECT_EQ(device.problems(), std::vector<std::string>{});
}

TEST(Logs, SealTheHeadAnewUnderANewKey) {
  Device device{kAda};
  const LogNumber log = device.write_many(kCouple, 2);
  const auto revoke = identity::check_statement(kAda, test::raw(test::known()["revoke"]["wire"]));
  const auto newer = identity::self_key_from(person(0).self_seed, &revoke);
  device.change([&](Batch& batch) {
    device.logs->reseal(log, newer, batch);
    return 0;
  });
  device.reopen();
  const Held& held = device.held(log);
  EXPECT_TRUE(identity::seal_holds(newer, *held.seal, held.name.id, 2, held.link));
  EXPECT_EQ(device.logs->seal_from(log, 1)->first, 2U);
}

TEST(Logs, LearnsALogOnceAndOfOneAuthorOnly) {
  Device device{kAda};
  const LogName name{id_of<LogId>(7), person(1).id, kCouple};
  const auto learn = [&](const LogName& what, const DeviceId& by) {
    return device.change([&](Batch& batch) { return device.logs->learn(what, by, batch); });
  };
  const LogNumber number = learn(name, {});
  EXPECT_EQ(device.held(number).n, 0U);
  EXPECT_FALSE(device.held(number).mine);
  EXPECT_EQ(device.held(number).link, first_link(name));
  EXPECT_EQ(learn(name, id_of<DeviceId>(5)), number);
  EXPECT_EQ(learn(name, {}), number);
  EXPECT_EQ(device.held(number).device, id_of<DeviceId>(5));

  const auto contents = device.contents();
  Batch batch;
  EXPECT_ERROR(Errc::peer_misbehaved, device.logs->learn({name.id, kAda, kCouple}, {}, batch));
  EXPECT_ERROR(Errc::peer_misbehaved, device.logs->learn({name.id, name.author, kOwn}, {}, batch));
  EXPECT_ERROR(Errc::peer_misbehaved, device.logs->learn({LogId{}, name.author, kCouple}, {}, batch));
  EXPECT_ERROR(Errc::peer_misbehaved, device.logs->learn({id_of<LogId>(8), RootId{}, kCouple}, {}, batch));
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(device.contents(), contents);
}

TEST(Logs, OfOneAuthorHaveALimitThatLeavesRoomForOthers) {
  Device device{kAda};
  const auto name = [](std::uint64_t i, const RootId& author) {
    std::array<std::byte, 32> id{};
    std::ranges::copy(be64(i + 1), id.begin());
    return LogName{LogId{id}, author, kCouple};
  };
  Batch batch;
  for (std::uint64_t i = 0; i < Logs::kMaxLogs; ++i)
    static_cast<void>(device.logs->learn(name(i, person(1).id), {}, batch));
  EXPECT_ERROR(Errc::peer_misbehaved, device.logs->learn(name(5000, person(1).id), {}, batch));
  EXPECT_NO_THROW(static_cast<void>(device.logs->learn(name(5000, kAda), {}, batch)));
  EXPECT_NO_THROW(device.logs->append(kOwn, object(kAda, 1), as_bytes(payload(1)), device.key, batch));
}

TEST(Logs, RefuseWhatIsTooLong) {
  Device device{kAda};
  const std::string longest(kMaxPayload, 'x');
  Batch batch;
  EXPECT_ERROR(Errc::refused, device.logs->append(kOwn, object(kAda, 1), as_bytes(longest + 'x'), device.key, batch));
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(device.write(kOwn, object(kAda, 1), longest).place.n, 1U);
}

TEST(Logs, KeepARecordShortWhereItsCreatorIsKnownAnyway) {
  Device device{kAda};
  const std::string bytes = payload(1);
  const auto size_of = [&](const ObjectId& about) {
    const auto place = device.write(kCouple, about, bytes).place;
    EXPECT_EQ(device.logs->read(place)->object, about);
    return device.store->get(Key{Table::record}.u32(place.log).u64(place.n))->size() - bytes.size();
  };
  EXPECT_EQ(size_of(object(kAda, 1)), 49U);
  EXPECT_EQ(size_of(object(RootId{kCouple.bytes()}, 1)), 49U);  // a check-in
  EXPECT_EQ(size_of(object(person(1).id, 1)), 81U);             // about the partner's
}

TEST(Logs, VisitRecordsFromAPlaceUntilToldToStop) {
  Device device{kAda};
  const LogNumber log = device.write_many(kOwn, 6);
  std::vector<std::uint64_t> seen;
  const auto visit = [&](std::uint64_t n, const Record& record) {
    EXPECT_EQ(record.payload, payload(n));
    seen.push_back(n);
    return n < 5;
  };
  device.logs->read_from(log, 3, visit);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{3, 4, 5}));
  seen.clear();
  device.logs->read_from(log, 6, visit);
  device.logs->read_from(log, 7, visit);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{6}));
  seen.clear();
  device.logs->view_from(log, 0, [&](std::uint64_t n, const RecordView& record) {
    EXPECT_EQ(record.payload, payload(n));
    EXPECT_EQ(record.link, device.logs->link_at(log, n));
    seen.push_back(n);
    return true;
  });
  EXPECT_EQ(seen.size(), 6U);
}

TEST(Logs, SayDamagedWhereTheStoreIsNotAsTheyLeftIt) {
  Device device{kAda};
  const LogNumber log = device.write_many(kOwn, 3);
  device.remove_raw(Key{Table::record}.u32(log).u64(2));
  EXPECT_ERROR(Errc::damaged, device.logs->read({log, 2}));
  EXPECT_ERROR(Errc::damaged, device.logs->link_at(log, 2));
  EXPECT_ERROR(Errc::damaged, device.logs->read_from(log, 1, [](auto, const auto&) { return true; }));
  device.put_raw(Key{Table::record}.u32(log).u64(2), "short");
  EXPECT_ERROR(Errc::damaged, device.logs->read({log, 2}));
  EXPECT_EQ(device.logs->read({log, 3})->payload, payload(3));

  const std::string info = *device.store->get(Key{Table::log}.u32(log));
  for (const std::string& wrong :
       {std::string{}, info.substr(0, info.size() - 1), info + 'x', "\xFF" + info.substr(1)}) {
    device.put_raw(Key{Table::log}.u32(log), wrong);
    EXPECT_ERROR(Errc::damaged, device.reopen());
  }
  device.put_raw(Key{Table::log}.u32(log), info);
  device.put_raw(Key{Table::log}.u32(log + 1), info);  // one log under two numbers
  EXPECT_ERROR(Errc::damaged, device.reopen());
  device.remove_raw(Key{Table::log}.u32(log + 1));
  EXPECT_NO_THROW(device.reopen());
}

}  // namespace
}  // namespace attune::log
