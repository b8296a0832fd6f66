#include "cli/render_today.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/render_entry.h"
#include "cli/when.h"

namespace attune::cli {
namespace {

constexpr int kNarrowest = 20;

// "  1a2b  the first words · facts"
template <class Named>
std::string line_of(const Named& named, std::string_view text, std::string_view facts, const Page& page) {
  const std::string id = short_id(named);
  const int taken = 4 + display_width(id) + (facts.empty() ? 0 : 3 + display_width(facts));
  std::string line =
      fmt::format("  {}  {}", page.paint.id(id), clipped(text, std::max(page.columns - taken, kNarrowest)));
  if (!facts.empty()) line += page.paint.dim(fmt::format(" · {}", facts));
  return line + "\n";
}

// A part of the screen, where there is something in it.
void add(std::string& screen, std::string_view heading, const std::string& lines, const Page& page) {
  if (!lines.empty()) screen += fmt::format("\n{}\n{}", page.paint.bold(heading), lines);
}

std::string more(bool there_is, std::string_view command) {
  return there_is ? fmt::format("        and more: {}\n", command) : std::string{};
}

std::string who_did(const api::v1::News& news) {
  const std::string who = news.act().mine() ? "you" : partner_named(news.act().by());
  return fmt::format("{} {}", who, harmless_line(news.act().what()));
}

std::string arrived(const api::v1::TodayResponse& today, const Page& page) {
  std::string lines;
  for (const auto& entry : today.arrived()) lines += render_brief(entry, page);
  for (const auto& news : today.news()) lines += line_of(news, news.text(), who_did(news), page);
  lines += more(today.more_arrived(), "attune list --by partner");
  return lines + more(today.more_news(), "attune agreement list --all, attune boundary list --all");
}

std::string pauses(const api::v1::TodayResponse& today, std::string_view now, const Page& page) {
  std::string lines;
  for (const auto& pause : today.pauses()) {
    const bool same_day = day_in_words(pause.until()) == day_in_words(now);
    const std::string until = same_day ? time_of_day(pause.until()) : moment(pause.until());
    const std::string by = pause.mine() ? "you" : partner_named(pause.by());
    lines += line_of(pause, pause.text().empty() ? "time to calm down" : pause.text(),
                     fmt::format("until {} · called by {}", until, by), page);
  }
  return lines;
}

std::string boundaries(const api::v1::TodayResponse& today, const Page& page) {
  std::string lines;
  for (const auto& boundary : today.boundaries()) {
    std::string facts;
    join(facts, harmless_line(boundary.topic()));
    join(facts, boundary.mine() ? "yours" : "of " + partner_named(boundary.owner()));
    if (boundary.status() == "acknowledged") join(facts, "acknowledged");
    if (!boundary.review_on().empty()) join(facts, "look at it again on " + day_in_words(boundary.review_on()));
    lines += line_of(boundary, boundary.text(), facts, page);
  }
  return lines + more(today.more_boundaries(), "attune boundary list");
}

// In force, or waiting.
std::string agreements(const api::v1::TodayResponse& today, bool in_force, const Page& page) {
  std::string lines;
  for (const auto& agreement : today.agreements()) {
    if ((agreement.status() == "in_force") == in_force) {
      std::string facts = harmless_line(agreement.every());
      if (in_force && !agreement.pending().empty()) join(facts, "a change is proposed");
      if (!in_force && !agreement.pending().empty()) {
        const auto& pending = agreement.pending(0);
        join(facts, "proposed by " + (pending.mine() ? std::string{"you"} : partner_named(pending.by())));
      }
      if (!agreement.review_on().empty()) join(facts, "look at it again on " + day_in_words(agreement.review_on()));
      lines += line_of(agreement, agreement.text(), facts, page);
    }
  }
  return lines;
}

std::string due(const api::v1::TodayResponse& today, const Page& page) {
  std::string lines;
  for (const auto& one : today.due()) lines += line_of(one, one.text(), moment(one.at()), page);
  return lines + more(today.more_due(), "attune agreement due");
}

}  // namespace

std::string render_today(const api::v1::TodayResponse& today, std::string_view now, const Page& page) {
  std::string screen = page.paint.bold(day_in_words(now)) + "\n";
  const std::size_t empty = screen.size();
  add(screen, "A pause", pauses(today, now, page), page);
  add(screen, "Since you last looked", arrived(today, page), page);
  if (!today.checkins().empty()) {
    screen += fmt::format("\n{} has answered a check-in; yours is next, if you want to: attune checkin\n",
                          partner_named(today.partner()));
  }
  add(screen, "Boundaries", boundaries(today, page), page);
  add(screen, "Agreed", agreements(today, true, page), page);
  add(screen, "Proposed", agreements(today, false, page), page);
  screen += more(today.more_agreements(), "attune agreement list");
  add(screen, "What comes due", due(today, page), page);
  if (screen.size() == empty) screen += "\nNothing new. attune write, if you like.\n";
  return screen;
}

}  // namespace attune::cli
