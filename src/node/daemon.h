// The node that stays: listens, dials, keeps both sides in sync while it is up. docs/guide.md, "The node".
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "crypto/secret.h"

namespace attune::node {

struct NodeOptions {
  std::string home;
  std::string listen;              // HOST:PORT; empty: all addresses, the remembered port
  std::vector<std::string> peers;  // HOST:PORT
  bool discovery = true;
  // Ends by itself when nobody asked for anything that long; zero: never. nullopt: as the home's settings say.
  std::optional<std::chrono::seconds> lock_after{};
  bool partner = false;  // after a restore: the partner may be dialled from now on
};

// What the foreground node tells; `event` is "listening", "stopped".
using NodeEvent = std::function<void(const std::string& event, const std::string& detail)>;

// In this process, until SIGTERM, SIGINT or a stop request. Throws Errc::exists where one runs already.
void run_node(const NodeOptions& options, crypto::SecretBytes passphrase, const NodeEvent& event);

// Starts this program again as `attune node` in the background, hands the passphrase over through a pipe and returns
// when it listens (HOST:PORT). What stops it from starting is thrown here.
[[nodiscard]] std::string start_node(const NodeOptions& options, BytesView passphrase);
// In the process that start_node() made: reads the passphrase from file descriptor 3 and reports on descriptor 4.
int run_started_node(const NodeOptions& options);

// false: none ran. Returns when it has ended.
bool stop_node(const std::string& home);

}  // namespace attune::node
