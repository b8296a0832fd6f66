// Requests about entries: from API messages to the book and back.
#include <algorithm>
#include <utility>

#include "book/boundaries.h"
#include "book/check_ins.h"
#include "book/responses.h"
#include "core/error.h"
#include "core/text.h"
#include "journal/codec.h"
#include "node/acted.h"
#include "node/present.h"
#include "node/service.h"
#include "node/stated.h"

namespace attune::node {

api::v1::Response Service::write(const api::v1::WriteRequest& request) {
  check_text_stated(request.text());
  const Instant now = home_.clock().now();
  book::Draft draft;
  draft.shared = request.shared();
  journal::EntryContent& content = draft.content;
  content.kind = request.kind().empty() ? journal::EntryKind::note : kind_stated(request.kind());
  content.title = request.title();
  content.body = request.text();
  if (request.has_mood()) content.mood = mood_stated(request.mood());
  content.tags.assign(request.tags().begin(), request.tags().end());
  content.written_at = {now, offset_stated(request.now_offset())};
  content.at = request.has_at_ms() ? journal::Zoned{instant_stated(request.at_ms()), offset_stated(request.offset())}
                                   : content.written_at;
  content.just_listen = request.just_listen();
  journal::check_content(content);

  Response response = done();
  set_ids(home_.book(), home_.book().write(draft), *response.mutable_write());
  if (draft.shared) say_if_it_stays(home_.book(), *response.mutable_write());
  return response;
}

api::v1::Response Service::share(const api::v1::ShareRequest& request) {
  book::Book& book = home_.book();
  const ObjectId id = book.find(request.id());
  Response response = done();
  set_ids(book, book.share(id, {home_.clock().now(), offset_stated(request.now_offset())}), *response.mutable_share());
  say_if_it_stays(book, *response.mutable_share());
  return response;
}

api::v1::Response Service::edit(const api::v1::EditRequest& request) {
  book::Book& book = home_.book();
  const ObjectId id = book.find(request.id());
  book::Edit edit;
  if (request.has_text()) {
    check_text_stated(request.text());
    edit.body = request.text();
  }
  if (request.has_title()) edit.title = request.title();
  if (request.has_mood()) edit.mood = mood_stated(request.mood());
  if (request.set_tags()) edit.tags = std::vector<std::string>{request.tags().begin(), request.tags().end()};
  if (request.has_at_ms()) edit.at = journal::Zoned{instant_stated(request.at_ms()), offset_stated(request.offset())};
  book.edit(id, edit);
  Response response = done();
  set_ids(book, id, *response.mutable_edit());
  return response;
}

// An entry, or one's own answers in a check-in.
api::v1::Response Service::erase(const api::v1::EraseRequest& request) {
  book::Book& book = home_.book();
  const auto check_in = book.find(book::ObjectKind::check_in, request.id());
  const auto entry = book.find_entry(request.id());
  if (check_in && entry) throw Error{Errc::ambiguous, "more than one thing has an id that starts so"};
  if (!check_in && !entry && book.find(book::ObjectKind::boundary, request.id())) {
    throw Error{Errc::refused, "a boundary is lifted, not erased", "attune boundary lift, by whoever stated it"};
  }
  if (!check_in && !entry) throw Error{Errc::not_found, "no entry has that id"};
  const ObjectId id = check_in ? *check_in : *entry;
  if (check_in) book::take_back(book, id);
  if (!check_in) book.erase(id);
  Response response = done();
  set_ids(book, id, *response.mutable_erase());
  return response;
}

namespace {

// The entry that a response stands on, by the response's own id; nullopt: none.
std::optional<book::FoundAct> response_named(const book::Book& book, const std::string& id) {
  for (const book::FoundAct& act : book.find_acts(id)) {
    const auto entry = book.entry_if_any(act.object);
    if (!entry) continue;  // it stands on something else
    const journal::Responses on_it = book::responses(book, *entry);
    if (std::ranges::count(on_it.all, act.op, &journal::Responded::op) != 0) return act;
  }
  return std::nullopt;
}

// The ask about a boundary, by its own id.
std::optional<book::FoundAct> ask_named(const book::Book& book, const std::string& id) {
  for (const book::FoundAct& act : book.find_acts(id)) {
    const auto here = book::boundary(book, act.object);
    if (here && std::ranges::count(here->boundary.asks, act.op, &journal::BoundaryAsk::op) != 0) return act;
  }
  return std::nullopt;
}

// What is answered: an entry or a reflection on it, a boundary or an ask about it.
struct About {
  ObjectId object;
  std::optional<OpId> act;  // none: the entry itself, or the only one that is there
  book::ObjectKind kind = book::ObjectKind::entry;
};

About named(const book::Book& book, const std::string& id, journal::ResponseKind said) {
  using journal::ResponseKind;
  std::vector<About> found;
  if (const auto entry = book.find_entry(id)) found.push_back({*entry, {}});
  if (said == ResponseKind::understood || said == ResponseKind::not_quite) {
    if (const auto response = response_named(book, id)) found.push_back({response->object, response->op});
  }
  using book::ObjectKind;
  if (const auto boundary = book.find(ObjectKind::boundary, id)) found.push_back({*boundary, {}, ObjectKind::boundary});
  if (const auto ask = ask_named(book, id)) found.push_back({ask->object, ask->op, ObjectKind::boundary});
  if (found.empty()) throw Error{Errc::not_found, "nothing that can be answered has that id"};
  if (found.size() > 1) throw Error{Errc::ambiguous, "more than one thing has an id that starts so"};
  return found.front();
}

}  // namespace

api::v1::Response Service::respond(const api::v1::RespondRequest& request) {
  book::Book& book = home_.book();
  const auto kind = journal::response_kind_named(request.kind());
  if (!kind) throw Error{Errc::usage, "there is no such response"};
  const About about = named(book, request.id(), *kind);
  journal::Response response{*kind, request.text(), about.act};
  const bool on_boundary = about.kind == book::ObjectKind::boundary;
  Response said = acted(book, on_boundary ? book::answer(book, about.object, std::move(response))
                                          : book::respond(book, about.object, std::move(response)));
  if (*kind != journal::ResponseKind::accept) return said;
  // It goes to the text that stands now, which may be another one than this person read.
  const journal::Entry apology = book.entry(about.object);
  if (apology.edited) said.mutable_act()->mutable_said_to()->set_text(apology.current->content.body);
  return said;
}

api::v1::Response Service::list(const api::v1::ListRequest& request) {
  book::Filter filter;
  filter.limit = request.limit();
  if (request.by() == "me") filter.mine = true;
  if (request.by() == "partner") filter.mine = false;
  if (!request.by().empty() && !filter.mine) throw Error{Errc::usage, "entries are by me or by partner"};
  if (request.space() == "shared") filter.shared = true;
  if (request.space() == "private") filter.shared = false;
  if (!request.kind().empty()) filter.kind = kind_stated(request.kind());
  filter.tags.assign(request.tags().begin(), request.tags().end());
  if (request.has_since_ms()) filter.since = instant_stated(request.since_ms());
  if (request.has_until_ms()) filter.until = instant_stated(request.until_ms());
  if (!request.before().empty()) filter.before = home_.book().find(request.before());

  Response response = done();
  const Presenter presenter{home_.book(), home_.vault().root};
  api::v1::ListResponse& out = *response.mutable_list();
  for (const journal::Entry& entry : home_.book().list(filter)) {
    api::v1::Entry& one = *out.add_entries();
    presenter.present(entry, false, one);
  }
  return response;
}

api::v1::Response Service::show(const api::v1::ShowRequest& request) {
  book::Book& book = home_.book();
  Response response = done();
  const Presenter presenter{book, home_.vault().root};
  const auto id = book.find_entry(request.id());
  if (!id) {
    const bool boundary = book.find(book::ObjectKind::boundary, request.id()).has_value();
    throw Error{Errc::not_found, "no entry has that id",
                boundary ? "it is a boundary: attune boundary show tells of it, attune boundary lift ends it" : ""};
  }
  presenter.present(book.entry(*id), true, *response.mutable_show());
  return response;
}

api::v1::Response Service::search(const api::v1::SearchRequest& request) {
  const std::vector<std::string> words{request.words().begin(), request.words().end()};
  if (words.empty()) throw Error{Errc::usage, "there is nothing to search for"};
  Response response = done();
  const Presenter presenter{home_.book(), home_.vault().root};
  api::v1::SearchResponse& out = *response.mutable_search();
  for (const journal::Entry& entry : home_.book().search(words)) presenter.present(entry, false, *out.add_entries());
  return response;
}

}  // namespace attune::node
