// This machine's own addresses, for the one line that the other person types.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::cli {

// Addresses of interfaces that are up, the most useful first: private IPv4, then other IPv4, then private IPv6.
// Loopback, link-local IPv6 and the bridges of containers are left out.
[[nodiscard]] std::vector<std::string> own_addresses();

// What the other side can dial, HOST:PORT: `listening` itself where it names one address; where it listens on all, the
// first of `own`. nullopt: there is none.
[[nodiscard]] std::optional<std::string> dialable(std::string_view listening, const std::vector<std::string>& own);

}  // namespace attune::cli
