// A device turned and was revoked: whatever it writes past its cut-off has no effect, whenever who hears of what.
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include "book/revocation.h"

namespace attune::book {
namespace {

using test::Home;
using test::words;
using Handed = Book::Handed;

// Ada's laptop, phone and a third device that is stolen; and Ben's. The laptop revokes the stolen one at some moment.
class Stolen {
 public:
  Stolen() {
    laptop_.pair_with(ben_);
    bens_.pair_with(ada_);
    for (Home* home : {&phone_, &stolen_}) test::bring(laptop_, *home);
    write_and_meet();
    revocation_ = test::revoke(ada_, laptop_, stolen_.device());
    for (const log::Held& held : laptop_.book().logs().all()) {
      if (held.device == stolen_.device()) stands_[held.name.id] = held.n;
    }
    // From here on nobody honest hears from it.
    homes_ = {&laptop_, &phone_, &bens_};
    write_and_meet();
    for (int i = *rc::gen::inRange(0, 12); i > 0; --i) act(stolen_);
  }

  // Everything there is, with the revocation at any moment.
  void pour_into(Home& home) {
    auto open = logs();
    bool revoked = false;
    while (!open.empty() || !revoked) {
      if (!revoked && (open.empty() || *rc::gen::inRange(0, 8) == 0)) {
        add_revocation(home);
        revoked = true;
        continue;
      }
      const auto pick = *rc::gen::inRange<std::size_t>(0, open.size());
      const auto& [source, held] = open[pick];
      // Nobody who knows the revocation vouches for the stolen device, and not everybody for the others.
      const bool vouched = !revoked || (source != &stolen_ && *rc::gen::arbitrary<bool>());
      const bool any = hand_over(*source, held, home, *rc::gen::inRange<std::size_t>(1, 6),
                                 vouched ? Handed::vouched : Handed::unvouched);
      if (!any) open.erase(open.begin() + static_cast<std::ptrdiff_t>(pick));
    }
    while (*rc::gen::arbitrary<bool>()) vouch_for_some(home);
    for (Home* source : homes_) vouch_for(*source, home);
    fill(home);
  }

  // The honest ones' word, and that of the stolen device up to the cut-off: as if it had written no more.
  void pour_what_stands_into(Home& home) {
    for (const auto& [source, held] : logs()) {
      const auto stands = stands_.find(held.name.id);
      const std::uint64_t end = source != &stolen_ ? held.n : stands == stands_.end() ? 0 : stands->second;
      if (end == 0 || (held.name.own_space() && home.root() != held.name.author)) continue;
      test::deliver(test::parcel(*source, held, 1, end), home);
    }
    fill(home);
  }

  void pour_all_into(Home& home) {
    for (const auto& [source, held] : logs()) hand_over(*source, held, home, SIZE_MAX, Handed::vouched);
    fill(home);
    test::fill_gaps(stolen_, home);
  }

  void vouch_for_the_stolen(Home& home) {
    vouch_for(stolen_, home);
    fill(home);
    test::fill_gaps(stolen_, home);
  }
  void vouch_for_some(Home& home) { vouch_for(*homes_[*rc::gen::inRange<std::size_t>(0, homes_.size())], home); }

  void fill(Home& home) {
    for (Home* source : homes_) test::fill_gaps(*source, home);
    home.book().finish_erasures();
  }

  const test::Owner& ada() { return ada_; }
  const test::Owner& ben() { return ben_; }
  const Clock& clock() { return clock_; }

 private:
  std::vector<std::pair<Home*, log::Held>> logs() {
    std::vector<std::pair<Home*, log::Held>> all;
    for (Home* source : {&laptop_, &phone_, &stolen_, &bens_}) {
      for (const auto& held : source->book().logs().all()) {
        if (held.mine) all.emplace_back(source, held);
      }
    }
    return all;
  }

  // In either order, and the partner never hears of logs that are not for them.
  void add_revocation(Home& home) {
    const bool own_first = *rc::gen::arbitrary<bool>();
    const bool own = home.root() == ada_.root;
    if (own && own_first) home.book().add_statements(ada_.root, {revocation_->own.wire});
    home.book().add_statements(ada_.root, {revocation_->shared.wire});
    if (own && !own_first) home.book().add_statements(ada_.root, {revocation_->own.wire});
  }

  static void vouch_for(Home& source, Home& home) {
    for (const auto& held : source.book().logs().all()) {
      const log::Held* there = home.book().logs().find(held.name.id);
      if (held.mine && there != nullptr && there->n >= held.n) home.book().vouch({there->number, held.n});
    }
  }

  void write_and_meet() {
    for (int i = *rc::gen::inRange(0, 16); i > 0; --i) {
      Home& home = *homes_[*rc::gen::inRange<std::size_t>(0, homes_.size())];
      act(home);
      Home& other = *homes_[*rc::gen::inRange<std::size_t>(0, homes_.size())];
      if (&home != &other && *rc::gen::inRange(0, 3) == 0) test::bring(home, other, 4);
    }
  }

  // No entry is shared after it was private: of those, whoever hears that one half was erased erases the other.
  void act(Home& home) {
    clock_.advance(std::chrono::milliseconds{*rc::gen::inRange(0, 3)});
    const auto entries = home.book().list({.limit = 0, .mine = true});
    const int what = entries.empty() ? 0 : *rc::gen::inRange(0, 5);
    const std::string text = "text " + std::to_string(++texts_);
    if (what < 2) {
      const bool shared = home.book().pairing() && *rc::gen::arbitrary<bool>();
      home.book().write({words(text, *rc::gen::inRange(0, 5)), shared});
      return;
    }
    const ObjectId id = entries[*rc::gen::inRange<std::size_t>(0, entries.size())].id;
    Edit edit;
    edit.body = text;
    if (what == 4) edit.at = words("", *rc::gen::inRange(0, 5)).at;
    if (what == 2) home.book().erase(id);
    if (what > 2) home.book().edit(id, edit);
  }

  test::ManualClock clock_;
  test::Owner ada_, ben_;
  Home laptop_{ada_, clock_};
  Home phone_{ada_, clock_};
  Home stolen_{ada_, clock_};
  Home bens_{ben_, clock_};
  std::vector<Home*> homes_{&laptop_, &phone_, &stolen_, &bens_};
  std::optional<test::Revocation> revocation_;
  std::map<LogId, std::uint64_t> stands_;
  int texts_ = 0;
};

void expect_sound(Home& home) {
  const auto report = home.book().verify();
  if (!report.problems.empty()) RC_FAIL(report.problems.front());
  RC_ASSERT(report.entries == home.book().entries());
  const auto indexes = home.indexes();
  home.book().rebuild_indexes();
  RC_ASSERT(home.indexes() == indexes);
  home.reopen();
  RC_ASSERT(home.indexes() == indexes);
  RC_ASSERT(home.book().verify().problems.empty());
}

TEST(TrustProperty, WhatARevokedDeviceWritesPastItsCutOffHasNoEffectInWhateverOrderThingsArrive) {
  EXPECT_TRUE(rc::check([] {
    Stolen stolen;
    for (const test::Owner* person : {&stolen.ada(), &stolen.ben()}) {
      Home home{*person, stolen.clock()};
      Home expected{*person, stolen.clock()};
      stolen.pour_into(home);
      stolen.pour_what_stands_into(expected);
      RC_ASSERT(test::seen(home) == test::seen(expected));
      expect_sound(home);
      RC_ASSERT(test::seen(home) == test::seen(expected));
    }
  }));
}

TEST(TrustProperty, VouchedForItIsAllThere) {
  EXPECT_TRUE(rc::check([] {
    Stolen stolen;
    for (const test::Owner* person : {&stolen.ada(), &stolen.ben()}) {
      Home home{*person, stolen.clock()};
      Home expected{*person, stolen.clock()};
      stolen.pour_into(home);
      stolen.vouch_for_the_stolen(home);
      stolen.pour_all_into(expected);
      RC_ASSERT(test::seen(home) == test::seen(expected));
      expect_sound(home);
    }
  }));
}

}  // namespace
}  // namespace attune::book
