// Self keys that came after the home was made: in the sealed store, because a running node does not have the
// passphrase that the vault is written with. docs/decisions/0011-new-self-keys-in-the-store.md.
#include "book/book.h"
#include "book/keys.h"
#include "book/state.h"
#include "book/work.h"
#include "core/error.h"

namespace attune::book {
namespace {

constexpr std::string_view kSelfKey = "self key ";  // then the revoke that it belongs to; value: the key

}  // namespace

std::vector<identity::SelfKey> Book::self_keys() const {
  std::vector<identity::SelfKey> keys;
  const storage::Key from = book_value(kSelfKey);
  state_->store.scan(from, from.end(), [&](std::string_view key, std::string_view value) {
    const auto revoke = identity::StatementHash::from(key.substr(from.str().size()));
    if (!revoke || value.size() != identity::SelfKeySecret::size) {
      throw Error{Errc::damaged, "a key of this person's devices cannot be read"};
    }
    const std::span<const std::byte, identity::SelfKeySecret::size> bytes{as_bytes(value)};
    keys.push_back({identity::SelfKeySecret::copied(bytes), *revoke});
    return storage::Store::Visit::go_on;
  });
  return keys;
}

void Book::keep_self_key(const identity::SelfKey& key) {
  storage::Key name = book_value(kSelfKey);
  name.id(key.revoke);
  storage::Batch batch;
  batch.put(name, as_text(key.secret.bytes()));
  state_->store.commit(batch);
}

void Book::reseal() {
  const identity::SelfKey& newest = state_->self.self_keys->back();
  Work work{*state_, From::here};
  for (const log::Held& held : state_->logs.all()) {
    const bool sealed = held.n == 0 || (held.seal && held.seal->key == newest.name());
    // Of a retired log others may have brought a part, and a seal under this key would vouch for it.
    if (!held.mine || held.retired || sealed) continue;
    state_->logs.reseal(held.number, newest, work.batch());
  }
  if (!work.batch().empty()) work.commit();
}

}  // namespace attune::book
