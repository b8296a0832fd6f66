// A device that keeps no rule: order, rosters, inventories, and bytes that are no message; beside the cases that have a
// number (tests/peers).
#include "sync/hostile.h"

#include <gmock/gmock.h>

#include "support/error_matcher.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

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
