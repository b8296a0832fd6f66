#include "journal/agreement.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/check.h"
#include "journal/order.h"

namespace attune::journal {
namespace {

using Versions = std::vector<AgreementVersion>;

// Two write in a couple's log: who created the agreement, and the other.
class Sides {
 public:
  explicit Sides(const RootId& creator) : creator_{creator} {}
  [[nodiscard]] bool same(const RootId& a, const RootId& b) const { return (a == creator_) == (b == creator_); }
  [[nodiscard]] bool has(const std::vector<Stance>& stances, const RootId& who) const {
    return std::ranges::any_of(stances, [&](const Stance& stance) { return same(stance.by, who); });
  }
  // The first of each side stays: they come in canonical order.
  void add(std::vector<Stance>& stances, Stance stance) const {
    if (!has(stances, stance.by)) stances.push_back(std::move(stance));
  }

 private:
  RootId creator_;
};

bool both_accepted(const AgreementVersion& version) { return version.accepted.size() == 2; }

// One past the latest version that both accepted; 0: none. Whatever stands before it is over.
std::size_t end_of_accepted(const Versions& versions) {
  std::size_t end = versions.size();
  while (end > 0 && !both_accepted(versions[end - 1])) --end;
  return end;
}

// The acts of one agreement, gathered in canonical order.
class Gathering {
 public:
  explicit Gathering(const ObjectId& id) : sides_{id.creator} { agreement_.id = id; }

  void add(Seen& seen) {
    if (!seen.op) {
      agreement_.incomplete = true;
      return;
    }
    if (std::holds_alternative<Unknown>(seen.op->act)) unreadable_.insert(seen.id);
    if (!count(seen, seen.op->act)) return;
    const bool marks = std::holds_alternative<Marked>(seen.op->act);
    begun_ = begun_ || (!marks && seen.author == agreement_.id.creator);
    agreement_.history.push_back({seen.id, seen.author, seen.op->time, std::move(seen.op->act)});
  }

  std::optional<Agreement> finish() {
    if (!begun_ || agreement_.versions.empty()) return std::nullopt;
    answer();
    judge_versions();
    judge();
    for (auto& [day_and_side, mark] : marks_) agreement_.marks.push_back(std::move(mark));
    agreement_.newest = agreement_.versions.back().when;
    return std::move(agreement_);
  }

 private:
  // false: no act of an agreement. Answers wait until all versions are known.
  bool count(const Seen& seen, const Act& act) {
    if (const auto* proposed = std::get_if<Proposed>(&act)) {
      propose(seen, *proposed);
    } else if (const auto* withdrawn = std::get_if<Withdrawn>(&act)) {
      sides_.add(agreement_.withdrawals, {seen.author, seen.op->time, withdrawn->why});
    } else if (const auto* marked = std::get_if<Marked>(&act)) {
      const Mark mark{seen.id, seen.author, seen.op->time, *marked};
      if (marked->kind == MarkKind::moved && marked->to) agreement_.moves.push_back(mark);
      marks_.insert_or_assign({marked->on, seen.author != agreement_.id.creator}, mark);
    } else {
      return std::holds_alternative<Accepted>(act) || std::holds_alternative<Declined>(act);
    }
    return true;
  }

  // The other may have put the very same bytes into their log, too: that is one version, and a yes of both.
  void propose(const Seen& seen, const Proposed& said) {
    const auto [place, is_new] = place_.emplace(seen.id, agreement_.versions.size());
    if (is_new) agreement_.versions.push_back({.op = seen.id, .by = seen.author, .when = seen.op->time, .said = said});
    sides_.add(agreement_.versions[place->second].accepted, {seen.author, seen.op->time, {}});
  }

  // An answer to a version that is not here has no effect until it is.
  AgreementVersion* version(const OpId& op) {
    const auto found = place_.find(op);
    return found == place_.end() ? nullptr : &agreement_.versions[found->second];
  }

  void answer() {
    for (const Done& event : agreement_.history) {
      if (const auto* accepted = std::get_if<Accepted>(&event.act)) {
        if (unreadable_.contains(accepted->version)) agreement_.incomplete = true;
        if (auto* to = version(accepted->version)) sides_.add(to->accepted, {event.author, event.time, {}});
      } else if (const auto* declined = std::get_if<Declined>(&event.act)) {
        if (auto* to = version(declined->version)) sides_.add(to->declined, {event.author, event.time, declined->why});
      }
    }
  }

  [[nodiscard]] VersionStatus status_of(std::size_t at, std::size_t accepted_end) const {
    if (!agreement_.versions[at].declined.empty()) return VersionStatus::declined;
    if (at + 1 < accepted_end) return VersionStatus::overtaken;
    if (!agreement_.withdrawals.empty()) return VersionStatus::withdrawn;
    if (at >= accepted_end) return VersionStatus::pending;
    return agreement_.incomplete ? VersionStatus::held : VersionStatus::in_force;
  }

  void judge_versions() {
    const std::size_t accepted_end = end_of_accepted(agreement_.versions);
    for (std::size_t at = 0; at < agreement_.versions.size(); ++at) {
      AgreementVersion& version = agreement_.versions[at];
      version.status = status_of(at, accepted_end);
      if (version.status == VersionStatus::in_force) agreement_.in_force = version.op;
      if (version.status == VersionStatus::pending) agreement_.pending.push_back(version.op);
    }
  }

  void judge() {
    const bool held = std::ranges::count(agreement_.versions, VersionStatus::held, &AgreementVersion::status) > 0;
    if (!agreement_.withdrawals.empty()) {
      agreement_.status = AgreementStatus::withdrawn;
    } else if (agreement_.in_force) {
      agreement_.status = AgreementStatus::in_force;
    } else if (held || !agreement_.pending.empty()) {
      agreement_.status = AgreementStatus::proposed;
    } else {
      agreement_.status = AgreementStatus::declined;
    }
  }

  Agreement agreement_;
  Sides sides_;
  std::map<OpId, std::size_t> place_;           // of a version
  std::set<OpId> unreadable_;                   // made by a newer program
  std::map<std::pair<Day, bool>, Mark> marks_;  // by day; the creator's first
  bool begun_ = false;
};

constexpr std::string_view kWithdrawn = "it was withdrawn, and that is final; to agree anew, propose a new agreement";
constexpr std::string_view kNoVersion = "there is no such version of it";

}  // namespace

std::string_view name_of(AgreementStatus status) {
  switch (status) {
    case AgreementStatus::proposed: return "proposed";
    case AgreementStatus::in_force: return "in_force";
    case AgreementStatus::declined: return "declined";
    case AgreementStatus::withdrawn: return "withdrawn";
  }
  ATTUNE_CHECK(false);
}

std::string_view name_of(VersionStatus status) {
  switch (status) {
    case VersionStatus::pending: return "pending";
    case VersionStatus::in_force: return "in_force";
    case VersionStatus::held: return "held";
    case VersionStatus::declined: return "declined";
    case VersionStatus::overtaken: return "overtaken";
    case VersionStatus::withdrawn: return "withdrawn";
  }
  ATTUNE_CHECK(false);
}

std::optional<Agreement> fold_agreement(const ObjectId& id, std::vector<Seen> ops) {
  Gathering gathering{id};
  for (Seen& seen : in_order(std::move(ops))) {
    if (seen.shared) gathering.add(seen);
  }
  return gathering.finish();
}

bool is_over(const Agreement& agreement) {
  return agreement.status == AgreementStatus::declined || agreement.status == AgreementStatus::withdrawn;
}

const AgreementVersion* version_of(const Agreement& agreement, const OpId& op) {
  const auto found = std::ranges::find(agreement.versions, op, &AgreementVersion::op);
  return found == agreement.versions.end() ? nullptr : &*found;
}

const AgreementVersion& foremost(const Agreement& agreement) {
  const auto& wanted = agreement.in_force || agreement.pending.empty() ? agreement.in_force : agreement.pending.back();
  const AgreementVersion* version = wanted ? version_of(agreement, *wanted) : nullptr;
  if (version != nullptr) return *version;
  // What is over is headed by what bound both, never by words that only one of them said.
  const std::size_t accepted_end = end_of_accepted(agreement.versions);
  return accepted_end > 0 ? agreement.versions[accepted_end - 1] : agreement.versions.back();
}

Instant newest_mark(const Agreement& agreement, const RootId& who) {
  Instant newest{};
  for (const Mark& mark : agreement.marks) {
    if (mark.by == who) newest = std::max(newest, mark.when);
  }
  return newest;
}

Refusal why_not_accept(const Agreement& agreement, const RootId& who, const OpId& version) {
  const AgreementVersion* found = version_of(agreement, version);
  if (!agreement.withdrawals.empty()) return kWithdrawn;
  if (found == nullptr) return kNoVersion;
  if (!found->declined.empty())
    return "that version was declined; the same words can be proposed again, as an amendment";
  if (found->status == VersionStatus::overtaken) return "a newer version was accepted by both since";
  if (found->by == who) return "you proposed it yourself; it waits for your partner";
  if (Sides{agreement.id.creator}.has(found->accepted, who)) return "you accepted it already";
  return why_no_more(agreement, who);
}

Refusal why_not_decline(const Agreement& agreement, const RootId& who, const OpId& version) {
  const AgreementVersion* found = version_of(agreement, version);
  if (!agreement.withdrawals.empty()) return kWithdrawn;
  if (found == nullptr) return kNoVersion;
  if (Sides{agreement.id.creator}.has(found->declined, who)) return "you declined it already";
  // Said to what is over, it would sound like an end and be none.
  if (found->status == VersionStatus::overtaken) return "a newer version was accepted by both since; decline that one";
  return std::nullopt;
}

Refusal why_not_amend(const Agreement& agreement, const RootId& who) {
  if (!agreement.withdrawals.empty()) return kWithdrawn;
  const std::size_t accepted_end = end_of_accepted(agreement.versions);
  if (accepted_end > 0 && agreement.versions[accepted_end - 1].when >= kLatestInstant)
    return "its newest version has the latest time there is, so none can follow it; withdraw it and propose a new one";
  return why_no_more(agreement, who);
}

Refusal why_not_withdraw(const Agreement& agreement) {
  return agreement.withdrawals.empty() ? std::nullopt : Refusal{"it was withdrawn already"};
}

Refusal why_no_more(const Agreement& agreement, const RootId& who) {
  const auto acts = static_cast<std::size_t>(std::ranges::count(agreement.history, who, &Done::author));
  return acts < kMostActs ? std::nullopt : Refusal{"it has no room for more; withdraw it and propose it as a new one"};
}

OnePending one_pending(const Agreement& agreement) {
  if (agreement.pending.size() == 1) return {agreement.pending.front(), {}, false};
  if (!agreement.withdrawals.empty()) return {std::nullopt, kWithdrawn, false};
  if (agreement.pending.empty()) return {std::nullopt, "no version of it waits for an answer", false};
  return {std::nullopt, "several versions of it wait for an answer; name one of them", true};
}

}  // namespace attune::journal
