// This person's devices as they know them: by the names that they gave them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/home.h"

namespace attune::node {

struct OwnDevice {
  DeviceId id;
  std::string name;  // empty where it is not known here yet
  bool is_this = false;
  bool admitted = true;  // else revoked
  std::optional<Instant> added_at;
};
[[nodiscard]] std::vector<OwnDevice> own_devices(Home& home);  // by the time they were added
// The beginning of its id that tells it from all the others, at least 4 digits.
[[nodiscard]] std::string short_id(const std::vector<OwnDevice>& devices, const DeviceId& id);

// The one that may be meant to be revoked: by its name, else by the beginning of its id; one that was not revoked yet
// before one that was. Throws Errc::not_found, Errc::ambiguous, and Errc::usage for this very device.
[[nodiscard]] OwnDevice device_named(const std::vector<OwnDevice>& devices, std::string_view name);

// `wanted`, with a number behind it where another admitted device is called so.
[[nodiscard]] std::string free_name(Home& home, const std::string& wanted);

// What the person should know about their devices, one line each.
[[nodiscard]] std::vector<std::string> device_notes(Home& home);

}  // namespace attune::node
