// The way from a command to the journal: over the socket where a node runs, else unlocked in this process.
#pragma once

#include <functional>
#include <memory>

#include "cli/context.h"

namespace attune::cli {

// Asks for the passphrase only where no node runs; a slip on a terminal may be mended twice.
[[nodiscard]] std::unique_ptr<node::Client> open_journal(Context& context);

using OnEvent = std::function<void(const api::v1::Response&)>;
// Shows progress; every other event goes to `on_event`.
[[nodiscard]] api::v1::Response call(Context& context, node::Client& client, const api::v1::Request& request,
                                     const OnEvent& on_event = {});
// The same with a secret beside the request.
[[nodiscard]] api::v1::Response call_with(Context& context, node::Client& client, const api::v1::Request& request,
                                          const crypto::SecretBytes& secret);
// Both in one.
[[nodiscard]] api::v1::Response ask_journal(Context& context, const api::v1::Request& request);

}  // namespace attune::cli
