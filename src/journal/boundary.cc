#include "journal/boundary.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/check.h"
#include "core/text.h"
#include "journal/order.h"

namespace attune::journal {
namespace {

bool is_ordinary(ResponseKind kind) { return kind != ResponseKind::accept && kind != ResponseKind::not_yet; }

// What the acts of a boundary refer to, known before any of them is looked at: they may come in any order.
class Gathering {
 public:
  Gathering(const ObjectId& id, std::vector<Seen> ops) : ops_{std::move(ops)} {
    boundary_.id = id;
    std::set<RootId> erased;
    for (const Seen& seen : ops_) {
      if (act_of<Erase>(seen) != nullptr) erased.insert(seen.author);
      if (by_owner(seen) && act_of<BoundaryStated>(seen) != nullptr) revisions_.insert(seen.id);
      if (by_partner(seen) && act_of<BoundaryAsked>(seen) != nullptr) asks_.emplace(seen.id, 0);
    }
    owner_erased_ = erased.contains(id.creator);
    boundary_.taken_back.assign(erased.begin(), erased.end());
  }

  std::optional<Boundary> fold() {
    for (Seen& seen : ops_) {
      lacks_ = lacks_ || may_be_revision(seen);
      if (seen.op && counts(seen)) take(seen);
    }
    if (revisions_.empty()) return std::nullopt;
    judge();
    return std::move(boundary_);
  }

 private:
  [[nodiscard]] bool by_owner(const Seen& seen) const { return seen.shared && seen.author == boundary_.id.creator; }
  [[nodiscard]] bool by_partner(const Seen& seen) const { return seen.shared && seen.author != boundary_.id.creator; }

  // Its text is not there, or only a newer program can read it.
  [[nodiscard]] bool may_be_revision(const Seen& seen) const {
    return by_owner(seen) && !owner_erased_ && (!seen.op || act_of<Unknown>(seen) != nullptr);
  }

  [[nodiscard]] bool counts(const Seen& seen) const {
    if (act_of<BoundaryStated>(seen) != nullptr) return by_owner(seen);
    if (const auto* lifted = act_of<BoundaryLifted>(seen)) {
      return by_owner(seen) && revisions_.contains(lifted->revision);
    }
    if (const auto* acknowledged = act_of<BoundaryAcknowledged>(seen)) {
      return by_partner(seen) && revisions_.contains(acknowledged->revision);
    }
    if (act_of<BoundaryAsked>(seen) != nullptr) return by_partner(seen);
    const auto* response = act_of<Response>(seen);
    if (response == nullptr || !seen.shared || !is_ordinary(response->kind)) return false;
    if (owner_erased_ || std::ranges::count(boundary_.taken_back, seen.author) > 0) return false;
    return response->to && asks_.contains(*response->to);
  }

  void take(Seen& seen) {
    const Instant time = seen.op->time;
    if (by_owner(seen) && act_of<Response>(seen) == nullptr) boundary_.newest = std::max(boundary_.newest, time);
    if (const auto* stated = act_of<BoundaryStated>(seen)) {
      boundary_.current = {seen.id, time, *stated};  // the last in order is the newest
    } else if (const auto* asked = act_of<BoundaryAsked>(seen)) {
      put_ask({seen.id, seen.author, time, asked->text, {}});
    } else if (const auto* response = act_of<Response>(seen)) {
      answers_.push_back({seen.id, seen.author, time, *response});
    }
    boundary_.history.push_back({seen.id, seen.author, time, std::move(seen.op->act)});
  }

  void put_ask(BoundaryAsk ask) {
    asks_[ask.op] = boundary_.asks.size();
    boundary_.asks.push_back(std::move(ask));
  }

  void judge() {
    for (BoundaryAnswer& answer : answers_) {
      boundary_.asks[asks_.at(*answer.response.to)].answers.push_back(std::move(answer));
    }
    if (lacks_) return;
    for (const Done& done : boundary_.history) {
      const auto* lifted = std::get_if<BoundaryLifted>(&done.act);
      const auto* acknowledged = std::get_if<BoundaryAcknowledged>(&done.act);
      if (lifted != nullptr && lifted->revision == boundary_.current.op && !boundary_.lifted_at) {
        boundary_.lifted_at = done.time;
      }
      if (acknowledged != nullptr && acknowledged->revision == boundary_.current.op && !boundary_.acknowledged_at) {
        boundary_.acknowledged_at = done.time;
      }
    }
    if (boundary_.acknowledged_at) boundary_.status = BoundaryStatus::acknowledged;
    if (boundary_.lifted_at) boundary_.status = BoundaryStatus::lifted;
  }

  Boundary boundary_;
  std::vector<Seen> ops_;
  std::set<OpId> revisions_;
  std::map<OpId, std::size_t> asks_;  // to their places in boundary_.asks
  std::vector<BoundaryAnswer> answers_;
  bool owner_erased_ = false;
  bool lacks_ = false;  // an act of the owner's that may be a revision
};

bool is_owner(const Boundary& boundary, const RootId& who) { return who == boundary.id.creator; }

}  // namespace

std::string_view name_of(BoundaryStatus status) {
  switch (status) {
    case BoundaryStatus::stated: return "stated";
    case BoundaryStatus::acknowledged: return "acknowledged";
    case BoundaryStatus::lifted: return "lifted";
  }
  ATTUNE_CHECK(false);
}

std::optional<Boundary> fold_boundary(const ObjectId& id, std::vector<Seen> ops) {
  return Gathering{id, in_order(std::move(ops))}.fold();
}

Refusal why_not_revise(const Boundary& boundary, const RootId& who) {
  if (!is_owner(boundary, who)) return "only whose boundary it is can revise it; you can ask about it";
  return std::nullopt;
}

Refusal why_not_lift(const Boundary& boundary, const RootId& who) {
  if (!is_owner(boundary, who)) return "only whose boundary it is can lift it; you can ask about it";
  if (boundary.status == BoundaryStatus::lifted) return "it is lifted already";
  return std::nullopt;
}

Refusal why_not_acknowledge(const Boundary& boundary, const RootId& who) {
  if (is_owner(boundary, who)) return "it is your own boundary: it stands without anybody's acknowledgement";
  if (boundary.status == BoundaryStatus::lifted) return "it is lifted: there is nothing to acknowledge";
  if (boundary.status == BoundaryStatus::acknowledged) return "you acknowledged it already";
  return std::nullopt;
}

Refusal why_not_ask(const Boundary& boundary, const RootId& who, const BoundaryAsked& asked) {
  if (is_owner(boundary, who)) return "it is your own boundary: asking about it is for your partner";
  if (is_blank(asked.text)) return "an ask needs words of your own";
  return std::nullopt;
}

Refusal why_not_answer(const Boundary& boundary, const RootId& who, const Response& response) {
  if (!is_ordinary(response.kind)) return "a boundary is no apology: there is nothing to accept";
  const bool erased = std::ranges::any_of(
      boundary.taken_back, [&](const RootId& root) { return root == who || root == boundary.id.creator; });
  if (erased) return "what was answered here is erased, and stays so";
  if (!response.to || std::ranges::find(boundary.asks, *response.to, &BoundaryAsk::op) == boundary.asks.end()) {
    return "there is no such ask about this boundary";
  }
  return why_not_words(response);
}

}  // namespace attune::journal
