#include "book/pauses.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "book/shared_object.h"
#include "core/error.h"
#include "journal/entry.h"

namespace attune::book {
namespace {

// All of them, the one that ends last first: two devices of one person may each have called one.
std::vector<journal::Pause> in_force(const Book& book) {
  std::vector<journal::Pause> found;
  const auto pairing = book.pairing();
  if (!pairing) return found;
  const Instant now = book.shelf().clock.now();
  for (const ObjectId& id : book.all(ObjectKind::pause, Book::Which::open)) {
    SharedObject object = load_shared(book.shelf(), id);
    if (object.couple != pairing->couple) continue;
    auto pause = journal::fold_pause(id, std::move(object.ops));
    if (pause && journal::is_in_force(*pause, now)) found.push_back(std::move(*pause));
  }
  std::ranges::sort(found, std::greater{},
                    [](const journal::Pause& pause) { return std::tuple{pause.until, pause.id}; });
  return found;
}

std::vector<journal::Pause> own_in_force(const Book& book) {
  auto found = in_force(book);
  std::erase_if(found, [&](const journal::Pause& pause) { return pause.id.creator != book.shelf().self.root; });
  return found;
}

// `before`: the one that is changed.
journal::Paused paused_as_said(Instant op_time, const PauseSaid& said, const journal::Pause* before) {
  journal::Paused paused;
  if (before != nullptr) paused.text = before->text;
  if (said.text) paused.text = *said.text;
  paused.until = op_time + journal::kShortestPause;
  if (said.lasting) {
    paused.until = op_time + *said.lasting;
  } else if (said.until) {
    paused.until = *said.until;
  } else if (before != nullptr) {
    paused.until = std::max(paused.until, before->until);
  }
  return paused;
}

void end(Book& book, const CoupleId& couple, const journal::Pause& pause) {
  append(book, couple, pause.id, pause.newest, journal::Resumed{});
}

}  // namespace

std::optional<journal::Pause> pause(const Book& book, const ObjectId& id) {
  return journal::fold_pause(id, load_shared(book.shelf(), id).ops);
}

std::vector<journal::Pause> pauses_in_force(const Book& book) {
  std::map<RootId, journal::Pause> by_person;
  for (journal::Pause& pause : in_force(book)) by_person.try_emplace(pause.id.creator, std::move(pause));
  std::vector<journal::Pause> all;
  for (auto& [person, pause] : by_person) all.push_back(std::move(pause));
  std::ranges::sort(all, {}, [](const journal::Pause& pause) { return std::tuple{pause.until, pause.id}; });
  return all;
}

CalledPause call_pause(Book& book, const PauseSaid& said) {
  if (said.text) check_utf8(*said.text);
  const CoupleId couple = couple_now(book);
  const auto own = own_in_force(book);
  const journal::Pause* before = own.empty() ? nullptr : &own.front();
  const Instant newest = before == nullptr ? Instant{} : before->newest;
  const Instant time = journal::next_time(book.shelf().clock.now(), newest);
  journal::Paused paused = paused_as_said(time, said, before);
  if (const auto why = journal::why_not_this_long(time, paused)) {
    throw Error{Errc::usage, std::string{*why}, "say how long: --for 20m, --for 2h, --until 21:00"};
  }
  const CalledPause called{before == nullptr ? new_object(book.shelf()) : before->id, paused.until};
  append(book, couple, called.id, newest, std::move(paused));
  // Another one that ended earlier would come to light again when this one is shortened.
  for (std::size_t i = 1; i < own.size(); ++i) end(book, couple, own[i]);
  return called;
}

ObjectId resume(Book& book) {
  const CoupleId couple = couple_now(book);
  const auto own = own_in_force(book);
  if (own.empty()) {
    if (in_force(book).empty()) throw Error{Errc::refused, "no pause is in force", "attune pause calls one"};
    throw Error{Errc::refused, "the pause in force is your partner's: only who called it can end it",
                "it ends by itself; attune status says when"};
  }
  for (const journal::Pause& pause : own) end(book, couple, pause);
  return own.front().id;
}

}  // namespace attune::book
