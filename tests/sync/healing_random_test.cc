// Disks put back at any moment, written on, and put back again: whatever is still on any disk reaches everybody.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <map>

#include "support/error_matcher.h"
#include "sync/shared_side.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;

class PutBack {
 public:
  explicit PutBack(std::uint64_t seed) : random_{seed} {
    devices_ = 2 + draw(3);
    pair(at(0), at(1));
    for (std::size_t i = 2; i < devices_; ++i) contact(at(i), at(i % 2), SIZE_MAX);
    for (std::size_t i = 0; i < devices_; ++i) disks_.push_back(at(i).snapshot());
    for (int act = 0; act < 40; ++act) {
      clock_.advance(std::chrono::seconds{1});
      const std::size_t who = draw(devices_);
      switch (draw(12)) {
        case 0:
        case 1:
        case 2: write(at(who)); break;
        case 3: edit_or_erase(at(who)); break;
        case 4: disks_[who] = at(who).snapshot(); break;
        case 5:
        case 6:
          // Somebody knows what is then gone, and it writes on before anybody can tell it.
          write(at(who));
          contact(at(who), at((who + 1) % devices_), SIZE_MAX);
          at(who).roll_back(disks_[who]);
          write(at(who));
          break;
        default: contact(at(who), at((who + 1 + draw(devices_ - 1)) % devices_), draw(2) == 0 ? draw(16) : SIZE_MAX);
      }
    }
  }

  void expect_one_set() {
    const auto expected_ada = on_any_disk(0);
    const auto expected_ben = on_any_disk(1);
    for (int round = 0; round < 4; ++round) meet_all();
    for (std::size_t i = 0; i < devices_; ++i) {
      SCOPED_TRACE("device " + std::to_string(i));
      Ops here;
      add_ops(at(i), false, here);
      for (const auto& [op, object] : i % 2 == 0 ? expected_ada : expected_ben) {
        EXPECT_TRUE(here.contains(op) || may_be_gone(at(i), object)) << "something was lost";
      }
      EXPECT_EQ(at(i).sees(), at(i % 2).sees());
      EXPECT_THAT(at(i).book().verify().problems, IsEmpty());
      EXPECT_EQ(at(i).book().waiting(), 0U);
    }
    std::vector<std::string> ada = shared(at(0));
    EXPECT_EQ(ada, shared(at(1)));
  }

  std::size_t closed() {
    std::size_t logs = 0;
    for (std::size_t i = 0; i < devices_; ++i) {
      for (const log::Held& held : at(i).book().logs().all()) logs += held.closed ? 1 : 0;
    }
    return logs;
  }

  // Once everything is healed nothing of it happens again.
  void expect_quiet() {
    const auto sizes = [this] {
      std::vector<std::uint64_t> all;
      for (std::size_t i = 0; i < devices_; ++i) {
        for (const log::Held& held : at(i).book().logs().all()) all.push_back(held.n);
      }
      return all;
    };
    const auto before = sizes();
    meet_all();
    EXPECT_EQ(sizes(), before);
  }

 private:
  std::size_t draw(std::size_t below) { return random_() % below; }
  Device& at(std::size_t index) { return all_.at(index); }

  void write(Device& device) {
    const bool to_share = draw(3) != 0 && device.book().pairing().has_value();
    device.write((to_share ? "shared " : "private ") + std::to_string(++written_), to_share);
  }
  void edit_or_erase(Device& device) {
    book::Filter own;
    own.limit = 0;
    own.mine = true;
    const auto entries = device.book().list(own);
    if (entries.empty()) return;
    const journal::Entry& entry = entries[draw(entries.size())];
    if (!entry.current || draw(3) == 0) return device.book().erase(entry.id);
    device.book().edit(entry.id,
                       {.title = {}, .body = "edited " + std::to_string(++written_), .mood = {}, .tags = {}, .at = {}});
  }

  void contact(Device& one, Device& other, std::size_t most) {
    if (!can_meet(one, other)) return;
    Contact contact{one, other};
    contact.run(random_, most);
    if (most != SIZE_MAX) return;
    EXPECT_TRUE(contact.over());
    EXPECT_TRUE(contact.one().exchange.so_far().up_to_date);
    EXPECT_TRUE(contact.other().exchange.so_far().up_to_date);
  }
  void meet_all() {
    for (std::size_t a = 0; a < devices_; ++a) {
      for (std::size_t b = a + 1; b < devices_; ++b) contact(at(a), at(b), SIZE_MAX);
    }
  }

  // The ops whose payloads are there. A partner's disk holds what was shared alone.
  using Ops = std::map<std::string, ObjectId>;
  static void add_ops(Device& device, bool shared_only, Ops& ops) {
    for (const log::Held& held : device.book().logs().all()) {
      if (shared_only && held.name.own_space()) continue;
      device.book().logs().read_from(held.number, 1, [&](std::uint64_t, const log::Record& record) {
        if (record.payload) ops.emplace(record.hash.hex(), record.object);
        return true;
      });
    }
  }
  Ops on_any_disk(std::size_t person) {
    Ops ops;
    for (std::size_t i = 0; i < devices_; ++i) add_ops(at(i), i % 2 != person, ops);
    return ops;
  }
  // Erased, or replaced by a later text: else a payload may not be gone.
  static bool may_be_gone(Device& device, const ObjectId& object) {
    const journal::Entry entry = device.book().entry(object);
    return entry.erased || (entry.shared && entry.edited);
  }

  std::mt19937_64 random_;
  ManualClock clock_;
  Person ada_;
  Person ben_;
  std::array<Device, 4> all_{Device{ada_, clock_}, Device{ben_, clock_}, Device{ada_, clock_}, Device{ben_, clock_}};
  std::size_t devices_ = 0;
  std::vector<MemoryDisk> disks_;
  int written_ = 0;
};

class AnyDiskPutBack : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(AnyDiskPutBack, LosesNothingThatIsStillOnAnyDisk) {
  std::size_t closed = 0;
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PutBack world{seed};
    world.expect_one_set();
    world.expect_quiet();
    closed += world.closed();
    if (HasFailure()) return;
  }
  EXPECT_GT(closed, 0U) << "no log forked: this test has lost its meaning";
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyDiskPutBack, ::testing::Range<std::uint64_t>(0, 200, 10));

}  // namespace
}  // namespace attune::test
