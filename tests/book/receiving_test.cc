// What arrives from others: what is believed, what has no effect, what is refused, and what waits.
#include <gtest/gtest.h>

#include "book/book.h"
#include "book/home.h"
#include "core/error.h"
#include "identity/root.h"
#include "storage/contents.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::Erase;
using journal::Op;
using std::chrono::milliseconds;
using test::bodies;
using test::bring;
using test::deliver;
using test::Home;
using test::Scribe;
using test::words;

class Receiving : public ::testing::Test {
 protected:
  test::ManualClock clock_;
  test::Person ada_, ben_;
  CoupleId couple_ = identity::couple_of(ada_.root, ben_.root);
  Home laptop_{ada_, clock_};
  Home phone_{ada_, clock_};
  Home bens_{ben_, clock_};

  void SetUp() override {
    laptop_.pair_with(ben_);
    bens_.pair_with(ada_);
  }
  ObjectId object_of(const test::Person& person) { return {person.root, crypto::random_id<ObjectNumber>()}; }
  Op at(std::int64_t ms, journal::Act act) { return {Instant{milliseconds{ms}}, std::move(act)}; }
  void set_body(Home& home, const ObjectId& id, std::string body) {
    Edit edit;
    edit.body = std::move(body);
    home.book().edit(id, edit);
  }
  std::vector<std::string> listed(Home& home) { return bodies(home.book().list({.limit = 0})); }
  // Whether any file of the home still holds these bytes, once it is opened with the home's own key.
  bool holds(Home& home, const std::string& text) {
    bool found = false;
    storage::read_everything(home.files(), "store", home.key(), [&](const std::string&, BytesView plain) {
      found = found || as_text(plain).find(text) != std::string_view::npos;
    });
    return found;
  }
};

// Many new objects at once take a short path; it must not take what is known for new.
TEST_F(Receiving, WhatIsKnownIsFoundAmongHundredsThatAreNew) {
  bring(laptop_, phone_, 4000);
  const auto old = laptop_.book().write({words("of before"), false});
  bring(laptop_, phone_, 4000);
  std::vector<Draft> drafts;
  for (int i = 0; i < 600; ++i) drafts.push_back({words("new " + std::to_string(i)), false});
  const auto many = laptop_.book().write_all(drafts);
  set_body(laptop_, old, "of before, edited");
  set_body(laptop_, many[7], "seven, edited");
  bring(laptop_, phone_, 4000);
  for (Draft& draft : drafts) draft.content.body += " again";
  laptop_.book().write_all(drafts);
  set_body(laptop_, many[8], "eight, edited");
  laptop_.book().erase(many[9]);
  bring(laptop_, phone_, 4000);
  EXPECT_EQ(phone_.book().entries(), 1200U);
  EXPECT_EQ(phone_.book().entry(old).current->content.body, "of before, edited");
  EXPECT_EQ(phone_.book().entry(old).earlier.size(), 1U);
  EXPECT_EQ(phone_.book().entry(many[7]).current->content.body, "seven, edited");
  EXPECT_EQ(phone_.book().entry(many[8]).current->content.body, "eight, edited");
  EXPECT_TRUE(phone_.book().entry(many[9]).erased);
  EXPECT_TRUE(phone_.book().verify().problems.empty());
  EXPECT_EQ(phone_.indexes().size(), laptop_.indexes().size());
}

TEST_F(Receiving, BringsSharedEntriesToThePartnerAndPrivateOnesToOwnDevicesAlone) {
  laptop_.book().write({words("for both"), true});
  laptop_.book().write({words("for me"), false});
  bring(laptop_, bens_);
  bring(laptop_, phone_);
  EXPECT_EQ(listed(bens_), std::vector<std::string>{"for both"});
  EXPECT_EQ(listed(phone_).size(), 2U);
  EXPECT_FALSE(holds(bens_, "for me"));
  EXPECT_EQ(phone_.book().pairing()->partner, ben_.root);
  EXPECT_TRUE(bens_.book().verify().problems.empty());
  EXPECT_TRUE(phone_.book().verify().problems.empty());
}

TEST_F(Receiving, ShowsThePartnerThatAnEntryWasEditedButNotWhatItSaid) {
  const ObjectId id = laptop_.book().write({words("the first wording"), true});
  bring(laptop_, bens_);
  EXPECT_TRUE(holds(bens_, "the first wording"));
  set_body(laptop_, id, "the second wording");
  bring(laptop_, bens_);
  bring(laptop_, phone_);
  const auto entry = bens_.book().entry(id);
  EXPECT_EQ(entry.current->content.body, "the second wording");
  EXPECT_TRUE(entry.edited);
  EXPECT_TRUE(entry.earlier.empty());
  EXPECT_FALSE(holds(bens_, "the first wording"));
  EXPECT_EQ(phone_.book().entry(id).earlier.size(), 1U);
}

TEST_F(Receiving, ErasesTheTextFromEveryDisk) {
  const std::string secret = "words that must not stay anywhere";
  const ObjectId id = laptop_.book().write({words(secret), false});
  set_body(laptop_, id, secret + " in a second version");
  const ObjectId shared = laptop_.book().share(id, {clock_.now(), std::chrono::minutes{0}});
  set_body(laptop_, shared, secret + " in a third version");
  bring(laptop_, bens_);
  bring(laptop_, phone_);
  ASSERT_TRUE(holds(laptop_, secret));
  ASSERT_TRUE(holds(bens_, secret));
  ASSERT_TRUE(holds(phone_, secret));
  laptop_.book().erase(shared);
  EXPECT_FALSE(holds(laptop_, secret));
  bring(laptop_, bens_);
  bring(laptop_, phone_);
  for (Home* home : {&laptop_, &bens_, &phone_}) {
    EXPECT_FALSE(holds(*home, secret));
    EXPECT_TRUE(home->book().entry(shared).erased);
    EXPECT_EQ(home->book().entries(), 0U);
    EXPECT_TRUE(home->book().verify().problems.empty());
  }
}

TEST_F(Receiving, ErasesThePrivateOneOnceTheSharedOneWasErasedByADeviceWithoutIt) {
  const ObjectId id = laptop_.book().write({words("known to the laptop alone"), false});
  const ObjectId shared = laptop_.book().share(id, {clock_.now(), std::chrono::minutes{0}});
  bring(laptop_, bens_);
  phone_.pair_with(ben_);
  for (const auto& held : bens_.book().logs().all()) {
    if (held.n > 0 && !held.name.own_space()) deliver(test::parcel(bens_, held, 1, 10), phone_);
  }
  phone_.book().erase(shared);
  bring(phone_, laptop_);
  EXPECT_TRUE(laptop_.book().entry(id).erased);
  EXPECT_FALSE(holds(laptop_, "known to the laptop alone"));
  bring(laptop_, phone_);  // also where the private one comes after the erasure
  EXPECT_FALSE(holds(phone_, "known to the laptop alone"));
  EXPECT_TRUE(phone_.book().verify().problems.empty());
}

TEST_F(Receiving, ErasesTheSharedOneOnceThePrivateOneWasErasedByADeviceThatDidNotKnow) {
  const ObjectId id = laptop_.book().write({words("shared meanwhile"), false});
  bring(laptop_, phone_);
  const ObjectId shared = laptop_.book().share(id, {clock_.now(), std::chrono::minutes{0}});
  bring(laptop_, bens_);
  phone_.book().erase(id);
  bring(phone_, laptop_);
  EXPECT_TRUE(laptop_.book().entry(shared).erased);
  bring(laptop_, bens_);
  EXPECT_FALSE(holds(bens_, "shared meanwhile"));
  EXPECT_FALSE(holds(laptop_, "shared meanwhile"));
}

TEST_F(Receiving, FinishesAtTheNextStartAnErasureThatACrashInterrupted) {
  const ObjectId id = laptop_.book().write({words("interrupted words"), true});
  bring(laptop_, bens_);
  laptop_.book().erase(id);
  for (const auto& held : laptop_.book().logs().all()) {
    while (test::deliver_some(laptop_, bens_, held, 100)) {
    }
  }
  EXPECT_TRUE(holds(bens_, "interrupted words"));  // dropped, but not compacted yet
  bens_.reopen();
  EXPECT_FALSE(holds(bens_, "interrupted words"));
}

TEST_F(Receiving, SaysThatABatchErasesSoThatItIsConfirmedOnlyAfterwards) {
  const ObjectId id = laptop_.book().write({words("a"), true});
  bring(laptop_, bens_);
  laptop_.book().erase(id);
  for (const auto& held : laptop_.book().logs().all()) {
    if (held.name.own_space()) continue;
    EXPECT_TRUE(deliver(test::parcel(laptop_, held, 2, 10), bens_).erases);
  }
  laptop_.book().write({words("b"), true});
  for (const auto& held : laptop_.book().logs().all()) {
    if (held.name.own_space()) continue;
    EXPECT_FALSE(deliver(test::parcel(laptop_, held, 3, 10), bens_).erases);
  }
}

TEST_F(Receiving, GivesTheOtherNoPowerOverAnEntry) {
  const ObjectId id = laptop_.book().write({words("mine"), true});
  Scribe mallory{ben_.root, couple_};
  mallory.say(id, at(9'000'000'000'000, words("forged")));
  mallory.say(id, at(9'000'000'000'001, Erase{}));
  mallory.say(id, at(9'000'000'000'002, journal::SharedAs{ObjectNumber{}}));
  deliver(mallory.parcel(), laptop_);
  EXPECT_EQ(listed(laptop_), std::vector<std::string>{"mine"});
  EXPECT_FALSE(laptop_.book().entry(id).edited);
  bring(laptop_, bens_);
  EXPECT_ERROR(Errc::refused, bens_.book().erase(id));
  EXPECT_ERROR(Errc::refused, set_body(bens_, id, "x"));
  EXPECT_ERROR(Errc::refused, bens_.book().share(id, {}));
  EXPECT_EQ(listed(bens_), std::vector<std::string>{"mine"});
}

TEST_F(Receiving, RefusesLogsThatAreNotForThisJournal) {
  const test::Person stranger;
  const auto named = [](const RootId& author, const CoupleId& couple) {
    return log::LogName{crypto::random_id<LogId>(), author, couple};
  };
  EXPECT_ERROR(Errc::peer_misbehaved, laptop_.book().learn(named(ben_.root, CoupleId{}), {}));
  EXPECT_ERROR(Errc::peer_misbehaved, laptop_.book().learn(named(stranger.root, couple_), {}));
  EXPECT_NO_THROW(laptop_.book().learn(named(ben_.root, couple_), {}));
  EXPECT_NO_THROW(laptop_.book().learn(named(ada_.root, CoupleId{}), {}));
}

TEST_F(Receiving, RefusesAWholeBatchForOneRecordThatIsNoAct) {
  Scribe ben{ben_.root, couple_};
  ben.say(object_of(ben_), at(1, words("good")));
  ben.say(object_of(ben_), std::string(log::kPayloadRandom, 'r') + "no act at all");
  const auto before = laptop_.indexes();
  EXPECT_ERROR(Errc::peer_misbehaved, deliver(ben.parcel(), laptop_));
  EXPECT_EQ(laptop_.indexes(), before);
  deliver(ben.parcel(1, 1), laptop_);  // and what is good of it is still taken
  EXPECT_EQ(listed(laptop_), std::vector<std::string>{"good"});
}

TEST_F(Receiving, RefusesRecordsThatDoNotLeadToTheirLink) {
  Scribe ben{ben_.root, couple_};
  ben.say(object_of(ben_), at(1, words("one")));
  auto parcel = ben.parcel();
  parcel.link = crypto::random_id<Link>();
  EXPECT_ERROR(Errc::peer_misbehaved, deliver(parcel, laptop_));
  EXPECT_TRUE(listed(laptop_).empty());
  EXPECT_EQ(laptop_.book().entries(), 0U);
}

TEST_F(Receiving, DoesNothingTwice) {
  laptop_.book().write({words("one"), true});
  laptop_.book().write({words("two"), true});
  const auto held = laptop_.book().logs().all().back();
  deliver(test::parcel(laptop_, held, 1, 10), bens_);
  const auto before = bens_.indexes();
  EXPECT_EQ(deliver(test::parcel(laptop_, held, 1, 10), bens_).records, 0U);
  EXPECT_EQ(deliver(test::parcel(laptop_, held, 2, 10), bens_).records, 0U);
  EXPECT_EQ(bens_.indexes(), before);
}

TEST_F(Receiving, KeepsAskingForAPayloadThatIsMissingWithoutAReason) {
  Scribe ben{ben_.root, couple_};
  const ObjectId id = object_of(ben_);
  ben.say(id, at(1, words("late")));
  const std::string payload = ben.payload(1);
  ben.hide(1);
  deliver(ben.parcel(), laptop_);
  const auto log = laptop_.book().logs().all().back().number;
  EXPECT_EQ(laptop_.book().logs().lacking(log, 10), std::vector<std::uint64_t>{1});
  EXPECT_TRUE(listed(laptop_).empty());
  EXPECT_ERROR(Errc::peer_misbehaved, laptop_.book().fill(log, {{1, payload + "x"}}));
  EXPECT_EQ(laptop_.book().fill(log, {{1, payload}}).records, 1U);
  EXPECT_TRUE(laptop_.book().logs().lacking(log, 10).empty());
  EXPECT_EQ(listed(laptop_), std::vector<std::string>{"late"});
  EXPECT_EQ(laptop_.book().fill(log, {{1, payload}}).records, 0U);
  EXPECT_TRUE(laptop_.book().verify().problems.empty());
}

TEST_F(Receiving, AcceptsAMissingPayloadOnceAnEraseOfTheCreatorIsThere) {
  for (const bool erase_in_the_same_batch : {true, false}) {
    Scribe ben{ben_.root, couple_};
    const ObjectId id = object_of(ben_);
    ben.say(id, at(1, words("gone")));
    ben.say(id, at(2, Erase{}));
    ben.hide(1);
    if (!erase_in_the_same_batch) deliver(ben.parcel(1, 1), laptop_);
    deliver(ben.parcel(erase_in_the_same_batch ? 1 : 2), laptop_);
    const auto log = laptop_.book().logs().all().back().number;
    EXPECT_TRUE(laptop_.book().logs().lacking(log, 10).empty());
    EXPECT_TRUE(laptop_.book().entry(id).erased);
  }
}

TEST_F(Receiving, DoesNotTakeTheOthersEraseAsAReason) {
  Scribe ada{ada_.root, couple_};
  Scribe ben{ben_.root, couple_};
  const ObjectId id = object_of(ben_);
  ada.say(id, at(2, Erase{}));
  ben.say(id, at(1, words("Ben's own")));
  ben.hide(1);
  deliver(ada.parcel(), laptop_);
  deliver(ben.parcel(), laptop_);
  EXPECT_EQ(laptop_.book().logs().lacking(laptop_.book().logs().all().back().number, 10).size(), 1U);
}

TEST_F(Receiving, NeverStoresAPayloadOfWhatIsErasedAlready) {
  Scribe first{ben_.root, couple_};
  Scribe second{ben_.root, couple_};
  const ObjectId id = object_of(ben_);
  first.say(id, at(2, Erase{}));
  second.say(id, at(1, words("came after its erase")));
  second.say(object_of(ben_), at(1, words("another")));
  deliver(first.parcel(), laptop_);
  deliver(second.parcel(), laptop_);
  EXPECT_TRUE(laptop_.book().entry(id).erased);
  EXPECT_EQ(listed(laptop_), std::vector<std::string>{"another"});
  EXPECT_FALSE(holds(laptop_, "came after its erase"));
  EXPECT_TRUE(laptop_.book().logs().lacking(laptop_.book().logs().all().back().number, 10).empty());
}

TEST_F(Receiving, NeverStoresAPayloadThatIsErasedInTheSameBatch) {
  Scribe ben{ben_.root, couple_};
  const ObjectId id = object_of(ben_);
  ben.say(id, at(1, words("there and gone")));
  ben.say(id, at(2, Erase{}));
  EXPECT_FALSE(deliver(ben.parcel(), laptop_).erases);  // nothing was stored that would have to go
  EXPECT_FALSE(holds(laptop_, "there and gone"));
  EXPECT_TRUE(laptop_.book().entry(id).erased);
}

TEST_F(Receiving, DropsAPayloadThatComesForWhatWasErasedMeanwhile) {
  Scribe ben{ben_.root, couple_};
  Scribe other{ben_.root, couple_};
  const ObjectId id = object_of(ben_);
  ben.say(id, at(1, words("too late")));
  const std::string payload = ben.payload(1);
  ben.hide(1);
  other.say(id, at(2, Erase{}));
  deliver(ben.parcel(), laptop_);
  const auto log = laptop_.book().logs().all().back().number;
  deliver(other.parcel(), laptop_);
  EXPECT_EQ(laptop_.book().fill(log, {{1, payload}}).records, 0U);
  EXPECT_FALSE(holds(laptop_, "too late"));
}

TEST_F(Receiving, CountsAnEntryOnceThatTwoDevicesBringTwice) {
  const ObjectId id = laptop_.book().write({words("one"), true});
  bring(laptop_, bens_);
  bring(laptop_, phone_);
  bring(phone_, bens_);
  EXPECT_EQ(bens_.book().entries(), 1U);
  EXPECT_EQ(listed(bens_), std::vector<std::string>{"one"});
  EXPECT_EQ(bens_.book().entry(id).contents.size(), 1U);
}

TEST_F(Receiving, LetsTwoOwnDevicesEditApartAndTheNextEditTakeBothOut) {
  const ObjectId id = laptop_.book().write({words("zero"), true});
  bring(laptop_, phone_);
  clock_.advance(milliseconds{10});
  set_body(laptop_, id, "from the laptop");
  clock_.advance(milliseconds{10});
  set_body(phone_, id, "from the phone");
  bring(laptop_, phone_);
  bring(phone_, laptop_);
  EXPECT_EQ(laptop_.book().entry(id).current->content.body, "from the phone");
  EXPECT_EQ(laptop_.book().entry(id), phone_.book().entry(id));
  set_body(laptop_, id, "settled");
  EXPECT_EQ(laptop_.book().entry(id).earlier.size(), 3U);
  bring(laptop_, bens_);
  bring(laptop_, phone_);
  EXPECT_EQ(listed(bens_), std::vector<std::string>{"settled"});
  for (Home* home : {&laptop_, &phone_, &bens_}) {
    for (const auto& held : home->book().logs().all()) {
      EXPECT_TRUE(home->book().logs().lacking(held.number, 10).empty());
    }
  }
  EXPECT_FALSE(holds(bens_, "from the phone"));
}

TEST_F(Receiving, KnowsWhatWaitsAndWhetherAnErasureIsConfirmed) {
  const DeviceId bens = bens_.device();
  const ObjectId id = laptop_.book().write({words("a"), true});
  EXPECT_EQ(laptop_.book().waiting(), 1U);
  const auto log = laptop_.book().logs().all().back().number;
  laptop_.book().set_confirmed(bens, log, 1);
  EXPECT_EQ(laptop_.book().waiting(), 0U);
  laptop_.book().erase(id);
  EXPECT_EQ(laptop_.book().waiting(), 1U);
  EXPECT_FALSE(laptop_.book().erase_confirmed(id));
  laptop_.book().set_confirmed(bens, log, 2);
  EXPECT_TRUE(laptop_.book().erase_confirmed(id));
  laptop_.book().set_confirmed(bens, log, 1);  // never back
  EXPECT_EQ(laptop_.book().confirmed(bens, log), 2U);
  const DeviceId tablet = crypto::random_id<DeviceId>();
  laptop_.book().set_confirmed(tablet, log, 1);
  EXPECT_FALSE(laptop_.book().erase_confirmed(id));
  EXPECT_EQ(laptop_.book().waiting(), 0U);
}

TEST_F(Receiving, CallsAnErasureUnconfirmedWhileNobodyWasEverReached) {
  const ObjectId id = laptop_.book().write({words("a"), true});
  laptop_.book().erase(id);
  EXPECT_FALSE(laptop_.book().erase_confirmed(id));
}

}  // namespace
}  // namespace attune::book
