#include "node/wake.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <vector>

#include "core/bytes.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kLookEvery{5};
constexpr std::chrono::seconds kSlept{10};

}  // namespace

std::string own_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned{list, &::freeifaddrs};
  std::vector<std::string> all;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    const int family = one->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    const std::size_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    all.push_back(std::string{one->ifa_name} +
                  to_hex(BytesView{reinterpret_cast<const std::byte*>(one->ifa_addr), size}));
  }
  std::ranges::sort(all);
  std::string text;
  for (const std::string& one : all) text += one + ' ';
  return text;
}

WakeWatch::WakeWatch(asio::io_context& context, const Clock& clock, std::function<void()> changed)
    : clock_{clock}, changed_{std::move(changed)}, timer_{context} {}

asio::awaitable<void> WakeWatch::run() {
  std::string addresses = own_addresses();
  Instant calendar = clock_.now();
  Steady steady = clock_.steady();
  while (!stopped_) {
    timer_.expires_after(kLookEvery);
    asio::error_code woken;  // cancelled by stop()
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await timer_.async_wait(token);
    if (stopped_) co_return;
    const std::string addresses_now = own_addresses();
    const Instant calendar_now = clock_.now();
    const Steady steady_now = clock_.steady();
    const bool slept = (calendar_now - calendar) - (steady_now - steady) > kSlept;
    if (slept || addresses_now != addresses) changed_();
    addresses = addresses_now;
    calendar = calendar_now;
    steady = steady_now;
  }
}

void WakeWatch::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace attune::node
