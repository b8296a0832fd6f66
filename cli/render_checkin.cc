#include "cli/render_checkin.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "cli/when.h"

namespace attune::cli {
namespace {

std::string partner_of(const api::v1::CheckIn& check_in) { return partner_named(check_in.partner()); }

std::string capital(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 32);
  return text;
}

// "calm 4 · closeness 3": what stands in one line.
std::string levels_of(const api::v1::Answers& answers) {
  std::string levels;
  if (answers.has_mood())
    join(levels, fmt::format("{} {}", harmless_line(answers.mood().word()), answers.mood().level()));
  if (answers.closeness() != 0) join(levels, fmt::format("closeness {}", answers.closeness()));
  return levels;
}

std::string texts_of(const api::v1::Answers& answers, const Page& page) {
  const std::array<std::pair<std::string_view, const std::string&>, 4> texts{
      {{"what I appreciated", answers.appreciated()},
       {"what is hard", answers.hard()},
       {"what I would like", answers.wish()},
       {"in my own words", answers.text()}}};
  std::string out;
  for (const auto& [question, text] : texts) {
    if (!text.empty()) out += fmt::format("  {}\n{}", page.paint.dim(question), paragraph(text, 4, page));
  }
  return out;
}

std::string side(const std::string& who, const api::v1::Answers& answers, const Page& page) {
  const std::string levels = levels_of(answers);
  std::string out = fmt::format("\n{}\n", page.paint.bold(who));
  if (!levels.empty()) out += fmt::format("  {}\n", levels);
  return out + texts_of(answers, page);
}

// Taken back after it was open: then one side is left.
std::string taken_back(const api::v1::CheckIn& check_in) {
  std::string out;
  if (check_in.mine_erased()) {
    out += fmt::format("You took your answers back; {}.\n", check_in.erase_confirmed()
                                                                ? "your partner's side has confirmed it"
                                                                : "your partner's side has not confirmed it yet");
  }
  if (check_in.partners_erased()) out += fmt::format("{} took their answers back.\n", capital(partner_of(check_in)));
  return out;
}

std::string heading(const api::v1::CheckIn& check_in, const Page& page) {
  return fmt::format("{}  {}", page.paint.id(short_id(check_in)), day_in_words(check_in.begun_at()));
}

}  // namespace

std::string how_it_stands(const api::v1::CheckIn& check_in) {
  const std::string partner = partner_of(check_in);
  if (check_in.too_late()) return "one of you answered; nobody has to, and it stays closed";
  if (check_in.status() == "waits_for_me") {
    return fmt::format("{} has answered; your answers open both, if you want to give them", partner);
  }
  if (check_in.status() == "waits_for_partner") {
    return fmt::format("you have answered; it opens for both once {} has", partner);
  }
  if (check_in.status() == "opening") return "you have both answered; it opens when your devices have met again";
  if (check_in.status() == "open") {
    std::string says = "open";
    if (check_in.mine_erased()) says += "; you took your answers back";
    if (check_in.partners_erased()) says += fmt::format("; {} took theirs back", partner);
    return says;
  }
  if (check_in.status() == "closed") return "taken back before it was opened; it stays closed";
  return "you both answer; neither sees the other's answers before giving their own";
}

std::string render_check_ins(const api::v1::CheckInList& list, const Page& page) {
  if (list.checkins().empty()) return "No check-ins yet. attune checkin begins one.\n";
  std::string out;
  for (const auto& one : list.checkins()) {
    out += "  " + heading(one, page) + "\n";
    for (const auto& line : wrapped(capital(how_it_stands(one)), std::max(text_columns(page) - 8, 10))) {
      out += fmt::format("        {}\n", page.paint.dim(line));
    }
  }
  return out;
}

std::string render_check_in(const api::v1::CheckIn& check_in, const Page& page) {
  std::string out = heading(check_in, page) + "\n";
  if (check_in.status() != "open") out += paragraph(capital(how_it_stands(check_in)) + ".", 0, page);
  out += taken_back(check_in);
  if (check_in.has_mine()) out += side("You", check_in.mine(), page);
  if (check_in.has_partners()) out += side(capital(partner_of(check_in)), check_in.partners(), page);
  if (check_in.mismatch()) {
    out += "\n" + paragraph(
                      "These are not the answers that were committed to before yours were seen. It may be a "
                      "fault, or a changed program; ask about it.",
                      2, page);
  }
  if (!check_in.history().empty()) out += "\n" + render_history(check_in.history(), page);
  return out;
}

std::string render_check_in_brief(const api::v1::CheckIn& check_in, const Page& page) {
  return fmt::format("check-in {}: {}", heading(check_in, page), how_it_stands(check_in));
}

}  // namespace attune::cli
