#include <fmt/format.h>

#include <functional>

#include "book/agreements.h"
#include "book/arrivals.h"
#include "book/boundaries.h"
#include "book/check_ins.h"
#include "book/life.h"
#include "book/pauses.h"
#include "book/responses.h"

namespace attune::test {
namespace {

using book::Book;

// Long texts by what tells them apart.
std::string brief(const std::string& text) {
  return fmt::format("'{}' {} {:x}", text.substr(0, 20), text.size(), std::hash<std::string>{}(text));
}

void add_entries(std::string& all, const Book& book) {
  for (const journal::Entry& entry : book.list({.limit = 0})) {
    all +=
        fmt::format("entry {} {}{}{}:", entry.id.number.hex(), entry.current ? brief(entry.current->content.body) : "",
                    entry.shared ? " shared" : "", entry.edited ? " edited" : "");
    for (const journal::Version& version : entry.earlier) all += " was " + brief(version.content.body);
    for (const journal::Responded& one : book::responses(book, entry).all) {
      all += fmt::format(" {} {} {}", journal::name_of(one.response.kind), brief(one.response.text),
                         static_cast<int>(one.word));
    }
    all += '\n';
  }
}

void add_boundaries(std::string& all, const Book& book) {
  for (const book::BoundaryHere& here : book::boundaries(book, Book::Which::all)) {
    const journal::Boundary& boundary = here.boundary;
    all += fmt::format("boundary {} {} {}:", brief(boundary.current.stated.text), journal::name_of(boundary.status),
                       boundary.history.size());
    for (const journal::BoundaryAsk& ask : boundary.asks) all += fmt::format(" {} {}", ask.text, ask.answers.size());
    all += '\n';
  }
}

void add_agreements(std::string& all, const Book& book) {
  for (const auto& agreement : book::agreements(book, Book::Which::all)) {
    all += fmt::format("agreement {}:", journal::name_of(agreement->status));
    for (const journal::AgreementVersion& version : agreement->versions) {
      all += fmt::format(" {} {} {} {}", brief(version.said.text), journal::name_of(version.status),
                         version.accepted.size(), version.declined.size());
    }
    all += fmt::format(", marks {}, withdrawals {}\n", agreement->marks.size(), agreement->withdrawals.size());
  }
}

void add_check_ins(std::string& all, const Book& book) {
  const auto side = [](const journal::CheckInSide& one) {
    return fmt::format("{}{}{}{}", one.commitment ? "committed " : "", one.opened ? "opened " : "",
                       one.erased ? "erased " : "", one.answers ? brief(one.answers->text) : "");
  };
  for (const journal::CheckIn& one : book::check_ins(book)) {
    all += fmt::format("check-in {}: {}, {}\n", journal::name_of(one.status), side(one.mine), side(one.partners));
  }
}

void add_pauses(std::string& all, const Book& book) {
  for (const ObjectId& id : book.all(book::ObjectKind::pause, Book::Which::all)) {
    const auto pause = book::pause(book, id);
    if (!pause) continue;
    all += fmt::format("pause {} until {}{} {}\n", brief(pause->text), pause->until.time_since_epoch().count(),
                       pause->resumed_at ? " resumed" : "", pause->history.size());
  }
}

void add_facts(std::string& all, const Book& book) {
  const journal::ProfileFacts profile = book.profile();
  all += "profile " + profile.name;
  for (const auto& [device, named] : profile.devices) all += ", " + named.name;
  if (const auto pairing = book.pairing()) {
    all += fmt::format("; with {}, {} keys, {} statements", pairing->partner_name,
                       book.couple_keys(pairing->partner).size(), book.statements(pairing->partner).size());
  }
  const auto& self = book.shelf().self;
  all += fmt::format("; {}{} self keys, {} statements, {} doubts, {} waiting", book.meeting() ? "a meeting, " : "",
                     book.self_keys().size(), book.statements(self.root).size(), book.doubts(), book.waiting());
  for (const auto& [device, value] : book.peers()) all += "; peer " + value;
  all += fmt::format("; {}; {} arrived\n", book.meta("life").value_or("-"), book::arrivals(book).acts.size());
}

void add_logs(std::string& all, const Book& book) {
  for (const log::Held& held : book.shelf().logs.all()) {
    if (held.n == 0) continue;  // it was named, and nothing came yet
    all += fmt::format("log {} of {}, standing {}{}\n", held.number, held.n, book.standing(held.number),
                       held.retired ? ", retired" : "");
  }
}

}  // namespace

std::string all_seen(const Book& book) {
  std::string all;
  add_entries(all, book);
  add_boundaries(all, book);
  add_agreements(all, book);
  add_check_ins(all, book);
  add_pauses(all, book);
  add_facts(all, book);
  add_logs(all, book);
  return all;
}

}  // namespace attune::test
