// Devices of two persons that live through anything: written on, cut off from each other, put back, restored from older
// backups, lost and revoked. All is drawn from one seed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backup/backup.h"
#include "identity/self_keys.h"
#include "sync/world.h"

namespace attune::test {

struct Inhabitant {
  std::unique_ptr<Device> device;
  std::size_t person = 0;
  bool lost = false;     // in a thief's hands: it goes on with the honest program, and is one of this person's no more
  std::size_t room = 0;  // only who is in the same room can meet
  std::optional<MemoryDisk> disk{};  // as it once was
};

class Devices {
 public:
  static constexpr std::size_t kMost = 8;

  Devices(std::uint64_t seed, std::size_t count) : random_{seed} {
    for (std::size_t i = 0; i < count; ++i) add(i % 2);
    pair(*all_[0].device, *all_[1].device);
    for (std::size_t i = 2; i < count; ++i) contact(all_[i], all_[i % 2], SIZE_MAX);
    for (Inhabitant& one : all_) one.disk = one.device->snapshot();
    for (const std::size_t person : {0U, 1U}) back_up(person);
  }

  void live(int acts) {
    for (int act = 0; act < acts; ++act) {
      clock_.advance(std::chrono::seconds{1});
      Inhabitant& who = any();
      switch (draw(22)) {
        case 0:
        case 1:
        case 2:
        case 3: write(who); break;
        case 4: edit(who); break;
        case 5: erase(who); break;
        case 6: share(who); break;
        case 7: keep_copy(who); break;
        case 8: roll_back(who); break;
        case 9: restore(who.person); break;
        case 10: revoke_some(who); break;
        case 11: move(); break;
        case 12: who.device->reopen(); break;
        case 13:
          if (!who.lost) type_words(*who.device);
          break;
        default: contact(who, any(), draw(2) == 0 ? draw(16) : SIZE_MAX);
      }
    }
  }

  // Everybody who is not lost, twice from here on where that is wanted: all meet all, in one room.
  void meet_all() {
    for (Inhabitant& one : all_) one.room = 0;
    for (std::size_t a = 0; a < all_.size(); ++a) {
      for (std::size_t b = a + 1; b < all_.size(); ++b) {
        if (!all_[a].lost && !all_[b].lost) contact(all_[a], all_[b], SIZE_MAX);
      }
    }
  }
  void type_words() {
    for (Inhabitant& one : all_) {
      if (!one.lost && one.device->keyring().lacks_newest()) type_words(*one.device);
    }
  }

  [[nodiscard]] std::vector<Inhabitant>& all() { return all_; }
  [[nodiscard]] std::vector<Device*> honest(std::size_t person) {
    std::vector<Device*> devices;
    for (Inhabitant& one : all_) {
      if (one.person == person && !one.lost) devices.push_back(one.device.get());
    }
    return devices;
  }
  [[nodiscard]] std::size_t draw(std::size_t below) { return random_() % below; }
  // All that the two persons' devices said to each other.
  [[nodiscard]] const std::string& between() const { return between_; }
  // Entries that stand once privately and once shared: whoever erases one of them erases the other.
  [[nodiscard]] bool has_twin(const ObjectId& id) const { return twins_.contains(id); }
  [[nodiscard]] bool was_erased(const ObjectId& id) const { return erased_.contains(id); }
  [[nodiscard]] const std::map<std::string, int>& counts() const { return counts_; }

  // As the person does it at this device, with the words: what stands here is what counts.
  void revoke(Device& at, const DeviceId& lost) {
    identity::Revoke revoke{lost, at.people().own().next_number(), {}, {}};
    crypto::random_fill(revoke.random);
    std::vector<identity::CutOff> own;
    for (const log::Held& held : at.book().logs().all()) {
      const std::uint64_t n = at.book().standing(held.number);
      if (held.name.author != at.root() || n == 0) continue;
      (held.name.own_space() ? own : revoke.cut_offs)
          .push_back({held.name.id, n, *at.book().logs().link_at(held.number, n)});
    }
    const identity::Root& root = at.person().root;
    const auto shared = identity::sign_statement(root.signing, revoke);
    const auto own_too = identity::sign_statement(root.signing, identity::OwnCutOffs{shared.hash, own});
    at.keyring().keep(identity::self_key_from(root.self_seed, &shared));
    at.people().add(at.root(), {shared.wire, own_too.wire});
    type_words(at);
    ++counts_["revoke"];
  }

 private:
  Inhabitant& any() { return all_[draw(all_.size())]; }
  void add(std::size_t person) {
    all_.push_back({.device = std::make_unique<Device>(persons_[person], clock_), .person = person});
  }
  static void type_words(Device& at) {
    at.keyring().keep_derived(identity::self_keys_from(at.person().root.self_seed, at.people().own()));
  }

  void write(Inhabitant& at) {
    const bool shared = draw(3) != 0 && at.device->book().pairing().has_value();
    at.device->write((at.lost  ? "made up "
                      : shared ? "shared words "
                               : "private words ") +
                         std::to_string(++texts_),
                     shared);
  }
  std::optional<journal::Entry> any_own(Inhabitant& at, std::optional<bool> shared = {}) {
    book::Filter own;
    own.limit = 0;
    own.mine = true;
    own.shared = shared;
    auto entries = at.device->book().list(own);
    if (entries.empty()) return std::nullopt;
    return std::move(entries[draw(entries.size())]);
  }
  void edit(Inhabitant& at) {
    const auto entry = any_own(at);
    if (!entry || !entry->current) return;
    const std::string kind = at.lost ? "made up " : entry->shared ? "shared words " : "private words ";
    at.device->book().edit(entry->id,
                           {.title = {}, .body = kind + std::to_string(++texts_), .mood = {}, .tags = {}, .at = {}});
  }
  void erase(Inhabitant& at) {
    const auto entry = any_own(at);
    if (!entry) return;
    if (!at.lost) erased_.insert(entry->id);
    at.device->book().erase(entry->id);
  }
  void share(Inhabitant& at) {
    const auto entry = any_own(at, false);
    if (!entry || !entry->current || !at.device->book().pairing()) return;
    // From now on these words are no secret.
    const std::string body = (at.lost ? "made up " : "shared words ") + std::to_string(++texts_);
    at.device->book().edit(entry->id, {.title = {}, .body = body, .mood = {}, .tags = {}, .at = {}});
    twins_.insert(entry->id);
    twins_.insert(at.device->book().share(entry->id, {clock_.now(), std::chrono::minutes{0}}));
  }

  void keep_copy(Inhabitant& at) {
    if (draw(2) == 0) {
      at.disk = at.device->snapshot();
    } else if (!at.lost) {
      back_up(at.person, at.device.get());
    }
  }
  void back_up(std::size_t person, Device* at = nullptr) {
    if (at == nullptr) at = all_[person].device.get();
    backups_[person] = "backup " + std::to_string(++files_made_);
    backup::create(files_, backups_[person], at->book(), {at->root(), at->id(), &at->keyring().all()},
                   at->person().root.backup_recipient, clock_, {});
  }
  void roll_back(Inhabitant& at) {
    // One that hears of a revoke, has not got its key yet, vouches for its logs all the same and then forgets all that
    // leaves no seal behind that tells its own person later: the partner goes on believing it, and they do not.
    if (at.lost || at.device->keyring().lacks_newest()) return;
    at.device->roll_back(*at.disk);
    if (draw(2) == 0) at.device->book().doubt();  // where the files beside the store are not as old
    write(at);
    ++counts_["roll back"];
  }
  // A new device, which the person makes with the words, from a backup or from another device.
  void restore(std::size_t person) {
    if (all_.size() == kMost) return;
    add(person);
    Device& made = *all_.back().device;
    if (draw(4) != 0) {
      backup::restore(files_, backups_[person], made.person().root, made.book(), {});
      made.people().reload();
      type_words(made);
    } else {
      while (!made.book().pairing()) {
        contact(all_.back(), any_of(person), SIZE_MAX);
        type_words(made);  // neither may have the newest key
      }
    }
    all_.back().disk = made.snapshot();
    ++counts_["restore"];
  }
  // One device more is lost, or one that is lost already is revoked at another place, or once more.
  void revoke_some(Inhabitant& at) {
    if (at.lost) return;
    std::vector<Inhabitant*> others;
    for (Inhabitant& one : all_) {
      if (one.person == at.person && &one != &at) others.push_back(&one);
    }
    if (others.empty()) return;
    Inhabitant& lost = *others[draw(others.size())];
    lost.lost = true;
    revoke(*at.device, lost.device->id());
  }
  Inhabitant& any_of(std::size_t person) {
    for (;;) {
      Inhabitant& one = any();
      all_.back().room = one.room;
      if (one.person == person && !one.lost && &one != &all_.back()) return one;
    }
  }
  void move() {
    const std::size_t rooms = 1 + draw(3);
    for (Inhabitant& one : all_) one.room = draw(rooms);
  }

  void contact(Inhabitant& one, Inhabitant& other, std::size_t most) {
    if (&one == &other || one.room != other.room) return;
    // Where a contact brought keys alone, the next one follows at once.
    for (int round = 0; round < 3; ++round) {
      sync::Setup setup;
      if (!can_meet(*one.device, *other.device) || !choose_key(*one.device, *other.device, setup)) return;
      Contact contact{*one.device, *other.device};
      try {
        contact.run(random_, most);
      } catch (const Error& error) {
        // One of them learned from the other that it is revoked, or of a revoke beside this session.
        EXPECT_TRUE(error.code() == Errc::refused || error.code() == Errc::unreachable) << error.what();
        EXPECT_TRUE(one.lost || other.lost) << error.what();
      }
      if (one.person != other.person) {
        for (const std::string& message : contact.all_said()) between_ += message;
      }
      if (!contact.over()) {
        EXPECT_TRUE(most != SIZE_MAX || one.lost || other.lost) << "a contact came to a stop";
        return;
      }
      const sync::Summary& summary = contact.one().exchange.so_far();
      if (!summary.key_session || summary.words_needed) return;
    }
  }

  std::mt19937_64 random_;
  ManualClock clock_;
  std::array<Person, 2> persons_;
  MemoryFiles files_;
  std::array<std::string, 2> backups_;
  std::vector<Inhabitant> all_;
  std::string between_;
  std::set<ObjectId> twins_;
  std::set<ObjectId> erased_;  // by devices that were not lost then
  std::map<std::string, int> counts_;
  int texts_ = 0;
  int files_made_ = 0;
};

}  // namespace attune::test
