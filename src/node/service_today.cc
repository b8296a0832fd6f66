// Today: what came (news.h), what stands, what comes next; of each no more than a screen holds.
#include <algorithm>
#include <utility>
#include <vector>

#include "book/agreements.h"
#include "book/arrivals.h"
#include "book/boundaries.h"
#include "book/check_ins.h"
#include "book/pauses.h"
#include "journal/schedule.h"
#include "node/acted.h"
#include "node/news.h"
#include "node/present_agreement.h"
#include "node/present_boundary.h"
#include "node/present_checkin.h"
#include "node/present_pause.h"
#include "node/service.h"
#include "node/stated.h"
#include "node/wall.h"

namespace attune::node {
namespace {

constexpr int kMostOfEach = 8;
constexpr std::chrono::days kSoon{2};  // and today
constexpr std::size_t kTitle = 200;    // bytes of a text in the news

using std::chrono::minutes;

void add_boundaries(const book::Book& book, const Presenter& people, minutes offset, api::v1::TodayResponse& out) {
  for (const book::BoundaryHere& here : book::boundaries(book, book::Book::Which::open)) {
    if (out.boundaries_size() == kMostOfEach) return out.set_more_boundaries(true);
    present(people, here, offset, *out.add_boundaries());
  }
}

// What is in force before what waits for a yes or no.
void add_agreements(const book::Book& book, const std::vector<book::AgreementHere>& agreements, const Presenter& people,
                    minutes offset, api::v1::TodayResponse& out) {
  const AgreementPresenter presenter{people, book, offset};
  for (const auto status : {journal::AgreementStatus::in_force, journal::AgreementStatus::proposed}) {
    int shown = 0;
    for (const auto& agreement : agreements) {
      if (agreement->status != status) continue;
      if (++shown > kMostOfEach) {
        out.set_more_agreements(true);
        break;
      }
      presenter.present(*agreement, book.shortest_prefix(agreement->id), *out.add_agreements());
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
  if (request.has_seen()) {
    book::set_seen(book, request.seen());
    return done();
  }
  const minutes offset = offset_stated(request.now_offset());
  const Wall wall{home_.zones(), request.here(), offset};
  const journal::Day day = journal::day_at(home_.clock().now(), wall.zone());
  const Presenter people{book, home_.vault().root};
  Response response = done();
  api::v1::TodayResponse& out = *response.mutable_today();
  out.set_name(book.profile().name);
  if (const auto pairing = book.pairing()) out.set_partner(pairing->partner_name);

  News news{book, people, offset};
  const book::Arrivals arrived = book::arrivals(book);
  for (const auto& [object, acts] : arrived.acts) news.add(object, acts);
  out.set_more_arrived(arrived.more);
  news.write(out);
  out.set_seen(arrived.seen);

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
  return response;
}

}  // namespace attune::node
