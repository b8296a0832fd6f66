// The one way to start a coroutine that nobody awaits: its error reaches the log, never nowhere.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

#include "node/log.h"

namespace attune::node {

// `log` outlives the coroutine.
void spawn(asio::io_context& context, asio::awaitable<void> task, const Log& log);

}  // namespace attune::node
