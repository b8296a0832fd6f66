// Notices that the machine slept, so that links are made anew at once.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <functional>

#include "core/clock.h"

namespace attune::node {

// Looks every five seconds. The calendar clock that ran ahead of the steady one by more than ten seconds means sleep.
class WakeWatch {
 public:
  WakeWatch(asio::io_context& context, const Clock& clock, std::function<void()> woke);
  asio::awaitable<void> run();  // until stop()
  void stop();

 private:
  const Clock& clock_;
  std::function<void()> woke_;
  asio::steady_timer timer_;
  bool stopped_ = false;
};

}  // namespace attune::node
