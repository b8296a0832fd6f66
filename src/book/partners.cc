#include "book/partners.h"

#include <algorithm>
#include <map>

#include "book/keys.h"
#include "core/error.h"
#include "identity/roster.h"

namespace attune::book {
namespace {

using storage::Key;
using storage::Table;

identity::Roster roster_of(const Book& book, const RootId& root) {
  identity::Roster roster{root};
  for (const std::string& wire : book.statements(root)) roster.add(identity::check_statement(root, wire));
  return roster;
}

}  // namespace

Key confirmed_key(const DeviceId& device, log::LogNumber log) { return Key{Table::confirmed}.id(device).u32(log); }

PartnerDevices::PartnerDevices(const Book& book, const Shelf& shelf) : shelf_{shelf} {
  const identity::Roster own = roster_of(book, shelf.self.root);
  std::optional<identity::Roster> partner;
  if (const auto pairing = book.pairing()) partner = roster_of(book, pairing->partner);
  const Key from{Table::confirmed};
  shelf.store.scan(from, from.end(), [&](std::string_view key, std::string_view value) {
    if (key.size() != 1 + DeviceId::size + 4) throw Error{Errc::damaged, "a confirmation cannot be read"};
    const auto device = DeviceId::from(key.substr(1, DeviceId::size));
    const auto log = read_be32(std::span<const std::byte, 4>{as_bytes(key.substr(1 + DeviceId::size)).data(), 4});
    const bool ours = *device == shelf.self.device || own.admit_of(*device) != nullptr;
    if (!ours && !(partner && partner->revoked(*device))) confirmed_.push_back({*device, log, read_u64(value)});
    return storage::Store::Visit::go_on;
  });
}

std::vector<std::uint64_t> PartnerDevices::of(log::LogNumber log) const {
  const log::Held* held = shelf_.logs.find(log);
  std::map<DeviceId, std::uint64_t> devices;
  for (const Confirmed& one : confirmed_) {
    const log::Held* other = shelf_.logs.find(one.log);
    if (held == nullptr || other == nullptr || other->name.couple != held->name.couple) continue;
    auto& n = devices[one.device];
    if (one.log == log) n = std::max(n, one.n);
  }
  std::vector<std::uint64_t> places;
  for (const auto& [device, n] : devices) places.push_back(n);
  return places;
}

std::optional<std::uint64_t> PartnerDevices::least_confirmed(log::LogNumber log) const {
  const auto places = of(log);
  return places.empty() ? std::nullopt : std::optional{std::ranges::min(places)};
}

std::optional<std::uint64_t> PartnerDevices::most_confirmed(log::LogNumber log) const {
  const auto places = of(log);
  return places.empty() ? std::nullopt : std::optional{std::ranges::max(places)};
}

}  // namespace attune::book
