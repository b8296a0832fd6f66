// agreement: what both commit to, and what comes due.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/i_form.h"
#include "cli/journal.h"
#include "cli/prompt.h"
#include "cli/render_agreement.h"
#include "cli/sharing.h"
#include "cli/written.h"
#include "core/error.h"
#include "core/text.h"
#include "journal/schedule_text.h"

namespace attune::cli {
namespace {

std::string day(const Context& context, const std::string& said, Toward toward) {
  return said.empty() ? said : day_said(said, context.world.clock.now(), context.world.zone, toward);
}

// What the tables call the person's own zone; empty: nothing.
std::string here(const Context& context) {
  return local_zone_name(context.world.environment("TZ")).value_or(std::string{});
}

// The zone of a schedule; what is wrong with it is said before anybody types or unlocks anything.
std::string zone_for(const Context& context, const std::string& every) {
  if (every.empty()) return {};
  const std::string zone = here(context);
  if (zone.empty()) {
    throw Error{Errc::usage, "a schedule needs the name of your time zone, and this computer does not tell it",
                "set TZ, as in: TZ=Europe/Berlin attune agreement propose ..."};
  }
  const auto today =
      journal::parse_day(day_said("today", context.world.clock.now(), context.world.zone, Toward::future));
  static_cast<void>(journal::schedule_said(every, zone, *today));  // throws for what is none; the node reads it again
  return zone;
}

api::v1::Request request_of(const Context& context) {
  api::v1::Request request;
  request.mutable_agreement()->set_now_offset(offset_now(context));
  return request;
}

// Asks until it can be read; empty: nothing.
template <class Read>
std::string asked(Context& context, std::string_view question, Read&& read) {
  for (;;) {
    std::string said = context.world.console.ask(question);
    if (is_blank(said)) return {};
    try {
      read(said);
      return said;
    } catch (const Error& error) {
      context.world.console.err(fmt::format("{}; {}\n", error.what(), error.hint()));
    }
  }
}

// What was not said with options. Each answer may be left out; without words the editor opens.
void fill_form(Context& context, ProposeOptions& options) {
  std::string text = context.world.console.ask("What do you both commit to? (empty: write it in your editor) ");
  if (!is_blank(text)) options.text.push_back(std::move(text));
  if (options.every.empty()) {
    options.every = asked(context, "When, if it has its time? (such as: week on sun at 18:00; empty: no time) ",
                          [&](const std::string& said) { static_cast<void>(zone_for(context, said)); });
  }
  if (options.review.empty()) {
    options.review = asked(context, "A day to look at it again? (such as: in 4 weeks; empty: none) ",
                           [&](const std::string& said) { static_cast<void>(review_said(context, said)); });
  }
}

struct Words {
  const std::vector<std::string>& arguments;
  TextBefore before;  // what the editor opens with
};
// `text` is the request's.
api::v1::Response save_words(Context& context, const Words& words, const api::v1::Request& request, std::string& text) {
  api::v1::Response saved;
  const auto save = [&](node::Client& client, const std::string& written) {
    text = written;
    const WipedText wiped{text};
    saved = call(context, client, request);
  };
  const auto offer = [&](node::Client& client, const std::string& written) {
    return offer_i_form(context, client, written);
  };
  save_written(context, words.arguments, words.before, save, offer);
  return saved;
}

api::v1::Agreement shown(Context& context, node::Client& client, const std::string& id) {
  api::v1::Request look = request_of(context);
  look.mutable_agreement()->set_show(id);
  return call(context, client, look).agreement();
}

// The agreement's id names whatever waits now, and that may have changed since this person looked. So they see the
// words, and their yes names the version of these words, and no other one that came meanwhile. Who named the version
// itself is asked nothing.
std::string version_seen(Context& context, node::Client& client, const std::string& id) {
  api::v1::Request request = request_of(context);
  request.mutable_agreement()->set_accept_what(id);
  const auto what = call(context, client, request).act();
  if (what.id().starts_with(id)) return what.id();
  context.world.console.err(render_terms(what.said_to(), page_of(context)));
  if (!confirmed(context, "Say yes to these words?", Yes::ask)) throw Error{Errc::refused, "nothing was accepted"};
  return what.id();
}

void say_with_terms(Context& context, const api::v1::ActResponse& response, std::string_view done) {
  say_done(context, response, done, render_terms(response.said_to(), page_of(context)));
}

constexpr int kHeadingInQuestion = 40;

}  // namespace

int agreement_propose(Context& context, ProposeOptions options) {
  static_cast<void>(zone_for(context, options.every));
  static_cast<void>(review_said(context, options.review));
  if (options.text.empty() && context.world.console.in_is_terminal()) fill_form(context, options);
  api::v1::Request request = request_of(context);
  auto& wanted = *request.mutable_agreement()->mutable_propose();
  wanted.set_every(options.every);
  wanted.set_zone(zone_for(context, options.every));
  wanted.set_review_on(review_said(context, options.review));
  const api::v1::Response saved = save_words(context, {options.text, {}}, request, *wanted.mutable_text());
  say_done(context, saved.act(), "proposed");
  return 0;
}

int agreement_amend(Context& context, const AmendOptions& options) {
  api::v1::Request request = request_of(context);
  auto& wanted = *request.mutable_agreement()->mutable_amend();
  wanted.set_id(options.id);
  if (options.every) {
    wanted.set_every(*options.every);
    wanted.set_zone(zone_for(context, *options.every));
  }
  if (options.review) wanted.set_review_on(review_said(context, *options.review));
  const auto before = [&](node::Client& open) { return shown(context, open, options.id).text(); };
  const api::v1::Response saved = save_words(context, {options.text, before}, request, *wanted.mutable_text());
  say_done(context, saved.act(), "proposed to change it, as version");
  return 0;
}

int agreement_list(Context& context, AgreementsShown shown) {
  api::v1::Request request = request_of(context);
  request.mutable_agreement()->set_list(shown == AgreementsShown::all);
  const auto response = ask_journal(context, request);
  const auto& list = response.agreements();
  answer(context, list, [&] { return render_agreements(list, page_of(context)); });
  if (list.agreements().empty()) note(context, "There is no agreement.");
  return 0;
}

int agreement_show(Context& context, const std::string& id) {
  api::v1::Request request = request_of(context);
  request.mutable_agreement()->set_show(id);
  const auto agreement = ask_journal(context, request).agreement();
  answer(context, agreement, [&] { return render_agreement(agreement, page_of(context)); });
  return 0;
}

int agreement_accept(Context& context, const std::string& id, Yes yes) {
  const auto client = open_journal(context);
  const bool ask = yes == Yes::ask && context.world.console.in_is_terminal();
  api::v1::Request request = request_of(context);
  request.mutable_agreement()->set_accept(ask ? version_seen(context, *client, id) : id);
  say_with_terms(context, call(context, *client, request).act(), "accepted");
  return 0;
}

int agreement_decline(Context& context, const std::string& id, const std::string& why) {
  api::v1::Request request = request_of(context);
  request.mutable_agreement()->mutable_decline()->set_id(id);
  request.mutable_agreement()->mutable_decline()->set_why(why);
  say_with_terms(context, ask_journal(context, request).act(), "declined");
  return 0;
}

int agreement_withdraw(Context& context, const WithdrawOptions& options) {
  const auto client = open_journal(context);
  if (options.yes == Yes::ask && context.world.console.in_is_terminal()) {
    const auto agreement = shown(context, *client, options.id);
    const std::string question = fmt::format("End \"{}\" for both of you? It cannot be brought back.",
                                             clipped(agreement.text(), kHeadingInQuestion));
    if (!confirmed(context, question, options.yes)) throw Error{Errc::refused, "nothing was withdrawn"};
  }
  api::v1::Request request = request_of(context);
  request.mutable_agreement()->mutable_withdraw()->set_id(options.id);
  request.mutable_agreement()->mutable_withdraw()->set_why(options.why);
  say_done(context, call(context, *client, request).act(), "withdrew from");
  return 0;
}

int agreement_mark(Context& context, const MarkOptions& options) {
  const Toward toward = options.kind == "moved" ? Toward::future : Toward::past;
  api::v1::Request request = request_of(context);
  request.mutable_agreement()->set_here(here(context));
  auto& wanted = *request.mutable_agreement()->mutable_mark();
  wanted.set_id(options.id);
  wanted.set_kind(options.kind);
  wanted.set_on(day(context, options.on, toward));
  wanted.set_to(day(context, options.to, Toward::future));
  wanted.set_note(options.note);
  const auto marked = ask_journal(context, request).act();
  const std::string on = marked.of_day().empty() ? "" : ", for " + day_in_words(marked.of_day());
  say_done(context, marked, fmt::format("marked as {}{}:", options.kind, on));
  return 0;
}

int agreement_due(Context& context, const std::string& until) {
  api::v1::Request request = request_of(context);
  request.mutable_agreement()->set_here(here(context));
  request.mutable_agreement()->mutable_due()->set_until(day(context, until, Toward::future));
  const auto response = ask_journal(context, request);
  const auto& list = response.due();
  answer(context, list, [&] { return render_due(list, page_of(context)); });
  if (list.due().empty()) note(context, "Nothing comes due.");
  return 0;
}

}  // namespace attune::cli
