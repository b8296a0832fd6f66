#include "node/wake.h"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace attune::node {
namespace {

constexpr std::chrono::seconds kLookEvery{5};
constexpr std::chrono::seconds kSlept{10};

}  // namespace

WakeWatch::WakeWatch(asio::io_context& context, const Clock& clock, std::function<void()> woke)
    : clock_{clock}, woke_{std::move(woke)}, timer_{context} {}

asio::awaitable<void> WakeWatch::run() {
  Instant calendar = clock_.now();
  Steady steady = clock_.steady();
  while (!stopped_) {
    timer_.expires_after(kLookEvery);
    asio::error_code woken;  // cancelled by stop()
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await timer_.async_wait(token);
    if (stopped_) co_return;
    const Instant calendar_now = clock_.now();
    const Steady steady_now = clock_.steady();
    const bool slept = (calendar_now - calendar) - (steady_now - steady) > kSlept;
    if (slept) woke_();
    calendar = calendar_now;
    steady = steady_now;
  }
}

void WakeWatch::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace attune::node
