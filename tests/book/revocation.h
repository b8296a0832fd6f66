// A person whose devices can be revoked, and journals of which one device turned.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "book/home.h"
#include "identity/root.h"

namespace attune::test {

struct Owner : Person {
  Owner() {
    root = words.id;
    self_keys.clear();
    self_keys.push_back(identity::self_key_from(words.self_seed, nullptr));
  }
  identity::Root words = identity::root_from(crypto::random_secret<crypto::Entropy>());
};

struct Revocation {
  identity::Statement shared;
  identity::Statement own;
  [[nodiscard]] identity::SelfKey key(const Owner& owner) const {
    return identity::self_key_from(owner.words.self_seed, &shared);
  }
};

// As the device that `at` is would revoke: what it holds of that person's logs stands.
inline Revocation revoke(const Owner& owner, Home& at, const DeviceId& device, std::uint64_t number = 1) {
  identity::Revoke revoke{.device = device, .number = number, .random = {}, .cut_offs = {}};
  std::vector<identity::CutOff> own;
  for (const log::Held& held : at.book().logs().all()) {
    if (held.name.author != owner.root) continue;
    const std::uint64_t n = at.book().standing(held.number);
    (held.name.own_space() ? own : revoke.cut_offs)
        .push_back({held.name.id, n, *at.book().logs().link_at(held.number, n)});
  }
  auto shared = identity::sign_statement(owner.words.signing, revoke);
  const identity::OwnCutOffs own_cut_offs{shared.hash, own};
  return {std::move(shared), identity::sign_statement(owner.words.signing, own_cut_offs)};
}

// The next parcel of a log, in one's own or in nobody's name. false: nothing to hand over.
inline bool hand_over(Home& from, const log::Held& log, Home& to, std::size_t limit, book::Book::Handed handed) {
  if (log.name.own_space() && from.root() != to.root()) return false;
  const log::Held held = *from.book().logs().find(log.number);
  const log::LogNumber number = to.book().learn(held.name, held.device);
  const std::uint64_t have = to.book().logs().find(number)->n;
  if (have >= held.n) return false;
  const Parcel next = parcel(from, held, have + 1, limit);
  to.book().receive(number, next.first, next.incoming(), next.link, next.seal, handed);
  return true;
}

// What a person can see of everything, and the keys of the indexes that texts are found by. Places of ops are left out:
// they follow the order of arrival, and name records that have no effect, too.
struct Seen {
  std::vector<journal::Entry> entries;
  std::map<std::string, std::string> keys;
  friend bool operator==(const Seen&, const Seen&) = default;
};
inline Seen seen(Home& home) {
  Seen seen{home.book().list({.limit = 0}), {}};
  for (auto& [key, value] : home.indexes()) {
    if (key.front() != 'O' || key.size() != 17) seen.keys[key] = value;
  }
  return seen;
}

}  // namespace attune::test
