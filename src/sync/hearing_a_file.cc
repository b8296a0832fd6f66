// What is otherwise where a side of a session comes out of a file: it knew only what it knew when the file was made,
// and nobody can be asked. docs/protocol.md, section 8.4.
#include <algorithm>

#include "sync/checks.h"
#include "sync/exchange_state.h"

namespace attune::sync {
namespace {

constexpr std::uint64_t kMaxGaps = 1024;  // of one log at a time, as in an inventory

}  // namespace

void Exchange::State::refuse_in_file() const {
  const bool known = incoming.has_rosters() || incoming.has_inventory() || incoming.has_sent() ||
                     incoming.is_case() == v1::Message::IS_NOT_SET;
  if (!known) misbehaved("a file says what only a session may");
}

// In a session both know the same revokes before either vouches for anything. Whoever made this heard of none since.
void Exchange::State::note_behind(const v1::Rosters& message) {
  const auto judge = [&](const identity::Roster& roster) {
    const identity::Statement* newest = roster.newest_revoke();
    const bool knows =
        newest == nullptr || std::ranges::any_of(message.rosters(), [&](const v1::Roster& said) {
          return said.root() == roster.root().raw() && std::ranges::count(said.statements(), newest->wire) > 0;
        });
    if (!knows || way == Way::in_stale) standing.set_behind(roster.root());
  };
  judge(people.own());
  if (people.partner() != nullptr) judge(*people.partner());
}

// Payloads of records that are held without: in a session they would be asked for.
void Exchange::State::fill_gaps(const v1::Batch& message, log::LogNumber number, std::uint64_t last) {
  std::vector<std::pair<std::uint64_t, std::string_view>> payloads;
  for (const std::uint64_t n : book.logs().lacking(number, kMaxGaps)) {
    if (n < message.first() || n > last) continue;
    const v1::Record& record = message.records(static_cast<int>(n - message.first()));
    if (!record.payload().empty()) payloads.emplace_back(n, record.payload());
  }
  if (!payloads.empty()) note_arrived(book.fill(number, payloads));
}

}  // namespace attune::sync
