#include "node/news.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "book/agreements.h"
#include "book/boundaries.h"
#include "book/check_ins.h"
#include "book/responses.h"
#include "book/shared_object.h"
#include "core/check.h"
#include "core/error.h"
#include "journal/pause.h"
#include "node/acted.h"

namespace attune::node {
namespace {

constexpr int kMostEntries = 12;
constexpr int kMostLines = 20;
constexpr std::size_t kText = 200;  // bytes of a text

// Not in the middle of a character.
std::string first_words(const std::string& text) {
  std::size_t size = std::min(text.size(), kText);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

std::string title_of(const journal::Entry& entry) {
  const journal::EntryContent& content = entry.current->content;
  return first_words(content.title.empty() ? content.body : content.title);
}

std::string_view what_was_said(journal::ResponseKind kind) {
  switch (kind) {
    case journal::ResponseKind::reflect: return "reflected";
    case journal::ResponseKind::understood: return "said: understood";
    case journal::ResponseKind::not_quite: return "said: not quite";
    case journal::ResponseKind::comfort: return "comforted";
    case journal::ResponseKind::thanks: return "thanked";
    case journal::ResponseKind::accept: return "accepted";
    case journal::ResponseKind::not_yet: return "said: not yet";
  }
  ATTUNE_CHECK(false);
}

// The words of that revision: an acknowledgement of older ones says nothing about those of now.
std::string words_of(const journal::Boundary& boundary, const OpId& revision) {
  const auto found = std::ranges::find(boundary.history, revision, &journal::Done::op);
  const auto* stated = found == boundary.history.end() ? nullptr : std::get_if<journal::BoundaryStated>(&found->act);
  return stated == nullptr ? boundary.current.stated.text : stated->text;
}

std::string words_of(const journal::Agreement& agreement, const OpId& version) {
  const journal::AgreementVersion* named = journal::version_of(agreement, version);
  return named == nullptr ? journal::foremost(agreement).said.text : named->said.text;
}

}  // namespace

void News::say(const char* about, const ObjectId& object, const std::string& text, const journal::Done& done,
               std::string_view what, bool first) {
  Line& line = lines_.emplace_back();
  line.first = first;
  line.news.set_about(about);
  set_ids(book_, object, line.news);
  line.news.set_text(first_words(text));
  api::v1::HistoryLine& act = *line.news.mutable_act();
  people_.set_by(done.author, act);
  act.set_at(rfc3339(done.time, offset_));
  act.set_what(std::string{what});
}

void News::add(const ObjectId& object, const std::set<OpId>& acts) {
  if (add_entry(object, acts)) return;
  add_boundary(object, acts);
  add_agreement(object, acts);
  add_check_in(object, acts);
  add_pause(object, acts);
}

bool News::add_entry(const ObjectId& object, const std::set<OpId>& acts) {
  const std::optional<journal::Entry> entry = book_.entry_if_any(object);
  if (!entry) return false;
  if (!entry->current || entry->erased) return true;
  if (acts.contains(entry->current->op)) entries_.push_back(*entry);
  for (const journal::Responded& said : book::responses(book_, *entry).all) {
    if (!acts.contains(said.op)) continue;
    std::string what{what_was_said(said.response.kind)};
    if (said.of_other_text) what += ", to an earlier text";
    say("entry", entry->id, title_of(*entry), {said.op, said.author, said.time, {}}, what);
    lines_.back().news.mutable_act()->set_text(said.response.text);
  }
  return true;
}

void News::add_boundary(const ObjectId& object, const std::set<OpId>& acts) {
  const auto here = book::boundary(book_, object);
  if (!here) return;
  const journal::Boundary& boundary = here->boundary;
  const auto tell = [&](const journal::Done& done, const std::string& text, std::string_view what, bool first) {
    say("boundary", object, text, done, what, first);
  };
  for (const journal::Done& done : boundary.history) {
    if (!acts.contains(done.op)) continue;
    if (const auto* stated = std::get_if<journal::BoundaryStated>(&done.act)) {
      tell(done, stated->text, boundary.history.front().op == done.op ? "stated" : "revised", true);
    } else if (const auto* acknowledged = std::get_if<journal::BoundaryAcknowledged>(&done.act)) {
      tell(done, words_of(boundary, acknowledged->revision), "acknowledged", false);
    } else if (const auto* lifted = std::get_if<journal::BoundaryLifted>(&done.act)) {
      tell(done, words_of(boundary, lifted->revision), "lifted", true);
    } else if (const auto* asked = std::get_if<journal::BoundaryAsked>(&done.act)) {
      tell(done, boundary.current.stated.text, "asked", false);
      lines_.back().news.mutable_act()->set_text(asked->text);
    } else if (const auto* answer = std::get_if<journal::Response>(&done.act)) {
      tell(done, boundary.current.stated.text, "answered", false);
      lines_.back().news.mutable_act()->set_text(answer->text);
    }
  }
}

void News::add_agreement(const ObjectId& object, const std::set<OpId>& acts) {
  const auto agreement = book::agreement_if_any(book_, object);
  if (!agreement) return;
  const auto tell = [&](const journal::Done& done, const std::string& text, std::string_view what,
                        const std::string& why, bool first) {
    say("agreement", object, text, done, what, first);
    lines_.back().news.mutable_act()->set_text(why);
  };
  for (const journal::Done& done : agreement->history) {
    if (!acts.contains(done.op)) continue;
    if (const auto* proposed = std::get_if<journal::Proposed>(&done.act)) {
      tell(done, proposed->text, agreement->versions.front().op == done.op ? "proposed" : "proposed a change", {},
           false);
    } else if (const auto* accepted = std::get_if<journal::Accepted>(&done.act)) {
      tell(done, words_of(*agreement, accepted->version), "accepted", {}, false);
    } else if (const auto* declined = std::get_if<journal::Declined>(&done.act)) {
      tell(done, words_of(*agreement, declined->version), "declined", declined->why, true);
    } else if (const auto* withdrawn = std::get_if<journal::Withdrawn>(&done.act)) {
      tell(done, journal::foremost(*agreement).said.text, "withdrew", withdrawn->why, true);
    } else if (const auto* marked = std::get_if<journal::Marked>(&done.act)) {
      tell(done, journal::foremost(*agreement).said.text, "marked it " + std::string{journal::name_of(marked->kind)},
           marked->note, false);
    }
  }
}

// Not when it was opened: that would tell when the partner's device was there.
void News::add_check_in(const ObjectId& object, const std::set<OpId>& acts) {
  const auto one = book::check_in(book_.shelf(), object);
  if (!one || acts.empty()) return;
  const auto& [text, what] = [&]() -> std::pair<const char*, const char*> {
    if (one->revealed) return {"a check-in is open", "answered it"};
    if (one->partners.erased) return {"a check-in was taken back", "took their answers back"};
    return {"", ""};  // what waits for one's own answers has its own place
  }();
  if (*what == '\0') return;
  const auto theirs = std::ranges::find_if(one->history, [&](const journal::CheckInEvent& event) {
    return !people_.is_own(event.author) && event.what != journal::CheckInEvent::What::opened;
  });
  if (theirs == one->history.end()) return;
  say("checkin", object, text, {{}, theirs->author, theirs->time, {}}, what);
}

void News::add_pause(const ObjectId& object, const std::set<OpId>& acts) {
  const auto pause = journal::fold_pause(object, book::load_shared(book_.shelf(), object).ops);
  if (!pause) return;
  for (const journal::Done& done : pause->history) {
    const bool ended = std::holds_alternative<journal::Resumed>(done.act);
    if (ended && acts.contains(done.op)) say("pause", object, "a pause", done, "ended it");
  }
}

void News::write(api::v1::TodayResponse& out) {
  std::ranges::sort(entries_, std::ranges::greater{}, [](const journal::Entry& one) { return one.current->time; });
  std::ranges::stable_sort(lines_, std::ranges::greater{},
                           [](const Line& one) { return std::pair{one.first, one.news.act().at()}; });
  for (const journal::Entry& entry : entries_) {
    if (out.arrived_size() == kMostEntries) {
      out.set_more_arrived(true);
      break;
    }
    people_.present(entry, false, *out.add_arrived());
  }
  for (Line& line : lines_) {
    if (out.news_size() == kMostLines) {
      out.set_more_news(true);
      break;
    }
    *out.add_news() = std::move(line.news);
  }
}

}  // namespace attune::node
