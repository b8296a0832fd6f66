#include "cli/render_boundary.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "cli/counted.h"
#include "cli/when.h"

namespace attune::cli {
namespace {

std::string whose(const api::v1::Boundary& boundary) {
  if (boundary.mine()) return "yours";
  return boundary.owner().empty() ? "your partner's" : harmless_line(boundary.owner()) + "'s";
}

std::string facts_of(const api::v1::Boundary& boundary) {
  std::string facts = harmless_line(boundary.topic());
  join(facts, harmless_line(boundary.status()));
  if (!boundary.review_on().empty()) join(facts, "look at it again on " + day_in_words(boundary.review_on()));
  if (!boundary.asks().empty()) join(facts, counted(boundary.asks().size(), "question", "questions"));
  if (boundary.past()) join(facts, "of a pairing that is over");
  return facts;
}

// The short id, the whole text beside it, and below what else there is to say.
std::string listed(const api::v1::Boundary& boundary, const Page& page) {
  const std::string id = short_id(boundary);
  const std::size_t indent = 2 + id.size() + 2;
  std::string_view text = boundary.text();
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  const std::string said = paragraph(text, indent, page);
  std::string out = fmt::format("  {}  {}", page.paint.id(id), said.substr(std::min(indent, said.size())));
  for (const auto& line : wrapped(facts_of(boundary), text_columns(page) - static_cast<int>(indent))) {
    out += std::string(indent, ' ') + page.paint.dim(line) + "\n";
  }
  return out;
}

std::string group(const api::v1::BoundaryList& list, bool mine, const Page& page) {
  std::string out;
  std::string owner;
  for (const auto& boundary : list.boundaries()) {
    if (boundary.mine() != mine) continue;
    if (out.empty() || boundary.owner() != owner) {
      std::string heading = whose(boundary);
      if (mine) heading = "Yours";
      out += fmt::format("{}{}\n\n", out.empty() ? "" : "\n", page.paint.bold(heading));
      owner = boundary.owner();
    }
    out += listed(boundary, page);
  }
  return out;
}

std::string asks_of(const api::v1::Boundary& boundary, const Page& page) {
  std::string out;
  for (const auto& ask : boundary.asks()) {
    out += fmt::format("\n{} asked  {}  {}\n", ask.mine() ? "you" : partner_named(ask.by()),
                       page.paint.id(short_id(ask)), page.paint.dim(moment(ask.at())));
    out += paragraph(ask.text(), 4, page);
    for (const auto& answer : ask.answers()) {
      out += fmt::format("  {}: {}  {}\n", answer.mine() ? "you" : author_named(answer), harmless_line(answer.kind()),
                         page.paint.dim(moment(answer.at())));
      if (!answer.text().empty()) out += paragraph(answer.text(), 4, page);
    }
  }
  return out;
}

}  // namespace

std::string render_boundaries(const api::v1::BoundaryList& list, const Page& page) {
  const std::string own = group(list, true, page);
  const std::string others = group(list, false, page);
  return own + (own.empty() || others.empty() ? "" : "\n") + others;
}

std::string render_boundary(const api::v1::Boundary& boundary, const Page& page) {
  std::string out = paragraph(boundary.text(), 0, page) + "\n";
  std::string facts = whose(boundary);
  join(facts, facts_of(boundary));
  for (const auto& line : wrapped(facts, text_columns(page))) out += page.paint.dim(line) + "\n";
  out += page.paint.id(harmless_line(boundary.id())) + "\n";
  out += asks_of(boundary, page);
  if (boundary.history().empty()) return out;
  return out + "\n" + page.paint.bold("What was done") + "\n\n" + render_history(boundary.history(), page);
}

std::string render_boundary_brief(const api::v1::Boundary& boundary, const Page& page) {
  return fmt::format("{}\n{}", page.paint.dim(whose(boundary)), listed(boundary, page));
}

}  // namespace attune::cli
