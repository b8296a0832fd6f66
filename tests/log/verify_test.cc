// The great check finds each kind of tampering and names its place; an untouched store passes.
#include <gtest/gtest.h>

#include "log/world.h"

namespace attune::log {
namespace {

using storage::Key;
using storage::Table;
using test::Couple;
using test::Device;
using test::payload;

struct Tampered : Couple {
  LogNumber adas = ada.write_many(space, 6);
  LogNumber own = ada.write_many({}, 2);
  std::string record(std::uint64_t n) const { return Key{Table::record}.u32(adas).u64(n).str(); }
  std::string info() const { return Key{Table::log}.u32(adas).str(); }
  std::string name() const { return "log " + ada.held(adas).name.id.hex().substr(0, 8); }
  void flip(const std::string& at, std::size_t byte) {
    std::string value = *ada.store->get(at);
    value.at(byte) ^= 1;
    ada.put_raw(at, value);
  }
  void expect(const std::vector<std::string>& problems) {
    ada.reopen();
    std::vector<std::string> named;
    for (const std::string& problem : problems) named.push_back(name() + ": " + problem);
    EXPECT_EQ(ada.problems(), named);
  }
};

TEST(Verify, CountsRecordsAndFindsNothingInAnUntouchedStore) {
  Tampered world;
  std::vector<identity::SelfKey> keys;
  keys.push_back(world.ada.key.clone());
  EXPECT_EQ(world.ada.logs->verify(keys).records, 8U);
  world.expect({});
}

TEST(Verify, FindsAChangedPayload) {
  Tampered world;
  world.flip(world.record(3), 49 + 40);
  world.expect({"record 3 is not what its link says"});
}

TEST(Verify, FindsAChangedObject) {
  Tampered world;
  world.flip(world.record(3), 1);
  world.expect({"record 3 is not what its link says"});
}

TEST(Verify, FindsAChangedLink) {
  Tampered world;
  world.flip(world.record(3), 17);
  world.expect({"record 3 is not what its link says", "record 4 is not what its link says"});
}

TEST(Verify, FindsAChangedLinkOfTheHead) {
  Tampered world;
  std::string value = *world.ada.store->get(world.info());
  value.at(1 + 4 * 32 + 8) ^= 1;
  world.ada.put_raw(world.info(), value);
  world.expect({"its last link is not the one that was noted", "its seal does not hold"});
}

TEST(Verify, FindsAnErasedRecordWithAnotherHash) {
  Tampered world;
  world.ada.change([&](auto& batch) {
    world.ada.logs->drop_payload({world.adas, 3}, batch);
    return 0;
  });
  world.expect({});
  world.flip(world.record(3), 49);
  world.expect({"record 3 is not what its link says"});
}

TEST(Verify, FindsMissingRecords) {
  Tampered world;
  world.ada.remove_raw(world.record(3));
  world.expect({"record 3 is missing"});
  world.ada.remove_raw(world.record(4));
  world.expect({"records 3 to 4 are missing"});
  world.ada.remove_raw(world.record(6));
  world.expect({"records 3 to 4 are missing", "record 6 is missing"});
  for (const std::uint64_t n : {1U, 2U, 5U}) world.ada.remove_raw(world.record(n));
  world.expect({"records 1 to 6 are missing"});
}

TEST(Verify, FindsSwappedRecords) {
  Tampered world;
  const std::string third = *world.ada.store->get(world.record(3));
  world.ada.put_raw(world.record(3), *world.ada.store->get(world.record(4)));
  world.ada.put_raw(world.record(4), third);
  world.expect({"record 3 is not what its link says", "record 4 is not what its link says",
                "record 5 is not what its link says"});
}

TEST(Verify, FindsRecordsPastTheEnd) {
  Tampered world;
  world.ada.put_raw(world.record(7), *world.ada.store->get(world.record(6)));
  world.expect({"record 7 is past the end"});
  world.ada.remove_raw(world.record(7));
  world.ada.put_raw(world.record(0), *world.ada.store->get(world.record(6)));
  world.expect({"record 0 is past the end"});
}

TEST(Verify, FindsAnUnreadableRecord) {
  Tampered world;
  world.ada.put_raw(world.record(3), "short");
  world.expect({"record 3 cannot be read"});
  world.ada.put_raw(world.record(3), "");
  world.expect({"record 3 cannot be read"});
}

TEST(Verify, FindsASealThatDoesNotHold) {
  Tampered world;
  world.flip(world.info(), 1 + 4 * 32 + 8 + 32 + 20);
  world.expect({"its seal does not hold"});
}

TEST(Verify, PassesOverASealUnderAKeyThatIsNotHere) {
  Tampered world;
  world.flip(world.info(), 1 + 4 * 32 + 8 + 32);  // the key's name
  world.expect({});
}

TEST(Verify, FindsAWrongMarkOfALackingPayload) {
  Tampered world;
  world.ada.put_raw(Key{Table::lacking}.u32(world.adas).u64(2), "");
  world.expect({"record 2 is marked as lacking and is not"});
}

TEST(Verify, FindsAWrongSealOfThePartnersBatch) {
  Tampered world;
  const LogNumber bens = world.learn(world.adas);
  world.pass(world.adas, bens, 1, 6);
  EXPECT_TRUE(world.ben.problems().empty());
  world.ben.put_raw(Key{Table::seal}.u32(bens).u64(6), "short");
  world.ben.put_raw(Key{Table::seal}.u32(bens).u64(9), std::string(40, 'x'));
  EXPECT_EQ(world.ben.problems(), (std::vector<std::string>{world.name() + ": the seal of record 6 is wrong",
                                                            world.name() + ": the seal of record 9 is wrong"}));
}

TEST(Verify, FindsRecordsOfNoLog) {
  Tampered world;
  world.ada.put_raw(Key{Table::record}.u32(9).u64(1), "whatever");
  world.ada.put_raw(Key{Table::record}.u32(9).u64(2), "whatever");
  EXPECT_EQ(world.ada.problems(), (std::vector<std::string>{"records of an unknown log are in the store (number 9)"}));
}

TEST(Verify, NamesTwentyProblemsOfOneLogAndCountsTheRest) {
  Couple world;
  const LogNumber log = world.ada.write_many({}, 30);
  for (std::uint64_t n = 1; n <= 30; ++n) world.ada.put_raw(Key{Table::record}.u32(log).u64(n), "");
  const auto problems = world.ada.problems();
  ASSERT_EQ(problems.size(), 21U);
  EXPECT_NE(problems.back().find("and 1"), std::string::npos);
}

}  // namespace
}  // namespace attune::log
