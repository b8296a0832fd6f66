#include "cli/render_agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cli/named.h"
#include "cli/when.h"

namespace attune::cli {
namespace {

constexpr std::string_view kIndent = "        ";

template <class Done>
std::string who(const Done& done) {
  return done.mine() ? std::string{"you"} : partner_named(done.by());
}

std::string status_in_words(std::string_view status) {
  std::string shown = harmless_line(status);
  std::ranges::replace(shown, '_', ' ');
  return shown;
}

// "week on sun at 18:00 (Europe/Berlin) · look at it again on Friday, 1 January 2027"
template <class Terms>
std::string terms_of(const Terms& terms) {
  std::string facts;
  if (!terms.every().empty()) {
    join(facts, fmt::format("{} ({})", harmless_line(terms.every()), harmless_line(terms.zone())));
  }
  if (!terms.review_on().empty()) join(facts, "look at it again on " + day_in_words(terms.review_on()));
  return facts;
}

std::string facts_of(const api::v1::Agreement& agreement) {
  std::string facts = status_in_words(agreement.status());
  if (agreement.status() == "proposed" && agreement.pending_size() == 1) {
    const auto& version = agreement.pending(0);
    facts += " by " + who(version);
    // The agreement's own id names whatever waits: other words, where it was changed since somebody looked.
    if (!version.short_id().empty()) facts += " as version " + harmless_line(version.short_id());
  }
  join(facts, terms_of(agreement));
  return facts;
}

template <class Terms>
std::string words_and_terms(const Terms& terms, const Page& page) {
  std::string out = paragraph(terms.text(), 2, page);
  for (const auto& line : wrapped(terms_of(terms), text_columns(page) - 2)) {
    if (!line.empty()) out += fmt::format("  {}\n", page.paint.dim(line));
  }
  return out;
}

std::string dimmed(std::string_view text, const Page& page) {
  std::string out;
  const int columns = std::max(page.columns - static_cast<int>(kIndent.size()), 10);
  for (const auto& line : wrapped(text, columns)) out += fmt::format("{}{}\n", kIndent, page.paint.dim(line));
  return out;
}

std::string first_words(const std::string& text, int columns) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return clipped(std::string_view{text}.substr(begin, text.find('\n', begin) - begin), columns);
}

// Versions that wait, beside the words that are shown already.
std::string waiting(const api::v1::Agreement& agreement, const Page& page) {
  std::string out;
  if (agreement.status() != "in_force" && agreement.pending_size() < 2) return out;
  for (const auto& version : agreement.pending()) {
    const std::string id = version.short_id().empty() ? "" : harmless_line(version.short_id()) + "  ";
    std::string said = fmt::format("{}{} would make it: {}", id, who(version), first_words(version.text(), 60));
    const std::string terms = terms_of(version);
    if (terms != terms_of(agreement)) join(said, terms.empty() ? "without a time" : terms);
    out += dimmed(said, page);
  }
  return out;
}

// "you: kept · Ben: missed"
template <class Marks>
std::string marks_of(const Marks& marks) {
  std::string facts;
  for (const auto& mark : marks) {
    std::string said = fmt::format("{}: {}", who(mark), harmless_line(mark.kind()));
    if (!mark.to().empty()) said += " to " + day_in_words(mark.to());
    if (!mark.note().empty()) said += fmt::format(" (\"{}\")", harmless_line(mark.note()));
    join(facts, said);
  }
  return facts;
}

std::string stance_of(const api::v1::Stance& stance, std::string_view did, const Page& page) {
  std::string said = fmt::format("{} {} it", who(stance), did);
  join(said, moment(stance.at()));
  const std::string line = fmt::format("    {}\n", page.paint.dim(said));
  return stance.why().empty() ? line : line + paragraph(stance.why(), 6, page);
}

std::string version_of(const api::v1::AgreementVersion& version, const Page& page) {
  const std::string heading = fmt::format("{}, proposed by {}", status_in_words(version.status()), who(version));
  std::string out = fmt::format("\n  {}  {}\n", page.paint.id(short_id(version)), page.paint.bold(heading));
  out += paragraph(version.text(), 4, page);
  for (const auto& line : wrapped(terms_of(version), text_columns(page) - 4)) {
    if (!line.empty()) out += fmt::format("    {}\n", page.paint.dim(line));
  }
  for (const auto& accepted : version.accepted()) {
    // Proposing was their yes.
    if (accepted.mine() != version.mine()) out += stance_of(accepted, "accepted", page);
  }
  for (const auto& declined : version.declined()) out += stance_of(declined, "declined", page);
  return out;
}

// A line for each day, both people's marks side by side.
std::string days_of(const api::v1::Agreement& agreement, const Page& page) {
  std::string out;
  for (int i = 0; i < agreement.marks_size();) {
    const std::string& day = agreement.marks(i).on();
    google::protobuf::RepeatedPtrField<api::v1::AgreementMark> marks;
    for (; i < agreement.marks_size() && agreement.marks(i).on() == day; ++i) *marks.Add() = agreement.marks(i);
    out += fmt::format("  {}\n", page.paint.dim(day_in_words(day)));
    out += paragraph(marks_of(marks), 4, page);
  }
  return out;
}

std::string occurrence(const api::v1::Occurrence& one, const Page& page) {
  const std::string time = time_of_day(one.at());
  std::string out = fmt::format("  {}  {}  {}\n", page.paint.id(short_id(one)), time,
                                page.paint.bold(first_words(one.text(), std::max(page.columns - 20, 10))));
  if (!one.moved_to().empty()) out += dimmed("moved here from " + day_in_words(one.on()), page);
  const std::string marks = marks_of(one.marks());
  return marks.empty() ? out : out + dimmed(marks, page);
}

}  // namespace

std::string render_brief(const api::v1::Agreement& agreement, const Page& page) {
  const std::string id = short_id(agreement);
  const int columns = std::max(page.columns - 4 - display_width(id), 10);
  std::string out =
      fmt::format("  {}  {}\n", page.paint.id(id), page.paint.bold(first_words(agreement.text(), columns)));
  out += dimmed(facts_of(agreement), page);
  if (agreement.incomplete()) out += dimmed("a part of it has not arrived yet: nothing of it is in force", page);
  out += waiting(agreement, page);
  const std::string more = fmt::format("and more: attune agreement show {}", id);
  return agreement.more() ? out + dimmed(more, page) : out;
}

std::string render_agreements(const api::v1::AgreementList& list, const Page& page) {
  std::string out;
  for (const auto& agreement : list.agreements()) out += render_brief(agreement, page);
  return out;
}

std::string render_agreement(const api::v1::Agreement& agreement, const Page& page) {
  std::string out = paragraph(agreement.text(), 0, page) + "\n";
  for (const auto& line : wrapped(facts_of(agreement), text_columns(page))) out += page.paint.dim(line) + "\n";
  out += page.paint.id(harmless_line(agreement.id())) + "\n";
  if (agreement.incomplete()) out += "A part of it has not arrived yet: nothing of it is in force meanwhile.\n";
  for (const auto& withdrawn : agreement.withdrawn()) out += stance_of(withdrawn, "withdrew", page);
  for (const auto& version : agreement.versions()) out += version_of(version, page);
  if (!agreement.marks().empty()) out += fmt::format("\n{}\n{}", page.paint.bold("Marks"), days_of(agreement, page));
  out += fmt::format("\n{}\n{}", page.paint.bold("History"), render_history(agreement.history(), page));
  return out;
}

std::string render_terms(const api::v1::SaidTo& terms, const Page& page) { return words_and_terms(terms, page); }
std::string render_terms(const api::v1::AgreementVersion& version, const Page& page) {
  return words_and_terms(version, page);
}

std::string render_due(const api::v1::OccurrenceList& list, const Page& page) {
  std::string out;
  std::string day;
  for (const auto& one : list.due()) {
    const std::string its = day_in_words(one.at());
    if (its != day) {
      out += fmt::format("{}{}\n\n", out.empty() ? "" : "\n", page.paint.bold(its));
      day = its;
    }
    out += occurrence(one, page);
  }
  for (const auto& one : list.unknown()) {
    out += fmt::format("{}  {}  {}\n", out.empty() ? "" : "\n", page.paint.id(short_id(one)),
                       page.paint.bold(first_words(one.text(), std::max(page.columns - 20, 10))));
    out +=
        dimmed(fmt::format("by the clock of {}, a time zone that is not known here", harmless_line(one.zone())), page);
  }
  return out;
}

}  // namespace attune::cli
