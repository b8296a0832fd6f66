// Computers with a home on each, in memory: homes are copied, put back, restored and run twice, and their devices meet.
// A ledger notes every record that anybody ever appended, so that a place that was used twice shows, wherever it is.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backup/backup.h"
#include "node/homes.h"
#include "support/memory_files.h"
#include "sync/world.h"

namespace attune::test {

// A copy of files as a person makes it, with `cp -a` or a file manager: same names and contents, other inodes.
inline void copy_files(const MemoryFiles& from, const std::string& source, MemoryFiles& to, const std::string& target) {
  to.make_directory(target);
  for (const std::string& name : from.children(source)) {
    const std::string path = joined(source, name);
    if (from.facts(path)->directory) {
      copy_files(from, path, to, joined(target, name));
    } else {
      to.set_contents(joined(target, name), from.contents(path));
    }
  }
}

// Another disk: what is copied there gets other inodes than it had where it came from.
inline void fill_disk(MemoryFiles& files, int letters) {
  for (int n = 0; n < letters; ++n) files.set_contents("/letter " + std::to_string(n), Bytes(1));
}

// One computer with one home open on it; has as much of a Device as a contact needs.
class Computer {
 public:
  static constexpr const char* kHome = "/home";
  explicit Computer(const Clock& clock) : clock_{&clock} {}
  Computer(const Clock& clock, MemoryFiles& files) : clock_{&clock}, files_{&files} {}  // its disk is somebody else's

  [[nodiscard]] MemoryFiles& files() { return *files_; }
  [[nodiscard]] node::Home& home() { return *home_; }
  [[nodiscard]] book::Book& book() { return home_->book(); }
  [[nodiscard]] sync::People& people() { return home_->people(); }
  [[nodiscard]] sync::Keyring& keyring() { return home_->keyring(); }
  [[nodiscard]] RootId root() const { return home_->vault().root; }
  [[nodiscard]] DeviceId id() const { return home_->vault().device_id(); }
  [[nodiscard]] std::string admit() { return home_->people().own().admit_of(id())->wire; }

  void open(std::string_view passphrase = kPassphrase) {
    home_ = std::make_unique<node::Home>(kHome, as_bytes(passphrase), std::chrono::milliseconds{0}, *clock_,
                                         std::make_unique<TableZones>(), *files_);
    told_ += home_->notes().size();
  }
  void close() { home_.reset(); }
  void reopen() {
    close();
    open();
  }
  [[nodiscard]] std::size_t doubts_told() const { return told_; }

  // The home in the files as they are, without closing it: as a machine is stopped, or an image of its disk is taken.
  [[nodiscard]] MemoryDisk image() const { return files_->snapshot(); }
  void set_image(MemoryDisk disk) {
    close();
    own_files_ = std::make_unique<MemoryFiles>(std::move(disk));
    files_ = own_files_.get();
    open();
  }

 private:
  const Clock* clock_;
  std::unique_ptr<MemoryFiles> own_files_ = std::make_unique<MemoryFiles>();
  MemoryFiles* files_ = own_files_.get();
  std::unique_ptr<node::Home> home_;
  std::size_t told_ = 0;
};

inline std::set<std::string> texts(Computer& at) {
  const auto all = bodies(at.home());
  return {all.begin(), all.end()};
}

// Afterwards both hold just this, and are sound and in no doubt.
inline void expect_level_once_met(Computer& one, Computer& other, const std::set<std::string>& expected) {
  const auto contact = meet(one, other);
  EXPECT_TRUE(contact->over() && contact->one().exchange.so_far().up_to_date);
  for (Computer* at : {&one, &other}) {
    EXPECT_EQ(texts(*at), expected);
    EXPECT_THAT(at->book().verify().problems, ::testing::IsEmpty());
    EXPECT_EQ(at->book().waiting(), 0U);
    EXPECT_EQ(at->doubts_told() + at->book().doubts(), 0U);
  }
}

// Two people, the first with two computers, and whatever copies a scenario makes of them.
class TwoPeoplesComputers {
 public:
  explicit TwoPeoplesComputers(std::uint64_t seed) : random_{seed} {
    words_.push_back(made(ada_, "Ada"));
    words_.push_back(made(ben_, "Ben"));
    pair(ada_.home(), ben_.home());
    restored(phone_, backed_up(ada_), "phone");
    meet_all({&ada_, &phone_, &ben_});
    for (Computer* one : {&ada_, &phone_, &ben_}) some(*one);
    meet_all({&ada_, &phone_, &ben_});
  }

  [[nodiscard]] Computer& ada() { return ada_; }
  [[nodiscard]] Computer& phone() { return phone_; }  // Ada's other one
  [[nodiscard]] Computer& ben() { return ben_; }
  [[nodiscard]] ManualClock& clock() { return clock_; }
  [[nodiscard]] std::size_t draw(std::size_t below) { return random_() % below; }
  [[nodiscard]] Computer another() const { return Computer{clock_}; }

  // One to four entries, one of them shared.
  void some(Computer& at) {
    for (std::size_t left = draw(4); left > 0; --left) one(at, draw(3) != 0 ? "shared " : "private ");
    one_shared(at);
  }
  void one_shared(Computer& at) { one(at, "shared "); }
  // A whole sync. Afterwards what either of them had is acknowledged, and they are level.
  void sync(Computer& one, Computer& other) {
    ASSERT_TRUE(can_meet(one, other));
    const auto contact = meet(one, other);
    EXPECT_TRUE(contact->over());
    EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
    EXPECT_TRUE(contact->other().exchange.so_far().up_to_date);
    for (Computer* at : {&one, &other}) {
      note_appended(*at);
      note(*at, one.root() == other.root(), acknowledged_);
    }
    EXPECT_EQ(shared_by(one), shared_by(other));
    if (one.root() == other.root()) {
      EXPECT_EQ(all_of(one), all_of(other));
    }
  }
  // One that breaks off after some messages.
  void sync_cut(Computer& one, Computer& other) {
    ContactOf<Computer> contact{one, other};
    contact.run(random_, draw(12));
    for (Computer* at : {&one, &other}) note_appended(*at);
  }
  // Every pair that can meet: not two with one device's key.
  void meet_all(const std::vector<Computer*>& all) {
    for (std::size_t a = 0; a < all.size(); ++a) {
      for (std::size_t b = a + 1; b < all.size(); ++b) {
        if (all[a]->id() != all[b]->id()) sync(*all[a], *all[b]);
      }
    }
  }

  [[nodiscard]] Bytes backed_up(Computer& at) {
    backup::create(at.files(), "/backup.age", at.book(), at.home().self(), at.home().vault().backup_recipient, clock_,
                   [](std::string_view, double, double) {});
    Bytes backup = at.files().contents("/backup.age");
    at.files().remove("/backup.age");
    return backup;
  }
  // A person's words make a new device of a backup.
  static constexpr std::size_t kAda = 0;
  static constexpr std::size_t kBen = 1;
  void restored(Computer& at, const Bytes& backup, const std::string& device, std::size_t person = kAda) {
    at.close();
    at.files().set_contents("/backup.age", backup);
    node::Restore wanted;
    wanted.home = Computer::kHome;
    wanted.device = device;
    wanted.file = "/backup.age";
    wanted.cost = crypto::kInteractive;
    static_cast<void>(node::restore_home(
        wanted, words_.at(person), as_bytes(kPassphrase), [](std::string_view, double, double) {}, at.files()));
    at.open();
  }

  // Everybody met everybody twice: all of a person's computers show the same, what was ever acknowledged is among it
  // and so is all that any of them still had, nothing waits, and no two of them go by other records at one place.
  void expect_all_well(const std::vector<Computer*>& all) {
    Texts expected = acknowledged_;
    for (Computer* at : all) note(*at, true, expected);
    for (int round = 0; round < 3; ++round) meet_all(all);
    for (Computer* at : all) {
      EXPECT_EQ(all_of(*at), expected.at(person(*at)));
      EXPECT_THAT(at->book().verify().problems, ::testing::IsEmpty());
      EXPECT_EQ(at->book().waiting(), 0U);
    }
    expect_one_history(all);
  }
  // Places at which anybody of this program appended twice.
  [[nodiscard]] std::size_t forks() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(ledger_, [](const auto& at) { return at.second.size() > 1; }));
  }

 private:
  void one(Computer& at, const std::string& kind) {
    write(at.home(), kind + std::to_string(++written_), kind == "shared ");
    at.home().note_commit();
    clock_.advance(std::chrono::seconds{1});
    note_appended(at);
  }
  crypto::Entropy made(Computer& at, const std::string& name) {
    const node::Created created =
        node::init_home(wanted_home(Computer::kHome, name), as_bytes(kPassphrase), at.files());
    at.open();
    return crypto::entropy_of(created.words.bytes());
  }
  [[nodiscard]] std::size_t person(Computer& at) { return at.root() == ben_root() ? kBen : kAda; }
  [[nodiscard]] RootId ben_root() { return identity::root_from(words_.back()).id; }

  using Texts = std::array<std::set<std::string>, 2>;  // that Ada has to see, and Ben
  void note(Computer& at, bool private_too, Texts& texts) {
    for (const std::string& text : all_of(at)) {
      const bool shared = text.starts_with("shared");
      for (const std::size_t one : {kAda, kBen}) {
        if (shared || (private_too && one == person(at))) texts.at(one).insert(text);
      }
    }
  }
  static std::set<std::string> all_of(Computer& at) {
    const auto all = bodies(at.home());
    std::set<std::string> once{all.begin(), all.end()};  // no life says the same twice
    EXPECT_EQ(all.size(), once.size()) << "an entry is there twice";
    return once;
  }
  static std::set<std::string> shared_by(Computer& at) {
    auto all = all_of(at);
    std::erase_if(all, [](const std::string& text) { return !text.starts_with("shared"); });
    return all;
  }
  void note_appended(Computer& at) {
    for (const log::Held& held : at.book().logs().all()) {
      if (held.device != at.id()) continue;
      for (std::uint64_t n = 1; n <= held.n; ++n) {
        ledger_[{held.name.id, n}].insert(*at.book().logs().link_at(held.number, n));
      }
    }
  }
  // As far as its author stands by a log. Where two copies of one device disowned its end, who holds that end keeps it,
  // and both of its records were written again elsewhere: that nobody lacks either is looked at above.
  static void expect_one_history(const std::vector<Computer*>& all) {
    std::map<LogId, std::uint64_t> stood_by;
    for (Computer* at : all) {
      for (const log::Held& held : at->book().logs().all()) {
        if (held.device != at->id()) continue;
        const auto [log, is_new] = stood_by.emplace(held.name.id, held.open());
        log->second = std::min(log->second, held.open());
      }
    }
    std::map<std::pair<LogId, std::uint64_t>, std::set<Link>> gone_by;
    for (Computer* at : all) {
      for (const log::Held& held : at->book().logs().all()) {
        const auto author = stood_by.find(held.name.id);
        const std::uint64_t last = author == stood_by.end() ? held.open() : std::min(held.open(), author->second);
        for (std::uint64_t n = 1; n <= last; ++n) {
          gone_by[{held.name.id, n}].insert(*at->book().logs().link_at(held.number, n));
        }
      }
    }
    for (const auto& [place, links] : gone_by) EXPECT_EQ(links.size(), 1U) << "place " << place.second;
  }

  std::mt19937_64 random_;
  ManualClock clock_;
  std::vector<crypto::Entropy> words_;
  Computer ada_{clock_};
  Computer phone_{clock_};
  Computer ben_{clock_};
  Texts acknowledged_;
  std::map<std::pair<LogId, std::uint64_t>, std::set<Link>> ledger_;
  int written_ = 0;
};

}  // namespace attune::test
