// A power cut after every single call that changes the disk, while two people live with their journals: what was
// acknowledged is there afterwards, of the act under way all or nothing, and all indexes say what the records say.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "book/agreements.h"
#include "book/boundaries.h"
#include "book/check_ins.h"
#include "book/home.h"
#include "book/responses.h"
#include "support/every_cut.h"

namespace attune::book {
namespace {

using test::Home;
using test::MemoryFiles;
using test::words;

struct Extent {
  int acts = 0;
  test::Cuts cuts = test::Cuts::some;
  std::size_t disks = 0;  // at least so many
};
std::ostream& operator<<(std::ostream& out, const Extent& extent) { return out << extent.acts << " acts"; }

// What a person can see of everything.
std::string seen(const Book& book) {
  std::string all;
  for (const journal::Entry& entry : book.list({.limit = 0})) {
    all += fmt::format("{}{}{} {} {}\n", entry.current->content.body, entry.shared ? " shared" : "",
                       entry.edited ? " edited" : "", entry.earlier.size(), responses(book, entry).all.size());
  }
  for (const auto& agreement : agreements(book, Book::Which::all)) {
    all += fmt::format("{} {} {}\n", journal::foremost(*agreement).said.text, journal::name_of(agreement->status),
                       agreement->history.size());
  }
  for (const BoundaryHere& here : boundaries(book, Book::Which::all)) {
    all += fmt::format("{} {}\n", here.boundary.current.stated.text, here.boundary.history.size());
  }
  for (const journal::CheckIn& one : check_ins(book)) {
    all += fmt::format("{} {}\n", journal::name_of(one.status), one.mine.answers ? one.mine.answers->text : "");
  }
  return all;
}

Edit edit_to(std::string text) {
  Edit edit;
  edit.body = std::move(text);
  return edit;
}
journal::Answers answers_of(std::string text) {
  journal::Answers answers;
  answers.text = std::move(text);
  return answers;
}

class BookCrash : public ::testing::TestWithParam<Extent> {
 protected:
  struct Acknowledged {
    std::size_t changes = 0;  // recorded when it returned
    std::string seen;
  };

  BookCrash() {
    adas_.pair_with(ben_);
    bens_.pair_with(ada_);
    adas_.files().record();
    acknowledge();
  }

  void acknowledge() { history_.push_back({adas_.files().recorded(), seen(adas_.book())}); }

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  ObjectId any_entry() { return entries_[draw(entries_.size())]; }

  // Any of these may be refused by a rule; then nothing was changed, which is acknowledged as well.
  void act(int n) {
    clock_.advance(std::chrono::minutes{17});
    try {
      act_or_throw(n);
    } catch (const Error& error) {
      if (error.code() != Errc::refused && error.code() != Errc::not_found) throw;
    }
    acknowledge();
  }
  void act_or_throw(int n) {
    Book& book = adas_.book();
    const std::string text = fmt::format("number {} {}", n, std::string(draw(9) == 0 ? 40'000 : draw(300), 'x'));
    if (entries_.size() < 3) return entries_.push_back(book.write({words(text), n % 2 == 0}));
    switch (draw(12)) {
      case 0: return entries_.push_back(book.write({words(text), false}));
      case 1: return entries_.push_back(book.write({words(text), true}));
      case 2: return book.edit(any_entry(), edit_to(text));
      case 3: return entries_.push_back(book.share(any_entry(), words("").at));
      case 4: book.erase(any_entry()); return book.finish_erasures();
      case 5: agreements_.push_back(propose(book, {text.substr(0, 100), {}, {}})); return;
      case 6: return static_cast<void>(state(book, {text.substr(0, 100), "words", {}}));
      case 7: return static_cast<void>(answer(book, answers_of(text.substr(0, 100)), journal::Day{days_++}));
      case 8: return hear_from_ben(n);
      case 9: return agreements_.empty() ? void() : withdraw(book, agreements_[draw(agreements_.size())], "");
      case 10: return adas_.reopen();
      default: return entries_.push_back(book.write({words(text), true}));
    }
  }
  // He answers, accepts and writes; what his node sends arrives batch by batch, each acknowledged by itself.
  void hear_from_ben(int n) {
    test::bring(adas_, bens_);
    Book& his = bens_.book();
    his.write({words(fmt::format("Ben's {}", n)), true});
    for (const journal::Entry& entry : his.list({.limit = 3})) {
      if (entry.id.creator == ada_.root) respond(his, entry.id, {journal::ResponseKind::thanks, {}, {}});
    }
    for (const auto& agreement : agreements(his, Book::Which::open)) {
      if (agreement->status != journal::AgreementStatus::proposed) continue;
      accept(his, {agreement->id, agreement->pending.front()});
      break;
    }
    if (days_ > std::chrono::days{0}) answer(his, answers_of("Ben's"), journal::Day{days_ - std::chrono::days{1}});
    for (const log::Held& held : his.logs().all()) {
      while (test::deliver_some(bens_, adas_, held, 2)) acknowledge();
    }
    test::fill_gaps(bens_, adas_);
    adas_.book().finish_erasures();
  }

  void check(std::size_t n) {
    const auto after = std::ranges::upper_bound(history_, n, {}, &Acknowledged::changes);
    const auto acknowledged = static_cast<std::uint64_t>(after - history_.begin());
    every_.after(n, acknowledged, adas_.files(), [&](MemoryFiles& disk) {
      storage::Store store{disk, "store", adas_.key()};
      Book book{store, adas_.self(), clock_};
      book.finish_erasures();
      open_left_answers(book);
      const std::string found = seen(book);
      EXPECT_TRUE(found == std::prev(after)->seen || (after != history_.end() && found == after->seen));
      EXPECT_EQ(book.verify().problems, std::vector<std::string>{});
      const ObjectId written = book.write({words("afterwards"), true});
      EXPECT_EQ(book.entry(written).current->content.body, "afterwards");
    });
  }

  test::ManualClock clock_;
  test::Person ada_, ben_;
  Home adas_{ada_, clock_}, bens_{ben_, clock_};
  std::minstd_rand random_{20'261'121U};  // which acts; nothing depends on its quality
  std::vector<ObjectId> entries_, agreements_;
  std::chrono::days days_{0};
  std::vector<Acknowledged> history_;
  test::EveryCut every_{GetParam().cuts};
};

TEST_P(BookCrash, NothingAcknowledgedIsLostAndNothingIsHalfDone) {
  for (int n = 0; n < GetParam().acts; ++n) act(n);
  for (std::size_t n = history_.front().changes; n <= adas_.files().recorded(); ++n) check(n);
  EXPECT_GE(every_.disks(), GetParam().disks);
  every_.print();
}

INSTANTIATE_TEST_SUITE_P(Quick, BookCrash, ::testing::Values(Extent{25, test::Cuts::some, 100}));
INSTANTIATE_TEST_SUITE_P(Slow, BookCrash, ::testing::Values(Extent{30, test::Cuts::all, 1'500}));
INSTANTIATE_TEST_SUITE_P(Prove, BookCrash, ::testing::Values(Extent{150, test::Cuts::all, 9'000}));

}  // namespace
}  // namespace attune::book
