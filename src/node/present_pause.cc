#include "node/present_pause.h"

#include "node/acted.h"

namespace attune::node {

void present(const Presenter& presenter, const journal::Pause& pause, std::chrono::minutes offset,
             api::v1::Pause& out) {
  set_ids(presenter.book(), pause.id, out);
  presenter.set_by(pause.id.creator, out);
  out.set_text(pause.text);
  out.set_called_at(rfc3339(pause.called_at, offset));
  out.set_until(rfc3339(pause.until, offset));
  if (pause.resumed_at) out.set_ended_at(rfc3339(*pause.resumed_at, offset));
}

}  // namespace attune::node
