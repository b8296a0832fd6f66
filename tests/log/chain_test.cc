#include "log/chain.h"

#include <gtest/gtest.h>

#include "identity/known.h"

namespace attune::log {
namespace {

using test::id_of;
using test::known;
using test::person;
using test::raw;

struct KnownChain {
  const nlohmann::json& answers = known()["chain"];
  LogName name{*LogId::from(raw(answers["log"])), person(0).id, *CoupleId::from(raw(known()["couple"]))};
  ObjectId object{person(0).id, *ObjectNumber::from(raw(answers["number"]))};
  std::string payload = raw(answers["payload"]);
};

TEST(Chain, IsTheOneThatAnIndependentProgramGives) {
  const KnownChain chain;
  const OpId op = payload_hash(chain.object, as_bytes(chain.payload));
  EXPECT_EQ(op.hex(), chain.answers["op"]);
  const Link link0 = first_link(chain.name);
  EXPECT_EQ(link0.hex(), chain.answers["link0"]);
  const Link link1 = next_link(link0, 1, chain.object, op);
  EXPECT_EQ(link1.hex(), chain.answers["link1"]);
  EXPECT_EQ(next_link(link1, 2, chain.object, op).hex(), chain.answers["link2"]);
}

TEST(Chain, OfAnOwnSpaceIsAnother) {
  KnownChain chain;
  chain.name.couple = {};
  EXPECT_TRUE(chain.name.own_space());
  EXPECT_EQ(first_link(chain.name).hex(), chain.answers["link0_own"]);
}

TEST(Chain, HangsOnEachOfItsParts) {
  const KnownChain chain;
  const OpId op = payload_hash(chain.object, as_bytes(chain.payload));
  const Link link0 = first_link(chain.name);
  const Link link = next_link(link0, 1, chain.object, op);
  const ObjectId other_number{chain.object.creator, id_of<ObjectNumber>(1)};
  const ObjectId other_creator{person(1).id, chain.object.number};
  EXPECT_NE(next_link(id_of<Link>(1), 1, chain.object, op), link);
  EXPECT_NE(next_link(link0, 2, chain.object, op), link);
  EXPECT_NE(next_link(link0, 1, other_number, op), link);
  EXPECT_NE(next_link(link0, 1, other_creator, op), link);
  EXPECT_NE(next_link(link0, 1, chain.object, id_of<OpId>(1)), link);
  EXPECT_NE(payload_hash(other_number, as_bytes(chain.payload)), op);
  EXPECT_NE(payload_hash(other_creator, as_bytes(chain.payload)), op);
  EXPECT_NE(payload_hash(chain.object, as_bytes(chain.payload + '\0')), op);
}

}  // namespace
}  // namespace attune::log
