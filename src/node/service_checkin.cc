// Requests about check-ins.
#include <algorithm>

#include "book/check_ins.h"
#include "book/shared_object.h"
#include "core/error.h"
#include "core/text.h"
#include "journal/responses.h"
#include "journal/trends.h"
#include "node/acted.h"
#include "node/present_checkin.h"
#include "node/service.h"
#include "node/stated.h"

namespace attune::node {
namespace {

using Request = api::v1::CheckInRequest;

// White space is no answer.
std::string answer_stated(const std::string& text) { return is_blank(text) ? std::string{} : text; }

std::uint8_t level_stated(std::uint32_t level) {
  if (level > 5) throw Error{Errc::usage, "a mood's level and closeness are 1 to 5"};
  return static_cast<std::uint8_t>(level);
}

journal::Answers answers_stated(const api::v1::Answers& stated) {
  journal::Answers answers;
  answers.mood_word = answer_stated(stated.mood().word());
  answers.mood_level = level_stated(stated.mood().level());
  answers.closeness = level_stated(stated.closeness());
  answers.appreciated = answer_stated(stated.appreciated());
  answers.hard = answer_stated(stated.hard());
  answers.wish = answer_stated(stated.wish());
  answers.text = answer_stated(stated.text());
  return answers;
}

api::v1::Response answered_in(book::Book& book, const ObjectId& id) {
  api::v1::Response response = acted(book, id);
  const auto check_in = book::check_in(book.shelf(), id);
  if (check_in && check_in->status == journal::CheckInStatus::open) {
    response.mutable_act()->mutable_for_people()->add_lines("You have both answered: attune checkin show shows it.");
  }
  return response;
}

journal::CheckIn named(const book::Book& book, const std::string& prefix) {
  const auto check_in = book::check_in(book.shelf(), book::find_of(book, book::ObjectKind::check_in, prefix));
  if (!check_in) throw Error{Errc::not_found, "no check-in has that id"};
  return *check_in;
}

}  // namespace

api::v1::Response Service::checkin(const Request& request) {
  book::Book& book = home_.book();
  const auto offset = offset_stated(request.now_offset());
  const journal::Day today = journal::day_on_wall(home_.clock().now(), offset);
  const Presenter presenter{book, home_.vault().root};
  Response response = done();
  switch (request.act_case()) {
    case Request::kAnswer:
      home_.need_admitted();
      return answered_in(book, book::answer(book, answers_stated(request.answer()), today));
    case Request::kQuestions: {
      const book::Question question = book::next_question(book, today);
      api::v1::CheckIn& out = *response.mutable_checkin();
      if (question.begun) present_check_in(book, presenter, *question.begun, offset, out);
      out.set_id(crypto::printed_id(question.id).hex());
      return response;
    }
    case Request::kShow:
      present_check_in(book, presenter, named(book, request.show()), offset, *response.mutable_checkin());
      return response;
    case Request::kList: {
      api::v1::CheckInList& out = *response.mutable_checkins();
      for (const journal::CheckIn& one : book::check_ins(book)) {
        present_check_in(book, presenter, one, offset, *out.add_checkins());
      }
      return response;
    }
    case Request::ACT_NOT_SET: break;
  }
  throw Error{Errc::incompatible, "the running node does not know this command"};
}

void Service::check_in_changed(const ObjectId& id) {
  const auto check_in = book::check_in(home_.book().shelf(), id);
  if (!check_in) return;
  Response response;
  response.mutable_event()->set_event("checkin");
  const Presenter presenter{home_.book(), home_.vault().root};
  present_check_in(home_.book(), presenter, *check_in, std::chrono::minutes{0},
                   *response.mutable_event()->mutable_checkin());
  for (Call* watcher : watchers_) watcher->emit(response);
}

}  // namespace attune::node
