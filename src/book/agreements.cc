#include "book/agreements.h"

#include <algorithm>
#include <utility>

#include "book/shared_object.h"
#include "core/error.h"
#include "journal/due.h"
#include "journal/entry.h"
#include "journal/schedule.h"

namespace attune::book {
namespace {

using journal::Agreement;
using journal::MarkKind;

// The order of proposals and of one's own marks is by time; of nothing else.
constexpr Instant kWhenever{};

constexpr auto* kListAll = "attune agreement list --all shows all there are";

[[noreturn]] void no_agreement() { throw Error{Errc::not_found, "no agreement has that id", kListAll}; }

using Loaded = FoldedAgreements::Kept;

// nullptr: there is none.
Loaded loaded(const Book& book, const ObjectId& id) {
  const Shelf& shelf = book.shelf();
  if (auto kept = shelf.folded.find(id)) return kept;
  std::vector<At> places = shelf.load(id, Detail::full);
  const std::size_t acts = places.size();
  std::size_t bytes = 0;
  for (const At& at : places) bytes += at.bytes;
  SharedObject object = shared_object(shelf, id, std::move(places));
  auto agreement = journal::fold_agreement(id, std::move(object.ops));
  if (!agreement) return nullptr;
  auto folded = std::make_shared<const FoldedAgreement>(FoldedAgreement{std::move(*agreement), object.couple});
  shelf.folded.keep(id, folded, acts, bytes);
  return folded;
}

// To act on it: with the partner of now.
FoldedAgreement load_to_act(const Book& book, const ObjectId& id) {
  const auto found = loaded(book, id);
  if (!found) no_agreement();
  check_still_shared(book, {id, found->couple, {}});
  return *found;
}

FoldedAgreement load_to_accept(const Book& book, const NamedVersion& named) {
  FoldedAgreement on = load_to_act(book, named.agreement);
  check_allowed(journal::why_not_accept(on.agreement, book.shelf().self.root, named.version));
  return on;
}

std::optional<NamedVersion> version_named(const Book& book, std::string_view prefix) {
  std::optional<NamedVersion> found;
  for (const FoundAct& act : book.find_acts(prefix)) {
    const auto on = loaded(book, act.object);
    if (!on || journal::version_of(on->agreement, act.op) == nullptr) continue;  // a response, an ask
    if (found) throw Error{Errc::ambiguous, "more than one agreement has that version"};
    found = {act.object, act.op};
  }
  return found;
}

NamedVersion only_pending(const Book& book, const ObjectId& id) {
  const Agreement on = agreement(book, id);
  const journal::OnePending pending = journal::one_pending(on);
  if (pending.version) return {id, *pending.version};
  std::string_view hint = pending.several ? "attune agreement show lists them with their ids" : "";
  if (on.in_force && !pending.several) hint = "it is in force; attune agreement withdraw ends it";
  throw Error{pending.several ? Errc::ambiguous : Errc::refused, std::string{pending.why_not}, std::string{hint}};
}

// Which occurrence is meant; where there is none, the day that was said, for the words of the refusal.
journal::Day occurrence(const Agreement& agreement, const Zone& zone, const MarkSaid& said, Instant now) {
  if (said.on) return journal::occurrence_named(agreement, zone, *said.on).value_or(*said.on);
  if (const auto meant = journal::occurrence_meant(agreement, zone, said.kind, now)) return *meant;
  const bool scheduled = agreement.in_force && journal::version_of(agreement, *agreement.in_force)->said.every;
  if (!scheduled) return journal::day_at(now, zone);
  throw Error{Errc::refused, said.kind == MarkKind::moved ? "nothing of it is still to come" : "it has not come yet",
              "attune agreement due tells when it comes"};
}

}  // namespace

std::optional<Agreement> agreement_if_any(const Book& book, const ObjectId& id) {
  const auto found = loaded(book, id);
  return found ? std::optional{found->agreement} : std::nullopt;
}

Agreement agreement(const Book& book, const ObjectId& id) {
  auto found = agreement_if_any(book, id);
  if (!found) no_agreement();
  return std::move(*found);
}

std::vector<AgreementHere> agreements(const Book& book, Book::Which which) {
  std::vector<AgreementHere> all;
  const auto pairing = book.pairing();
  for (const ObjectId& id : book.all(ObjectKind::agreement, which)) {
    const auto found = loaded(book, id);
    if (!found) continue;
    const bool with_partner = pairing && found->couple == pairing->couple;
    if (which == Book::Which::all || with_partner) all.emplace_back(found, &found->agreement);
  }
  return all;
}

NamedVersion find_version(const Book& book, std::string_view prefix) {
  const auto object = book.find(ObjectKind::agreement, prefix);
  const auto version = version_named(book, prefix);
  if (object && version) throw Error{Errc::ambiguous, "more than one thing has an id that starts so"};
  if (version) return *version;
  if (object) return only_pending(book, *object);
  throw Error{Errc::not_found, "no agreement and no version of one has that id", kListAll};
}

ObjectId propose(Book& book, journal::Proposed said) {
  check_words(said.text);
  const ObjectId id = new_object(book.shelf());
  append(book, couple_now(book), id, kWhenever, std::move(said));
  return id;
}

OpId amend(Book& book, const ObjectId& id, journal::Proposed said) {
  check_words(said.text);
  const auto [agreement, couple] = load_to_act(book, id);
  check_allowed(journal::why_not_amend(agreement, book.shelf().self.root));
  return append(book, couple, id, agreement.newest, std::move(said));
}

void check_may_accept(const Book& book, const NamedVersion& named) { static_cast<void>(load_to_accept(book, named)); }

void accept(Book& book, const NamedVersion& named) {
  const CoupleId couple = load_to_accept(book, named).couple;
  append(book, couple, named.agreement, kWhenever, journal::Accepted{named.version});
}

void decline(Book& book, const NamedVersion& named, std::string why) {
  check_utf8(why);
  const auto [agreement, couple] = load_to_act(book, named.agreement);
  check_allowed(journal::why_not_decline(agreement, book.shelf().self.root, named.version));
  append(book, couple, named.agreement, kWhenever, journal::Declined{named.version, std::move(why)});
}

void withdraw(Book& book, const ObjectId& id, std::string why) {
  check_utf8(why);
  const auto [agreement, couple] = load_to_act(book, id);
  check_allowed(journal::why_not_withdraw(agreement));
  append(book, couple, id, kWhenever, journal::Withdrawn{std::move(why)});
}

journal::Day mark(Book& book, const ObjectId& id, const Zone& zone, const MarkSaid& said) {
  check_utf8(said.note);
  const auto [agreement, couple] = load_to_act(book, id);
  const Shelf& shelf = book.shelf();
  const Instant after = journal::newest_mark(agreement, shelf.self.root);
  journal::Mark mark{.op = {}, .by = shelf.self.root, .when = journal::next_time(shelf.clock.now(), after), .said = {}};
  mark.said = {said.kind, occurrence(agreement, zone, said, mark.when), said.to, said.note};
  check_allowed(journal::why_not_mark(agreement, zone, mark));
  const journal::Day named = mark.said.on;
  append(book, couple, id, after, std::move(mark.said));
  return named;
}

}  // namespace attune::book
