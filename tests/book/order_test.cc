// Any order of arrival gives the same journal, and indexes are what making them anew gives: over random journals, not
// over examples.
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <map>

#include "book/book.h"
#include "book/home.h"
#include "core/error.h"

namespace attune::book {
namespace {

using test::Home;
using test::words;

// Three devices of two people that write without waiting for each other.
class Apart {
 public:
  Apart() {
    laptop_.pair_with(ben_);
    bens_.pair_with(ada_);
    test::bring(laptop_, phone_);
  }

  void act() {
    Home& home = *homes_[*rc::gen::inRange<std::size_t>(0, homes_.size())];
    clock_.advance(std::chrono::milliseconds{*rc::gen::inRange(0, 3)});
    try {
      act_at(home);
    } catch (const Error& error) {
      RC_ASSERT(error.code() == Errc::refused);  // not the author's, erased: nothing was changed
    }
  }

  void meet() {
    Home& from = *homes_[*rc::gen::inRange<std::size_t>(0, homes_.size())];
    Home& to = *homes_[*rc::gen::inRange<std::size_t>(0, homes_.size())];
    if (&from != &to) test::bring(from, to, *rc::gen::inRange<std::size_t>(1, 5));
  }

  // All logs, from whoever writes them, in any order and any batches.
  void pour_into(Home& home) {
    std::vector<std::pair<Home*, log::LogNumber>> open;
    for (Home* source : homes_) {
      for (const auto& held : source->book().logs().all()) {
        if (held.mine) open.emplace_back(source, held.number);
      }
    }
    while (!open.empty()) {
      const auto pick = *rc::gen::inRange<std::size_t>(0, open.size());
      const auto [source, number] = open[pick];
      const log::Held held = *source->book().logs().find(number);
      if (!test::deliver_some(*source, home, held, *rc::gen::inRange<std::size_t>(1, 6))) {
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(pick));
      }
      if (*rc::gen::inRange(0, 4) == 0) test::fill_gaps(*source, home);
    }
    for (Home* source : homes_) test::fill_gaps(*source, home);
    home.book().finish_erasures();
  }

  const std::vector<Home*>& homes() { return homes_; }
  const std::vector<ObjectId>& ids() { return ids_; }
  const test::Person& ada() { return ada_; }
  const test::Person& ben() { return ben_; }
  const Clock& clock() { return clock_; }

 private:
  void act_at(Home& home) {
    Book& book = home.book();
    const int what = ids_.empty() ? 0 : *rc::gen::inRange(0, 8);
    if (what < 2) {
      const bool shared = *rc::gen::arbitrary<bool>() && book.pairing().has_value();
      ids_.push_back(book.write({words("text " + std::to_string(++texts_), *rc::gen::inRange(0, 5)), shared}));
      return;
    }
    const ObjectId id = ids_[*rc::gen::inRange<std::size_t>(0, ids_.size())];
    const auto here = test::has(home, id);
    if (!here) return;
    if (what < 5) {
      Edit edit;
      edit.body = "text " + std::to_string(++texts_);
      if (what == 3) edit.at = words("", *rc::gen::inRange(0, 5)).at;
      book.edit(id, edit);
    } else if (what == 5) {
      ids_.push_back(book.share(id, {clock_.now(), std::chrono::minutes{0}}));
    } else if (what == 6) {
      book.erase(id);
    } else {
      home.reopen();
    }
  }

  test::ManualClock clock_;
  test::Person ada_, ben_;
  Home laptop_{ada_, clock_};
  Home phone_{ada_, clock_};
  Home bens_{ben_, clock_};
  std::vector<Home*> homes_{&laptop_, &phone_, &bens_};
  std::vector<ObjectId> ids_;
  int texts_ = 0;
};

// What a person can see of everything.
std::map<ObjectId, std::optional<journal::Entry>> shown(Home& home, const std::vector<ObjectId>& ids) {
  std::map<ObjectId, std::optional<journal::Entry>> all;
  for (const ObjectId& id : ids) {
    all[id] = test::has(home, id) ? std::optional{home.book().entry(id)} : std::nullopt;
    // A home erases what another device left of an entry that is two objects: when it does so is its own.
    if (all[id] && all[id]->erased) all[id]->newest = {};
  }
  return all;
}

// Places name logs by this home's own numbers, which follow the order of arrival: all but them must be equal.
std::map<std::string, std::string> comparable(const Home& home) {
  std::map<std::string, std::string> all;
  for (auto& [key, value] : home.indexes()) all[key] = key.front() == 'O' && key.size() == 17 ? "" : value;
  return all;
}

void expect_sound(Home& home) {
  const auto report = home.book().verify();
  if (!report.problems.empty()) RC_FAIL(report.problems.front());
  RC_ASSERT(report.entries == home.book().entries());
  RC_ASSERT(home.book().list({.limit = 0}).size() == home.book().entries());
  const auto before = home.indexes();
  home.book().rebuild_indexes();
  RC_ASSERT(home.indexes() == before);
}

TEST(BookProperty, AnyOrderOfArrivalGivesTheSameJournalAndTheSameIndexes) {
  EXPECT_TRUE(rc::check([] {
    Apart apart;
    for (int i = *rc::gen::inRange(0, 30); i > 0; --i) {
      apart.act();
      if (*rc::gen::inRange(0, 6) == 0) apart.meet();
    }
    for (const test::Person* person : {&apart.ada(), &apart.ben()}) {
      Home one{*person, apart.clock()};
      Home other{*person, apart.clock()};
      apart.pour_into(one);
      apart.pour_into(other);
      RC_ASSERT(one.book().list({.limit = 0}) == other.book().list({.limit = 0}));
      RC_ASSERT(shown(one, apart.ids()) == shown(other, apart.ids()));
      RC_ASSERT(comparable(one) == comparable(other));
      expect_sound(one);
    }
    for (Home* home : apart.homes()) expect_sound(*home);
  }));
}

}  // namespace
}  // namespace attune::book
