#include "node/own_devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "node/words.h"

namespace attune::node {
namespace {

constexpr std::size_t kShortestId = 4;

std::vector<OwnDevice> called(const std::vector<OwnDevice>& devices, std::string_view name) {
  std::vector<OwnDevice> found;
  std::ranges::copy_if(devices, std::back_inserter(found), [&](const OwnDevice& one) { return one.name == name; });
  if (!found.empty() || name.size() < kShortestId) return found;
  std::ranges::copy_if(devices, std::back_inserter(found),
                       [&](const OwnDevice& one) { return one.id.hex().starts_with(name); });
  return found;
}

std::string with_hint(std::string_view what, std::string_view hint) { return fmt::format("{} ({})", what, hint); }

}  // namespace

std::vector<OwnDevice> own_devices(Home& home) {
  const identity::Roster& roster = home.people().own();
  const auto names = home.book().profile().devices;
  std::set<DeviceId> ids;
  for (const auto& [hash, statement] : roster.statements()) {
    if (const auto* admit = std::get_if<identity::Admit>(&statement.says)) ids.insert(admit->device);
  }
  std::vector<OwnDevice> devices;
  for (const DeviceId& id : ids) {
    OwnDevice one{id, {}, id == home.vault().device_id(), !roster.revoked(id), std::nullopt};
    if (const auto named = names.find(id); named != names.end()) {
      one.name = named->second.name;
      one.added_at = named->second.added_at;
    }
    devices.push_back(std::move(one));
  }
  std::ranges::stable_sort(devices, {}, [](const OwnDevice& one) { return one.added_at.value_or(kLatestInstant); });
  return devices;
}

std::string short_id(const std::vector<OwnDevice>& devices, const DeviceId& id) {
  const std::string whole = id.hex();
  for (std::size_t size = kShortestId; size < whole.size(); ++size) {
    const std::string begin = whole.substr(0, size);
    const auto alike = [&](const OwnDevice& other) { return other.id != id && other.id.hex().starts_with(begin); };
    if (std::ranges::none_of(devices, alike)) return begin;
  }
  return whole;
}

OwnDevice device_named(const std::vector<OwnDevice>& devices, std::string_view name) {
  std::vector<OwnDevice> found = called(devices, name);
  if (found.empty()) {
    throw Error{Errc::not_found, fmt::format("none of your devices is called {}", harmless_line(std::string{name})),
                "attune device list shows them"};
  }
  const auto others = std::ranges::partition(found, [](const OwnDevice& one) { return !one.is_this; });
  const bool this_one = !others.empty();
  found.erase(others.begin(), others.end());
  if (std::ranges::any_of(found, &OwnDevice::admitted)) {
    std::erase_if(found, [](const OwnDevice& one) { return !one.admitted; });
  } else if (this_one) {
    throw Error{Errc::usage, "that is the device you are at",
                "remove it from another device, or destroy the journal here with attune wipe"};
  }
  if (found.size() > 1) {
    throw Error{Errc::ambiguous, fmt::format("several devices are called {}", harmless_line(std::string{name})),
                "name one by its id, which attune device list shows"};
  }
  return found.front();
}

std::string free_name(Home& home, const std::string& wanted) {
  const auto devices = own_devices(home);
  const auto taken = [&](const std::string& name) {
    return std::ranges::any_of(devices,
                               [&](const OwnDevice& one) { return one.admitted && !one.is_this && one.name == name; });
  };
  std::string name = wanted;
  for (int n = 2; taken(name); ++n) name = fmt::format("{} {}", wanted, n);
  return name;
}

std::vector<std::string> device_notes(Home& home) {
  if (home.removed()) return {with_hint(kRemoved, kRemovedHint)};
  std::vector<std::string> notes;
  if (home.keyring().lacks_newest()) notes.push_back(with_hint(kWordsNeeded, kWordsNeededHint));
  if (home.people().own().revoked_apart()) notes.push_back(with_hint(kRevokedApart, kRevokedApartHint));
  return notes;
}

}  // namespace attune::node
