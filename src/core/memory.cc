#include "core/memory.h"

#include <unistd.h>

#include <atomic>
#include <new>
#include <utility>

#include "core/error.h"

namespace attune {
namespace {

// Made before it is needed: afterwards nothing can be.
std::string& last_words() {
  static std::string says;
  return says;
}

std::atomic<const BeforeSuddenEnd*> newest_act = nullptr;

std::atomic_flag ending;
thread_local bool ending_here = false;

[[noreturn]] void end() noexcept {
  // Whoever comes second must not end the process while the first one is still undoing; an act that lacks memory itself
  // is done no further.
  if (ending.test_and_set() && !ending_here) {
    for (;;) ::pause();
  }
  if (!std::exchange(ending_here, true)) {
    const BeforeSuddenEnd* act = newest_act.exchange(nullptr);
    while (act != nullptr) act = act->run();
  }
  const std::string& says = last_words();
  static_cast<void>(::write(STDERR_FILENO, says.data(), says.size()) < 0);  // whether anybody reads it: it ends
  ::_exit(exit_status(Errc::internal));
}

}  // namespace

BeforeSuddenEnd::BeforeSuddenEnd(Act act, void* with) noexcept : act_{act}, with_{with}, before_{newest_act.load()} {
  newest_act = this;
}

BeforeSuddenEnd::~BeforeSuddenEnd() { newest_act = before_; }

const BeforeSuddenEnd* BeforeSuddenEnd::run() const noexcept {
  act_(with_);
  return before_;
}

void end_without_memory(std::string says) {
  last_words() = std::move(says);
  std::set_new_handler(end);
}

void no_memory() {
  if (const auto handler = std::get_new_handler(); handler != nullptr) handler();
  throw std::bad_alloc{};
}

}  // namespace attune
