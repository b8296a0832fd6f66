// What one person can make another's device hold: acts and places on an object, bytes on an object, bytes in all.
#include <gtest/gtest.h>

#include "book/book.h"
#include "book/home.h"
#include "book/keys.h"
#include "core/error.h"
#include "identity/root.h"
#include "storage/store.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::Erase;
using journal::Op;
using std::chrono::milliseconds;
using test::deliver;
using test::Home;
using test::Scribe;
using test::words;

class Limit : public ::testing::Test {
 protected:
  explicit Limit(Limits limits = {}) : home_{ada_, clock_, limits} { home_.pair_with(ben_); }

  test::ManualClock clock_;
  test::Person ada_, ben_;
  CoupleId couple_ = identity::couple_of(ada_.root, ben_.root);
  Home home_;
  Scribe ben_writes_{ben_.root, couple_};
  ObjectId id_{ben_.root, crypto::random_id<ObjectNumber>()};

  Book& book() { return home_.book(); }
  Op at(std::int64_t ms, journal::Act act) { return {Instant{milliseconds{ms}}, std::move(act)}; }
  std::string body_of(const ObjectId& id) { return book().entry(id).current->content.body; }
  void expect_sound() { EXPECT_EQ(book().verify().problems, std::vector<std::string>{}); }
};

TEST_F(Limit, OfActsHoldsALogAtTheFirstOnePastIt) {
  for (int i = 0; i < 4096; ++i) ben_writes_.say(id_, at(i, words("x")));
  ben_writes_.say(id_, at(5000, words("one too many")));
  deliver(ben_writes_.parcel(1, 4096), home_);
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(4097), home_));
  EXPECT_EQ(body_of(id_), "x");
}

TEST_F(Limit, OfActsLeavesRoomForAnErase) {
  for (int i = 0; i < 4096; ++i) ben_writes_.say(id_, at(i, words("x")));
  ben_writes_.say(id_, at(5000, Erase{}));
  deliver(ben_writes_.parcel(1, 4096), home_);
  deliver(ben_writes_.parcel(4097), home_);
  EXPECT_TRUE(book().entry(id_).erased);
}

TEST_F(Limit, OfActsIsNotPassedByRepeatingOne) {
  ben_writes_.say(id_, at(1, words("x")));
  ben_writes_.repeat(1);
  const auto before = home_.indexes();
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(), home_));
  EXPECT_EQ(home_.indexes(), before);
  deliver(ben_writes_.parcel(1, 1), home_);
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(2), home_));
  ben_writes_.hide(2);  // nor by its hash alone
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(2), home_));
  EXPECT_EQ(body_of(id_), "x");
  expect_sound();
}

TEST_F(Limit, OfPlacesHoldsForActsThatStandInManyLogs) {
  std::vector<Scribe> scribes(5, Scribe{ben_.root, couple_});
  for (Scribe& scribe : scribes) {
    scribe = Scribe{ben_.root, couple_};
    for (int i = 0; i < 4096; ++i) scribe.say(id_, at(i, words("x")));
  }
  for (std::size_t i = 0; i < 4; ++i) deliver(scribes[i].parcel(), home_);
  EXPECT_ERROR(Errc::refused, deliver(scribes[4].parcel(1, 1), home_));
  EXPECT_EQ(book().entry(id_).contents.size(), 4096U);
}

// Two payloads of a text of 1,000 bytes fit an object, three do not.
class LimitOfBytes : public Limit {
 protected:
  LimitOfBytes() : Limit{{.object_bytes = 3000}} {}
  const std::string text_ = std::string(1000, 'x');
};

TEST_F(LimitOfBytes, HoldsALogAtTheFirstPayloadPastIt) {
  for (const ObjectId& id : {id_, ObjectId{ada_.root, crypto::random_id<ObjectNumber>()}}) {
    Scribe ben{ben_.root, couple_};
    for (int i = 1; i <= 3; ++i) ben.say(id, at(i, words(text_)));
    const auto before = home_.indexes();
    EXPECT_ERROR(Errc::refused, deliver(ben.parcel(), home_));
    EXPECT_EQ(home_.indexes(), before);
    deliver(ben.parcel(1, 2), home_);
    EXPECT_ERROR(Errc::refused, deliver(ben.parcel(3), home_));
  }
  EXPECT_EQ(book().entry(id_).contents.size(), 2U);
  expect_sound();
}

TEST_F(LimitOfBytes, CountsOnlyWhatStands) {
  OpId last = ben_writes_.say(id_, at(0, words(text_)));
  for (int i = 1; i < 10; ++i) {
    auto content = words(text_ + std::to_string(i));
    content.replaces = {last};
    last = ben_writes_.say(id_, at(i, content));
  }
  deliver(ben_writes_.parcel(1, 5), home_);
  for (std::size_t n = 6; n <= 10; ++n) deliver(ben_writes_.parcel(n, 1), home_);
  EXPECT_EQ(book().entry(id_).current->content.body, text_ + "9");
}

TEST_F(LimitOfBytes, LeavesRoomForAnErase) {
  ben_writes_.say(id_, at(1, words(text_)));
  ben_writes_.say(id_, at(2, words(text_ + std::string(800, 'y'))));
  ben_writes_.say(id_, at(3, Erase{}));
  deliver(ben_writes_.parcel(1, 2), home_);
  deliver(ben_writes_.parcel(3), home_);
  EXPECT_TRUE(book().entry(id_).erased);
}

TEST_F(LimitOfBytes, LeavesAPayloadPastItLacking) {
  for (int i = 1; i <= 3; ++i) ben_writes_.say(id_, at(i, words(text_)));
  const std::string payload = ben_writes_.payload(3);
  ben_writes_.hide(3);
  deliver(ben_writes_.parcel(), home_);
  const auto log = book().logs().all().back().number;
  EXPECT_EQ(book().fill(log, {{3, payload}}).records, 0U);
  EXPECT_EQ(book().logs().lacking(log, 10), std::vector<std::uint64_t>{3});
  expect_sound();
}

TEST_F(LimitOfBytes, RefusesOnesOwnVersionsWhereTheyAreWritten) {
  const ObjectId id = book().write({words(text_), false});
  const auto change = [&](const std::string& body) {
    Edit edit;
    edit.body = body;
    book().edit(id, edit);
  };
  change(text_ + "2");
  const auto before = home_.indexes();
  EXPECT_ERROR(Errc::refused, change(text_ + "3"));
  EXPECT_EQ(home_.indexes(), before);
  EXPECT_EQ(book().entry(id).current->content.body, text_ + "2");
  const ObjectId shared = book().share(id, {clock_.now(), std::chrono::minutes{0}});
  EXPECT_EQ(book().entry(shared).current->content.body, text_ + "2");
  book().erase(shared);
  EXPECT_TRUE(book().entry(shared).erased);
  expect_sound();
}

TEST_F(LimitOfBytes, TakesWhatOwnDevicesWroteApart) {
  Scribe phone{ada_.root, CoupleId{}};
  const ObjectId id{ada_.root, crypto::random_id<ObjectNumber>()};
  for (int i = 1; i <= 3; ++i) phone.say(id, at(i, words(text_ + std::to_string(i))));
  deliver(phone.parcel(), home_);
  EXPECT_EQ(book().entry(id).current->content.body, text_ + "3");
}

// Two payloads of a text of 1,000 bytes fit what Ben may have in all, three do not.
class LimitOfAPerson : public Limit {
 protected:
  LimitOfAPerson() : Limit{{.person_bytes = 3700}} {}
  const std::string text_ = std::string(1000, 'x');
  ObjectId new_object(const test::Person& person) { return {person.root, crypto::random_id<ObjectNumber>()}; }
  void write_three(Scribe& scribe, const test::Person& person) {
    for (int i = 1; i <= 3; ++i) scribe.say(new_object(person), at(i, words(text_)));
  }
};

TEST_F(LimitOfAPerson, HoldsALogAtTheFirstRecordPastIt) {
  write_three(ben_writes_, ben_);
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(), home_));
  EXPECT_EQ(book().entries(), 0U);
  deliver(ben_writes_.parcel(1, 2), home_);
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(3), home_));
  home_.reopen();
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(3), home_));
  deliver(ben_writes_.parcel(1, 2), home_);  // the same again is nothing new
  EXPECT_EQ(book().entries(), 2U);
  expect_sound();
}

TEST_F(LimitOfAPerson, IsForOthersAlone) {
  Scribe phone{ada_.root, CoupleId{}};
  write_three(phone, ada_);
  deliver(phone.parcel(), home_);
  for (int i = 0; i < 3; ++i) book().write({words(text_), true});
  EXPECT_EQ(book().entries(), 6U);
  expect_sound();
}

TEST_F(LimitOfAPerson, GivesBackWhatIsErased) {
  ben_writes_.say(id_, at(1, words(text_)));
  ben_writes_.say(new_object(ben_), at(2, words(text_ + std::string(400, 'y'))));
  ben_writes_.say(id_, at(3, Erase{}));  // takes away more than it brings
  ben_writes_.say(new_object(ben_), at(4, words(text_)));
  deliver(ben_writes_.parcel(1, 2), home_);
  deliver(ben_writes_.parcel(3, 1), home_);
  deliver(ben_writes_.parcel(4, 1), home_);
  EXPECT_EQ(book().entries(), 2U);
  expect_sound();
}

TEST_F(LimitOfAPerson, LeavesAPayloadPastItLacking) {
  write_three(ben_writes_, ben_);
  const std::string payload = ben_writes_.payload(3);
  ben_writes_.hide(3);
  deliver(ben_writes_.parcel(), home_);
  const auto log = book().logs().all().back().number;
  EXPECT_EQ(book().fill(log, {{3, payload}}).records, 0U);
  EXPECT_EQ(book().logs().lacking(log, 10), std::vector<std::uint64_t>{3});
  expect_sound();
}

TEST_F(LimitOfAPerson, CountsRecordsThatBringNothing) {
  for (std::size_t n = 1; n <= 15; ++n) {
    ben_writes_.say(new_object(ben_), at(1, words("never sent")));
    ben_writes_.hide(n);
  }
  deliver(ben_writes_.parcel(1, 14), home_);
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(15), home_));
  home_.reopen();
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(15), home_));
  expect_sound();
}

TEST_F(LimitOfAPerson, NeverHoldsTheEraseOfASmallText) {
  for (int i = 0; i < 10; ++i) {
    id_ = new_object(ben_);
    ben_writes_.say(id_, at(1, words("x")));
  }
  ben_writes_.say(new_object(ben_), at(1, words(std::string(100, 'x'))));
  ben_writes_.say(id_, at(2, Erase{}));
  deliver(ben_writes_.parcel(1, 11), home_);
  EXPECT_ERROR(Errc::refused, [&] {
    Scribe more{ben_.root, couple_};
    more.say(new_object(ben_), at(1, words("x")));
    deliver(more.parcel(), home_);
  }());
  deliver(ben_writes_.parcel(12), home_);
  EXPECT_TRUE(book().entry(id_).erased);
  expect_sound();
}

TEST_F(LimitOfAPerson, IsCountedAnewWhereAnOlderProgramCountedPayloadsAlone) {
  ben_writes_.say(id_, at(1, words("x")));
  deliver(ben_writes_.parcel(), home_);
  storage::Batch batch;
  batch.put(received_value(ben_.root), u64_value(ben_writes_.payload(1).size()));
  batch.put(book_value("schema"), u64_value(2));
  home_.store().commit(batch);
  home_.reopen();
  EXPECT_EQ(body_of(id_), "x");
  expect_sound();
}

TEST_F(LimitOfAPerson, IsCountedAnewWithTheIndexes) {
  write_three(ben_writes_, ben_);
  deliver(ben_writes_.parcel(1, 2), home_);
  storage::Batch batch;
  batch.remove(received_value(ben_.root));
  home_.store().commit(batch);
  EXPECT_EQ(book().verify().problems.size(), 1U);
  book().rebuild_indexes();
  expect_sound();
  EXPECT_ERROR(Errc::refused, deliver(ben_writes_.parcel(3), home_));
}

}  // namespace
}  // namespace attune::book
