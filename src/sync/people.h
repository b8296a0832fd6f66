// Who is who, as this device knows it: the roster of its own person and of the partner, kept in the book. The partner
// here is whoever sessions under a couple's key are with: up to the first one, somebody who was only met.
// Statements merge by union; each is checked against its root once, when it comes in or is loaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "book/book.h"
#include "core/error.h"
#include "identity/roster.h"

namespace attune::sync {

class People {
 public:
  // `book` must outlive it. Throws Errc::damaged where a stored statement does not verify.
  People(book::Book& book, RootId own);

  [[nodiscard]] const identity::Roster& own() const noexcept { return own_; }
  [[nodiscard]] const identity::Roster* partner() const noexcept { return partner_ ? &*partner_ : nullptr; }
  // Revokes in both rosters: how new a couple's key made now would be.
  [[nodiscard]] std::uint64_t revokes() const noexcept;
  [[nodiscard]] identity::RevokesHash revokes_hash() const;  // which they are
  // It was made for just the revokes that are known now.
  [[nodiscard]] bool fits(const identity::CoupleKey& key) const;
  // The same of a key of the partner's, or of the meeting with them, by its hash.
  [[nodiscard]] bool fits(const identity::CoupleKeyHash& key) const;
  // Keys shared with the partner, newest first, each once. One that claims as many revokes as are known, and not just
  // these, or more of them, was made up: before a revoke was signed, by somebody whom it may be against.
  [[nodiscard]] std::vector<book::DatedKey> couple_keys() const;

  // Adds what is new, durably, before anyone relies on it. Rosters of other people are not kept. Throws
  // Errc::peer_misbehaved for a statement that does not verify; then nothing of the call is kept. Where the store fails
  // it may be kept or not, and counts here until the next start.
  void add(const RootId& root, const std::vector<std::string>& statements);
  // Throws what kept one from being stored. The book does not know it then: whoever went on would vouch for what a
  // revoke took back, to somebody who knows the same revokes and believes it.
  void check_stored() const;
  // After the book learned of another pairing, or of statements by another way.
  void reload();
  // Reloads where the partner is another one now, or gone. true: so it was.
  bool follow();

  // The statement admits this device, its root is `root`, and the device is not revoked as far as known here.
  [[nodiscard]] bool believes(const RootId& root, const DeviceId& device, std::string_view admit) const;

 private:
  book::Book& book_;
  identity::Roster own_;
  std::optional<identity::Roster> partner_;
  std::optional<Error> unstored_;
};

}  // namespace attune::sync
