// The one way to start a coroutine that nobody awaits: its error reaches the log, never nowhere.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>

#include "node/log.h"

namespace attune::node {

// `log` outlives the coroutine.
void spawn(asio::io_context& context, asio::awaitable<void> task, const Log& log);
// The same; the signal ends what the coroutine waits for at that moment, and lives as long as the coroutine.
void spawn(asio::io_context& context, asio::awaitable<void> task, const Log& log, asio::cancellation_signal& stop);

}  // namespace attune::node
