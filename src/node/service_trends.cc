// The request for one's own weeks.
#include <optional>

#include "book/agreements.h"
#include "book/check_ins.h"
#include "core/error.h"
#include "journal/schedule_text.h"
#include "journal/trends.h"
#include "node/acted.h"
#include "node/service.h"
#include "node/stated.h"

namespace attune::node {
namespace {

using journal::TrendPoints;
using journal::Whose;

// Entries are read that many at a time: a text may be long, and a span may hold all there are.
constexpr std::size_t kPage = 200;

template <class Visit>
void each_entry(const book::Book& book, book::Filter filter, const Visit& visit) {
  filter.limit = kPage;
  for (;;) {
    const auto page = book.list(filter);
    for (const journal::Entry& entry : page) visit(entry);
    if (page.size() < kPage) return;
    filter.before = page.back().id;
  }
}

// Partners of before have no place beside the one of now.
bool is_partner(const std::optional<book::Pairing>& pairing, const RootId& who) {
  return pairing && pairing->partner == who;
}

// Of all entries only those of the span are read, and of the partner's only gratitude.
void add_entries(const book::Book& book, const book::Filter& span, TrendPoints& points) {
  book::Filter mine = span;
  mine.mine = true;
  each_entry(book, mine, [&](const journal::Entry& entry) {
    const journal::EntryContent& content = entry.current->content;
    if (content.mood) points.moods.push_back({content.at.when, content.mood->level});
    if (entry.shared && content.kind == journal::EntryKind::gratitude) {
      points.gratitude.push_back({Whose::mine, content.at.when});
    }
  });
  book::Filter received = span;
  received.mine = false;
  received.kind = journal::EntryKind::gratitude;
  const auto pairing = book.pairing();
  each_entry(book, received, [&](const journal::Entry& entry) {
    if (!is_partner(pairing, entry.id.creator)) return;
    points.gratitude.push_back({Whose::partners, entry.current->content.at.when});
  });
}

void add_check_ins(const book::Book& book, TrendPoints& points) {
  for (const journal::CheckIn& one : book::check_ins(book)) {
    const auto& mine = one.mine;
    if (mine.answers && mine.answered_at) points.moods.push_back({*mine.answered_at, mine.answers->mood_level});
  }
}

void add_marks(const book::Book& book, TrendPoints& points) {
  const RootId& self = book.shelf().self.root;
  const auto pairing = book.pairing();
  for (const auto& agreement : book::agreements(book, book::Book::Which::all)) {
    for (const journal::Mark& mark : agreement->marks) {
      if (mark.by != self && !is_partner(pairing, mark.by)) continue;
      points.marks.push_back({mark.by == self ? Whose::mine : Whose::partners, mark.said.kind, mark.said.on});
    }
  }
}

void fill(const journal::MarkCounts& counts, api::v1::MarkCounts& out) {
  out.set_kept(counts.kept);
  out.set_missed(counts.missed);
  out.set_moved(counts.moved);
}

void fill(const journal::TrendWeek& week, api::v1::TrendWeek& out) {
  out.set_monday(journal::in_words(week.monday));
  for (const std::uint32_t count : week.moods) out.add_moods(count);
  out.set_mood(week.mean_mood() / 100.0);
  fill(week.marked_by_me, *out.mutable_mine());
  fill(week.marked_by_partner, *out.mutable_partners());
  out.set_gratitude_given(week.gratitude_given);
  out.set_gratitude_received(week.gratitude_received);
}

}  // namespace

api::v1::Response Service::trends(const api::v1::TrendsRequest& request) {
  if (request.weeks() == 0 || request.weeks() > journal::kMaxTrendWeeks) {
    throw Error{Errc::usage, "trends show 1 to 520 weeks"};
  }
  const book::Book& book = home_.book();
  const journal::TrendSpan span{home_.clock().now(), offset_stated(request.now_offset()), request.weeks()};
  const auto begin_of = [&](journal::Day day) { return Instant{day.time_since_epoch() - span.offset}; };
  const journal::Day behind = journal::monday_of(journal::day_on_wall(span.now, span.offset)) + std::chrono::weeks{1};
  book::Filter entries;
  entries.since = begin_of(behind - std::chrono::weeks{span.weeks});
  entries.until = begin_of(behind);
  TrendPoints points;
  add_entries(book, entries, points);
  add_check_ins(book, points);
  add_marks(book, points);
  Response response = done();
  for (const journal::TrendWeek& week : journal::trends(points, span))
    fill(week, *response.mutable_trends()->add_weeks());
  return response;
}

}  // namespace attune::node
