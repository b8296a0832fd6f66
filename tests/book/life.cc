#include "book/life.h"

#include <algorithm>

#include <fmt/format.h>

#include "book/agreements.h"
#include "book/arrivals.h"
#include "book/boundaries.h"
#include "book/check_ins.h"
#include "book/pauses.h"
#include "book/responses.h"
#include "core/zone.h"

namespace attune::test {
namespace {

using book::Book;
using journal::ResponseKind;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kLong = 40'000;  // several frames

book::Edit edit_to(std::string text) {
  book::Edit edit;
  edit.body = std::move(text);
  return edit;
}
journal::Answers answers_of(std::string text) {
  journal::Answers answers;
  answers.text = std::move(text);
  return answers;
}
journal::Proposed proposal(std::string text) { return {std::move(text), {}, {}}; }
journal::Response response(ResponseKind kind, std::string text = {}) { return {kind, std::move(text), {}}; }

void kept(Book& book, const ObjectId& agreement) {
  const auto utc = zone_at(minutes{0});
  static_cast<void>(book::mark(book, agreement, *utc, {journal::MarkKind::kept, {}, {}, "as we said"}));
}

}  // namespace

Life::Life(std::uint64_t seed) : random_{static_cast<std::minstd_rand::result_type>(seed)} {
  adas_.pair_with(ben_);
  bens_.pair_with(ada_);
  bring(adas_, phone_);
  adas_.files().record();
  acknowledge();
}

void Life::live() {
  std::vector<Kind> order = kinds();
  std::ranges::shuffle(order, random_);
  for (const Kind kind : order) (this->*kind)();
}

const std::vector<Life::Kind>& Life::kinds() {
  static const std::vector<Kind> all{&Life::writes,
                                     &Life::writes_much,
                                     &Life::imports,
                                     &Life::edits,
                                     &Life::shares,
                                     &Life::erases,
                                     &Life::restarts,
                                     &Life::hears_and_is_heard,
                                     &Life::has_a_boundary,
                                     &Life::proposes,
                                     &Life::respects_a_boundary,
                                     &Life::is_proposed_to,
                                     &Life::checks_in_first,
                                     &Life::keeps_an_agreement,
                                     &Life::checks_in_second,
                                     &Life::pauses,
                                     &Life::takes_answers_back,
                                     &Life::names,
                                     &Life::meets,
                                     &Life::leaves_and_pairs,
                                     &Life::revokes_a_device,
                                     &Life::remembers_peers,
                                     &Life::hears_of_changes,
                                     &Life::has_a_second_device,
                                     &Life::lacks_a_payload,
                                     &Life::begins_new_logs,
                                     &Life::compacts};
  return all;
}

void Life::acknowledge() { history_.push_back({adas_.files().recorded(), all_seen(adas_.book())}); }

std::size_t Life::acknowledged_by(std::size_t changes) const {
  const auto after = std::ranges::upper_bound(history_, changes, {}, &Acknowledged::changes);
  return static_cast<std::size_t>(after - history_.begin()) - 1;
}

std::string Life::text() { return fmt::format("number {} {}", ++texts_, std::string(random_() % 300, 'x')); }

journal::Day Life::today() const { return journal::Day{std::chrono::floor<days>(clock_.now()).time_since_epoch()}; }

Book& Life::his() {
  bring(adas_, bens_);
  clock_.advance(std::chrono::seconds{1});
  return bens_.book();
}

void Life::hear_from(Home& other) {
  for (const log::Held& held : other.book().logs().all()) {
    while (deliver_some(other, adas_, held, 2)) acknowledge();
  }
  fill_gaps(other, adas_);
  adas_.book().finish_erasures();
  acknowledge();
}

ObjectId Life::writes_one(bool shared) {
  ObjectId id;
  does([&](Book& book) { id = book.write({words(text()), shared}); });
  return id;
}

ObjectId Life::he_writes(journal::EntryKind kind) {
  journal::EntryContent content = words("Ben's " + text());
  content.kind = kind;
  const ObjectId id = his().write({std::move(content), true});
  hear_from(bens_);
  return id;
}

void Life::writes() {
  writes_one(false);
  writes_one(true);
}

void Life::writes_much() {
  does([](Book& book) { book.write({words(std::string(kLong, 'l')), true}); });
}

void Life::imports() {
  std::vector<book::Draft> drafts;
  for (int n = 0; n < 20; ++n) drafts.push_back({words(text()), n % 4 == 0});
  does([&](Book& book) { static_cast<void>(book.write_all(drafts)); });
}

void Life::edits() {
  for (const bool shared : {false, true}) {
    const ObjectId id = writes_one(shared);
    does([&](Book& book) { book.edit(id, edit_to(text())); });
  }
}

void Life::shares() {
  const ObjectId id = writes_one(false);
  does([&](Book& book) { static_cast<void>(book.share(id, words("").at)); });
  does([&](Book& book) { book.edit(id, edit_to(text())); });
}

void Life::erases() {
  for (const bool shared : {false, true}) {
    const ObjectId id = writes_one(shared);
    does([&](Book& book) { book.erase(id); });
  }
  const ObjectId both = writes_one(false);
  does([&](Book& book) { static_cast<void>(book.share(both, words("").at)); });
  does([&](Book& book) { book.erase(both); });
}

void Life::hears_and_is_heard() {
  const ObjectId his_words = he_writes(journal::EntryKind::apology);
  does([&](Book& book) { book::respond(book, his_words, response(ResponseKind::comfort, text())); });
  does([&](Book& book) { book::respond(book, his_words, response(ResponseKind::accept)); });
  const ObjectId mine = writes_one(true);
  book::respond(his(), mine, response(ResponseKind::reflect, text()));
  hear_from(bens_);
  does([&](Book& book) { book::respond(book, mine, response(ResponseKind::not_quite, text())); });
  does([&](Book& book) { book::respond(book, mine, response(ResponseKind::understood)); });
}

void Life::has_a_boundary() {
  ObjectId id;
  does([&](Book& book) { id = book::state(book, {text(), "time", {}}); });
  book::acknowledge(his(), id);
  book::ask(bens_.book(), id, text());
  hear_from(bens_);
  does([&](Book& book) { book::answer(book, id, response(ResponseKind::comfort, text())); });
  does([&](Book& book) { book::revise(book, id, {text(), {}, {}}); });
  does([&](Book& book) { book::lift(book, id); });
}

void Life::respects_a_boundary() {
  const ObjectId id = book::state(his(), {text(), "", {}});
  hear_from(bens_);
  does([&](Book& book) { book::acknowledge(book, id); });
  does([&](Book& book) { book::ask(book, id, text()); });
  book::answer(his(), id, response(ResponseKind::comfort, text()));
  hear_from(bens_);
}

void Life::proposes() {
  ObjectId id;
  does([&](Book& book) { id = book::propose(book, proposal(text())); });
  does([&](Book& book) { book::amend(book, id, proposal(text())); });
  does([&](Book& book) { book::withdraw(book, id, "not now"); });
}

void Life::is_proposed_to() {
  for (const bool wanted : {true, false}) {
    const ObjectId id = book::propose(his(), proposal(text()));
    hear_from(bens_);
    does([&](Book& book) {
      const book::NamedVersion named{id, book::agreement(book, id).pending.front()};
      if (wanted) return book::accept(book, named);
      book::decline(book, named, "not so");
    });
  }
}

void Life::keeps_an_agreement() {
  ObjectId id;
  does([&](Book& book) { id = book::propose(book, proposal(text())); });
  Book& his_book = his();
  book::accept(his_book, {id, book::agreement(his_book, id).pending.front()});
  hear_from(bens_);
  does([&](Book& book) { kept(book, id); });
  kept(his(), id);
  hear_from(bens_);
}

void Life::checks_in_first() {
  next_day();
  does([&](Book& book) { book::answer(book, answers_of(text()), today()); });
  book::answer(his(), answers_of(text()), today());
  hear_from(bens_);  // which opens hers
}

void Life::checks_in_second() {
  next_day();
  book::answer(his(), answers_of(text()), today());
  hear_from(bens_);
  does([&](Book& book) { book::answer(book, answers_of(text()), today()); });
  his();  // where he opens his
  hear_from(bens_);
}

void Life::takes_answers_back() {
  next_day();
  ObjectId id;
  does([&](Book& book) { id = book::answer(book, answers_of(text()), today()); });
  does([&](Book& book) { book::take_back(book, id); });
}

void Life::pauses() {
  does([&](Book& book) { book::call_pause(book, {text(), hours{2}, {}}); });
  does([](Book& book) { book::call_pause(book, {{}, minutes{40}, {}}); });
  does([](Book& book) { book::resume(book); });
  book::call_pause(his(), {text(), {}, {}});
  hear_from(bens_);
}

void Life::names() {
  does([&](Book& book) { book.set_name(text().substr(0, 20)); });
  does([&](Book& book) { book.name_device(adas_.device(), text().substr(0, 20)); });
}

void Life::leaves_and_pairs() {
  does([](Book& book) { book.leave(); });
  does([&](Book& book) { book.pair({ben_.root, "Ben", "able amber apple"}, made_couple_key()); });
  does([&](Book& book) { book.add_couple_key(ben_.root, made_couple_key(++revokes_)); });
}

void Life::meets() {
  const auto key = made_couple_key();
  const auto meet = [&](Book& book) { book.meet({ben_.root, "Met", "able amber apple"}, key); };
  does(meet);
  does([](Book& book) { book.forget_meeting(); });
  does(meet);
  does([&](Book& book) { static_cast<void>(book.prove(key.hash())); });
}

// A third one, which was there long enough to have written something.
void Life::revokes_a_device() {
  Home lost{ada_, clock_};
  bring(adas_, lost);
  lost.book().write({words(text()), true});
  hear_from(lost);
  const Revocation revocation = revoke(ada_, adas_, lost.device(), ++revokes_);
  does([&](Book& book) { book.keep_self_key(revocation.key(ada_)); });
  does([&](Book& book) { book.add_statements(ada_.root, {revocation.shared.wire}); });
  does([&](Book& book) { book.add_statements(ada_.root, {revocation.own.wire}); });
}

void Life::remembers_peers() {
  does([&](Book& book) { book.set_peer(bens_.device(), text()); });
  writes_one(true);
  for (const log::Held& held : adas_.book().logs().all()) {
    if (held.name.own_space() || !held.mine) continue;
    does([&](Book& book) { book.set_confirmed(bens_.device(), held.number, held.n); });
  }
  does([&](Book& book) { book.set_meta("life", text()); });
  he_writes();
  does([](Book& book) { book::set_seen(book, book::arrivals(book).seen); });
  does([&](Book& book) { book.forget_peer(bens_.device()); });
}

void Life::hears_of_changes() {
  const ObjectId id = he_writes();
  his().edit(id, edit_to(text()));
  hear_from(bens_);
  his().erase(id);
  hear_from(bens_);
}

// It erases a private entry without knowing that it was shared meanwhile: she, who knows both, erases the rest.
void Life::has_a_second_device() {
  const ObjectId torn = writes_one(false);
  const ObjectId edited = writes_one(true);
  bring(adas_, phone_);
  does([&](Book& book) { static_cast<void>(book.share(torn, words("").at)); });
  clock_.advance(minutes{1});
  phone_.book().erase(torn);
  phone_.book().edit(edited, edit_to(text()));
  phone_.book().write_all({{words(text()), true}, {words(text()), false}});
  hear_from(phone_);
}

void Life::lacks_a_payload() {
  he_writes();  // so that the log that lacks something is known
  his().write({words("Ben's " + text()), true});
  for (const log::Held& held : bens_.book().logs().all()) {
    const log::Held* known = adas_.book().logs().find(held.name.id);
    if (!held.mine || known == nullptr || known->n >= held.n) continue;
    Parcel next = parcel(bens_, held, known->n + 1, 1);
    next.records.front().payload.reset();
    deliver(next, adas_);
    acknowledge();
  }
  hear_from(bens_);
}

void Life::begins_new_logs() {
  does([](Book& book) { book.doubt(); });
  writes();
}

void Life::restarts() {
  adas_.reopen();
  acknowledge();
}

void Life::compacts() {
  adas_.store().compact("", "");
  acknowledge();
  does([](Book& book) { book.rebuild_indexes(); });
}

}  // namespace attune::test
