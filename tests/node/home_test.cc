// A home on disk: made, opened, doubted, wiped.
#include "node/home.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <functional>

#include "identity/rechecked.h"
#include "node/homes.h"
#include "node/passphrase.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kAtOnce = std::chrono::milliseconds{0};

std::size_t own_logs(node::Home& home, bool retired) {
  const auto logs = home.book().logs().all();
  return static_cast<std::size_t>(
      std::ranges::count_if(logs, [&](const log::Held& log) { return log.mine && log.retired == retired; }));
}

// --- made and opened with a passphrase

TEST(NewHomes, OpenWithTheirPassphraseAndNoOther) {
  const Folder folder;
  const ManualClock clock;
  make_home(folder.at("home"));
  EXPECT_ERROR(Errc::wrong_passphrase, node::Home(folder.at("home"), as_bytes("another passphrase"), kAtOnce, clock));
  const auto home = open_home(folder.at("home"), clock);
  EXPECT_EQ(home->book().profile().name, "Ada");
  EXPECT_THAT(home->notes(), IsEmpty());
  EXPECT_NE(home->people().own().admit_of(home->vault().device_id()), nullptr);
  EXPECT_ERROR(Errc::busy, open_home(folder.at("home"), clock));
  EXPECT_THAT(folder.names(), ElementsAre("home"));
}

TEST(NewHomes, AreNotMadeOverSomethingElse) {
  const Folder folder;
  make_home(folder.at("home"));
  EXPECT_ERROR(Errc::exists, node::init_home(wanted_home(folder.at("home")), as_bytes(kPassphrase)));
  fs::create_directory(folder.at("full"));
  std::ofstream{folder.at("full/letter")} << "do not touch";
  EXPECT_ERROR(Errc::exists, node::init_home(wanted_home(folder.at("full")), as_bytes(kPassphrase)));
  EXPECT_TRUE(fs::exists(folder.at("full/letter")));
  EXPECT_FALSE(node::home_exists(folder.at("full")));
}

TEST(NewHomes, RefusePassphrasesOfFewerThanEightCharactersAndOddNames) {
  const Folder folder;
  const auto init = [&](std::string_view passphrase, const std::string& name, const std::string& device) {
    node::NewHome wanted = wanted_home(folder.at("home"), name);
    wanted.device = device;
    static_cast<void>(node::init_home(wanted, as_bytes(passphrase)));
  };
  for (const char* passphrase : {"", "seven77", "äöüäöüä", "\xf0\x9f\x8c\xb8\xf0\x9f\x8c\xb8"}) {
    EXPECT_ERROR(Errc::usage, init(passphrase, "Ada", "laptop"));
  }
  for (const std::string& name : {std::string{}, std::string(257, 'a'), std::string{"A\nda"}, std::string{"\x1b[2J"},
                                  std::string{"\xff\xfe"}, std::string{"   "}}) {
    EXPECT_ERROR(Errc::usage, init(kPassphrase, name, "laptop"));
    if (!name.empty()) EXPECT_ERROR(Errc::usage, init(kPassphrase, "Ada", name));
  }
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(NewHomes, ThatCannotBeMadeAreAFaultOfTheDiskThatNamesTheFolder) {
  try {
    static_cast<void>(node::init_home(wanted_home("/proc/attune/home", "Ada"), as_bytes(kPassphrase)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::disk);
    EXPECT_THAT(error.what(), testing::HasSubstr("/proc/attune"));
  }
}

TEST(NewHomes, TakeThePlaceOfWhatAnInterruptedOneLeftBehind) {
  const Folder folder;
  const ManualClock clock;
  fs::create_directories(folder.at("home.new/store"));
  std::ofstream{folder.at("home.new/store/CURRENT")} << "half";
  make_home(folder.at("home"));
  EXPECT_THAT(folder.names(), ElementsAre("home"));
  EXPECT_THAT(open_home(folder.at("home"), clock)->notes(), IsEmpty());
}

TEST(NoHome, IsItsOwnAnswer) {
  const Folder folder;
  const ManualClock clock;
  EXPECT_ERROR(Errc::no_home, open_home(folder.at("nothing"), clock));
  EXPECT_ERROR(Errc::no_home, node::wipe_home(folder.at("nothing")));
  EXPECT_FALSE(node::home_exists(folder.at("nothing")));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(Homes, ThatOthersMayReadAreRefused) {
  const Folder folder;
  const ManualClock clock;
  make_home(folder.at("home"));
  fs::permissions(folder.at("home"), fs::perms{0755});
  EXPECT_ERROR(Errc::refused, open_home(folder.at("home"), clock));
  fs::permissions(folder.at("home"), fs::perms{0700});
  EXPECT_NO_THROW(open_home(folder.at("home"), clock));
}

// Exit code 6 alone does not say which file to fetch from another copy.
TEST(Homes, NameAVaultThatIsDamagedOrTamperedWithWhoeverReadsIt) {
  const Folder folder;
  const ManualClock clock;
  make_home(folder.at("home"));
  const std::string path = folder.at("home/vault");
  PosixFiles files;
  const Bytes whole = *read_file(files, path, identity::kMaxVault);
  Bytes flipped = whole;
  flipped[whole.size() / 2] ^= std::byte{1};
  const auto expect_named = [&](Errc code, const std::function<void()>& work) {
    try {
      work();
      ADD_FAILURE() << "opened";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_EQ(exit_status(error.code()), 6);
      EXPECT_THAT(error.what(), HasSubstr(path));
    }
  };
  const auto ask = [] { return crypto::SecretBytes::copied(as_bytes("another passphrase")); };
  const auto half = to_bytes(BytesView{whole}.first(whole.size() / 2));
  for (const auto& [contents, code] : {std::pair{flipped, Errc::damaged}, std::pair{half, Errc::damaged},
                                       std::pair{rechecked(flipped), Errc::tampered}}) {
    replace_file(files, path, contents);
    expect_named(code, [&] { static_cast<void>(open_home(folder.at("home"), clock)); });
    expect_named(code, [&] { node::change_passphrase(folder.at("home"), as_bytes(kPassphrase), ask, std::nullopt); });
  }
  replace_file(files, path, whole);
  EXPECT_THAT(open_home(folder.at("home"), clock)->notes(), IsEmpty());
}

// --- doubts

class Doubted : public ::testing::Test {
 protected:
  Doubted() {
    make_home(at);
    write_and_close("before");
  }
  void write_and_close(const std::string& body) {
    const auto home = open_home(at, clock);
    write(*home, body);
  }
  // Opened at that place it tells what happened, retires the old log, loses nothing and does so once.
  void expect_doubt(const std::string& place, const std::string& note) {
    std::vector<std::string> kept;
    {
      const auto home = open_home(place, clock);
      ASSERT_EQ(home->notes().size(), 1U);
      EXPECT_THAT(home->notes().front(), HasSubstr(note));
      EXPECT_EQ(own_logs(*home, false), 0U);
      kept = bodies(*home);
      EXPECT_THAT(kept, ::testing::Contains("before"));
      write(*home, "after");
      EXPECT_EQ(own_logs(*home, false), 1U);
      EXPECT_EQ(own_logs(*home, true), 1U);
      EXPECT_THAT(home->book().verify().problems, IsEmpty());
    }
    const auto home = open_home(place, clock);
    EXPECT_THAT(home->notes(), IsEmpty());
    kept.emplace_back("after");
    EXPECT_THAT(bodies(*home), ::testing::UnorderedElementsAreArray(kept));
    EXPECT_EQ(own_logs(*home, false), 1U);
  }

  Folder folder;
  ManualClock clock;
  std::string at = folder.at("home");
};

TEST_F(Doubted, AHomeThatWasOnlyClosedIsNot) {
  const auto home = open_home(at, clock);
  EXPECT_THAT(home->notes(), IsEmpty());
  EXPECT_EQ(own_logs(*home, true), 0U);
  write(*home, "after");
  EXPECT_EQ(own_logs(*home, false), 1U);
}

TEST_F(Doubted, AHomeThatWasMovedIsNot) {
  fs::rename(at, folder.at("moved"));
  EXPECT_THAT(open_home(folder.at("moved"), clock)->notes(), IsEmpty());
}

TEST_F(Doubted, ACopiedHome) {
  fs::copy(at, folder.at("copy"), fs::copy_options::recursive);
  expect_doubt(folder.at("copy"), "copied");
}

TEST_F(Doubted, AHomePutBackFromACopy) {
  fs::copy(at, folder.at("copy"), fs::copy_options::recursive);
  write_and_close("lost with the disk");
  fs::remove_all(at);
  fs::copy(folder.at("copy"), at, fs::copy_options::recursive);
  expect_doubt(at, "copied");
}

TEST_F(Doubted, AStoreThatIsOlderThanItsHeads) {
  fs::copy(joined(at, "store"), folder.at("old store"), fs::copy_options::recursive);
  write_and_close("rolled back");
  fs::remove_all(joined(at, "store"));
  fs::rename(folder.at("old store"), joined(at, "store"));
  expect_doubt(at, "older");
}

TEST_F(Doubted, AHomeWithoutItsHeads) {
  fs::remove(joined(at, "heads"));
  expect_doubt(at, "missing");
}

TEST_F(Doubted, AHomeWithoutItsInstance) {
  fs::remove(joined(at, "instance"));
  expect_doubt(at, "missing");
}

TEST_F(Doubted, HeadsThatWereChangedAreTamperedWith) {
  const auto flip = [&](std::streamoff byte) {
    std::fstream file{joined(at, "heads"), std::ios::in | std::ios::out | std::ios::binary};
    file.seekg(byte);
    const char old = static_cast<char>(file.get());
    file.seekp(byte);
    file.put(static_cast<char>(old ^ 1));
  };
  flip(200);
  EXPECT_ERROR(Errc::tampered, open_home(at, clock));
  flip(200);
  EXPECT_THAT(open_home(at, clock)->notes(), IsEmpty());
}

// Heads of another home do not fit, even of the same person.
TEST_F(Doubted, HeadsOfAnotherHomeAreTamperedWith) {
  make_home(folder.at("other"));
  fs::copy_file(folder.at("other/heads"), joined(at, "heads"), fs::copy_options::overwrite_existing);
  EXPECT_ERROR(Errc::tampered, open_home(at, clock));
}

class HeadsWritten : public ::testing::Test {
 protected:
  std::string heads() const {
    std::ifstream file{folder.at("home/heads"), std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  Folder folder;
  ManualClock clock;
  identity::Root root = drawn_person();
  std::unique_ptr<node::Home> home = bare_home(folder.at("home"), root, clock);
};

TEST_F(HeadsWritten, AfterSixtyFourCommits) {
  const std::string before = heads();
  for (int i = 0; i < 63; ++i) home->note_commit();
  EXPECT_EQ(heads(), before);
  home->note_commit();
  EXPECT_NE(heads(), before);
  const std::string then = heads();
  home->note_commit();
  EXPECT_EQ(heads(), then);
}

TEST_F(HeadsWritten, WithACommitAfterAMinute) {
  const std::string before = heads();
  clock.advance(std::chrono::seconds{59});
  home->note_commit();
  EXPECT_EQ(heads(), before);
  clock.advance(std::chrono::seconds{1});
  home->note_commit();
  EXPECT_NE(heads(), before);
}

// What was just written is saved, and stands in no heads: from here on nothing else may be.
TEST_F(HeadsWritten, OrNothingIsWrittenAnyMore) {
  fs::remove(folder.at("home/instance"));
  clock.advance(std::chrono::seconds{60});
  EXPECT_NO_THROW(home->note_commit());
  try {
    write(*home, "one more");
    ADD_FAILURE() << "written";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'instance' is missing"));
  }
}

TEST_F(HeadsWritten, TheSizeDoesNotCountTheLogs) {
  const auto size = heads().size();
  write(*home, "one");
  for (int i = 0; i < 64; ++i) home->note_commit();
  EXPECT_EQ(heads().size(), size);
}

// --- wiped

TEST(Wipe, DestroysTheVaultInItsPlaceAndLeavesNothing) {
  const Folder folder;
  make_home(folder.at("home"));
  fs::create_hard_link(folder.at("home/vault"), folder.at("kept"));  // what a disk may still hold of it
  const Bytes before = *read_file(PosixFiles{}, folder.at("kept"), 1U << 20U);
  node::wipe_home(folder.at("home"));
  const Bytes after = *read_file(PosixFiles{}, folder.at("kept"), 1U << 20U);
  EXPECT_EQ(after.size(), before.size());
  std::size_t same = 0;
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) same += before[i] == after[i] ? 1U : 0U;
  EXPECT_LT(same, before.size() / 16);
  EXPECT_THAT(folder.names(), ElementsAre("kept"));
  EXPECT_FALSE(node::home_exists(folder.at("home")));
}

// What a wipe leaves that is cut off at its very end: it is not for the owner to find out what may go.
TEST(Wipe, LeavesNothingInTheWayOfAnotherJournal) {
  const Folder folder;
  const ManualClock clock;
  make_home(folder.at("home"));
  static_cast<void>(open_home(folder.at("home"), clock));
  for (const auto& each : fs::directory_iterator{folder.at("home")}) {
    const std::string name = each.path().filename();
    if (name != "lock" && name != "vault.lock") fs::remove_all(each.path());
  }
  EXPECT_FALSE(fs::is_empty(folder.at("home")));
  EXPECT_ERROR(Errc::no_home, node::wipe_home(folder.at("home")));
  make_home(folder.at("home"));
  EXPECT_TRUE(bodies(*open_home(folder.at("home"), clock)).empty());
}

TEST(Wipe, OfAHomeThatIsOpenChangesNothing) {
  const Folder folder;
  const ManualClock clock;
  make_home(folder.at("home"));
  {
    const auto home = open_home(folder.at("home"), clock);
    EXPECT_ERROR(Errc::busy, node::wipe_home(folder.at("home")));
    write(*home, "still here");
  }
  EXPECT_THAT(bodies(*open_home(folder.at("home"), clock)), ElementsAre("still here"));
}

}  // namespace
}  // namespace attune::test
