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

const Statement* Roster::newest_revoke() const {
  const Statement* newest = nullptr;
  std::uint64_t number = 0;
  for (const auto& [hash, statement] : statements_) {
    const auto* revoke = std::get_if<Revoke>(&statement.says);
    // The map is in the order of hashes: of equal numbers the last one is the greater.
    if (revoke != nullptr && revoke->number >= number) {
      newest = &statement;
      number = revoke->number;
    }
  }
  return newest;
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
