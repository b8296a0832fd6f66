// Leaving: needs nobody's consent and no network. docs/guide.md, "Parting".
#include <algorithm>

#include "core/error.h"
#include "node/pairing_state.h"
#include "node/service.h"
#include "node/showing.h"

namespace attune::node {

asio::awaitable<api::v1::Response> Service::leave(api::v1::LeaveRequest request) {
  book::Book& book = home_.book();
  const auto pairing = book.pairing();
  if (!pairing) {
    if (book.meeting()) forget_met(home_);  // three words that nothing came of must not come to something now
    throw Error{Errc::not_paired, "there is nobody to leave", "attune status says with whom you are paired"};
  }
  Response response;
  api::v1::LeaveResponse& out = *response.mutable_leave();
  out.set_left(pairing->partner_name);
  std::function<void()> write_down = [&book] { book.leave(); };
  if (request.tell()) {
    out.set_told(co_await links_.leave_telling(std::move(write_down)));
  } else {
    write_down();
  }
  const std::vector<DeviceId> aware = co_await links_.own_devices_level();
  for (const auto& [device, named] : book.profile().devices) {
    const bool other = device != home_.vault().device_id() && home_.people().own().admitted(device);
    if (other && !std::ranges::count(aware, device)) out.add_unaware(named.name);
  }
  co_return response;
}

void Service::partner_left() {
  const auto pairing = home_.book().pairing();
  if (!pairing) return;
  Response response;
  response.mutable_event()->set_event("left");
  response.mutable_event()->set_name(pairing->partner_name);
  for (Call* watcher : watchers_) watcher->emit(response);
}

}  // namespace attune::node
