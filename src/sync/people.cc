#include "sync/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/stopping_files.h"

namespace attune::sync {
namespace {

// Of one person: two of them are one message of a session. Room for hundreds of devices.
constexpr std::size_t kMaxRosterBytes = 384U << 10U;

identity::Roster load(const book::Book& book, const RootId& root) {
  identity::Roster roster{root};
  for (const std::string& wire : book.statements(root)) {
    try {
      roster.add(identity::check_statement(root, wire));
    } catch (const Error& error) {  // checked before it was stored, so the disk lies, not a peer
      throw Error{Errc::damaged, std::string{"a stored statement about devices does not verify: "} + error.what()};
    }
  }
  return roster;
}

}  // namespace

People::People(book::Book& book, RootId own) : book_{book}, own_{own} { reload(); }

void People::reload() {
  own_ = load(book_, own_.root());
  const auto partner = book_.counterpart();
  if (!partner) {
    partner_.reset();
  } else {
    partner_ = load(book_, *partner);
  }
}

bool People::follow() {
  const auto now = book_.counterpart();
  if (now ? partner_ && partner_->root() == *now : !partner_) return false;
  reload();
  return true;
}

std::uint64_t People::revokes() const noexcept { return own_.revokes() + (partner_ ? partner_->revokes() : 0); }

identity::RevokesHash People::revokes_hash() const {
  std::vector<identity::StatementHash> hashes;
  for (const identity::Roster* roster : {&own_, partner()}) {
    if (roster == nullptr) continue;
    for (const identity::Statement* revoke : roster->revokes_in_order()) hashes.push_back(revoke->hash);
  }
  return identity::hash_of_revokes(std::move(hashes));
}

bool People::fits(const identity::CoupleKey& key) const {
  return key.revokes == revokes() && key.revokes_hash == revokes_hash();
}

bool People::fits(const identity::CoupleKeyHash& key) const {
  const auto meeting = book_.meeting();
  if (meeting && meeting->key.hash() == key) return fits(meeting->key);
  const auto keys = couple_keys();
  return std::ranges::any_of(keys,
                             [&](const book::DatedKey& dated) { return dated.key.hash() == key && fits(dated.key); });
}

std::vector<book::DatedKey> People::couple_keys() const {
  if (!partner_) return {};  // nobody, or somebody just met: then only their meeting's key is shared
  auto keys = book_.couple_keys(partner_->root());
  const identity::RevokesHash now = revokes_hash();
  std::set<identity::CoupleKeyHash> known;
  std::erase_if(keys, [&](const book::DatedKey& dated) {
    const identity::CoupleKey& key = dated.key;
    const bool made_up = key.revokes > revokes() || (key.revokes == revokes() && key.revokes_hash != now);
    return made_up || !known.insert(key.hash()).second;
  });
  return keys;
}

void People::add(const RootId& root, const std::vector<std::string>& statements) {
  identity::Roster* roster = nullptr;
  if (root == own_.root()) roster = &own_;
  if (partner_ && root == partner_->root()) roster = &*partner_;
  if (roster == nullptr) return;

  identity::Roster grown = *roster;
  std::size_t bytes = 0;
  for (const auto& [hash, statement] : grown.statements()) bytes += statement.wire.size();
  std::vector<std::string> fresh;
  for (const std::string& wire : statements) {
    identity::Statement statement = identity::check_statement(root, wire);
    if (!grown.add(std::move(statement))) continue;
    fresh.push_back(wire);
    bytes += wire.size();
  }
  if (fresh.empty()) return;
  if (bytes > kMaxRosterBytes) throw Error{Errc::peer_misbehaved, "somebody says too much about their devices"};
  try {
    book_.add_statements(root, fresh);
  } catch (const Error& error) {
    // The next start may know less. Till then whom they revoke is not believed.
    unstored_ = Error{error.code(), fmt::format("no sync: what came about devices was not stored: {}", error.what()),
                      std::string{kBeginAnew}};
    *roster = std::move(grown);
    throw;
  }
  *roster = std::move(grown);
}

void People::check_stored() const {
  if (unstored_) throw Error{*unstored_};
}

bool People::believes(const RootId& root, const DeviceId& device, std::string_view admit) const {
  const identity::Roster* roster = root == own_.root() ? &own_ : partner();
  if (roster == nullptr || roster->root() != root || roster->revoked(device)) return false;
  try {
    const identity::Statement statement = identity::check_statement(root, admit);
    const auto* says = std::get_if<identity::Admit>(&statement.says);
    return says != nullptr && says->device == device;
  } catch (const Error&) {
    return false;  // whoever sent it is a stranger: the same answer as for any other
  }
}

}  // namespace attune::sync
