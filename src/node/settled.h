// Many notes of one thing, and one answer to them.
#pragma once

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace attune::node {

// Calls `then` once a little after the first note(): what else is noted in that time is part of it. A network that
// changes tells of each of its steps, and the list of addresses is only worth reading at the end.
class Settled {
 public:
  Settled(asio::io_context& context, std::chrono::milliseconds little, std::function<void()> then);
  void note();
  void stop();  // what is noted and not answered yet is dropped

 private:
  std::chrono::milliseconds little_;
  std::function<void()> then_;
  asio::steady_timer timer_;
  std::shared_ptr<const char> underway_;
};

}  // namespace attune::node
