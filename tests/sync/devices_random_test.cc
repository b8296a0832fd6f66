// Three devices of two persons, and four, and those that are restored meanwhile: any acts, any partitions, any revokes,
// disks put back and older backups restored. Once all have met all again everybody who was not revoked holds the same,
// nothing that was acknowledged is lost, and what a revoked device made after the cut-off is shown to nobody.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include "journal/codec.h"
#include "sync/devices.h"
#include "sync/shared_side.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;

struct Written {  // a record as some disk holds it
  OpId op;
  ObjectId object;
  LogId log;
  std::uint64_t n = 0;
  Link link;
  bool live = false;  // in a log that the device goes on with
  bool own_space = false;
  bool erases = false;
  std::string text{};
};

bool names(const journal::Op& op, std::string& text) {
  if (const auto* content = std::get_if<journal::EntryContent>(&op.act)) text = content->body;
  return std::holds_alternative<journal::Erase>(op.act);
}

// Of that person's logs, all records whose payload is there.
std::vector<Written> written_at(Device& device, const RootId& author) {
  std::vector<Written> all;
  for (const log::Held& held : device.book().logs().all()) {
    if (held.name.author != author) continue;
    device.book().logs().read_from(held.number, 1, [&](std::uint64_t n, const log::Record& record) {
      if (!record.payload) return true;
      Written one{record.hash,          record.object, held.name.id, n, record.link, held.mine && !held.retired,
                  held.name.own_space()};
      one.erases = names(journal::decode(record.payload->substr(log::kPayloadRandom)), one.text);
      all.push_back(std::move(one));
      return true;
    });
  }
  return all;
}

// How far a person's newest revoke lets logs stand by itself.
class CutOffs {
 public:
  explicit CutOffs(Device& device) {
    const identity::Statement* newest = device.people().own().newest_revoke();
    any_ = newest != nullptr;
    if (!any_) return;
    for (const auto& cut : std::get<identity::Revoke>(newest->says).cut_offs) cuts_[cut.log] = cut;
    for (const auto& [hash, statement] : device.people().own().statements()) {
      const auto* own = std::get_if<identity::OwnCutOffs>(&statement.says);
      if (own == nullptr || own->revoke != newest->hash) continue;
      own_known_ = true;
      for (const auto& cut : own->cut_offs) cuts_[cut.log] = cut;
    }
  }
  // Surely before it: the device holds the very place that it names, too.
  [[nodiscard]] bool leaves(const Written& record, Device& at) const {
    if (!any_) return true;
    const auto cut = cuts_.find(record.log);
    if (cut == cuts_.end() || cut->second.n < record.n) return false;
    const log::Held* held = at.book().logs().find(record.log);
    return at.book().logs().link_at(held->number, cut->second.n) == cut->second.link;
  }
  // Surely behind it.
  [[nodiscard]] bool cuts(const Written& record) const {
    if (!any_ || (record.own_space && !own_known_)) return false;
    const auto cut = cuts_.find(record.log);
    return cut == cuts_.end() || cut->second.n < record.n;
  }

 private:
  bool any_ = false;
  bool own_known_ = false;
  std::map<LogId, identity::CutOff> cuts_;
};

class AnyLife {
 public:
  AnyLife(std::uint64_t seed, std::size_t devices) : world_{seed, devices} {
    world_.live(50);
    for (Inhabitant& one : world_.all()) {
      auto records = written_at(*one.device, one.device->root());
      (one.lost ? by_thieves_ : by_all_)[one.person].emplace_back(&one, std::move(records));
      if (one.lost) continue;
      // A partner's disk may hold what no other one does any more.
      const RootId other = world_.all()[1 - one.person].device->root();
      by_all_[1 - one.person].emplace_back(&one, written_at(*one.device, other));
    }
  }

  void settle() {
    meet_often();
    // Where a disk was put back, the only one that knew of a revoke may have forgotten it: the person sees that.
    for (Inhabitant& one : world_.all()) {
      Device& at = *world_.honest(one.person).front();
      if (one.lost && !at.people().own().revoked(one.device->id())) world_.revoke(at, one.device->id());
    }
    meet_often();
    if (world_.draw(2) == 0) return;
    for (const std::size_t person : {0U, 1U}) {
      Device& at = *world_.honest(person).back();
      if (at.people().own().revoked_apart())
        world_.revoke(at, at.people().own().newest_revoke() ? revoked(at) : DeviceId{});
    }
    meet_often();
  }

  void expect_one_journal() {
    for (const std::size_t person : {0U, 1U}) {
      const auto devices = world_.honest(person);
      for (Device* device : devices) {
        SCOPED_TRACE(fmt::format("device {}", device->id().hex().substr(0, 4)));
        EXPECT_EQ(device->sees(), devices.front()->sees());
        EXPECT_THAT(device->book().verify().problems, IsEmpty());
        // Of revokes made apart a device may lack the other's key, and cannot tell seals under it until one more is
        // made.
        const bool apart = device->people().own().revoked_apart();
        EXPECT_TRUE(apart || device->book().waiting() == 0);
        EXPECT_FALSE(device->keyring().lacks_newest());
      }
    }
    EXPECT_EQ(shared(*world_.honest(0).front()), shared(*world_.honest(1).front()));
  }

  void expect_nothing_lost() {
    for (const std::size_t person : {0U, 1U}) {
      Device& at = *world_.honest(person).front();
      const CutOffs cut_offs{at};
      std::set<OpId> here;
      for (const Written& record : written_at(at, at.root())) {
        if (at.book().standing(at.book().logs().find(record.log)->number) >= record.n) here.insert(record.op);
      }
      for (const auto& [holder, records] : by_all_[person]) {
        for (const Written& record : records) {
          const bool live = record.live && holder->person == person;
          if (!live && !cut_offs.leaves(record, *holder->device)) continue;
          EXPECT_TRUE(here.contains(record.op) || may_be_gone(at, record.object))
              << "lost: \"" << record.text << "\", record " << record.n << (live ? " of a live log" : "");
        }
      }
    }
  }

  // What thieves wrote past the cut-off, and what they erased there.
  void expect_nothing_made_up() {
    for (const std::size_t person : {0U, 1U}) {
      Device& owner = *world_.honest(person).front();
      const CutOffs cut_offs{owner};
      const identity::Statement* newest = owner.people().own().newest_revoke();
      for (const auto& [thief, records] : by_thieves_[person]) {
        // Revoked apart from the newest revoke, which it was told of before: one more is needed
        // (docs/protocol.md, 2.4).
        if (newest != nullptr && thief->device->people().own().statements().contains(newest->hash)) continue;
        for (const Written& record : records) {
          if (!record.live || !cut_offs.cuts(record)) continue;
          for (Inhabitant& one : world_.all()) {
            if (!one.lost) expect_without(*one.device, record, one.person == person);
          }
        }
      }
    }
  }

  // Nothing of any own-space log was in any message between the two persons.
  void expect_private() {
    std::set<std::string> needles{"private words"};
    for (Inhabitant& one : world_.all()) {
      for (const log::Held& held : one.device->book().logs().all()) {
        if (!held.name.own_space()) continue;
        needles.emplace(held.name.id.raw());
        one.device->book().logs().read_from(held.number, 1, [&](std::uint64_t, const log::Record& record) {
          needles.emplace(record.link.raw());
          return true;
        });
      }
    }
    for (const std::string& needle : needles) EXPECT_EQ(world_.between().find(needle), std::string::npos);
  }

  // Once all is settled nothing moves any more.
  void expect_quiet() {
    const auto before = sizes();
    world_.meet_all();
    EXPECT_EQ(sizes(), before);
  }

 private:
  static DeviceId revoked(Device& at) {
    return std::get<identity::Revoke>(at.people().own().newest_revoke()->says).device;
  }

  void meet_often() {
    for (int round = 0; round < 4; ++round) {
      world_.meet_all();
      world_.type_words();
    }
  }
  [[nodiscard]] std::vector<std::uint64_t> sizes() {
    std::vector<std::uint64_t> all;
    for (Inhabitant& one : world_.all()) {
      if (one.lost) continue;
      for (const log::Held& held : one.device->book().logs().all()) all.push_back(held.n);
    }
    return all;
  }
  static bool may_be_gone(Device& device, const ObjectId& object) {
    try {
      const journal::Entry entry = device.book().entry(object);
      return entry.erased || (entry.shared && entry.edited);
    } catch (const Error& error) {
      if (error.code() != Errc::not_found) throw;
      return false;  // a fact of one's own, or nothing at all
    }
  }
  void expect_without(Device& at, const Written& record, bool own) {
    if (!record.text.empty()) {
      for (const std::string& body : at.bodies()) EXPECT_NE(body, record.text);
    }
    if (!record.erases || world_.was_erased(record.object) || world_.has_twin(record.object)) return;
    if (!own && record.own_space) return;
    try {
      EXPECT_FALSE(at.book().entry(record.object).erased && !erased_before(record)) << "a thief erased something";
    } catch (const Error& error) {
      if (error.code() != Errc::not_found) throw;
    }
  }
  // By a thief, too, and before it was cut off.
  [[nodiscard]] bool erased_before(const Written& record) {
    for (const std::size_t person : {0U, 1U}) {
      const CutOffs cut_offs{*world_.honest(person).front()};
      for (const auto& [thief, records] : by_thieves_[person]) {
        for (const Written& other : records) {
          if (other.erases && other.object == record.object && !cut_offs.cuts(other)) return true;
        }
      }
    }
    return false;
  }

  Devices world_;
  using Disks = std::vector<std::pair<Inhabitant*, std::vector<Written>>>;
  std::array<Disks, 2> by_all_;
  std::array<Disks, 2> by_thieves_;
};

class AnyDevices : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(AnyDevices, EndAlikeWhateverHappensToThem) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 10; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    try {
      AnyLife life{seed, 3 + seed % 2};
      life.settle();
      life.expect_one_journal();
      life.expect_nothing_lost();
      life.expect_nothing_made_up();
      life.expect_private();
      life.expect_quiet();
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();  // under its seed
    }
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyDevices, ::testing::Range<std::uint64_t>(0, 30, 10));
INSTANTIATE_TEST_SUITE_P(Slow, AnyDevices, ::testing::Range<std::uint64_t>(30, 200, 10));

}  // namespace
}  // namespace attune::test
