#include "node/spawn.h"

#include <asio/co_spawn.hpp>
#include <exception>

#include "core/error.h"

namespace attune::node {

void spawn(asio::io_context& context, asio::awaitable<void> task, const Log& log) {
  asio::co_spawn(context, std::move(task), [&log](std::exception_ptr error) {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const Error& thrown) {
      log.info(std::string{"a task ended: "} + std::string{name_of(thrown.code())});
    }
    // Anything else is a fault of ours and ends the process as a crash would: what was acknowledged is on the disk.
  });
}

}  // namespace attune::node
