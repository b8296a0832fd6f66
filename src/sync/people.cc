#include "sync/people.h"

#include "core/error.h"

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

std::vector<book::DatedKey> People::couple_keys() const {
  if (!partner_) return {};  // nobody, or somebody just met: then only their meeting's key is shared
  auto keys = book_.couple_keys(partner_->root());
  std::erase_if(keys, [&](const book::DatedKey& dated) { return dated.key.revokes > revokes(); });
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
  book_.add_statements(root, fresh);
  *roster = std::move(grown);
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
