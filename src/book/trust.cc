#include "book/trust.h"

#include <algorithm>
#include <utility>

#include "book/keys.h"
#include "core/error.h"

namespace attune::book {
namespace {

using identity::StatementHash;
using Visit = storage::Store::Visit;

constexpr std::size_t kNumbers = 3 * sizeof(std::uint64_t);

std::string value_of(const Vouched& kept) {
  return std::string{kept.revoke.raw()} + u64_value(kept.n) + u64_value(kept.before) + u64_value(kept.written);
}

Vouched read_vouched(std::string_view value) {
  if (value.size() != StatementHash::size + kNumbers) {
    throw Error{Errc::damaged, "how far a log is believed cannot be read"};
  }
  Vouched kept;
  kept.revoke = *StatementHash::from(value.substr(0, StatementHash::size));
  value.remove_prefix(StatementHash::size);
  kept.n = read_u64(value.substr(0, 8));
  kept.before = read_u64(value.substr(8, 8));
  kept.written = read_u64(value.substr(16, 8));
  return kept;
}

// Of two statements about one revoke, the place that stands further.
void add_cut_offs(const std::vector<identity::CutOff>& from, std::map<LogId, identity::CutOff>& into) {
  for (const identity::CutOff& cut_off : from) {
    const auto [found, first] = into.try_emplace(cut_off.log, cut_off);
    if (!first && found->second.n < cut_off.n) found->second = cut_off;
  }
}

}  // namespace

Trust::Trust(const storage::Store& store, const log::Logs& logs) : logs_{logs} {
  const storage::Key rosters{storage::Table::roster};
  store.scan(rosters, rosters.end(), [&](std::string_view key, std::string_view wire) {
    const auto root = RootId::from(key.substr(1, RootId::size));
    if (!root) throw Error{Errc::damaged, "a stored statement about devices cannot be read"};
    try {
      rosters_.try_emplace(*root, *root).first->second.add(identity::check_statement(*root, wire));
    } catch (const Error& error) {  // checked before it was stored, so the disk lies, not a peer
      throw Error{Errc::damaged, std::string{"a stored statement about devices does not verify: "} + error.what()};
    }
    return Visit::go_on;
  });
  for (const auto& [root, roster] : rosters_) {
    if (auto revocation = newest_of(roster)) revocations_.emplace(root, std::move(*revocation));
  }
  const storage::Key values = standing_values();
  store.scan(values, values.end(), [&](std::string_view key, std::string_view value) {
    kept_.emplace(log_in_standing(key), read_vouched(value));
    return Visit::go_on;
  });
}

std::optional<Trust::Revocation> Trust::newest_of(const identity::Roster& roster) {
  const identity::Statement* newest = roster.newest_revoke();
  if (newest == nullptr) return std::nullopt;
  Revocation revocation{newest->hash, {}, {}};
  add_cut_offs(std::get<identity::Revoke>(newest->says).cut_offs, revocation.shared);
  for (const auto& [hash, statement] : roster.statements()) {
    const auto* own = std::get_if<identity::OwnCutOffs>(&statement.says);
    if (own == nullptr || own->revoke != newest->hash) continue;
    if (!revocation.own) revocation.own.emplace();
    add_cut_offs(own->cut_offs, *revocation.own);
  }
  return revocation;
}

const Trust::Revocation* Trust::revocation_of(const RootId& root) const {
  const auto found = revocations_.find(root);
  return found == revocations_.end() ? nullptr : &found->second;
}

StatementHash Trust::newest_revoke(const RootId& root) const {
  const Revocation* revocation = revocation_of(root);
  return revocation == nullptr ? StatementHash{} : revocation->hash;
}

// What was vouched for before a revoke was known says nothing under it.
Vouched Trust::kept(log::LogNumber log, const Revocation* revocation) const {
  const StatementHash newest = revocation == nullptr ? StatementHash{} : revocation->hash;
  const auto found = kept_.find(log);
  Vouched fresh{newest, revocation == nullptr ? kWhole : 0, 0, 0};
  if (found == kept_.end()) return fresh;
  if (found->second.revoke == newest) return found->second;
  fresh.written = found->second.written;
  return fresh;
}

std::uint64_t Trust::limit(const log::Held& held, const Vouched& kept, const Revocation* revocation,
                           const Grown& grown) {
  if (held.mine && !held.retired) return kWhole;  // nobody but this device appends to it
  const std::uint64_t known = std::max(kept.n, kept.written);
  if (revocation == nullptr) return known;
  // Only own devices pass the own ones on. Until one of them was met, what stood goes on standing.
  if (held.name.own_space() && !revocation->own) return std::max(known, kept.before);
  const CutOffs* cut_offs = &revocation->shared;
  auto found = cut_offs->find(held.name.id);
  if (found == cut_offs->end() && revocation->own) {  // of a former couple, too: the next partner must not learn of it
    cut_offs = &*revocation->own;
    found = cut_offs->find(held.name.id);
  }
  if (found == cut_offs->end()) return known;
  // Whether this is the same log shows when that place is here.
  if (found->second.n > grown.n) return std::max(known, kept.before);
  return grown.link_at(found->second.n) == found->second.link ? std::max(known, found->second.n) : known;
}

Trust::Grown Trust::as_held(const log::Held& held) const {
  return {held.n, [&logs = logs_, log = held.number](std::uint64_t n) { return logs.link_at(log, n); }};
}

std::uint64_t Trust::standing(log::LogNumber log) const {
  const log::Held* held = logs_.find(log);
  if (held == nullptr) return 0;
  if (kept_.empty() && revocations_.empty()) return held->n;
  auto known = limits_.find(log);
  if (known == limits_.end()) {
    const Revocation* revocation = revocation_of(held->name.author);
    known = limits_.emplace(log, limit(*held, kept(log, revocation), revocation, as_held(*held))).first;
  }
  return std::min(held->n, known->second);
}

// Of the own space nobody knows the cut-offs but own devices: what a thief wrote may still stand until one of them was
// met. It must not come to stand elsewhere by this device's word, which would outlast the cut-offs.
std::uint64_t Trust::certain(log::LogNumber log) const {
  const log::Held* held = logs_.find(log);
  if (held == nullptr || !held->name.own_space() || (held->mine && !held->retired)) return standing(log);
  const Revocation* revocation = revocation_of(held->name.author);
  if (revocation == nullptr || revocation->own) return standing(log);
  const Vouched known = kept(log, revocation);
  return std::min(held->n, std::max(known.n, known.written));
}

bool Trust::began_before_revoke(log::LogNumber log) const {
  const auto found = kept_.find(log);
  const Revocation* newest = revocation_of(logs_.find(log)->name.author);
  return found != kept_.end() && newest != nullptr && found->second.revoke == newest->hash && found->second.before > 0;
}

Trust::Move Trust::moved(const log::Held& held, const Vouched& kept, const Revocation* revocation) const {
  return {held.number, kept, standing(held.number), std::min(held.n, limit(held, kept, revocation, as_held(held)))};
}

Trust::Move Trust::vouch(log::LogNumber log, std::uint64_t n) const {
  const log::Held& held = *logs_.find(log);
  const Revocation* revocation = revocation_of(held.name.author);
  Vouched after = kept(log, revocation);
  after.n = std::max(after.n, n);
  return moved(held, after, revocation);
}

Trust::Move Trust::disown(log::LogNumber log, std::uint64_t n) const {
  const log::Held& held = *logs_.find(log);
  const Revocation* revocation = revocation_of(held.name.author);
  Vouched after = kept(log, revocation);
  after.n = std::min(after.n, n - 1);
  after.before = 0;  // the author was asked, and says in this very session how far it stands
  return moved(held, after, revocation);
}

Trust::Move Trust::retire(log::LogNumber log) const {
  log::Held held = *logs_.find(log);
  const Revocation* revocation = revocation_of(held.name.author);
  Vouched after = kept(log, revocation);
  if (!held.retired) after.written = held.n;
  held.retired = true;
  return moved(held, after, revocation);
}

Trust::Move Trust::grow(log::LogNumber log, const Grown& grown, const Word& word) const {
  const log::Held& held = *logs_.find(log);
  const Revocation* revocation = revocation_of(held.name.author);
  Vouched after = kept(log, revocation);
  if (word.vouched > 0) {
    after.n = std::max(after.n, word.vouched);
  } else if (word.meanwhile > 0 && standing(log) == held.n) {  // with nothing before it that does not stand
    after.before = std::max(after.before, word.meanwhile);
  } else if (after.n == kWhole && grown.n > held.n) {
    after.n = held.n;  // all that is here, and nothing of what comes now
  }
  const std::uint64_t from = standing(log);
  return {log, after, from, std::min(std::max(held.n, grown.n), limit(held, after, revocation, grown))};
}

std::vector<Trust::Move> Trust::decide(const identity::Roster& roster) const {
  const auto newest = newest_of(roster);
  if (!newest) return {};
  const bool newer = newest->hash != newest_revoke(roster.root());
  std::vector<Move> moves;
  for (const log::Held& held : logs_.all()) {
    if (held.name.author != roster.root()) continue;
    Vouched after = kept(held.number, &*newest);
    if (newer) after.before = standing(held.number);
    moves.push_back(moved(held, after, &*newest));
  }
  return moves;
}

identity::Roster Trust::roster(const RootId& root) const {
  const auto found = rosters_.find(root);
  return found == rosters_.end() ? identity::Roster{root} : found->second;
}

void Trust::write(const Move& move, storage::Batch& batch) const {
  const auto found = kept_.find(move.log);
  if (found != kept_.end() && found->second == move.kept) return;
  // All that is not kept is what would be read where nothing stands.
  if (found == kept_.end() && move.kept == Vouched{}) return;
  batch.put(standing_value(move.log), value_of(move.kept));
}

void Trust::committed(const Move& move) {
  if (kept_.contains(move.log) || move.kept != Vouched{}) kept_[move.log] = move.kept;
  limits_.erase(move.log);
}

void Trust::committed(identity::Roster roster) {
  const RootId root = roster.root();
  if (auto revocation = newest_of(roster)) revocations_.insert_or_assign(root, std::move(*revocation));
  rosters_.insert_or_assign(root, std::move(roster));
  limits_.clear();
}

}  // namespace attune::book
