// Requests about boundaries: from API messages to the book and back.
#include <utility>

#include "book/boundaries.h"
#include "book/shared_object.h"
#include "core/error.h"
#include "node/acted.h"
#include "node/present_boundary.h"
#include "node/service.h"
#include "node/stated.h"

namespace attune::node {
namespace {

using api::v1::BoundaryRequest;

ObjectId named(const book::Book& book, const std::string& id) {
  return book::find_of(book, book::ObjectKind::boundary, id);
}

ObjectId state(book::Book& book, const BoundaryRequest::State& wanted) {
  check_text_stated(wanted.text());
  return book::state(book, {wanted.text(), wanted.topic(), day_stated(wanted.review_on())});
}

ObjectId revise(book::Book& book, const BoundaryRequest::Revise& wanted) {
  book::BoundaryEdit edit;
  if (wanted.has_text()) {
    check_text_stated(wanted.text());
    edit.text = wanted.text();
  }
  if (wanted.has_topic()) edit.topic = wanted.topic();
  if (wanted.has_review_on()) edit.review_on = day_stated(wanted.review_on());
  const ObjectId id = named(book, wanted.id());
  book::revise(book, id, std::move(edit));
  return id;
}

// An id names the words that stand now, and they may have been others when this person last looked.
api::v1::Response acted_on_words(const book::Book& book, const ObjectId& id) {
  api::v1::Response response = acted(book, id);
  const auto here = book::boundary(book, id);
  if (here) response.mutable_act()->mutable_said_to()->set_text(here->boundary.current.stated.text);
  return response;
}

api::v1::Response acknowledge(book::Book& book, const std::string& prefix) {
  const ObjectId id = named(book, prefix);
  book::acknowledge(book, id);
  return acted_on_words(book, id);
}

api::v1::Response lift(book::Book& book, const std::string& prefix) {
  const ObjectId id = named(book, prefix);
  book::lift(book, id);
  return acted_on_words(book, id);
}

api::v1::Response ask(book::Book& book, const BoundaryRequest::Ask& wanted) {
  check_text_stated(wanted.text());
  return acted(book, book::ask(book, named(book, wanted.id()), wanted.text()));
}

}  // namespace

api::v1::Response Service::boundary(const BoundaryRequest& request) {
  book::Book& book = home_.book();
  switch (request.act_case()) {
    case BoundaryRequest::kState: return acted(book, state(book, request.state()));
    case BoundaryRequest::kList: return list_boundaries(request);
    case BoundaryRequest::kShow: return show_boundary(request);
    case BoundaryRequest::kRevise: return acted(book, revise(book, request.revise()));
    case BoundaryRequest::kAcknowledge: return acknowledge(book, request.acknowledge());
    case BoundaryRequest::kAsk: return ask(book, request.ask());
    case BoundaryRequest::kLift: return lift(book, request.lift());
    case BoundaryRequest::ACT_NOT_SET: break;
  }
  throw Error{Errc::incompatible, "the running node does not know this command"};
}

api::v1::Response Service::list_boundaries(const BoundaryRequest& request) {
  const Presenter presenter{home_.book(), home_.vault().root};
  const std::chrono::minutes offset = offset_stated(request.now_offset());
  const auto which = request.list() ? book::Book::Which::all : book::Book::Which::open;
  Response response = done();
  api::v1::BoundaryList& out = *response.mutable_boundaries();
  for (const book::BoundaryHere& here : book::boundaries(home_.book(), which)) {
    present(presenter, here, offset, *out.add_boundaries());
  }
  return response;
}

api::v1::Response Service::show_boundary(const BoundaryRequest& request) {
  const Presenter presenter{home_.book(), home_.vault().root};
  const std::chrono::minutes offset = offset_stated(request.now_offset());
  const auto here = book::boundary(home_.book(), named(home_.book(), request.show()));
  if (!here) throw Error{Errc::not_found, "no boundary has that id"};
  Response response = done();
  present(presenter, *here, offset, *response.mutable_boundary());
  present_history(presenter, here->boundary, offset, *response.mutable_boundary());
  return response;
}

void Service::tell_boundary(const ObjectId& id, const Presenter& people) {
  const auto here = book::boundary(home_.book(), id);
  if (!here) return;
  Response response;
  api::v1::WatchEvent& event = *response.mutable_event();
  event.set_event("boundary");
  present(people, *here, std::chrono::minutes{0}, *event.mutable_boundary());
  for (Call* watcher : watchers_) watcher->emit(response);
}

}  // namespace attune::node
