// checkin: both answer the same few questions, and then both see.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/i_form.h"
#include "cli/journal.h"
#include "cli/mood.h"
#include "cli/render_checkin.h"
#include "cli/sharing.h"
#include "cli/written.h"
#include "core/error.h"
#include "core/text.h"

namespace attune::cli {
namespace {

std::uint32_t closeness_said(std::string_view text) {
  if (text.size() != 1 || text.front() < '1' || text.front() > '5') {
    throw Error{Errc::usage, fmt::format("\"{}\" is no closeness", harmless_line(text.substr(0, 60))),
                "say a number from 1, far apart, to 5, very close"};
  }
  return static_cast<std::uint32_t>(text.front() - '0');
}

api::v1::Answers answers_said(const CheckInOptions& options) {
  api::v1::Answers answers;
  if (!options.mood.empty()) *answers.mutable_mood() = mood_said(options.mood);
  if (!options.closeness.empty()) answers.set_closeness(closeness_said(options.closeness));
  answers.set_appreciated(options.appreciated);
  answers.set_hard(options.hard);
  answers.set_wish(options.wish);
  answers.set_text(options.text);
  return answers;
}

// Asked again where it is a slip of the fingers: what was answered before must not be lost for it.
template <class Take>
void ask(Context& context, std::string_view question, const Take& take) {
  for (;;) {
    const std::string said = context.world.console.ask(question);
    if (is_blank(said)) return;
    try {
      take(said);
      return;
    } catch (const Error& error) {
      if (error.code() != Errc::usage) throw;
      context.world.console.err(fmt::format("{}; {}\n", error.what(), error.hint()));
    }
  }
}

// Who is asked, for words that somebody else will read.
struct Asking {
  Context& context;
  node::Client& client;
  bool hints;
};

void ask_words(const Asking& asking, std::string_view question, std::string& into) {
  ask(asking.context, question, [&](const std::string& said) { into = said; });
  if (!asking.hints || into.empty() || !offer_i_form(asking.context, asking.client, into)) return;
  into = asking.context.world.edit(into);
  while (into.ends_with('\n') || into.ends_with('\r')) into.pop_back();
}

// Every question may be left out, and all of them for one's own words.
void ask_all(const Asking& asking, api::v1::Answers& answers) {
  Context& context = asking.context;
  ask_words(asking, "In your own words, or Enter to be asked one by one: ", *answers.mutable_text());
  if (!answers.text().empty()) return;
  context.world.console.err("Enter leaves a question out.\n");
  ask(context, "Your mood, a word and how strong it is from 1 to 5 (calm:4): ", [&](const std::string& said) {
    *answers.mutable_mood() = mood_said(said);
  });
  ask(context, "How close you feel, from 1 to 5: ", [&](const std::string& said) {
    answers.set_closeness(closeness_said(said));
  });
  ask_words(asking, "What I appreciated: ", *answers.mutable_appreciated());
  ask_words(asking, "What is hard: ", *answers.mutable_hard());
  ask_words(asking, "What I would like: ", *answers.mutable_wish());
}

// For what was said in options.
void offer_i_forms(const Asking& asking, const api::v1::Answers& answers) {
  for (const std::string* text : {&answers.appreciated(), &answers.hard(), &answers.wish(), &answers.text()}) {
    if (!asking.hints || !offer_i_form(asking.context, asking.client, *text)) continue;
    throw Error{Errc::refused, "nothing was saved", "say it again in the words that you would like"};
  }
}

api::v1::Request checkin_request(const Context& context) {
  api::v1::Request request;
  request.mutable_checkin()->set_now_offset(offset_now(context));
  return request;
}

// Nobody types answers in vain: whether there is something to answer is asked first.
void ask_what_waits(Context& context, node::Client& client) {
  api::v1::Request request = checkin_request(context);
  request.mutable_checkin()->set_questions(true);
  const auto question = call(context, client, request).checkin();
  std::string says = how_it_stands(question);
  if (!question.begun_at().empty()) says = fmt::format("{}: {}", moment(question.begun_at()), says);
  context.world.console.err(says + ".\n");
}

class WipedAnswers {
 public:
  explicit WipedAnswers(api::v1::Answers& answers)
      : appreciated_{*answers.mutable_appreciated()},
        hard_{*answers.mutable_hard()},
        wish_{*answers.mutable_wish()},
        text_{*answers.mutable_text()} {}

 private:
  WipedText appreciated_, hard_, wish_, text_;
};

}  // namespace

int checkin(Context& context, const CheckInOptions& options) {
  api::v1::Request request = checkin_request(context);
  api::v1::Answers& answers = *request.mutable_checkin()->mutable_answer();
  answers = answers_said(options);
  const WipedAnswers wiped{answers};
  const bool guided = !options.any();
  if (guided && !context.world.console.in_is_terminal()) {
    throw Error{Errc::usage, "there is nothing in it, so nothing was saved",
                "say --mood calm:4, --closeness 3, --appreciated, --hard, --wish or --text"};
  }
  const auto client = open_journal(context);
  const Asking asking{context, *client, !options.no_hints};
  if (guided) ask_what_waits(context, *client);
  if (guided) ask_all(asking, answers);
  if (!guided) offer_i_forms(asking, answers);
  const auto response = call(context, *client, request).act();
  answer(context, response, "answered " + context.paint.id(short_id(response)));
  note_all(context, response.for_people());
  return 0;
}

int checkin_list(Context& context) {
  api::v1::Request request = checkin_request(context);
  request.mutable_checkin()->set_list(true);
  const auto list = ask_journal(context, request).checkins();
  answer(context, list, [&] { return render_check_ins(list, page_of(context)); });
  return 0;
}

int checkin_show(Context& context, const std::string& id) {
  api::v1::Request request = checkin_request(context);
  request.mutable_checkin()->set_show(id);
  const auto check_in = ask_journal(context, request).checkin();
  answer(context, check_in, [&] { return render_check_in(check_in, page_of(context)); });
  return 0;
}

}  // namespace attune::cli
