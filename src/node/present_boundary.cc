#include "node/present_boundary.h"

#include <string>
#include <variant>

#include "journal/schedule_text.h"
#include "node/acted.h"

namespace attune::node {
namespace {

using std::chrono::minutes;

void present_answer(const Presenter& presenter, const journal::BoundaryAnswer& answer, minutes offset,
                    api::v1::EntryResponse& out) {
  set_ids(presenter.book(), answer.op, out);
  out.set_author(presenter.name_of(answer.author));
  out.set_mine(presenter.is_own(answer.author));
  out.set_kind(std::string{journal::name_of(answer.response.kind)});
  out.set_text(answer.response.text);
  out.set_at(rfc3339(answer.time, offset));
}

void present_ask(const Presenter& presenter, const journal::BoundaryAsk& ask, minutes offset,
                 api::v1::BoundaryAsk& out) {
  set_ids(presenter.book(), ask.op, out);
  presenter.set_by(ask.author, out);
  out.set_text(ask.text);
  out.set_at(rfc3339(ask.time, offset));
  for (const journal::BoundaryAnswer& answer : ask.answers) {
    present_answer(presenter, answer, offset, *out.add_answers());
  }
}

// `first`: no revision stands before it.
void tell(const journal::Act& act, bool first, api::v1::HistoryLine& line) {
  if (const auto* stated = std::get_if<journal::BoundaryStated>(&act)) {
    line.set_what(first ? "stated" : "revised");
    line.set_text(stated->text);
  } else if (const auto* asked = std::get_if<journal::BoundaryAsked>(&act)) {
    line.set_what("asked");
    line.set_text(asked->text);
  } else if (const auto* response = std::get_if<journal::Response>(&act)) {
    line.set_what("answered");
    line.set_text(response->text);
  } else if (std::holds_alternative<journal::BoundaryAcknowledged>(act)) {
    line.set_what("acknowledged");
  } else if (std::holds_alternative<journal::BoundaryLifted>(act)) {
    line.set_what("lifted");
  }
}

}  // namespace

void present(const Presenter& presenter, const book::BoundaryHere& here, minutes offset, api::v1::Boundary& out) {
  const journal::Boundary& boundary = here.boundary;
  const journal::BoundaryStated& stated = boundary.current.stated;
  set_ids(presenter.book(), boundary.id, out);
  out.set_owner(presenter.name_of(boundary.id.creator));
  out.set_mine(presenter.is_own(boundary.id.creator));
  out.set_text(stated.text);
  out.set_topic(stated.topic);
  out.set_status(std::string{journal::name_of(boundary.status)});
  if (stated.review_on) out.set_review_on(journal::in_words(*stated.review_on));
  out.set_stated_at(rfc3339(boundary.current.time, offset));
  if (boundary.acknowledged_at) out.set_acknowledged_at(rfc3339(*boundary.acknowledged_at, offset));
  if (boundary.lifted_at) out.set_lifted_at(rfc3339(*boundary.lifted_at, offset));
  for (const journal::BoundaryAsk& ask : boundary.asks) present_ask(presenter, ask, offset, *out.add_asks());
  out.set_past(here.past);
}

void present_history(const Presenter& presenter, const journal::Boundary& boundary, minutes offset,
                     api::v1::Boundary& out) {
  bool first = true;
  for (const journal::Done& done : boundary.history) {
    api::v1::HistoryLine& line = *out.add_history();
    presenter.set_by(done.author, line);
    line.set_at(rfc3339(done.time, offset));
    tell(done.act, first, line);
    first = first && !std::holds_alternative<journal::BoundaryStated>(done.act);
  }
}

}  // namespace attune::node
