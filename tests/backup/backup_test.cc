#include "backup/backup.h"

#include <gmock/gmock.h>

#include "backup/archives.h"
#include "crypto/random.h"
#include "journal/op.h"
#include "support/error_matcher.h"
#include "support/every_cut.h"
#include "support/manual_clock.h"
#include "support/memory_files.h"

namespace attune::backup {
namespace {

constexpr const char* kFile = "journal.age";

// One device of a person, with its book.
class Device {
 public:
  Device(const identity::Root& root, const Clock& clock) {
    keys_.push_back(identity::self_key_from(root.self_seed, nullptr));
    self_ = {root.id, crypto::random_id<DeviceId>(), &keys_};
    store_ = std::make_unique<storage::Store>(files_, "store", key_);
    book_ = std::make_unique<book::Book>(*store_, self_, clock);
  }
  [[nodiscard]] book::Book& book() { return *book_; }
  [[nodiscard]] const book::Self& self() const { return self_; }
  void add_key(identity::SelfKey key) { keys_.push_back(std::move(key)); }

 private:
  attune::test::MemoryFiles files_;
  storage::StoreKey key_ = crypto::random_secret<storage::StoreKey>();
  std::vector<identity::SelfKey> keys_;
  book::Self self_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<book::Book> book_;
};

class Backup : public testing::Test {
 protected:
  Backup() {
    admit(ada_root, ada.self().device, ada);
    admit(ben_root, ben.self().device, ben);
    admit(ben_root, ben.self().device, ada);
    ada.book().set_name("Ada");
    ada.book().name_device(ada.self().device, "desk");
    const identity::CoupleKey key{crypto::random_secret<identity::CoupleKeySecret>(), 0};
    ada.book().pair({ben_root.id, "Ben", "one two three"}, key);
    ben.book().pair({ada_root.id, "Ada", "one two three"}, key);
  }

  static void admit(const identity::Root& root, const DeviceId& device, Device& at) {
    at.book().add_statements(root.id, {identity::sign_statement(root.signing, identity::Admit{device, 1}).wire});
  }

  journal::EntryContent content(const std::string& body) {
    clock.advance(std::chrono::seconds{1});
    journal::EntryContent content;
    content.body = body;
    content.at = content.written_at = {clock.now(), std::chrono::minutes{60}};
    return content;
  }
  ObjectId writes(Device& who, const std::string& body, bool shared) {
    return who.book().write({content(body), shared});
  }
  // What a session would bring: everything of the couple.
  static void bring(Device& from, Device& to) {
    for (const log::Held& held : from.book().logs().all()) {
      if (held.name.own_space() || held.name.author == to.self().root) continue;
      const auto number = to.book().learn(held.name, held.device);
      std::vector<log::Record> records;
      from.book().logs().read_from(held.number, 1, [&](std::uint64_t, const log::Record& record) {
        records.push_back(record);
        return true;
      });
      std::vector<log::Incoming> incoming;
      for (const auto& record : records) incoming.push_back({record.object, *record.payload, {}});
      to.book().receive(number, 1, incoming, held.link, held.seal, book::Book::Handed::vouched);
    }
  }

  void fill() {
    writes(ada, "mine alone", false);
    both = writes(ada, "for both", true);
    writes(ben, "from ben", true);
    gone = writes(ada, "soon gone", false);
    bring(ben, ada);
    book::Edit edit;
    edit.body = "for both, edited";
    ada.book().edit(both, edit);
    ada.book().erase(gone);
  }

  Facts create() { return backup::create(files, kFile, ada.book(), ada.self(), ada_root.backup_recipient, clock, {}); }
  Facts restore(Device& into) { return backup::restore(files, kFile, ada_root, into.book(), {}); }

  static std::vector<std::string> bodies(Device& of) {
    std::vector<std::string> all;
    book::Filter everything;
    everything.limit = 0;
    for (const auto& entry : of.book().list(everything)) all.push_back(entry.current->content.body);
    return all;
  }
  [[nodiscard]] std::vector<std::string> names() const { return files.children("."); }

  attune::test::ManualClock clock;
  attune::test::MemoryFiles files;
  identity::Root ada_root = test::person(std::byte{1});
  identity::Root ben_root = test::person(std::byte{2});
  Device ada{ada_root, clock};
  Device ben{ben_root, clock};
  ObjectId both;
  ObjectId gone;
};

TEST_F(Backup, RestoresEverythingToANewDevice) {
  fill();
  const auto facts = create();
  EXPECT_EQ(facts.entries, 3U);
  EXPECT_EQ(facts.entries, ada.book().entries());
  EXPECT_EQ(facts.bytes, files.contents(kFile).size());
  EXPECT_EQ(facts.created_at, clock.now());

  Device restored{ada_root, clock};
  const auto back = restore(restored);
  EXPECT_EQ(back.entries, facts.entries);
  EXPECT_EQ(back.records, facts.records);
  EXPECT_EQ(back.created_at, facts.created_at);
  EXPECT_EQ(bodies(restored), bodies(ada));
  EXPECT_EQ(restored.book().profile().name, "Ada");
  EXPECT_TRUE(restored.book().entry(gone).erased);
  const auto entry = restored.book().entry(both);
  ASSERT_EQ(entry.earlier.size(), 1U);  // the author's own copy of the text before the edit
  EXPECT_EQ(entry.earlier[0].content.body, "for both");
  ASSERT_TRUE(restored.book().pairing());
  EXPECT_EQ(restored.book().pairing()->partner, ben_root.id);
  EXPECT_EQ(restored.book().couple_keys(ben_root.id).size(), 1U);
  EXPECT_EQ(restored.book().statements(ada_root.id), ada.book().statements(ada_root.id));
  EXPECT_EQ(restored.book().statements(ben_root.id), ada.book().statements(ben_root.id));
  EXPECT_TRUE(restored.book().verify().problems.empty());
}

TEST_F(Backup, ARestoredDeviceWritesNewLogs) {
  fill();
  create();
  Device restored{ada_root, clock};
  restore(restored);
  for (const auto& held : restored.book().logs().all()) EXPECT_FALSE(held.mine);
  const auto before = restored.book().logs().all().size();
  writes(restored, "after", false);
  EXPECT_EQ(restored.book().logs().all().size(), before + 1);
}

TEST_F(Backup, OfABackupIsTheSame) {
  fill();
  const auto first = create();
  Device restored{ada_root, clock};
  restore(restored);
  const auto second =
      backup::create(files, "second.age", restored.book(), restored.self(), ada_root.backup_recipient, clock, {});
  EXPECT_EQ(second.entries, first.entries);
  EXPECT_EQ(second.records, first.records);
}

TEST_F(Backup, AnEmptyJournalRoundTrips) {
  Device nobody{ada_root, clock};
  backup::create(files, kFile, nobody.book(), nobody.self(), ada_root.backup_recipient, clock, {});
  Device restored{ada_root, clock};
  EXPECT_EQ(restore(restored).records, 0U);
  EXPECT_TRUE(restored.book().logs().all().empty());
}

TEST_F(Backup, VerifyTellsWhatCreateToldAndChangesNothing) {
  fill();
  const auto made = create();
  const auto before = names();
  const auto facts = verify(files, kFile, ada_root, {});
  EXPECT_EQ(facts.entries, made.entries);
  EXPECT_EQ(facts.records, made.records);
  EXPECT_EQ(facts.bytes, made.bytes);
  EXPECT_EQ(facts.created_at, made.created_at);
  EXPECT_EQ(names(), before);
}

TEST_F(Backup, NeverWritesOverAFile) {
  files.set_contents(kFile, Bytes(3));
  EXPECT_ERROR(Errc::exists, create());
  EXPECT_EQ(files.contents(kFile), Bytes(3));
  EXPECT_EQ(names(), std::vector<std::string>{kFile});
}

TEST_F(Backup, WrongWordsAndMissingFilesAreSaidSo) {
  fill();
  create();
  Device restored{ben_root, clock};
  EXPECT_ERROR(Errc::wrong_words, backup::restore(files, kFile, ben_root, restored.book(), {}));
  EXPECT_ERROR(Errc::wrong_words, verify(files, kFile, ben_root, {}));
  EXPECT_ERROR(Errc::not_found, verify(files, "none.age", ada_root, {}));
}

TEST_F(Backup, ADamagedFileChangesNothingInTheBook) {
  fill();
  create();
  const auto whole = files.contents(kFile);
  for (std::size_t at = 0; at < whole.size(); at += at < 300 ? 7 : 4099) {
    files.flip_bit(kFile, at, at % 8);
    Device restored{ada_root, clock};
    try {
      restore(restored);
      ADD_FAILURE() << "byte " << at;
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == Errc::damaged || error.code() == Errc::wrong_words) << at << error.what();
      const bool named = std::string_view{error.what()}.starts_with(std::string{kFile} + ": ");
      EXPECT_EQ(named, error.code() == Errc::damaged) << at << error.what();
    }
    EXPECT_TRUE(restored.book().logs().all().empty()) << at;
    EXPECT_TRUE(restored.book().statements(ada_root.id).empty()) << at;
    files.set_contents(kFile, whole);
  }
}

TEST_F(Backup, WhoKnowsOnlyTheRecipientCannotMakeOne) {
  Bytes file;
  {
    crypto::AgeWriter age{ada_root.backup_recipient, [&](BytesView bytes) { append(file, bytes); }};
    Compressor compressor{[&](BytesView bytes) { age.write(bytes); }};
    compressor.write(as_bytes(
        test::written(test::journal_of(ada_root, ben_root), identity::self_key_from(ben_root.self_seed, nullptr))));
    compressor.finish();
    age.finish();
  }
  files.set_contents(kFile, file);
  Device restored{ada_root, clock};
  try {
    restore(restored);
    ADD_FAILURE() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::tampered);
    EXPECT_THAT(error.what(), testing::StartsWith(std::string{kFile} + ": "));
  }
  EXPECT_TRUE(restored.book().logs().all().empty());
  EXPECT_TRUE(restored.book().statements(ada_root.id).empty());
}

TEST_F(Backup, ACutFileIsRefused) {
  fill();
  create();
  const auto whole = files.contents(kFile);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{199}, whole.size() - 17,
                                 whole.size() - 16, whole.size() - 1}) {
    files.set_contents(kFile, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_ERROR(Errc::damaged, verify(files, kFile, ada_root, {}));
  }
}

TEST_F(Backup, WhateverFailsNoFileBearsTheName) {
  fill();
  create();
  const auto calls_of_one = [&] {
    files.remove(kFile);
    const auto before = files.calls();
    create();
    return files.calls() - before;
  }();
  files.remove(kFile);
  // Every call that changes the disk, up to the rename; behind it only the directory is synced.
  for (std::size_t nth = 1; nth < calls_of_one; ++nth) {
    files.fail_call(nth);
    EXPECT_ERROR(Errc::disk, create());
    EXPECT_FALSE(files.facts(kFile)) << nth;
  }
  EXPECT_EQ(create().entries, 3U);
}

TEST_F(Backup, AfterAPowerCutTheFileIsWholeOrNotThere) {
  fill();
  files.record();
  create();
  std::size_t there = 0;
  attune::test::EveryCut every{attune::test::Cuts::all};
  for (std::size_t n = 0; n <= files.recorded(); ++n) {
    every.after(n, 0, files, [&](attune::test::MemoryFiles& disk) {
      if (!disk.facts(kFile)) return;
      ++there;
      verify(disk, kFile, ada_root, {});
    });
  }
  EXPECT_GT(there, 0U);
}

TEST_F(Backup, WhatCannotBeReadBackIsNotKept) {
  fill();
  files.fail_read(1);
  EXPECT_ERROR(Errc::disk, create());
  EXPECT_TRUE(names().empty());
}

TEST_F(Backup, ADeviceWithANewerKeyMakesBackupsThatTheWordsOpen) {
  fill();
  const auto revoke =
      identity::sign_statement(ada_root.signing, identity::Revoke{crypto::random_id<DeviceId>(), 1, {}, {}});
  ada.book().add_statements(ada_root.id, {revoke.wire});
  ada.add_key(identity::self_key_from(ada_root.self_seed, &revoke));
  writes(ada, "sealed anew", false);
  create();
  Device restored{ada_root, clock};
  restore(restored);
  EXPECT_EQ(restored.book().statements(ada_root.id).size(), 2U);
}

// A device was revoked, and went on writing: what its log holds behind the cut-off is kept without effect.
TEST_F(Backup, VouchesForWhatStoodAndForNothingMore) {
  Device stolen{ada_root, clock};
  admit(ada_root, stolen.self().device, ada);
  const auto hand_over = [&](std::uint64_t first) {
    const log::Held held = stolen.book().logs().all().front();
    const auto record = *stolen.book().logs().read({held.number, first});
    ada.book().receive(ada.book().learn(held.name, held.device), first, {{record.object, *record.payload, {}}},
                       record.link, held.seal, book::Book::Handed::unvouched);
    return held;
  };
  writes(stolen, "before", false);
  const log::Held held = stolen.book().logs().all().front();
  const identity::Revoke revoke{stolen.self().device, 1, {}, {}};
  const auto shared = identity::sign_statement(ada_root.signing, revoke);
  const identity::OwnCutOffs own{shared.hash, {{held.name.id, 1, held.link}}};
  ada.book().add_statements(ada_root.id, {shared.wire, identity::sign_statement(ada_root.signing, own).wire});
  hand_over(1);
  writes(stolen, "after", false);
  hand_over(2);
  ASSERT_EQ(bodies(ada), std::vector<std::string>{"before"});
  ASSERT_EQ(ada.book().standing(ada.book().logs().find(held.name.id)->number), 1U);
  create();
  Device restored{ada_root, clock};
  restore(restored);
  EXPECT_EQ(bodies(restored), bodies(ada));
  const log::Held back = *restored.book().logs().find(held.name.id);
  EXPECT_EQ(back.n, 2U);
  EXPECT_EQ(restored.book().standing(back.number), 1U);
  EXPECT_TRUE(restored.book().verify().problems.empty());
}

TEST_F(Backup, ProgressIsTold) {
  fill();
  create();
  std::vector<std::string> told;
  Device restored{ada_root, clock};
  backup::restore(files, kFile, ada_root, restored.book(), [&](std::string_view what, double done, double total) {
    if (told.empty() || told.back() != what) told.emplace_back(what);
    EXPECT_TRUE(total == 0 || done <= total);
  });
  EXPECT_EQ(told, (std::vector<std::string>{"checking", "restoring"}));
}

}  // namespace
}  // namespace attune::backup
