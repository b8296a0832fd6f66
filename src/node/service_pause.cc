// Requests about pauses.
#include "book/pauses.h"
#include "node/acted.h"
#include "node/present_pause.h"
#include "node/service.h"
#include "node/stated.h"

namespace attune::node {

api::v1::Response Service::pause(const api::v1::PauseRequest& request) {
  const std::chrono::minutes offset = offset_stated(request.now_offset());
  book::PauseSaid said;
  if (request.has_text()) said.text = request.text();
  if (request.for_minutes() != 0) {
    said.lasting = std::chrono::minutes{request.for_minutes()};
  } else if (request.has_until_ms()) {
    said.until = instant_stated(request.until_ms());
  }
  const book::CalledPause called = book::call_pause(home_.book(), said);
  Response response = acted(home_.book(), called.id);
  response.mutable_act()->set_until(rfc3339(called.until, offset));
  return response;
}

api::v1::Response Service::resume() { return acted(home_.book(), book::resume(home_.book())); }

void Service::tell_pause(const ObjectId& id, const Presenter& people) {
  const auto pause = book::pause(home_.book(), id);
  if (!pause) return;
  Response response;
  api::v1::WatchEvent& event = *response.mutable_event();
  event.set_event("pause");
  present(people, *pause, std::chrono::minutes{0}, *event.mutable_pause());
  for (Call* watcher : watchers_) watcher->emit(response);
}

}  // namespace attune::node
