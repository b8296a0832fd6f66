// What one person does with entries on one device.
#include <gtest/gtest.h>

#include "book/book.h"
#include "book/home.h"
#include "core/error.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::EntryKind;
using std::chrono::milliseconds;
using test::bodies;
using test::Home;
using test::words;

class Entries : public ::testing::Test {
 protected:
  test::ManualClock clock_;
  test::Person ada_, ben_;
  Home home_{ada_, clock_};

  Book& book() { return home_.book(); }
  ObjectId write(std::string body, bool shared = false) { return book().write({words(std::move(body)), shared}); }
  ObjectId write_at(std::string body, std::int64_t ms) { return book().write({words(std::move(body), ms)}); }
  journal::Zoned now() { return {clock_.now(), std::chrono::minutes{60}}; }
  void set_body(const ObjectId& id, std::string body) {
    Edit edit;
    edit.body = std::move(body);
    book().edit(id, edit);
  }
  std::vector<std::string> listed(const Filter& filter = {}) { return bodies(book().list(filter)); }
  // How many records stand in logs that the partner may have.
  std::uint64_t shared_records() {
    std::uint64_t records = 0;
    for (const auto& held : book().logs().all()) records += held.name.own_space() ? 0 : held.n;
    return records;
  }
};

TEST_F(Entries, AreThereAsTheyWereWritten) {
  journal::EntryContent content = words("a quiet evening");
  content.kind = EntryKind::gratitude;
  content.title = "Tuesday";
  content.mood = journal::Mood{"calm", 4};
  content.tags = {"home"};
  const ObjectId id = book().write({content, false});
  const journal::Entry entry = book().entry(id);
  EXPECT_EQ(entry.current->content, content);
  EXPECT_FALSE(entry.shared);
  EXPECT_FALSE(entry.edited);
  EXPECT_EQ(book().entries(), 1U);
}

TEST_F(Entries, AreStillThereAfterReopening) {
  home_.pair_with(ben_);
  const ObjectId kept = write("kept");
  const ObjectId shared = write("shared", true);
  set_body(shared, "shared, and edited");
  book().erase(write("erased"));
  book().set_meta("port", "4711");
  const auto before = book().list({});
  home_.reopen();
  EXPECT_EQ(book().list({}), before);
  EXPECT_EQ(book().entry(kept).current->content.body, "kept");
  EXPECT_EQ(book().entries(), 2U);
  EXPECT_EQ(book().meta("port"), "4711");
  EXPECT_EQ(book().meta("other"), std::nullopt);
  EXPECT_TRUE(book().verify().problems.empty());
}

TEST_F(Entries, ThatAreRefusedLeaveNothing) {
  EXPECT_ERROR(Errc::usage, write(std::string(journal::kMaxBody + 1, 'x')));
  EXPECT_ERROR(Errc::usage, write("\xff"));
  EXPECT_ERROR(Errc::usage, book().write_all({{words("good"), false}, {words("\xff"), false}}));
  EXPECT_TRUE(listed().empty());
  EXPECT_TRUE(book().logs().all().empty());
}

TEST_F(Entries, OfPrivateKindNeverEnterACouplesLog) {
  home_.pair_with(ben_);
  const ObjectId id = write("private");
  set_body(id, "still private");
  book().erase(id);
  book().write_all({{words("one"), false}, {words("two"), false}});
  EXPECT_EQ(shared_records(), 0U);
}

TEST_F(Entries, CannotBeSharedWithNobody) {
  EXPECT_ERROR(Errc::not_paired, write("to whom?", true));
  const ObjectId id = write("private");
  EXPECT_ERROR(Errc::not_paired, book().share(id, now()));
  EXPECT_EQ(book().entry(id).shared_as, std::nullopt);
}

TEST_F(Entries, ThatWereSharedAreOneWithThePrivateOne) {
  home_.pair_with(ben_);
  const ObjectId id = write("first words");
  set_body(id, "better words");
  clock_.advance(milliseconds{5000});
  const ObjectId shared = book().share(id, now());
  EXPECT_NE(shared, id);
  EXPECT_EQ(book().entry(id).id, shared);
  EXPECT_EQ(listed(), std::vector<std::string>{"better words"});
  EXPECT_EQ(book().list({})[0].id, shared);
  EXPECT_EQ(book().search({"words"}).size(), 1U);
  EXPECT_EQ(book().entries(), 1U);
  EXPECT_EQ(book().share(id, now()), shared);
  EXPECT_EQ(book().share(shared, now()), shared);
  EXPECT_EQ(book().find(book().shortest_prefix(id)), shared);
  EXPECT_EQ(book().entry(shared).current->content.written_at, now());  // nothing tells that it was private first
  EXPECT_FALSE(book().entry(shared).edited);
  EXPECT_EQ(shared_records(), 1U);
  ASSERT_EQ(book().entry(shared).earlier.size(), 1U);  // for the author alone
  EXPECT_EQ(book().entry(shared).earlier[0].content.body, "first words");
}

TEST_F(Entries, KeepTheirEarlierVersionsForTheirAuthor) {
  home_.pair_with(ben_);
  for (const bool shared : {false, true}) {
    const ObjectId id = write("one", shared);
    set_body(id, "two");
    set_body(id, "three");
    const auto entry = book().entry(id);
    EXPECT_EQ(entry.current->content.body, "three");
    EXPECT_TRUE(entry.edited);
    ASSERT_EQ(entry.earlier.size(), 2U);
    EXPECT_EQ(entry.earlier[0].content.body, "one");
    EXPECT_EQ(entry.earlier[1].content.body, "two");
  }
  EXPECT_EQ(book().entries(), 2U);
}

TEST_F(Entries, LoseTheirOldTextInTheCouplesLogWhenEdited) {
  home_.pair_with(ben_);
  const ObjectId id = write("one", true);
  set_body(id, "two");
  for (const auto& held : book().logs().all()) {
    if (held.name.own_space()) continue;
    EXPECT_EQ(book().logs().read({held.number, 1})->payload, std::nullopt);
    EXPECT_TRUE(book().logs().read({held.number, 2})->payload.has_value());
  }
}

TEST_F(Entries, AreNotWrittenAnewByAnEditThatChangesNothing) {
  const ObjectId id = write("same");
  set_body(id, "same");
  EXPECT_FALSE(book().entry(id).edited);
}

TEST_F(Entries, AreNotEditedIntoWhatNoEntryMayBe) {
  const ObjectId id = write("good");
  EXPECT_ERROR(Errc::usage, set_body(id, "\xff"));
  EXPECT_EQ(book().entry(id).current->content.body, "good");
  EXPECT_FALSE(book().entry(id).edited);
}

TEST_F(Entries, ThatWereErasedLeaveOnlyThat) {
  const ObjectId id = write("gone");
  write("stays");
  book().erase(id);
  const auto entry = book().entry(id);
  EXPECT_TRUE(entry.erased);
  EXPECT_EQ(entry.current, std::nullopt);
  EXPECT_EQ(listed(), std::vector<std::string>{"stays"});
  EXPECT_TRUE(book().search({"gone"}).empty());
  EXPECT_EQ(book().entries(), 1U);
  EXPECT_ERROR(Errc::refused, set_body(id, "again"));
  EXPECT_ERROR(Errc::refused, book().share(id, now()));
  EXPECT_EQ(book().find(book().shortest_prefix(id)), id);
  book().erase(id);  // once more does no harm
  EXPECT_TRUE(book().verify().problems.empty());
}

TEST_F(Entries, AreErasedTogetherWithWhatTheyWereSharedAs) {
  home_.pair_with(ben_);
  for (const bool by_private_id : {false, true}) {
    const ObjectId id = write("first");
    set_body(id, "second");
    const ObjectId shared = book().share(id, now());
    set_body(shared, "third");
    book().erase(by_private_id ? id : shared);
    EXPECT_TRUE(book().entry(id).erased);
    EXPECT_TRUE(book().entry(shared).erased);
  }
  EXPECT_EQ(book().entries(), 0U);
  // No payload of them is left but the erasures.
  for (const auto& held : book().logs().all()) {
    std::size_t payloads = 0;
    book().logs().read_from(held.number, 1, [&](std::uint64_t, const log::Record& record) {
      payloads += record.payload ? 1 : 0;
      return true;
    });
    EXPECT_EQ(payloads, held.name.own_space() ? 2U + 2U : 2U) << "own: two of the pairing, and two erasures";
  }
}

TEST_F(Entries, AreListedNewestFirstByTheMomentTheySpeakOf) {
  write_at("middle", 2000);
  write_at("oldest", -5000);
  write_at("newest", 3000);
  EXPECT_EQ(listed(), (std::vector<std::string>{"newest", "middle", "oldest"}));
}

TEST_F(Entries, AreListedAsTheFilterAsks) {
  home_.pair_with(ben_);
  const ObjectId first = write_at("a", 1000);
  const ObjectId second = write_at("b", 2000);
  journal::EntryContent content = words("c", 3000);
  content.kind = EntryKind::need;
  content.tags = {"x", "y"};
  book().write({content, true});
  EXPECT_EQ(listed({.limit = 2}), (std::vector<std::string>{"c", "b"}));
  EXPECT_EQ(listed({.limit = 0}).size(), 3U);
  EXPECT_EQ(listed({.shared = true}), std::vector<std::string>{"c"});
  EXPECT_EQ(listed({.shared = false}), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(listed({.mine = false}).size(), 0U);
  EXPECT_EQ(listed({.kind = EntryKind::need}), std::vector<std::string>{"c"});
  EXPECT_EQ(listed({.tags = {"x"}}), std::vector<std::string>{"c"});
  EXPECT_TRUE(listed({.tags = {"x", "z"}}).empty());
  EXPECT_EQ(listed({.tags = {"X"}}), std::vector<std::string>{"c"});  // in any case
  EXPECT_EQ(listed({.since = Instant{milliseconds{2000}}}), (std::vector<std::string>{"c", "b"}));
  EXPECT_EQ(listed({.until = Instant{milliseconds{2000}}}), std::vector<std::string>{"a"});
  EXPECT_EQ(listed({.since = Instant{milliseconds{1500}}, .until = Instant{milliseconds{2500}}}),
            std::vector<std::string>{"b"});
  EXPECT_EQ(listed({.before = second}), std::vector<std::string>{"a"});
  EXPECT_TRUE(listed({.before = first}).empty());
}

TEST_F(Entries, MoveInTheTimelineWhenTheirMomentIsEdited) {
  const ObjectId id = write_at("moved", 1000);
  write_at("fixed", 2000);
  Edit edit;
  edit.at = journal::Zoned{Instant{milliseconds{3000}}, std::chrono::minutes{0}};
  book().edit(id, edit);
  EXPECT_EQ(listed(), (std::vector<std::string>{"moved", "fixed"}));
  EXPECT_EQ(book().entries(), 2U);
}

TEST_F(Entries, AreFoundByWordsWhateverTheCaseAndAccents) {
  write_at("We met at the Caf\u00e9", 1000);
  write_at("a cafe again, alone", 2000);
  journal::EntryContent tagged = words("nothing here", 3000);
  tagged.title = "CAFE";
  book().write({tagged, false});
  EXPECT_EQ(bodies(book().search({"cafe"})),
            (std::vector<std::string>{"nothing here", "a cafe again, alone", "We met at the Caf\u00e9"}));
  EXPECT_EQ(bodies(book().search({"CAFE", "alone"})), std::vector<std::string>{"a cafe again, alone"});
  EXPECT_TRUE(book().search({"tea"}).empty());
}

TEST_F(Entries, AreNotFoundByWordsOfAnEarlierVersion) {
  const ObjectId id = write("old words");
  set_body(id, "new words");
  EXPECT_TRUE(book().search({"old"}).empty());
  EXPECT_EQ(book().search({"new"}).size(), 1U);
}

TEST_F(Entries, AreFoundByAnyPrefixOfTheirIdThatIsUnambiguous) {
  std::vector<ObjectId> ids;
  for (int i = 0; i < 300; ++i) ids.push_back(write("entry " + std::to_string(i)));
  for (const ObjectId& id : ids) {
    const std::string prefix = book().shortest_prefix(id);
    EXPECT_GE(prefix.size(), 4U);
    EXPECT_EQ(book().find(prefix), id);
    if (prefix.size() > 4) {
      EXPECT_ERROR(Errc::ambiguous, book().find(prefix.substr(0, prefix.size() - 1)));
    }
    std::string upper = prefix;
    std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_EQ(book().find(upper), id);
  }
  EXPECT_ERROR(Errc::usage, book().find(""));
  EXPECT_ERROR(Errc::ambiguous, book().find(book().shortest_prefix(ids[0]).substr(0, 1)));  // of 300
  EXPECT_ERROR(Errc::not_found, book().find("zzzz"));
  EXPECT_ERROR(Errc::not_found, book().find(std::string(33, 'a')));
  EXPECT_ERROR(Errc::not_found, book().find(std::string(32, 'a')));
  EXPECT_ERROR(Errc::not_found, book().entry({ada_.root, ObjectNumber{}}));
}

// Fewer digits than are printed are a prefix like any other.
TEST_F(Entries, AreFoundByAsFewDigitsAsTellThemApart) {
  const ObjectId id = write("the only one");
  const std::string prefix = book().shortest_prefix(id);
  for (std::size_t digits = 1; digits <= prefix.size(); ++digits) {
    EXPECT_EQ(book().find(prefix.substr(0, digits)), id);
  }
}

TEST_F(Entries, ReadAsManyObjectsAsTheyShow) {
  std::vector<Draft> drafts;
  for (int i = 0; i < 3000; ++i) drafts.push_back({words(std::string(400, 'x'), 1000 + i), false});
  book().write_all(drafts);
  home_.reopen();
  static_cast<void>(book().list({.limit = 20}));
  const std::size_t before = home_.files().reads();
  EXPECT_EQ(book().list({.limit = 20, .until = Instant{milliseconds{2000}}}).size(), 20U);
  const std::size_t reads = home_.files().reads() - before;
  EXPECT_LT(reads, 100U);
}

TEST_F(Entries, TakeNoMoreThan4096ActsOfOnePersonButCanStillBeErased) {
  test::Scribe other_device{ada_.root, CoupleId{}};
  const ObjectId id{ada_.root, crypto::random_id<ObjectNumber>()};
  for (int i = 0; i < 4096; ++i) other_device.say(id, journal::Op{clock_.now(), words(std::to_string(i))});
  test::deliver(other_device.parcel(), home_);
  EXPECT_ERROR(Errc::refused, set_body(id, "one more"));
  EXPECT_EQ(book().entry(id).contents.size(), 4096U);
  book().erase(id);
  EXPECT_TRUE(book().entry(id).erased);
}

TEST_F(Entries, TellTheObserverWhatChanged) {
  home_.pair_with(ben_);
  std::vector<Change> changes;
  book().observe([&](const Change& change) { changes.push_back(change); });
  const ObjectId id = write("a");
  const ObjectId shared = book().share(id, now());
  set_body(shared, "b");
  book().erase(shared);
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[0].kind, Change::Kind::written);
  EXPECT_EQ(changes[0].objects, std::vector{Change::Object{id}});
  EXPECT_EQ(changes[1].kind, Change::Kind::shared);
  EXPECT_EQ(changes[2].kind, Change::Kind::edited);
  EXPECT_EQ(changes[2].objects, std::vector{Change::Object{shared}});
  EXPECT_EQ(changes[3].kind, Change::Kind::erased);
}

}  // namespace
}  // namespace attune::book
