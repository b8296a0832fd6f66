#include "identity/roster.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "identity/known.h"
#include "support/error_matcher.h"

namespace attune::identity {
namespace {

using test::id_of;
using test::person;

const Root& ada() {
  static const Root root = person(0);
  return root;
}
Statement admit(int device, std::uint64_t serial = 1) {
  return sign_statement(ada().signing, Admit{id_of<DeviceId>(device), serial});
}
Statement revoke(int device, std::uint64_t number, int random = 0) {
  Revoke says;
  says.device = id_of<DeviceId>(device);
  says.number = number;
  says.random.fill(static_cast<std::byte>(random));
  return sign_statement(ada().signing, says);
}
Roster roster_of(const std::vector<Statement>& statements) {
  Roster roster{ada().id};
  for (const Statement& statement : statements) roster.add(statement);
  return roster;
}

TEST(Roster, AdmitsWhatItsRootAdmitted) {
  Roster roster{ada().id};
  EXPECT_FALSE(roster.admitted(id_of<DeviceId>(1)));
  EXPECT_TRUE(roster.add(admit(1)));
  EXPECT_TRUE(roster.admitted(id_of<DeviceId>(1)));
  EXPECT_FALSE(roster.admitted(id_of<DeviceId>(2)));
  EXPECT_EQ(roster.admit_of(id_of<DeviceId>(2)), nullptr);
  EXPECT_EQ(roster.admit_of(id_of<DeviceId>(1))->wire, admit(1).wire);
}

TEST(Roster, SaysWhetherAStatementWasNew) {
  Roster roster{ada().id};
  EXPECT_TRUE(roster.add(admit(1)));
  EXPECT_FALSE(roster.add(admit(1)));
  EXPECT_TRUE(roster.add(admit(1, 2)));
  EXPECT_EQ(roster.statements().size(), 2U);
}

TEST(Roster, IsOfOnePersonOnly) {
  Roster roster{ada().id};
  EXPECT_ERROR(Errc::peer_misbehaved, roster.add(sign_statement(person(1).signing, Admit{id_of<DeviceId>(1), 1})));
  EXPECT_TRUE(roster.statements().empty());
}

TEST(Roster, HoldsARevocationForGoodWhicheverComesFirst) {
  const Roster after = roster_of({admit(1), admit(2), revoke(1, 1)});
  const Roster before = roster_of({revoke(1, 1), admit(2), admit(1)});
  const Roster again = roster_of({admit(1), revoke(1, 1), admit(2), admit(1, 9)});  // admitted anew: still out
  for (const Roster& roster : {after, before, again}) {
    EXPECT_TRUE(roster.revoked(id_of<DeviceId>(1)));
    EXPECT_FALSE(roster.admitted(id_of<DeviceId>(1)));
    EXPECT_EQ(roster.devices(), std::vector{id_of<DeviceId>(2)});
    EXPECT_EQ(roster.revokes(), 1U);
  }
}

TEST(Roster, TakesTheRevocationOfTheGreatestNumberAsTheNewest) {
  EXPECT_EQ(roster_of({admit(1)}).newest_revoke(), nullptr);
  const Statement old = revoke(1, 1);
  const Statement one = revoke(2, 2, 1);
  const Statement other = revoke(3, 2, 2);  // made apart from it: the hash decides, the same everywhere
  const Statement& greater = one.hash > other.hash ? one : other;
  EXPECT_EQ(roster_of({one, old}).newest_revoke()->hash, one.hash);
  EXPECT_EQ(roster_of({old, one, other}).newest_revoke()->hash, greater.hash);
  EXPECT_EQ(roster_of({other, one, old}).newest_revoke()->hash, greater.hash);
}

TEST(Roster, PassesOverWhatOwnDevicesSayAmongEachOther) {
  const Statement gone = revoke(1, 1);
  Roster roster = roster_of({admit(1), gone});
  EXPECT_TRUE(roster.add(sign_statement(ada().signing, OwnCutOffs{gone.hash, {{id_of<LogId>(1), 3, id_of<Link>(1)}}})));
  EXPECT_EQ(roster.revokes(), 1U);
  EXPECT_EQ(roster.newest_revoke()->hash, gone.hash);
}

TEST(Roster, IsFullAtItsLimitAndStillKnowsWhatItHolds) {
  Roster roster{ada().id};
  for (std::size_t i = 0; i < Roster::kMaxStatements; ++i) {
    std::array<std::byte, 32> hash{};  // signatures are not what is tested here
    std::ranges::copy(be64(i), hash.begin());
    roster.add(Statement{ada().id, {}, StatementHash{hash}, Admit{id_of<DeviceId>(1), i}});
  }
  EXPECT_ERROR(Errc::peer_misbehaved, roster.add(admit(2)));
  EXPECT_EQ(roster.statements().size(), Roster::kMaxStatements);
  EXPECT_FALSE(roster.add(Statement{ada().id, {}, StatementHash{}, Admit{id_of<DeviceId>(1), 0}}));
}

TEST(Roster, IsTheSameInWhateverOrderStatementsArrive) {
  // Signed once: the property is about sets.
  std::vector<Statement> pool;
  for (int device = 1; device <= 4; ++device) {
    pool.push_back(admit(device));
    pool.push_back(admit(device, 2));
    pool.push_back(revoke(device, static_cast<std::uint64_t>(device % 3 + 1), device));
  }
  EXPECT_TRUE(rc::check("union is order-independent", [&] {
    const auto chosen = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, pool.size()));
    auto shuffled = chosen;
    for (std::size_t i = shuffled.size(); i > 1; --i) {
      std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    Roster one{ada().id};
    Roster other{ada().id};
    for (const std::size_t i : chosen) one.add(pool[i]);
    for (const std::size_t i : shuffled) other.add(pool[i]);
    RC_ASSERT(one.devices() == other.devices());
    RC_ASSERT(one.revokes() == other.revokes());
    RC_ASSERT((one.newest_revoke() == nullptr) == (other.newest_revoke() == nullptr));
    if (one.newest_revoke() != nullptr) RC_ASSERT(one.newest_revoke()->hash == other.newest_revoke()->hash);
    for (int device = 1; device <= 4; ++device) {
      const auto id = id_of<DeviceId>(device);
      RC_ASSERT(one.admitted(id) == other.admitted(id));
      RC_ASSERT(!one.revoked(id) || !one.admitted(id));
      RC_ASSERT((one.admit_of(id) == nullptr) == (other.admit_of(id) == nullptr));
      if (one.admit_of(id) != nullptr) RC_ASSERT(one.admit_of(id)->hash == other.admit_of(id)->hash);
    }
  }));
}

}  // namespace
}  // namespace attune::identity
