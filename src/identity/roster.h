// The roster of one person: a grow-only set of statements; sets merge by union. A revoke is final for its key.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "identity/statement.h"

namespace attune::identity {

class Roster {
 public:
  static constexpr std::size_t kMaxStatements = 1024;
  explicit Roster(RootId root) : root_{root} {}

  [[nodiscard]] const RootId& root() const noexcept { return root_; }
  // true: it was new. Throws Errc::peer_misbehaved where its root is another or the roster is full.
  bool add(Statement statement);
  // Admitted and not revoked.
  [[nodiscard]] bool admitted(const DeviceId& device) const;
  [[nodiscard]] bool revoked(const DeviceId& device) const;
  [[nodiscard]] const Statement* admit_of(const DeviceId& device) const;  // nullptr: none
  // By number, then hash; nullptr: none yet.
  [[nodiscard]] const Statement* newest_revoke() const;
  [[nodiscard]] std::uint64_t revokes() const noexcept;
  [[nodiscard]] std::vector<const Statement*> revokes_in_order() const;  // by number, then hash: the newest is last
  // For the revoke that is made next: one more than all that are known, and than each one's number.
  [[nodiscard]] std::uint64_t next_number() const;
  // The newest revoke was made by somebody who did not know all the others. Whoever those were against may have been
  // given its key, so one more revoke is needed.
  [[nodiscard]] bool revoked_apart() const;
  [[nodiscard]] std::vector<DeviceId> devices() const;  // admitted ones, sorted
  [[nodiscard]] const std::map<StatementHash, Statement>& statements() const noexcept { return statements_; }

 private:
  RootId root_;
  std::map<StatementHash, Statement> statements_;
};

}  // namespace attune::identity
