// How far a log stands, and what becomes of what is past it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "book/revocation.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using test::Home;
using test::MemoryFiles;
using test::words;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Handed = Book::Handed;

class Standing : public ::testing::Test {
 protected:
  Standing() {
    laptop_.pair_with(ben_);
    bens_.pair_with(ada_);
    test::bring(laptop_, stolen_);
  }

  ObjectId write(Home& home, const std::string& text, bool shared = true) {
    clock_.advance(std::chrono::milliseconds{1});
    return home.book().write({words(text), shared});
  }
  test::Revocation revoke(std::uint64_t number = 1) { return test::revoke(ada_, laptop_, stolen_.device(), number); }
  static void add(Home& home, const test::Owner& owner, const identity::Statement& statement) {
    home.book().add_statements(owner.root, {statement.wire});
  }
  std::vector<std::string> bodies(Home& home) { return test::bodies(home.book().list({.limit = 0})); }
  // The couple's log that this home appends to, as it is held at another one.
  static log::Held log_of(Home& writer, Home& at) {
    for (const log::Held& held : writer.book().logs().all()) {
      if (held.mine && !held.retired && !held.name.own_space()) return *at.book().logs().find(held.name.id);
    }
    throw std::logic_error{"nothing was shared"};
  }
  static void hand_over_all(Home& from, Home& to, Handed handed, std::size_t limit = SIZE_MAX) {
    for (const log::Held& held : from.book().logs().all()) {
      while (held.mine && test::hand_over(from, held, to, limit, handed)) {
      }
    }
  }
  static void expect_sound(Home& home) {
    EXPECT_THAT(home.book().verify().problems, IsEmpty());
    const auto before = home.indexes();
    home.book().rebuild_indexes();
    EXPECT_EQ(home.indexes(), before);
  }

  test::ManualClock clock_;
  test::Owner ada_, ben_;
  Home laptop_{ada_, clock_};
  Home stolen_{ada_, clock_};
  Home bens_{ben_, clock_};
};

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

TEST_F(Standing, OfManyRecordsIsDecidedByMakingTheIndexesAnew) {
  std::vector<Draft> drafts(1500, {words("many"), true});
  stolen_.book().write_all(drafts);
  hand_over_all(stolen_, bens_, Handed::vouched);
  EXPECT_EQ(bens_.book().entries(), 1500U);
  const auto revocation = test::revoke(ada_, laptop_, stolen_.device());
  add(bens_, ada_, revocation.shared);
  EXPECT_EQ(bens_.book().entries(), 0U);
  expect_sound(bens_);
  EXPECT_TRUE(bens_.book().vouch({log_of(stolen_, bens_).number, 1499}));
  EXPECT_EQ(bens_.book().entries(), 1499U);
  expect_sound(bens_);
}

// The disk as a power cut would leave it, at each call of what `act` does.
class StandingAfterAPowerCut : public Standing {
 protected:
  template <class Act>
  void everywhere(Act act, std::uint64_t entries_before, std::uint64_t entries_after) {
    bens_.reopen();
    test::MemoryFiles& files = bens_.files();
    files.record();
    act(bens_.book());
    bool undone = false;
    bool done = false;
    for (std::size_t n = 0; n <= files.recorded(); ++n) {
      const auto disk = files.cut_after(n, {test::PowerCut::Data::dropped, test::PowerCut::Names::dropped, 0});
      storage::Store store{*disk, "store", bens_.key()};
      Book book{store, {ben_.root, bens_.device(), &ben_.self_keys}, clock_};
      EXPECT_THAT(book.verify().problems, IsEmpty()) << n;
      const auto entries = book.entries();
      EXPECT_TRUE(entries == entries_before || entries == entries_after) << n;
      EXPECT_EQ(entries, book.list({.limit = 0}).size());
      (entries == entries_before ? undone : done) = true;
      act(book);
      EXPECT_EQ(book.entries(), entries_after) << n;
      EXPECT_THAT(book.verify().problems, IsEmpty()) << n;
    }
    EXPECT_TRUE(undone && done);
  }
};

TEST_F(StandingAfterAPowerCut, IsEitherTheOldOrTheNewOne) {
  const auto revocation = revoke();
  for (const std::size_t records : {5U, 1200U}) {  // in one batch, and by making the indexes anew
    stolen_.book().write_all(std::vector<Draft>(records, {words("many"), true}));
    hand_over_all(stolen_, bens_, Handed::vouched);
    if (records == 5U) {
      everywhere([&](Book& book) { book.add_statements(ada_.root, {revocation.shared.wire}); }, 5, 0);
    } else {
      bens_.book().disown({log_of(stolen_, bens_).number, 1});
    }
    const log::Held held = log_of(stolen_, bens_);
    everywhere([&](Book& book) { book.vouch({held.number, held.n}); }, 0, held.n);
    everywhere([&](Book& book) { book.disown({held.number, 1}); }, held.n, 0);
    bens_.book().vouch({held.number, held.n});
  }
}

TEST_F(Standing, ThatMovesMuchHasMovedWhenItIsTold) {
  stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
  hand_over_all(stolen_, bens_, Handed::vouched);
  ASSERT_EQ(bens_.book().entries(), 1200U);
  std::optional<std::uint64_t> told;
  bens_.book().observe([&](const Change&) { told = bens_.book().entries(); });
  bens_.book().disown({log_of(stolen_, bens_).number, 1});
  EXPECT_EQ(told, 0U);
  bens_.book().observe({});
}

// What is read behind it would be half an index: entries missing, or an agreement without its end.
TEST_F(StandingAfterAPowerCut, IsNotAskedWhereMakingTheIndexesAnewHasFailed) {
  stolen_.book().write_all(std::vector<Draft>(1200, {words("many"), true}));
  hand_over_all(stolen_, bens_, Handed::vouched);
  bens_.book().write_all(std::vector<Draft>(300, {words("his own"), false}));
  bens_.store().compact("", "");  // to be read from the disk
  bens_.reopen();
  const auto before = bens_.files().snapshot();
  const std::uint64_t log = log_of(stolen_, bens_).number;
  std::size_t failed = 0;
  for (const bool reads : {false, true}) {
    for (std::size_t n = 1;; ++n) {
      SCOPED_TRACE(n);
      bens_.files().put_back(before);
      bens_.reopen();
      const auto whole = bens_.book().entries();
      if (reads) {
        bens_.files().fail_read(n);
      } else {
        bens_.files().fail_call(n);
      }
      try {
        bens_.book().disown({static_cast<log::LogNumber>(log), 1});
        break;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::disk);
      }
      ++failed;
      try {
        const auto all = bens_.book().list({.limit = 0}).size();
        EXPECT_TRUE(all == whole || all == whole - 1200) << all;
        EXPECT_EQ(bens_.book().standing(static_cast<log::LogNumber>(log)) == 0, all != whole);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::disk);
      }
      bens_.reopen();
      EXPECT_THAT(bens_.book().verify().problems, IsEmpty());
    }
  }
  EXPECT_GE(failed, 40U);
}

}  // namespace
}  // namespace attune::book
