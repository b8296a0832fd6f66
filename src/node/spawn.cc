#include "node/spawn.h"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <exception>

#include "core/error.h"

namespace attune::node {
namespace {

void note_end(const Log& log, const std::exception_ptr& error) {
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const Error& thrown) {
    log.info(std::string{"a task ended: "} + std::string{name_of(thrown.code())});
  }
  // Anything else is a fault of ours and ends the process as a crash would: what was acknowledged is on the disk.
}

}  // namespace

void spawn(asio::io_context& context, asio::awaitable<void> task, const Log& log) {
  asio::co_spawn(context, std::move(task), [&log](const std::exception_ptr& error) { note_end(log, error); });
}

void spawn(asio::io_context& context, asio::awaitable<void> task, const Log& log, asio::cancellation_signal& stop) {
  const auto ended = [&log](const std::exception_ptr& error) { note_end(log, error); };
  asio::co_spawn(context, std::move(task), asio::bind_cancellation_slot(stop.slot(), ended));
}

}  // namespace attune::node
