// How far a log stands, and what becomes of what is past it.
#include "book/standing.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_F(Standing, IsTheWholeLogWhereNobodyWasRevoked) {
  write(stolen_, "one");
  hand_over_all(stolen_, bens_, Handed::vouched);
  EXPECT_EQ(bens_.book().standing(log_of(stolen_, bens_).number), 1U);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("one"));
}

TEST_F(Standing, EndsAtTheCutOffForWhatWasHereAndForWhatComes) {
  write(stolen_, "before");
  hand_over_all(stolen_, laptop_, Handed::vouched);
  const auto revocation = revoke();
  const ObjectId gone = write(stolen_, "after");
  hand_over_all(stolen_, bens_, Handed::vouched);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("before", "after"));
  add(bens_, ada_, revocation.shared);
  write(stolen_, "later");
  hand_over_all(stolen_, bens_, Handed::unvouched);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("before"));
  EXPECT_ERROR(Errc::not_found, bens_.book().entry(gone));
  EXPECT_EQ(bens_.book().standing(log_of(stolen_, bens_).number), 1U);
  EXPECT_EQ(log_of(stolen_, bens_).n, 3U);
  expect_sound(bens_);
  bens_.reopen();
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("before"));
}

TEST_F(Standing, EndsBeforeTheFirstRecordOfALogThatTheRevokeDoesNotName) {
  const auto revocation = revoke();
  write(stolen_, "never heard of");
  hand_over_all(stolen_, bens_, Handed::vouched);
  add(bens_, ada_, revocation.shared);
  EXPECT_THAT(bodies(bens_), IsEmpty());
}

TEST_F(Standing, IsNotMovedByACutOffOfAnotherBranch) {
  write(stolen_, "before");
  hand_over_all(stolen_, bens_, Handed::vouched);
  const log::Held held = log_of(stolen_, bens_);
  identity::Revoke revoke{.device = stolen_.device(), .number = 1, .random = {}, .cut_offs = {}};
  revoke.cut_offs.push_back({held.name.id, 1, crypto::random_id<Link>()});
  add(bens_, ada_, identity::sign_statement(ada_.words.signing, revoke));
  EXPECT_THAT(bodies(bens_), IsEmpty());
  EXPECT_TRUE(bens_.book().vouch({held.number, 1}));
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("before"));
}

// Whoever is behind does not lose sight of everything until the rest has come.
TEST_F(Standing, IsWhatItWasUntilThePlaceOfTheCutOffIsHere) {
  for (int i = 1; i <= 4; ++i) write(stolen_, "entry " + std::to_string(i));
  hand_over_all(stolen_, laptop_, Handed::vouched);
  const log::Held held = log_of(stolen_, stolen_);
  test::hand_over(stolen_, held, bens_, 2, Handed::vouched);
  add(bens_, ada_, revoke().shared);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("entry 1", "entry 2"));
  test::hand_over(stolen_, held, bens_, 1, Handed::unvouched);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("entry 1", "entry 2"));
  write(stolen_, "entry 5");
  test::hand_over(stolen_, held, bens_, 2, Handed::unvouched);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("entry 1", "entry 2", "entry 3", "entry 4"));
  expect_sound(bens_);
}

TEST_F(Standing, EndsWhereTheOtherBranchBeganOnceThePlaceOfTheCutOffIsHere) {
  for (int i = 1; i <= 3; ++i) write(stolen_, "entry " + std::to_string(i));
  const log::Held held = log_of(stolen_, stolen_);
  test::hand_over(stolen_, held, bens_, 2, Handed::vouched);
  identity::Revoke revoke{.device = stolen_.device(), .number = 1, .random = {}, .cut_offs = {}};
  revoke.cut_offs.push_back({held.name.id, 3, crypto::random_id<Link>()});
  add(bens_, ada_, identity::sign_statement(ada_.words.signing, revoke));
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("entry 1", "entry 2"));
  test::hand_over(stolen_, held, bens_, 1, Handed::unvouched);
  EXPECT_THAT(bodies(bens_), IsEmpty());
  expect_sound(bens_);
}

TEST_F(Standing, OfOwnSpaceLogsIsWhatItWasUntilTheirCutOffsCome) {
  write(stolen_, "private", false);
  hand_over_all(stolen_, laptop_, Handed::vouched);
  const auto revocation = revoke();
  write(stolen_, "private too", false);
  Home phone{ada_, clock_};
  hand_over_all(stolen_, phone, Handed::vouched);
  add(phone, ada_, revocation.shared);  // by way of the partner, who does not have the other
  write(stolen_, "late", false);
  hand_over_all(stolen_, phone, Handed::unvouched);
  EXPECT_THAT(bodies(phone), UnorderedElementsAre("private", "private too"));
  add(phone, ada_, revocation.own);
  EXPECT_THAT(bodies(phone), UnorderedElementsAre("private"));
  expect_sound(phone);
}

TEST_F(Standing, BeginsAnewWithANewerRevokeAndNotWithAnOlderOne) {
  write(stolen_, "one");
  hand_over_all(stolen_, laptop_, Handed::vouched);
  const auto first = revoke(1);
  const auto second = revoke(2);
  write(stolen_, "two");
  hand_over_all(stolen_, bens_, Handed::vouched);
  const auto log = log_of(stolen_, bens_).number;
  add(bens_, ada_, first.shared);
  EXPECT_TRUE(bens_.book().vouch({log, 2}));
  EXPECT_EQ(bens_.book().standing(log), 2U);
  add(bens_, ada_, second.shared);
  EXPECT_EQ(bens_.book().standing(log), 1U);
  EXPECT_TRUE(bens_.book().vouch({log, 2}));
  bens_.reopen();
  EXPECT_EQ(bens_.book().standing(log), 2U);

  Home other{ben_, clock_};
  hand_over_all(stolen_, other, Handed::vouched);
  add(other, ada_, second.shared);
  const auto there = log_of(stolen_, other).number;
  EXPECT_TRUE(other.book().vouch({there, 2}));
  add(other, ada_, first.shared);
  EXPECT_EQ(other.book().standing(there), 2U);
}

TEST_F(Standing, IsTheWholeLogForTheDeviceThatWritesItEvenWhenItWasRetired) {
  write(laptop_, "mine");
  const log::Held mine = log_of(laptop_, laptop_);
  const auto revocation = test::revoke(ada_, stolen_, crypto::random_id<DeviceId>());  // which never heard of that log
  laptop_.book().doubt();
  add(laptop_, ada_, revocation.shared);
  EXPECT_THAT(bodies(laptop_), UnorderedElementsAre("mine"));
  write(laptop_, "and this");
  laptop_.reopen();
  EXPECT_THAT(bodies(laptop_), UnorderedElementsAre("mine", "and this"));
  EXPECT_EQ(laptop_.book().standing(mine.number), 1U);
}

TEST_F(Standing, IsRaisedByASealUnderTheNewestSelfKeyAlone) {
  write(stolen_, "one");
  const auto revocation = revoke();
  identity::SelfKey newest = revocation.key(ada_);
  ada_.self_keys.push_back(newest.clone());
  Home phone{ada_, clock_};
  add(phone, ada_, revocation.shared);
  add(phone, ada_, revocation.own);
  hand_over_all(stolen_, phone, Handed::unvouched);
  const log::Held held = log_of(stolen_, phone);
  EXPECT_THAT(bodies(phone), IsEmpty());
  const auto old_seal = identity::make_seal(ada_.self_keys.front(), held.name.id, 1, held.link);
  EXPECT_FALSE(phone.book().vouch({held.number, 1}, old_seal));
  const auto other_place = identity::make_seal(newest, held.name.id, 2, held.link);
  EXPECT_FALSE(phone.book().vouch({held.number, 1}, other_place));
  EXPECT_TRUE(phone.book().vouch({held.number, 1}, identity::make_seal(newest, held.name.id, 1, held.link)));
  EXPECT_THAT(bodies(phone), UnorderedElementsAre("one"));
  // The same seal with a batch, as the partner brings it back.
  Home tablet{ada_, clock_};
  add(tablet, ada_, revocation.shared);
  test::Parcel parcel = test::parcel(stolen_, log_of(stolen_, stolen_), 1, 10);
  parcel.seal = identity::make_seal(newest, held.name.id, 1, held.link);
  tablet.book().receive(tablet.book().learn(parcel.name, parcel.device), 1, parcel.incoming(), parcel.link, parcel.seal,
                        Handed::unvouched);
  EXPECT_THAT(bodies(tablet), UnorderedElementsAre("one"));
  // Of somebody else's log no seal can be checked.
  EXPECT_FALSE(bens_.book().vouch({bens_.book().learn(held.name, {}), 0}, old_seal));
}

TEST_F(Standing, GoesDownWhereTheAuthorDisownsARecordUntilSomebodyVouchesAgain) {
  write(stolen_, "one");
  write(stolen_, "two");
  write(stolen_, "three");
  hand_over_all(stolen_, bens_, Handed::vouched);
  const auto log = log_of(stolen_, bens_).number;
  bens_.book().disown({log, 2});
  bens_.reopen();
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("one"));
  expect_sound(bens_);
  EXPECT_FALSE(bens_.book().vouch({log, 1}));
  EXPECT_TRUE(bens_.book().vouch({log, 2}));
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("one", "two"));
  write(stolen_, "four");
  hand_over_all(stolen_, bens_, Handed::vouched);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("one", "two", "three", "four"));
  EXPECT_ERROR(Errc::peer_misbehaved, bens_.book().vouch({log, 5}));
  EXPECT_ERROR(Errc::peer_misbehaved, bens_.book().disown({log, 0}));
  EXPECT_ERROR(Errc::peer_misbehaved, bens_.book().disown({99, 1}));
}

TEST_F(Standing, IsNotRaisedByWhatComesWithoutAWordForIt) {
  write(stolen_, "one");
  hand_over_all(stolen_, bens_, Handed::vouched);
  write(stolen_, "two");
  hand_over_all(stolen_, bens_, Handed::unvouched);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("one"));
  bens_.reopen();
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("one"));
  write(stolen_, "three");
  hand_over_all(stolen_, bens_, Handed::vouched);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("one", "two", "three"));
}

TEST_F(Standing, DecidesWhetherAnEraseAndAReplacingEditTakeAnythingOut) {
  const ObjectId erased = write(laptop_, "to be erased");
  const ObjectId edited = write(laptop_, "to be edited");
  test::bring(laptop_, stolen_);
  test::bring(laptop_, bens_);
  const auto revocation = revoke();
  stolen_.book().erase(erased);
  stolen_.book().edit(edited, {.title = {}, .body = "by the thief", .mood = {}, .tags = {}, .at = {}});
  add(bens_, ada_, revocation.shared);
  hand_over_all(stolen_, bens_, Handed::unvouched);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("to be erased", "to be edited"));
  expect_sound(bens_);
  const log::Held held = log_of(stolen_, bens_);
  EXPECT_TRUE(bens_.book().vouch({held.number, held.n}));
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("by the thief"));
  EXPECT_TRUE(bens_.book().entry(erased).erased);
  expect_sound(bens_);
}

TEST_F(Standing, AsksAgainForWhatAnEraseTookOutThatStandsNoMore) {
  const ObjectId erased = write(laptop_, "to be erased");
  test::bring(laptop_, stolen_);
  test::bring(laptop_, bens_);
  const auto revocation = revoke();
  stolen_.book().erase(erased);
  hand_over_all(stolen_, bens_, Handed::vouched);
  EXPECT_TRUE(bens_.book().entry(erased).erased);
  add(bens_, ada_, revocation.shared);
  EXPECT_FALSE(test::has(bens_, erased));  // not erased: its words are lacking
  EXPECT_THAT(bens_.book().logs().lacking(log_of(laptop_, bens_).number, 10), ::testing::ElementsAre(1U));
  test::fill_gaps(laptop_, bens_);
  EXPECT_THAT(bodies(bens_), UnorderedElementsAre("to be erased"));
  expect_sound(bens_);
}

TEST_F(Standing, LetsAnEraseThatStandsTakeOutWhatDoesNot) {
  const ObjectId id = write(laptop_, "first");
  test::bring(laptop_, stolen_);
  test::bring(laptop_, bens_);
  add(bens_, ada_, revoke().shared);
  stolen_.book().edit(id, {.title = {}, .body = "by the thief", .mood = {}, .tags = {}, .at = {}});
  hand_over_all(stolen_, bens_, Handed::unvouched);
  laptop_.book().erase(id);
  hand_over_all(laptop_, bens_, Handed::vouched);
  const log::Held held = log_of(stolen_, bens_);
  EXPECT_FALSE(bens_.book().logs().read({held.number, held.n})->payload);
  EXPECT_THAT(bens_.book().logs().lacking(held.number, 10), IsEmpty());
  expect_sound(bens_);
}

}  // namespace
}  // namespace attune::book
