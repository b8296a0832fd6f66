// What is said of something that was to be shared: where it is, and why it stays here where it does.
#pragma once

#include <string>

#include "attune/api.pb.h"
#include "cli/context.h"
#include "cli/journal.h"
#include "cli/page.h"
#include "cli/when.h"
#include "core/error.h"
#include "core/text.h"

namespace attune::cli {

template <class Options, class Response>
[[nodiscard]] std::string where_it_is(const Options& options, const Response& response) {
  if (!options.shared) return "private";
  return response.for_people().lines().empty() ? "shared with your partner" : "shared";
}

// A day to look at something again: "2026-12-24"; "" takes it away. Errc::usage for one that is over.
[[nodiscard]] inline std::string review_said(const Context& context, const std::string& text) {
  if (text.empty()) return {};
  const Instant now = context.world.clock.now();
  std::string day = day_said(text, now, context.world.zone, Toward::future);
  if (day < day_said("today", now, context.world.zone, Toward::future)) {
    throw Error{Errc::usage, "the day to look at it again is over", "name one to come: in 4 weeks, sunday, 2026-12-24"};
  }
  return day;
}

inline void note_all(Context& context, const api::v1::ForPeople& said) {
  for (const auto& what : said.lines()) note(context, harmless_line(what));
}

// What came of an act on something shared: "stated 1a2b". `words`: those that it was said to, laid out; whoever meant
// other ones sees it at once.
inline void say_done(Context& context, const api::v1::ActResponse& response, std::string_view done,
                     std::string_view words = {}) {
  const std::string said = std::string{done} + " " + context.paint.id(short_id(response));
  answer(context, response, words.empty() ? said : said + ":\n" + std::string{words});
  note_all(context, response.for_people());
}
// To all the words there were.
inline void say_done_to(Context& context, const api::v1::ActResponse& response, std::string_view done) {
  constexpr int kIndent = 2;
  say_done(context, response, done,
           response.has_said_to() ? paragraph(response.said_to().text(), kIndent, page_of(context)) : "");
}
// Asks for it, and answers.
inline void act(Context& context, const api::v1::Request& request, std::string_view done) {
  say_done(context, ask_journal(context, request).act(), done);
}

}  // namespace attune::cli
