#include "node/links.h"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include "node/links_parts.h"

namespace attune::node {
namespace {
constexpr std::chrono::seconds kFinishPatience{2};
}

asio::awaitable<void> wait(asio::steady_timer& timer) {
  asio::error_code cancelled;  // cancelling is how waiting ends early
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await timer.async_wait(token);
}

Links::Links(asio::io_context& context, Home& home, const Log& log)
    : context_{context}, home_{home}, log_{log}, freshness_{home.clock()}, handshake_{handshake_context()} {}

Links::~Links() = default;

void Links::book_changed() {
  for (const auto& [device, live] : live_) live->session.changed();
}

void Links::kick() {
  for (const auto& [device, live] : live_) live->channel.close();
  for (const auto& target : targets_) {
    target->kicked = true;
    target->pause.cancel();
  }
}

asio::awaitable<void> Links::finish() {
  finishing_ = true;
  for (const auto& target : targets_) target->pause.cancel();
  for (const auto& [device, live] : live_) {
    live->session.end();
    live->moved.cancel();
  }
  asio::steady_timer poll{context_};
  const Steady until = home_.clock().steady() + kFinishPatience;
  constexpr std::chrono::milliseconds step{10};
  while (running_ > 0 || !live_.empty()) {
    if (home_.clock().steady() >= until) {
      for (const auto& [device, live] : live_) live->channel.close();
    }
    poll.expires_after(step);
    co_await wait(poll);
  }
}

}  // namespace attune::node
