// Requests about entries: from API messages to the book and back.
#include "core/error.h"
#include "core/text.h"
#include "crypto/hash.h"
#include "journal/codec.h"
#include "node/pairing_state.h"
#include "node/present.h"
#include "node/service.h"
#include "node/stated.h"

namespace attune::node {
namespace {

api::v1::Response done() {
  api::v1::Response response;
  response.set_done(true);
  return response;
}

// Answers that are an entry's id, in full and as people would type it.
template <class Answer>
void set_ids(const book::Book& book, const ObjectId& id, Answer& answer) {
  answer.set_id(crypto::printed_id(id).hex());
  answer.set_short_id(book.shortest_prefix(id));
}

// What is shared while the partner is gone goes nowhere.
template <class Answer>
void say_if_it_stays(const book::Book& book, Answer& answer) {
  if (partner_left(book)) answer.mutable_for_people()->add_lines(kStaysHere);
}

}  // namespace

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

api::v1::Response Service::erase(const api::v1::EraseRequest& request) {
  book::Book& book = home_.book();
  const ObjectId id = book.find(request.id());
  book.erase(id);
  Response response = done();
  set_ids(book, id, *response.mutable_erase());
  return response;
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
    presenter.present(entry, request.with_responses(), one);
    one.clear_versions();
  }
  return response;
}

api::v1::Response Service::show(const api::v1::ShowRequest& request) {
  book::Book& book = home_.book();
  Response response = done();
  const Presenter presenter{book, home_.vault().root};
  presenter.present(book.entry(book.find(request.id())), true, *response.mutable_show());
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
