// Today: what came, what stands, what comes next; of each no more than a screen holds.
#include <algorithm>
#include <utility>
#include <vector>

#include "book/agreements.h"
#include "book/arrivals.h"
#include "book/boundaries.h"
#include "book/check_ins.h"
#include "book/pauses.h"
#include "book/responses.h"
#include "book/shared_object.h"
#include "core/check.h"
#include "core/error.h"
#include "journal/schedule.h"
#include "node/acted.h"
#include "node/present_agreement.h"
#include "node/present_boundary.h"
#include "node/present_checkin.h"
#include "node/present_pause.h"
#include "node/service.h"
#include "node/stated.h"
#include "node/wall.h"

namespace attune::node {
namespace {

constexpr int kMostEntries = 12;
constexpr int kMostOfEach = 8;
constexpr std::chrono::days kSoon{2};  // and today
constexpr std::size_t kTitle = 200;    // bytes of a text in the news

using std::chrono::minutes;

// Not in the middle of a character.
std::string first_words(const std::string& text) {
  std::size_t size = std::min(text.size(), kTitle);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

std::string title_of(const journal::Entry& entry) {
  const journal::EntryContent& content = entry.current->content;
  return first_words(content.title.empty() ? content.body : content.title);
}

// As a line of a history says it.
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

// What the partner did with the things that the two share, as far as it is news.
class Told {
 public:
  Told(const book::Book& book, const Presenter& people, minutes offset)
      : book_{book}, people_{people}, offset_{offset} {}

  void add(const ObjectId& object, const std::set<OpId>& acts) {
    if (const auto entry = entry_of(object)) return add_entry(*entry, acts);
    add_boundary(object, acts);
    add_agreement(object, acts);
  }

  // Newest first.
  void write(api::v1::TodayResponse& out) {
    const auto latest = [](const journal::Entry& one) { return one.current->time; };
    std::ranges::sort(entries_, std::ranges::greater{}, latest);
    std::ranges::stable_sort(news_, std::ranges::greater{}, [](const api::v1::News& one) { return one.act().at(); });
    for (const journal::Entry& entry : entries_) {
      if (out.arrived_size() == kMostEntries) return out.set_more_arrived(true);
      people_.present(entry, false, *out.add_arrived());
    }
    for (const api::v1::News& one : news_) {
      if (out.news_size() == kMostEntries) return out.set_more_arrived(true);
      *out.add_news() = one;
    }
  }

 private:
  std::optional<journal::Entry> entry_of(const ObjectId& object) const {
    try {
      return book_.entry(object);
    } catch (const Error& error) {
      if (error.code() != Errc::not_found) throw;
      return std::nullopt;  // something else
    }
  }

  api::v1::News& news(const char* about, const ObjectId& object, std::string text) {
    api::v1::News& one = news_.emplace_back();
    one.set_about(about);
    set_ids(book_, object, one);
    one.set_text(std::move(text));
    return one;
  }

  void add_entry(const journal::Entry& entry, const std::set<OpId>& acts) {
    if (!entry.current || entry.erased) return;
    if (acts.contains(entry.current->op)) entries_.push_back(entry);
    for (const journal::Responded& said : book::responses(book_, entry).all) {
      if (!acts.contains(said.op)) continue;
      api::v1::HistoryLine& act = *news("entry", entry.id, title_of(entry)).mutable_act();
      people_.set_by(said.author, act);
      act.set_at(rfc3339(said.time, offset_));
      act.set_what(std::string{what_was_said(said.response.kind)});
      act.set_text(said.response.text);
    }
  }

  // A message's history has a line for each act of the fold's.
  template <class Fold, class Message>
  void add_lines(const char* about, const Fold& fold, const std::string& text, const Message& message,
                 const std::set<OpId>& acts) {
    for (int i = 0; i < message.history_size(); ++i) {
      if (acts.contains(fold.history[static_cast<std::size_t>(i)].op)) {
        *news(about, fold.id, first_words(text)).mutable_act() = message.history(i);
      }
    }
  }

  void add_boundary(const ObjectId& object, const std::set<OpId>& acts) {
    const auto boundary = journal::fold_boundary(object, book::load_shared(book_.shelf(), object).ops);
    if (!boundary) return;
    api::v1::Boundary message;
    present_history(people_, *boundary, offset_, message);
    add_lines("boundary", *boundary, boundary->current.stated.text, message, acts);
  }

  void add_agreement(const ObjectId& object, const std::set<OpId>& acts) {
    const auto agreement = journal::fold_agreement(object, book::load_shared(book_.shelf(), object).ops);
    if (!agreement) return;
    api::v1::Agreement message;
    AgreementPresenter{people_, book_, offset_}.present_in_full(*agreement, "", message);
    add_lines("agreement", *agreement, journal::foremost(*agreement).said.text, message, acts);
  }

  const book::Book& book_;
  const Presenter& people_;
  minutes offset_;
  std::vector<journal::Entry> entries_;
  std::vector<api::v1::News> news_;
};

void add_boundaries(const book::Book& book, const Presenter& people, minutes offset, api::v1::TodayResponse& out) {
  for (const book::BoundaryHere& here : book::boundaries(book, book::Book::Which::open)) {
    if (out.boundaries_size() == kMostOfEach) return out.set_more_boundaries(true);
    present(people, here, offset, *out.add_boundaries());
  }
}

// What is in force before what waits for a yes or no.
void add_agreements(const book::Book& book, const std::vector<journal::Agreement>& agreements, const Presenter& people,
                    minutes offset, api::v1::TodayResponse& out) {
  const AgreementPresenter presenter{people, book, offset};
  for (const auto status : {journal::AgreementStatus::in_force, journal::AgreementStatus::proposed}) {
    int shown = 0;
    for (const journal::Agreement& agreement : agreements) {
      if (agreement.status != status) continue;
      if (++shown > kMostOfEach) {
        out.set_more_agreements(true);
        break;
      }
      presenter.present(agreement, book.shortest_prefix(agreement.id), *out.add_agreements());
    }
  }
}

void add_check_in(const book::Book& book, const Presenter& people, minutes offset, journal::Day today,
                  api::v1::TodayResponse& out) {
  const auto waits = book::check_in_that_waits(book, today);
  if (waits) present_check_in(book, people, *waits, offset, *out.add_checkins());
}

}  // namespace

api::v1::Response Service::today(const api::v1::TodayRequest& request) {
  book::Book& book = home_.book();
  const minutes offset = offset_stated(request.now_offset());
  const Wall wall{home_.zones(), request.here(), offset};
  const journal::Day day = journal::day_at(home_.clock().now(), wall.zone());
  const Presenter people{book, home_.vault().root};
  Response response = done();
  api::v1::TodayResponse& out = *response.mutable_today();
  out.set_name(book.profile().name);
  if (const auto pairing = book.pairing()) out.set_partner(pairing->partner_name);

  Told told{book, people, offset};
  const book::Arrivals arrived = book::arrivals(book);
  for (const auto& [object, acts] : arrived.acts) told.add(object, acts);
  out.set_more_arrived(arrived.more);
  told.write(out);

  add_boundaries(book, people, offset, out);
  const auto agreements = book::agreements(book, book::Book::Which::open);
  add_agreements(book, agreements, people, offset, out);
  add_check_in(book, people, offset, day, out);
  for (const journal::Pause& pause : book::pauses_in_force(book)) present(people, pause, offset, *out.add_pauses());
  api::v1::OccurrenceList due;
  add_due(agreements, wall.zone(), {day, day + kSoon}, due);
  for (api::v1::Occurrence& one : *due.mutable_due()) {
    if (out.due_size() == kMostOfEach) {
      out.set_more_due(true);
      break;
    }
    *out.add_due() = std::move(one);
  }
  if (attune::node::partner_left(book)) out.mutable_for_people()->add_lines(kPartnerLeft);
  book::set_seen(book);  // last: what could not be answered was not seen
  return response;
}

}  // namespace attune::node
