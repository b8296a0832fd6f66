// A log that forked: what stands behind the fork on either side is appended anew, once, and nothing else is.
#include <gmock/gmock.h>

#include "book/book.h"
#include "book/home.h"
#include "identity/root.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using test::bodies;
using test::bring;
using test::Home;
using test::words;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// The laptop wrote "one", "ours"; another copy of it wrote "one", "theirs", and the phone has a branch of that.
class Healing : public ::testing::Test {
 protected:
  Healing() {
    laptop_.pair_with(ben_);
    one_ = laptop_.book().write({words("one"), true});
    bring(laptop_, phone_);
    ours_ = laptop_.book().write({words("ours"), true});
    log_ = couple_log(laptop_);
    before_ = *laptop_.book().logs().link_at(log_.number, 1);
  }
  log::Held couple_log(Home& home) {
    for (const log::Held& held : home.book().logs().all()) {
      if (!held.name.own_space() && !held.closed) return held;
    }
    throw std::logic_error{"no such log"};
  }
  // One record that follows on the common one.
  struct Strange {
    ObjectId object;
    std::string payload;
    Link link;
    [[nodiscard]] std::vector<log::Incoming> records() const { return {{object, payload, {}}}; }
    [[nodiscard]] std::vector<log::Incoming> without_payload() const {
      return {{object, {}, log::payload_hash(object, as_bytes(payload))}};
    }
  };
  Strange strange(const ObjectId& object, const journal::Act& act) {
    Strange made{object, std::string(log::kPayloadRandom, 's') + journal::encode({clock_.now(), act}), {}};
    made.link = log::next_link(before_, 2, object, log::payload_hash(object, as_bytes(made.payload)));
    return made;
  }
  Strange theirs() { return strange({ada_.root, crypto::random_id<ObjectNumber>()}, words("theirs")); }
  std::vector<std::string> listed(Home& home) { return bodies(home.book().list({.limit = 0})); }
  std::uint64_t records() { return laptop_.book().verify().records; }

  test::ManualClock clock_;
  test::Person ada_, ben_;
  Home laptop_{ada_, clock_};
  Home phone_{ada_, clock_};
  ObjectId one_, ours_;
  log::Held log_;
  Link before_;  // after "one"
};

TEST_F(Healing, BothSidesOfTheForkStandInANewLog) {
  const Strange other = theirs();
  laptop_.book().doubt();
  const auto adopted = laptop_.book().adopt(log_.number, 2, before_, other.records(), other.link);
  EXPECT_EQ(adopted.common, 1U);
  EXPECT_EQ(adopted.ops, 1U);
  const auto closed = laptop_.book().close(log_.number, 1, Book::Branch{log_.number, 2, other.link});
  EXPECT_EQ(closed.ops, 1U);
  EXPECT_THAT(listed(laptop_), UnorderedElementsAre("one", "ours", "theirs"));
  const log::Held old = *laptop_.book().logs().find(log_.number);
  EXPECT_EQ(old.n, 2U);
  EXPECT_EQ(old.closed, 1U);
  EXPECT_TRUE(old.retired);
  EXPECT_EQ(couple_log(laptop_).n, 2U);
  EXPECT_TRUE(laptop_.book().healed({log_.number, 2, other.link}));
  EXPECT_THAT(laptop_.book().verify().problems, IsEmpty());
  laptop_.reopen();
  EXPECT_EQ(laptop_.book().logs().find(log_.number)->closed, 1U);
  EXPECT_TRUE(laptop_.book().healed({log_.number, 2, other.link}));
  EXPECT_FALSE(laptop_.book().healed({log_.number, 1, other.link}));
  bring(laptop_, phone_);
  EXPECT_THAT(listed(phone_), UnorderedElementsAre("one", "ours", "theirs"));
}

TEST_F(Healing, TheSameAgainAppendsNothing) {
  const Strange other = theirs();
  for (int i = 0; i < 3; ++i) {
    laptop_.book().adopt(log_.number, 2, before_, other.records(), other.link);
    laptop_.book().close(log_.number, 1, std::nullopt);
  }
  laptop_.book().close(log_.number, 2, std::nullopt);
  EXPECT_EQ(laptop_.book().logs().find(log_.number)->closed, 1U);  // never opened again
  EXPECT_EQ(couple_log(laptop_).n, 2U);
  EXPECT_THAT(laptop_.book().verify().problems, IsEmpty());
}

TEST_F(Healing, AThirdBranchFromBeforeTheForkClosesTheLogThere) {
  laptop_.book().close(log_.number, 1, std::nullopt);
  EXPECT_EQ(laptop_.book().close(log_.number, 0, std::nullopt).ops, 1U);  // "one"; "ours" stands already
  EXPECT_EQ(laptop_.book().logs().find(log_.number)->closed, 0U);
  EXPECT_EQ(couple_log(laptop_).n, 2U);
}

TEST_F(Healing, WhatIsErasedIsNotAppendedAgain) {
  const Strange other = strange(ours_, words("another version"));
  laptop_.book().erase(ours_);
  const auto adopted = laptop_.book().adopt(log_.number, 2, before_, other.records(), other.link);
  EXPECT_EQ(adopted.ops, 0U);
  laptop_.book().close(log_.number, 1, std::nullopt);
  EXPECT_EQ(couple_log(laptop_).n, 1U);  // the erase
  EXPECT_THAT(listed(laptop_), UnorderedElementsAre("one"));
  EXPECT_THAT(laptop_.book().verify().problems, IsEmpty());
}

TEST_F(Healing, AnEraseInTheirBranchErasesHere) {
  const Strange other = strange(one_, journal::Erase{});
  const auto adopted = laptop_.book().adopt(log_.number, 2, before_, other.records(), other.link);
  EXPECT_TRUE(adopted.erases);
  laptop_.book().finish_erasures();
  laptop_.book().close(log_.number, 1, std::nullopt);
  EXPECT_THAT(listed(laptop_), UnorderedElementsAre("ours"));
  EXPECT_THAT(laptop_.book().verify().problems, IsEmpty());
}

TEST_F(Healing, AMissingPayloadIsPassedOverAndCountedWhereNothingExplainsIt) {
  const Strange other = theirs();
  EXPECT_EQ(laptop_.book().adopt(log_.number, 2, before_, other.without_payload(), other.link).missing, 1U);
  laptop_.book().erase(ours_);
  const Strange erased = strange(ours_, words("another version"));
  EXPECT_EQ(laptop_.book().adopt(log_.number, 2, before_, erased.without_payload(), erased.link).missing, 0U);
}

TEST_F(Healing, ABranchThatDoesNotFollowChangesNothing) {
  const Strange other = theirs();
  const auto before = records();
  EXPECT_ERROR(Errc::peer_misbehaved, laptop_.book().adopt(log_.number, 3, before_, other.records(), other.link));
  EXPECT_ERROR(Errc::peer_misbehaved, laptop_.book().adopt(log_.number, 2, Link{}, other.records(), other.link));
  Strange broken = other;
  broken.payload = std::string(log::kPayloadRandom, 's') + "\xff no act";
  broken.link = log::next_link(before_, 2, broken.object, log::payload_hash(broken.object, as_bytes(broken.payload)));
  EXPECT_ERROR(Errc::peer_misbehaved, laptop_.book().adopt(log_.number, 2, before_, broken.records(), broken.link));
  EXPECT_EQ(records(), before);
  EXPECT_THAT(listed(laptop_), UnorderedElementsAre("one", "ours"));
}

// To append what nobody vouches for would be to vouch for it.
TEST_F(Healing, WhatDoesNotStandIsNotAppended) {
  bring(laptop_, phone_);
  const log::Held held = couple_log(phone_);
  phone_.book().disown({held.number, 2});
  EXPECT_THAT(listed(phone_), UnorderedElementsAre("one"));
  EXPECT_EQ(phone_.book().close(held.number, 0, std::nullopt).ops, 1U);
  EXPECT_EQ(couple_log(phone_).n, 1U);
  EXPECT_THAT(listed(phone_), UnorderedElementsAre("one"));
}

TEST_F(Healing, AThousandsOfRecordsLongForkIsTakenInPieces) {
  std::vector<Draft> drafts;
  for (int i = 0; i < 2500; ++i) drafts.push_back({words(std::to_string(i)), true});
  laptop_.book().write_all(drafts);
  EXPECT_EQ(laptop_.book().close(log_.number, 1, std::nullopt).ops, 2501U);
  EXPECT_EQ(laptop_.book().entries(), 2502U);
  EXPECT_THAT(laptop_.book().verify().problems, IsEmpty());
}

TEST_F(Healing, OfWhatWasHealedALimitedNumberIsRemembered) {
  for (std::uint64_t n = 1; n <= 100; ++n) laptop_.book().close(log_.number, 1, Book::Branch{log_.number, n, before_});
  EXPECT_FALSE(laptop_.book().healed({log_.number, 36, before_}));
  EXPECT_TRUE(laptop_.book().healed({log_.number, 37, before_}));
  EXPECT_TRUE(laptop_.book().healed({log_.number, 100, before_}));
}

TEST_F(Healing, ADoubtRetiresAllOwnLogsOnce) {
  EXPECT_EQ(laptop_.book().doubts(), 0U);
  laptop_.book().doubt();
  laptop_.book().doubt();
  EXPECT_EQ(laptop_.book().doubts(), 1U);
  for (const log::Held& held : laptop_.book().logs().all()) EXPECT_TRUE(held.retired);
  laptop_.book().write({words("on"), false});
  EXPECT_THAT(listed(laptop_), UnorderedElementsAre("one", "ours", "on"));
}

}  // namespace
}  // namespace attune::book
