#include "book/boundaries.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "book/shared_object.h"
#include "core/error.h"
#include "core/text.h"

namespace attune::book {
namespace {

// With the couple that it is of, and without its ops: they are folded.
struct Read {
  SharedObject object;
  journal::Boundary boundary;
};

std::optional<Read> read(const Book& book, const ObjectId& id) {
  SharedObject object = load_shared(book.shelf(), id);
  auto boundary = journal::fold_boundary(id, std::exchange(object.ops, {}));
  if (!boundary) return std::nullopt;
  return Read{std::move(object), std::move(*boundary)};
}

Read read_or_throw(const Book& book, const ObjectId& id) {
  auto found = read(book, id);
  if (!found) throw Error{Errc::not_found, "no boundary has that id"};
  return std::move(*found);
}

bool is_past(const Book& book, const CoupleId& couple) {
  const auto pairing = book.pairing();
  return !pairing || pairing->couple != couple;
}

const RootId& self(const Book& book) { return book.shelf().self.root; }

OpId append(Book& book, const Read& read, journal::Act act) {
  check_still_shared(book, read.object);
  return append(book, read.object.couple, read.boundary.id, read.boundary.newest, std::move(act));
}

// A short word, and the same one however it was typed.
void check_topic(std::string& topic) {
  check_utf8(topic);
  std::ranges::transform(topic, topic.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  topic.erase(0, topic.find_first_not_of(' '));
  topic.erase(topic.find_last_not_of(' ') + 1);
  if (harmless_line(topic) != topic || topic.size() > journal::kMaxTopic) {
    throw Error{Errc::usage, "a topic is a short word", "touch, intimacy, words, time, or one of your own"};
  }
}

void check_said(journal::BoundaryStated& said) {
  check_words(said.text);
  check_topic(said.topic);
}

}  // namespace

std::optional<BoundaryHere> boundary(const Book& book, const ObjectId& id) {
  auto found = read(book, id);
  if (!found) return std::nullopt;
  return BoundaryHere{std::move(found->boundary), is_past(book, found->object.couple)};
}

std::vector<BoundaryHere> boundaries(const Book& book, Book::Which which) {
  std::vector<BoundaryHere> all;
  for (const ObjectId& id : book.all(ObjectKind::boundary, which)) {
    auto found = boundary(book, id);
    if (found && (which == Book::Which::all || !found->past)) all.push_back(std::move(*found));
  }
  std::ranges::sort(all, std::greater{}, [](const BoundaryHere& one) {
    return std::tuple{one.boundary.current.time, one.boundary.current.op};
  });
  return all;
}

ObjectId state(Book& book, journal::BoundaryStated said) {
  check_said(said);
  const CoupleId couple = couple_now(book);
  const ObjectId id = new_object(book.shelf());
  append(book, couple, id, Instant{}, std::move(said));
  return id;
}

void revise(Book& book, const ObjectId& id, BoundaryEdit edit) {
  const Read found = read_or_throw(book, id);
  check_allowed(journal::why_not_revise(found.boundary, self(book)));
  journal::BoundaryStated said = found.boundary.current.stated;
  if (edit.text) said.text = std::move(*edit.text);
  if (edit.topic) said.topic = std::move(*edit.topic);
  if (edit.review_on) said.review_on = *edit.review_on;
  check_said(said);
  check_still_shared(book, found.object);
  const bool stands = found.boundary.status != journal::BoundaryStatus::lifted;
  if (stands && said == found.boundary.current.stated) return;
  append(book, found, std::move(said));
}

void acknowledge(Book& book, const ObjectId& id) {
  const Read found = read_or_throw(book, id);
  check_allowed(journal::why_not_acknowledge(found.boundary, self(book)));
  append(book, found, journal::BoundaryAcknowledged{found.boundary.current.op});
}

void lift(Book& book, const ObjectId& id) {
  const Read found = read_or_throw(book, id);
  check_allowed(journal::why_not_lift(found.boundary, self(book)));
  append(book, found, journal::BoundaryLifted{found.boundary.current.op});
}

OpId ask(Book& book, const ObjectId& id, std::string text) {
  check_words(text);
  const Read found = read_or_throw(book, id);
  journal::BoundaryAsked asked{std::move(text)};
  check_allowed(journal::why_not_ask(found.boundary, self(book), asked));
  return append(book, found, std::move(asked));
}

OpId answer(Book& book, const ObjectId& id, journal::Response response) {
  if (const auto why = journal::why_not_words(response)) throw Error{Errc::usage, std::string{*why}};
  check_utf8(response.text);
  const Read found = read_or_throw(book, id);
  const auto& asks = found.boundary.asks;
  if (!response.to) {
    if (asks.size() != 1) {
      throw Error{Errc::refused, "say which question you mean: there is none, or more than one",
                  "attune boundary show lists them with their ids"};
    }
    response.to = asks.front().op;
  }
  check_allowed(journal::why_not_answer(found.boundary, self(book), response));
  return append(book, found, std::move(response));
}

}  // namespace attune::book
