// This machine's own addresses, for the one line that the other person types.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::cli {

// Those of the addresses at which a listener answers that nobody named an address for (net::near), the most useful
// first: private IPv4, then private IPv6, then link-local IPv4. Link-local IPv6 is left out: it means nothing without
// the other side's interface.
[[nodiscard]] std::vector<std::string> answered_at(const std::vector<const sockaddr*>& addresses);
// The same of the interfaces that are up, but for loopback and the bridges of containers. Empty: there is none.
[[nodiscard]] std::vector<std::string> own_addresses();

// What the other side can dial, HOST:PORT: `listening` itself where it names one address; where it listens on all, the
// first of `own`. nullopt: there is none.
[[nodiscard]] std::optional<std::string> dialable(std::string_view listening, const std::vector<std::string>& own);
// Where a node listens, for people: HOST:PORT, or the port alone where that host stands for all addresses.
[[nodiscard]] std::string listening_in_words(std::string_view listening);

}  // namespace attune::cli
