#include "book/responses.h"

#include <algorithm>
#include <utility>

#include "book/shared_object.h"
#include "core/error.h"

namespace attune::book {
namespace {

bool is_of_author(journal::ResponseKind kind) {
  return kind == journal::ResponseKind::understood || kind == journal::ResponseKind::not_quite;
}

// What the response speaks of: the author of a reflection, everybody else of the very text that they read.
std::optional<OpId> meant(const journal::Entry& entry, const journal::Responses& said,
                          const journal::Response& response) {
  if (!is_of_author(response.kind)) return entry.current ? std::optional{entry.current->op} : std::nullopt;
  if (response.to) return response.to;
  if (const auto only = journal::only_reflection(said)) return only;
  const bool any = std::ranges::any_of(
      said.all, [](const journal::Responded& one) { return one.response.kind == journal::ResponseKind::reflect; });
  if (any) throw Error{Errc::ambiguous, "there is more than one reflection", "attune show lists them with their ids"};
  throw Error{Errc::not_found, "there is no reflection on it"};
}

}  // namespace

journal::Responses responses(const Book& book, const journal::Entry& entry) {
  if (!entry.shared || entry.erased) return {};
  return journal::fold_responses(entry, load_shared(book.shelf(), entry.id).ops);
}

OpId respond(Book& book, const ObjectId& id, journal::Response response) {
  const journal::Entry entry = book.entry(id);
  const journal::Responses said = responses(book, entry);
  if (const auto why = journal::why_not_words(response)) throw Error{Errc::usage, std::string{*why}};
  check_utf8(response.text);
  const RootId& self = book.shelf().self.root;
  if (is_of_author(response.kind) && id.creator != self) {
    throw Error{Errc::refused, "only whoever wrote the entry can say that"};
  }
  if (entry.erased) throw Error{Errc::refused, "that entry was erased"};
  response.to = meant(entry, said, response);
  check_allowed(journal::why_not_respond(entry, said, self, response));
  const SharedObject object = load_shared(book.shelf(), entry.id, Detail::outline);
  check_still_shared(book, object);
  return append(book, object.couple, entry.id, std::max(entry.newest, said.newest), std::move(response));
}

}  // namespace attune::book
