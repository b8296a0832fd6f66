// Rosters, peers and single values: kept beside the logs, and none of the journal's business.
#include "book/book.h"
#include "book/keys.h"
#include "book/state.h"
#include "book/work.h"
#include "core/error.h"
#include "crypto/hash.h"

namespace attune::book {
namespace {

using storage::Key;
using storage::Table;
using Visit = storage::Store::Visit;

Key roster_key(const RootId& root) { return Key{Table::roster}.id(root); }

}  // namespace

std::vector<std::string> Book::statements(const RootId& root) const {
  std::vector<std::string> wires;
  const Key from = roster_key(root);
  state_->store.scan(from, from.end(), [&](std::string_view, std::string_view wire) {
    wires.emplace_back(wire);
    return Visit::go_on;
  });
  return wires;
}

void Book::add_statements(const RootId& root, const std::vector<std::string>& wires) {
  Work work{*state_, From::store};
  identity::Roster roster = state_->trust.roster(root);
  bool decides = false;
  for (const std::string& wire : wires) {
    identity::Statement statement = identity::check_statement(root, wire);
    const bool admits = std::holds_alternative<identity::Admit>(statement.says);
    decides = (roster.add(std::move(statement)) && !admits) || decides;
  }
  if (decides) work.stand(state_->trust.decide(roster));
  storage::Batch& batch = work.batch();
  for (const std::string& wire : wires) {
    // Any name that is the same for the same bytes will do: nothing is looked up by it.
    const auto name = crypto::hash128("attune roster key v1", as_bytes(wire));
    Key key = roster_key(root);
    key.raw(as_text(name));
    if (!state_->store.get(key)) batch.put(key, wire);
  }
  work.learn(std::move(roster));
  work.commit();
  finish(work);
}

std::optional<std::string> Book::meta(std::string_view name) const { return state_->store.get(node_value(name)); }

void Book::set_meta(std::string_view name, std::string_view value) {
  storage::Batch batch;
  batch.put(node_value(name), value);
  state_->store.commit(batch);
}

std::vector<std::pair<DeviceId, std::string>> Book::peers() const {
  std::vector<std::pair<DeviceId, std::string>> all;
  const Key from{Table::peer};
  state_->store.scan(from, from.end(), [&](std::string_view key, std::string_view value) {
    const auto device = DeviceId::from(key.substr(1));
    if (!device) throw Error{Errc::damaged, "a remembered device cannot be read"};
    all.emplace_back(*device, value);
    return Visit::go_on;
  });
  return all;
}

void Book::set_peer(const DeviceId& device, std::string_view value) {
  storage::Batch batch;
  batch.put(Key{Table::peer}.id(device), value);
  state_->store.commit(batch);
}

void Book::forget_peer(const DeviceId& device) {
  storage::Batch batch;
  batch.remove(Key{Table::peer}.id(device));
  state_->store.commit(batch);
}

}  // namespace attune::book
