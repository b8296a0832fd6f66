#include "book/shared_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "book/work.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/random.h"
#include "identity/root.h"
#include "journal/responses.h"

namespace attune::book {
namespace {

// Nobody is the creator of a check-in: there the couple stands. Of several couples that an own object stands with, the
// one whose log is first here, in whatever order the places come.
CoupleId couple_of(const Shelf& shelf, const ObjectId& id, const std::vector<At>& places) {
  const auto couple_at = [&](const At& at) { return shelf.logs.find(at.place.log)->name.couple; };
  if (id.creator != shelf.self.root) {
    const bool of_couple =
        std::ranges::any_of(places, [&](const At& at) { return couple_at(at).raw() == id.creator.raw(); });
    return of_couple ? CoupleId{id.creator.bytes()} : identity::couple_of(shelf.self.root, id.creator);
  }
  const At* first = nullptr;
  for (const At& at : places) {
    if (!at.seen.shared || at.seen.author != shelf.self.root) continue;
    if (first == nullptr || at.place < first->place) first = &at;
  }
  return first == nullptr ? CoupleId{} : couple_at(*first);
}

std::string_view command_of(ObjectKind kind) {
  return kind == ObjectKind::check_in ? std::string_view{"checkin"} : name_of(kind);
}

// Whether that finds something. Of several none is meant.
template <class Find>
bool finds_one(const Find& find) {
  try {
    return find().has_value();
  } catch (const Error& error) {
    if (error.code() != Errc::ambiguous) throw;
    return false;
  }
}

// What has that id may be something else: said where as much of it was typed as lists show.
std::string where_to_look(const Book& book, ObjectKind kind, std::string_view prefix) {
  constexpr std::size_t kShownDigits = 4;
  if (prefix.size() >= kShownDigits) {
    for (const ObjectKind other : {ObjectKind::boundary, ObjectKind::agreement, ObjectKind::check_in}) {
      if (other == kind || !finds_one([&] { return book.find(other, prefix); })) continue;
      return fmt::format("it is the id of {} {}: attune {} show", other == ObjectKind::agreement ? "an" : "a",
                         name_of(other), command_of(other));
    }
    if (finds_one([&] { return book.find_entry(prefix); })) return "it is the id of an entry: attune show";
  }
  return fmt::format("attune {} list{} shows them", command_of(kind), kind == ObjectKind::check_in ? "" : " --all");
}

}  // namespace

SharedObject shared_object(const Shelf& shelf, const ObjectId& id, std::vector<At> places) {
  std::erase_if(places, [](const At& at) { return !at.stands; });
  const CoupleId couple = couple_of(shelf, id, places);
  std::erase_if(places,
                [&](const At& at) { return at.seen.shared && shelf.logs.find(at.place.log)->name.couple != couple; });
  return {id, couple, ops_of(std::move(places))};
}

SharedObject load_shared(const Shelf& shelf, const ObjectId& id, Detail detail) {
  return shared_object(shelf, id, shelf.load(id, detail));
}

ObjectId find_of(const Book& book, ObjectKind kind, std::string_view prefix) {
  const auto found = book.find(kind, prefix);
  if (!found) {
    throw Error{Errc::not_found, fmt::format("no {} has that id", name_of(kind)), where_to_look(book, kind, prefix)};
  }
  return *found;
}

ObjectId new_object(const Shelf& shelf) {
  return {.creator = shelf.self.root, .number = crypto::random_id<ObjectNumber>()};
}

CoupleId couple_now(const Book& book) {
  const auto pairing = book.pairing();
  if (!pairing) throw Error{Errc::not_paired, "there is nobody to share with yet"};
  return pairing->couple;
}

void check_still_shared(const Book& book, const SharedObject& object) {
  const auto pairing = book.pairing();
  if (!pairing) throw Error{Errc::not_paired, "it is of a pairing that is over: nobody would hear of it"};
  if (pairing->couple != object.couple) {
    throw Error{Errc::refused, "it is of a pairing that is over: nobody would hear of it"};
  }
}

void check_allowed(const journal::Refusal& why_not) {
  if (why_not) throw Error{Errc::refused, std::string{*why_not}};
}

void check_utf8(std::string_view text) {
  if (!valid_utf8(text)) throw Error{Errc::usage, "the text is not valid UTF-8"};
}

void check_words(std::string_view text) {
  check_utf8(text);
  if (is_blank(text)) throw Error{Errc::usage, "there is no text"};
}

OpId append(Book& book, const CoupleId& couple, const ObjectId& object, Instant after, journal::Act act) {
  Shelf& shelf = book.shelf();
  Work work{shelf, From::here};
  const OpId op = work.append(couple, object, {journal::next_time(shelf.clock.now(), after), std::move(act)});
  work.commit({.kind = Change::Kind::other});
  return op;
}

}  // namespace attune::book
