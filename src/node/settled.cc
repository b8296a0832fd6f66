#include "node/settled.h"

#include <utility>

namespace attune::node {

Settled::Settled(asio::io_context& context, std::chrono::milliseconds little, std::function<void()> then)
    : little_{little}, then_{std::move(then)}, timer_{context} {}

void Settled::note() {
  if (underway_) return;
  underway_ = std::make_shared<const char>();
  timer_.expires_after(little_);
  timer_.async_wait([this, weak = std::weak_ptr{underway_}](asio::error_code) {
    if (weak.expired()) return;  // stopped, or gone
    underway_.reset();
    then_();
  });
}

void Settled::stop() {
  underway_.reset();
  timer_.cancel();
}

}  // namespace attune::node
