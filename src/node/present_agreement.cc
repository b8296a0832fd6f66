#include "node/present_agreement.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/hash.h"
#include "journal/schedule_text.h"

namespace attune::node {
namespace {

constexpr std::size_t kPendingInLists = 20;
constexpr std::size_t kMarksInLists = 200;

// The `text`, `every`, `zone` and `review_on` of a message.
template <class Message>
void fill_terms(const journal::Proposed& said, Message& out) {
  out.set_text(said.text);
  if (said.every) {
    out.set_every(journal::in_words(*said.every));
    out.set_zone(said.every->zone);
  }
  if (said.review_on) out.set_review_on(journal::in_words(*said.review_on));
}

// "moved, 2026-11-22 to 2026-11-24: my mother is here"
std::string in_words(const journal::Marked& marked) {
  std::string text = fmt::format("{}, {}", journal::name_of(marked.kind), journal::in_words(marked.on));
  if (marked.to) text += " to " + journal::in_words(*marked.to);
  return marked.note.empty() ? text : fmt::format("{}: {}", text, marked.note);
}

}  // namespace

void set_terms(const journal::Proposed& said, api::v1::SaidTo& out) { fill_terms(said, out); }

void AgreementPresenter::add_stance(const journal::Stance& stance, api::v1::Stance& out) const {
  people_.set_by(stance.by, out);
  out.set_at(rfc3339(stance.when, offset_));
  out.set_why(stance.why);
}

void AgreementPresenter::add_version(const journal::AgreementVersion& version, api::v1::AgreementVersion& out) const {
  out.set_id(version.op.hex());
  people_.set_by(version.by, out);
  fill_terms(version.said, out);
  out.set_at(rfc3339(version.when, offset_));
  out.set_status(std::string{journal::name_of(version.status)});
  for (const journal::Stance& stance : version.accepted) add_stance(stance, *out.add_accepted());
  for (const journal::Stance& stance : version.declined) add_stance(stance, *out.add_declined());
}

void AgreementPresenter::add_mark(const journal::Mark& mark, api::v1::AgreementMark& out) const {
  people_.set_by(mark.by, out);
  out.set_kind(std::string{journal::name_of(mark.said.kind)});
  out.set_on(journal::in_words(mark.said.on));
  if (mark.said.to) out.set_to(journal::in_words(*mark.said.to));
  out.set_note(mark.said.note);
  out.set_at(rfc3339(mark.when, offset_));
}

void AgreementPresenter::present(const journal::Agreement& agreement, const std::string& short_id,
                                 api::v1::Agreement& out) const {
  out.set_short_id(short_id);
  present_much(agreement, Much::newest, out);
}

void AgreementPresenter::present_much(const journal::Agreement& agreement, Much much, api::v1::Agreement& out) const {
  out.set_id(crypto::printed_id(agreement.id).hex());
  fill_terms(journal::foremost(agreement).said, out);
  out.set_status(std::string{journal::name_of(agreement.status)});
  out.set_incomplete(agreement.incomplete);
  const auto left_out = [much](std::size_t count, std::size_t most) {
    return much == Much::all || count <= most ? 0 : count - most;
  };
  std::size_t older = left_out(agreement.pending.size(), kPendingInLists);
  const std::size_t first_mark = left_out(agreement.marks.size(), kMarksInLists);
  out.set_more(older > 0 || first_mark > 0);
  for (const journal::AgreementVersion& version : agreement.versions) {
    if (version.status != journal::VersionStatus::pending) continue;
    if (older > 0) {
      --older;
      continue;
    }
    api::v1::AgreementVersion& pending = *out.add_pending();
    add_version(version, pending);
    // Where no other words ever stood its own id names them; to find a short one costs more than all the rest of it.
    if (agreement.versions.size() > 1) pending.set_short_id(book_.shortest_prefix(version.op));
  }
  for (std::size_t at = first_mark; at < agreement.marks.size(); ++at) add_mark(agreement.marks[at], *out.add_marks());
  for (const journal::Stance& stance : agreement.withdrawals) add_stance(stance, *out.add_withdrawn());
}

void AgreementPresenter::add_line(const Versions& versions, const OpId& first, const journal::Done& event,
                                  api::v1::HistoryLine& out) const {
  people_.set_by(event.author, out);
  out.set_at(rfc3339(event.time, offset_));
  const auto say = [&out](std::string_view what, const std::string& text) {
    out.set_what(std::string{what});
    out.set_text(text);
  };
  if (const auto* proposed = std::get_if<journal::Proposed>(&event.act)) {
    say(event.op == first ? "proposed" : "amended", proposed->text);
  } else if (const auto* accepted = std::get_if<journal::Accepted>(&event.act)) {
    // Which one, where there was a choice.
    const auto version = versions.find(accepted->version);
    const bool choice = version != versions.end() && versions.size() > 1;
    say("accepted", choice ? version->second->said.text : std::string{});
  } else if (const auto* declined = std::get_if<journal::Declined>(&event.act)) {
    say("declined", declined->why);
  } else if (const auto* withdrawn = std::get_if<journal::Withdrawn>(&event.act)) {
    say("withdrew", withdrawn->why);
  } else if (const auto* marked = std::get_if<journal::Marked>(&event.act)) {
    say("marked", in_words(*marked));
  }
}

void AgreementPresenter::present_in_full(const journal::Agreement& agreement, const std::string& short_id,
                                         api::v1::Agreement& out) const {
  out.set_short_id(short_id);
  present_much(agreement, Much::all, out);
  if (agreement.in_force) add_version(*journal::version_of(agreement, *agreement.in_force), *out.mutable_in_force());
  Versions versions;
  for (const journal::AgreementVersion& version : agreement.versions) {
    versions.emplace(version.op, &version);
    api::v1::AgreementVersion& one = *out.add_versions();
    add_version(version, one);
    one.set_short_id(book_.shortest_prefix(version.op));
  }
  for (const journal::Done& event : agreement.history) {
    // The first version is the one that was proposed; all others are amendments.
    add_line(versions, agreement.versions.front().op, event, *out.add_history());
  }
}

void AgreementPresenter::present(const journal::Occurrence& occurrence, const Zone& wall,
                                 api::v1::Occurrence& out) const {
  out.set_on(journal::in_words(occurrence.named));
  if (occurrence.on != occurrence.named) out.set_moved_to(journal::in_words(occurrence.on));
  out.set_at(rfc3339(occurrence.when, wall.offset_at(occurrence.when)));
  for (const journal::Mark& mark : occurrence.marks) add_mark(mark, *out.add_marks());
}

}  // namespace attune::node
