// Which keys a session needs, and how newer ones are handed over. docs/protocol.md, section 5.8.
#include <utility>

#include "crypto/random.h"
#include "identity/self_keys.h"
#include "sync/checks.h"
#include "sync/exchange_state.h"

namespace attune::sync {

void Exchange::State::agree_on_keys() {
  if (setup.own_device) {
    summary.key_session = setup.self_key != identity::newest_self_key(people.own());
    if (setup.keyring == nullptr) return;
    // All of them: one that was made apart from the newest still tells old seals.
    for (const identity::SelfKey& key : setup.keyring->all()) {
      if (!key.revoke.is_none() && key.revoke != setup.self_key) self_keys_due.push_back(key.clone());
    }
    return;
  }
  summary.key_session = !people.fits(setup.couple_key);
  auto keys = people.couple_keys();
  if (keys.empty() || !people.fits(keys.front().key)) return;  // too old itself
  if (keys.front().key.hash() != setup.couple_key) couple_key_due = std::move(keys.front().key);
}

void Exchange::State::say_key() {
  v1::NewKey& out = *outgoing.mutable_new_key();
  const auto put = [&out](BytesView secret) { out.mutable_key()->assign(as_text(secret)); };
  if (couple_key_due) {
    put(couple_key_due->secret.bytes());
    out.set_revokes(couple_key_due->revokes);
    couple_key_due.reset();
    return;
  }
  put(self_keys_due.front().secret.bytes());
  out.set_revoke(std::string{self_keys_due.front().revoke.raw()});
  self_keys_due.pop_front();
}

// Keys, Sent, and once both have come so far, whoever dialled makes what neither side had, and ends.
bool Exchange::State::say_in_key_session() {
  if (!sent_said) {
    outgoing.mutable_sent();
    return sent_said = true;
  }
  if (!sent_heard && !end_heard) return false;
  if (setup.dialled && !end_heard && !setup.own_device) make_couple_key();
  if (couple_key_due) {
    say_key();
    return true;
  }
  if (!setup.dialled && !end_heard) return false;
  if (setup.own_device && setup.keyring != nullptr) summary.words_needed = setup.keyring->lacks_newest();
  outgoing.mutable_end();
  return end_said = true;
}

void Exchange::State::make_couple_key() {
  const auto keys = people.couple_keys();
  if (!keys.empty() && people.fits(keys.front().key)) return;
  const identity::CoupleKey key{crypto::random_secret<identity::CoupleKeySecret>(), revokes_known,
                                people.revokes_hash()};
  book.prove(setup.couple_key);               // of two who just met: a newer key follows their pairing
  book.add_couple_key(setup.peer_root, key);  // on this disk before anybody else hears of it
  couple_key_due = key.clone();
}

void Exchange::State::take(v1::NewKey& message) {
  if (!rosters_sent || !rosters_taken) misbehaved("a key came out of order");
  std::string& bytes = *message.mutable_key();
  constexpr std::size_t size = identity::SelfKeySecret::size;
  static_assert(size == identity::CoupleKeySecret::size);
  if (bytes.size() != size) misbehaved("a key of a wrong size came");
  const std::span<const std::byte, size> key{as_bytes(bytes)};
  if (setup.own_device) {
    auto secret = identity::SelfKeySecret::copied(key);
    crypto::wipe(bytes);
    return take_self_key(std::move(secret), message);
  }
  auto secret = identity::CoupleKeySecret::copied(key);
  crypto::wipe(bytes);
  take_couple_key(std::move(secret), message);
}

void Exchange::State::take_self_key(identity::SelfKeySecret secret, const v1::NewKey& message) {
  const auto revoke = required<identity::StatementHash>(message.revoke(), "a key of no revoke came");
  const auto& statements = people.own().statements();
  const auto found = statements.find(revoke);
  if (found == statements.end() || !std::holds_alternative<identity::Revoke>(found->second.says)) {
    misbehaved("a key of an unknown revoke came");
  }
  if (setup.keyring != nullptr) setup.keyring->keep({std::move(secret), revoke});
}

void Exchange::State::take_couple_key(identity::CoupleKeySecret secret, const v1::NewKey& message) {
  if (std::exchange(couple_key_taken, true)) misbehaved("a second key came");
  // More would make it the newest for ever, fewer would make it no use.
  if (message.revokes() != revokes_known) misbehaved("a key for another number of revokes came");
  // Both sides know the same ones (check_people).
  const identity::CoupleKey key{std::move(secret), message.revokes(), people.revokes_hash()};
  book.prove(setup.couple_key);
  const auto known = people.couple_keys();
  if (!known.empty() && !identity::newer(key, known.front().key)) return;  // both sides go on under the newest
  book.add_couple_key(setup.peer_root, key);
}

void Exchange::State::refuse_in_key_session() const {
  if (summary.key_session) misbehaved("records were spoken of in a session that is for keys alone");
}

}  // namespace attune::sync
