// Agreements: what both commit to, and what each of the two made of it. The rules are those of journal/agreement.h and
// journal/due.h. Acts throw Errc::not_found, Errc::refused (not theirs to do, or of a pairing that is over),
// Errc::not_paired and Errc::usage (texts), and then nothing is changed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/book.h"
#include "core/zone.h"
#include "journal/agreement.h"

namespace attune::book {

[[nodiscard]] journal::Agreement agreement(const Book& book, const ObjectId& id);  // Errc::not_found
// nullopt: none, also where the index names it: somebody wrote of one that is no agreement of this couple.
[[nodiscard]] std::optional<journal::Agreement> agreement_if_any(const Book& book, const ObjectId& id);
// By their ids; never nullptr. open: those with the partner of now that were neither declined nor withdrawn.
using AgreementHere = std::shared_ptr<const journal::Agreement>;
[[nodiscard]] std::vector<AgreementHere> agreements(const Book& book, Book::Which which);

struct NamedVersion {
  ObjectId agreement;
  OpId version;
};
// By the first digits of the version's id; or of the agreement's, where exactly one version waits. Errc::not_found,
// Errc::ambiguous, Errc::usage, and Errc::refused where none waits.
[[nodiscard]] NamedVersion find_version(const Book& book, std::string_view prefix);

ObjectId propose(Book& book, journal::Proposed said);
OpId amend(Book& book, const ObjectId& id, journal::Proposed said);  // returns the new version
void accept(Book& book, const NamedVersion& named);
void check_may_accept(const Book& book, const NamedVersion& named);  // throws as accept
void decline(Book& book, const NamedVersion& named, std::string why);
void withdraw(Book& book, const ObjectId& id, std::string why);

struct MarkSaid {
  journal::MarkKind kind = journal::MarkKind::kept;
  std::optional<journal::Day> on;  // none: the one that is meant (journal::occurrence_meant)
  std::optional<journal::Day> to;  // of moved
  std::string note;
};
// `zone`: the one that the schedule in force names; without a schedule one's own. Returns the day that it names.
journal::Day mark(Book& book, const ObjectId& id, const Zone& zone, const MarkSaid& said);

}  // namespace attune::book
