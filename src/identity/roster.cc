// docs/protocol.md, section 2.4. A roster is small (kMaxStatements at most), so each question walks through it.
#include "identity/roster.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"

namespace attune::identity {

bool Roster::add(Statement statement) {
  if (statement.root != root_) throw Error{Errc::peer_misbehaved, "a statement is about another person's devices"};
  if (statements_.contains(statement.hash)) return false;
  if (statements_.size() >= kMaxStatements) {
    throw Error{Errc::peer_misbehaved, "a person's device list is longer than it may be"};
  }
  const StatementHash hash = statement.hash;
  statements_.emplace(hash, std::move(statement));
  return true;
}

bool Roster::admitted(const DeviceId& device) const { return admit_of(device) != nullptr && !revoked(device); }

bool Roster::revoked(const DeviceId& device) const {
  return std::ranges::any_of(statements_, [&](const auto& entry) {
    const auto* revoke = std::get_if<Revoke>(&entry.second.says);
    return revoke != nullptr && revoke->device == device;
  });
}

const Statement* Roster::admit_of(const DeviceId& device) const {
  for (const auto& [hash, statement] : statements_) {
    const auto* admit = std::get_if<Admit>(&statement.says);
    if (admit != nullptr && admit->device == device) return &statement;
  }
  return nullptr;
}

std::vector<const Statement*> Roster::revokes_in_order() const {
  std::vector<const Statement*> revokes;
  for (const auto& [hash, statement] : statements_) {
    if (std::holds_alternative<Revoke>(statement.says)) revokes.push_back(&statement);
  }
  std::ranges::sort(revokes, {}, [](const Statement* statement) {
    return std::pair{std::get<Revoke>(statement->says).number, statement->hash};
  });
  return revokes;
}

const Statement* Roster::newest_revoke() const {
  const auto revokes = revokes_in_order();
  return revokes.empty() ? nullptr : revokes.back();
}

std::uint64_t Roster::next_number() const {
  const Statement* newest = newest_revoke();
  const std::uint64_t greatest = newest == nullptr ? 0 : std::get<Revoke>(newest->says).number;
  return std::max(greatest, revokes()) + 1;
}

bool Roster::revoked_apart() const {
  // A number counts all revokes that its maker knew, and rosters travel whole: fewer than there are were not all.
  const Statement* newest = newest_revoke();
  return newest != nullptr && std::get<Revoke>(newest->says).number < revokes();
}

std::uint64_t Roster::revokes() const noexcept {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      statements_, [](const auto& entry) { return std::holds_alternative<Revoke>(entry.second.says); }));
}

std::vector<DeviceId> Roster::devices() const {
  std::set<DeviceId> devices;
  for (const auto& [hash, statement] : statements_) {
    if (const auto* admit = std::get_if<Admit>(&statement.says)) devices.insert(admit->device);
  }
  for (const auto& [hash, statement] : statements_) {
    if (const auto* revoke = std::get_if<Revoke>(&statement.says)) devices.erase(revoke->device);
  }
  return {devices.begin(), devices.end()};
}

}  // namespace attune::identity
