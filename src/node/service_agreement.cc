// Requests about agreements: from API messages to the book and back.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "book/agreements.h"
#include "book/shared_object.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "journal/due.h"
#include "journal/schedule.h"
#include "journal/schedule_text.h"
#include "node/acted.h"
#include "node/present_agreement.h"
#include "node/service.h"
#include "node/stated.h"
#include "node/wall.h"

namespace attune::node {
namespace {

using std::chrono::days;

constexpr days kOneDay{1};
constexpr days kSoon{7};

Wall wall_of(const Zones& zones, const api::v1::AgreementRequest& request) {
  return {zones, request.here(), offset_stated(request.now_offset())};
}

bool has_schedule(const journal::Agreement& agreement) {
  return agreement.in_force && journal::foremost(agreement).said.every;
}

// The zone in which an agreement's days are counted; nullptr: it is not known here.
const Zone* zone_of(const journal::Agreement& agreement, const Zones& zones, const Wall& wall) {
  if (!has_schedule(agreement)) return &wall.zone();
  return zones.named(journal::foremost(agreement).said.every->zone);
}

// The occurrences of many agreements between two moments, of which only the first are ever shown.
class Coming {
 public:
  struct One {
    const journal::Agreement* of = nullptr;
    journal::Occurrence occurrence;
  };
  Coming(Instant from, Instant until) : from_{from}, until_{until} {}

  // `agreement` outlives this.
  void add(const journal::Agreement& agreement, const Zone& zone) {
    for (journal::Occurrence& one : journal::due(agreement, zone, from_, journal::day_at(until_, zone))) {
      if (one.when < until_) all_.push_back({&agreement, std::move(one)});
    }
    if (all_.size() > 4 * journal::kMostDays) cut();
  }
  [[nodiscard]] const std::vector<One>& in_order() {
    cut();
    return all_;
  }

 private:
  void cut() {
    std::ranges::stable_sort(all_, {}, [](const One& one) { return one.occurrence.when; });
    if (all_.size() > journal::kMostDays) all_.erase(all_.begin() + journal::kMostDays, all_.end());
  }

  Instant from_, until_;
  std::vector<One> all_;
};

std::optional<journal::Schedule> schedule_stated(const Zones& zones, Instant now, const std::string& every,
                                                 const std::string& zone) {
  if (every.empty()) return std::nullopt;
  const Zone* there = zones.named(zone);
  if (there == nullptr) {
    throw Error{Errc::usage, "a schedule needs the name of a time zone, and yours is not known",
                "set TZ, as in: TZ=Europe/Berlin attune agreement propose ..."};
  }
  return journal::schedule_said(every, zone, journal::day_at(now, *there));
}

book::MarkSaid mark_stated(const api::v1::AgreementRequest::Mark& wanted) {
  using journal::MarkKind;
  for (const MarkKind kind : {MarkKind::kept, MarkKind::missed, MarkKind::moved}) {
    if (wanted.kind() == journal::name_of(kind)) {
      return {kind, day_stated(wanted.on()), day_stated(wanted.to()), wanted.note()};
    }
  }
  throw Error{Errc::usage, "there is no such mark", "marks are kept, missed and moved"};
}

// With the words, which may have been others when this person last looked.
api::v1::Response said_to(const book::Book& book, const book::NamedVersion& named) {
  api::v1::Response response = acted(book, named.agreement);
  const journal::Agreement agreement = book::agreement(book, named.agreement);
  const auto* version = journal::version_of(agreement, named.version);
  if (version != nullptr) set_terms(version->said, *response.mutable_act()->mutable_said_to());
  return response;
}

}  // namespace

api::v1::Response Service::agreement(const api::v1::AgreementRequest& request) {
  using Request = api::v1::AgreementRequest;
  book::Book& book = home_.book();
  const auto named = [&](const std::string& id) { return book::find_of(book, book::ObjectKind::agreement, id); };
  switch (request.act_case()) {
    case Request::kPropose: return agreement_propose(request.propose());
    case Request::kAmend: return agreement_amend(request.amend());
    case Request::kList: return agreement_list(request);
    case Request::kShow: return agreement_show(request);
    case Request::kDue: return agreement_due(request);
    case Request::kMark: return agreement_mark(request);
    case Request::kAccept: {
      const book::NamedVersion version = book::find_version(book, request.accept());
      book::accept(book, version);
      return said_to(book, version);
    }
    case Request::kAcceptWhat: {
      const book::NamedVersion version = book::find_version(book, request.accept_what());
      book::check_may_accept(book, version);
      Response response = said_to(book, version);
      set_ids(book, version.version, *response.mutable_act());
      return response;
    }
    case Request::kDecline: {
      const book::NamedVersion version = book::find_version(book, request.decline().id());
      book::decline(book, version, request.decline().why());
      return said_to(book, version);
    }
    case Request::kWithdraw: {
      const ObjectId id = named(request.withdraw().id());
      book::withdraw(book, id, request.withdraw().why());
      return acted(book, id);
    }
    case Request::ACT_NOT_SET: break;
  }
  throw Error{Errc::incompatible, "the running node does not know this command"};
}

api::v1::Response Service::agreement_propose(const api::v1::AgreementRequest::Propose& wanted) {
  book::Book& book = home_.book();
  const auto every = schedule_stated(home_.zones(), home_.clock().now(), wanted.every(), wanted.zone());
  return acted(book, book::propose(book, {wanted.text(), every, day_stated(wanted.review_on())}));
}

api::v1::Response Service::agreement_amend(const api::v1::AgreementRequest::Amend& wanted) {
  book::Book& book = home_.book();
  const ObjectId id = book::find_of(book, book::ObjectKind::agreement, wanted.id());
  journal::Proposed said = journal::foremost(book::agreement(book, id)).said;
  said.text = wanted.text();
  if (wanted.has_every())
    said.every = schedule_stated(home_.zones(), home_.clock().now(), wanted.every(), wanted.zone());
  if (wanted.has_review_on()) said.review_on = day_stated(wanted.review_on());
  return acted(book, book::amend(book, id, std::move(said)));
}

api::v1::Response Service::agreement_list(const api::v1::AgreementRequest& request) {
  const book::Book& book = home_.book();
  const Presenter people{book, home_.vault().root};
  const AgreementPresenter presenter{people, book, offset_stated(request.now_offset())};
  const auto short_ids = book.short_ids(book::ObjectKind::agreement);
  Response response = done();
  api::v1::AgreementList& out = *response.mutable_agreements();
  for (const auto& agreement :
       book::agreements(book, request.list() ? book::Book::Which::all : book::Book::Which::open)) {
    presenter.present(*agreement, short_ids.at(agreement->id), *out.add_agreements());
  }
  return response;
}

api::v1::Response Service::agreement_show(const api::v1::AgreementRequest& request) {
  const book::Book& book = home_.book();
  const ObjectId id = book::find_of(book, book::ObjectKind::agreement, request.show());
  const Presenter people{book, home_.vault().root};
  const AgreementPresenter presenter{people, book, offset_stated(request.now_offset())};
  Response response = done();
  presenter.present_in_full(book::agreement(book, id), book.shortest_prefix(id), *response.mutable_agreement());
  return response;
}

api::v1::Response Service::agreement_mark(const api::v1::AgreementRequest& request) {
  book::Book& book = home_.book();
  const ObjectId id = book::find_of(book, book::ObjectKind::agreement, request.mark().id());
  const book::MarkSaid said = mark_stated(request.mark());
  const Wall wall = wall_of(home_.zones(), request);
  const Zone* zone = zone_of(book::agreement(book, id), home_.zones(), wall);
  if (zone == nullptr) {
    throw Error{Errc::refused, "it comes by the clock of a time zone that is not known here",
                "install the time zones of the world: the package tzdata"};
  }
  const journal::Day marked = book::mark(book, id, *zone, said);
  Response response = acted(book, id);
  response.mutable_act()->set_of_day(journal::in_words(marked));
  return response;
}

api::v1::Response Service::agreement_due(const api::v1::AgreementRequest& request) {
  const Wall wall = wall_of(home_.zones(), request);
  const journal::Day today = journal::day_at(home_.clock().now(), wall.zone());
  Response response = done();
  const journal::Day last = day_stated(request.due().until()).value_or(today + kSoon);
  add_due(book::agreements(home_.book(), book::Book::Which::open), wall.zone(), {today, last}, *response.mutable_due());
  return response;
}

void Service::tell_agreement(const ObjectId& id, const Presenter& people) {
  const book::Book& book = home_.book();
  const auto agreement = book::agreement_if_any(book, id);
  if (!agreement) return;
  Response response;
  api::v1::WatchEvent& event = *response.mutable_event();
  event.set_event("agreement");
  const AgreementPresenter presenter{people, book, std::chrono::minutes{0}};
  presenter.present(*agreement, book.shortest_prefix(id), *event.mutable_agreement());
  for (Call* watcher : watchers_) watcher->emit(response);
}

void Service::add_due(const std::vector<book::AgreementHere>& agreements, const Zone& wall, Days days,
                      api::v1::OccurrenceList& out) {
  const book::Book& book = home_.book();
  const Presenter people{book, home_.vault().root};
  const AgreementPresenter presenter{people, book, wall.offset_at(home_.clock().now())};
  const auto short_ids = book.short_ids(book::ObjectKind::agreement);
  const auto name = [&](const journal::Agreement& agreement, api::v1::Occurrence& one) {
    const journal::Proposed& terms = journal::foremost(agreement).said;
    one.set_id(crypto::printed_id(agreement.id).hex());
    one.set_short_id(short_ids.at(agreement.id));
    one.set_text(terms.text);
    if (terms.every) one.set_zone(terms.every->zone);
  };
  Coming coming{wall.moment_at(days.first.time_since_epoch()),
                wall.moment_at((days.last + kOneDay).time_since_epoch())};
  for (const auto& agreement : agreements) {
    if (!has_schedule(*agreement)) continue;
    const Zone* zone = home_.zones().named(journal::foremost(*agreement).said.every->zone);
    if (zone != nullptr) coming.add(*agreement, *zone);
    if (zone == nullptr) name(*agreement, *out.add_unknown());
  }
  for (const Coming::One& one : coming.in_order()) {
    api::v1::Occurrence& shown = *out.add_due();
    name(*one.of, shown);
    presenter.present(one.occurrence, wall, shown);
  }
}

}  // namespace attune::node
