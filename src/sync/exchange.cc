#include "sync/exchange.h"

#include "core/error.h"
#include "crypto/secret.h"
#include "net/frame.h"
#include "sync/batches.h"
#include "sync/exchange_state.h"

namespace attune::sync {

Exchange::Exchange(book::Book& book, People& people, DeviceId peer, Setup setup, Way way)
    : state_{std::make_unique<State>(book, people, peer, setup, way)} {}
Exchange::~Exchange() = default;

bool Exchange::next(std::string& message) {
  if (!state_->say()) return false;
  if (state_->batch_said) {
    write_batch(state_->batch_out, message);
    wipe_payloads(state_->batch_out);
  } else {
    message.clear();
    state_->outgoing.AppendToString(&message);
    if (state_->outgoing.has_new_key()) crypto::wipe(*state_->outgoing.mutable_new_key()->mutable_key());
  }
  // No more than this session is lost where a limit of ours was reckoned wrong.
  if (message.size() > net::kMaxMessage) throw Error{Errc::internal, "a message for the other side became too long"};
  return true;
}

void Exchange::take(std::string_view message) {
  state_->take(message);
  state_->summary.aside = state_->standing.aside();
}

bool Exchange::unsettled() const noexcept { return state_->held_back; }
void Exchange::settle() { state_->settle(); }

void Exchange::changed() {
  state_->looked_through = false;
  state_->end_if_outdated();
}
void Exchange::end() { state_->end_wanted = true; }
void Exchange::leave() { state_->leave_wanted = true; }
bool Exchange::told_left() const noexcept { return state_->left_said && over(); }
bool Exchange::peer_left() const noexcept { return state_->left_heard; }
bool Exchange::over() const noexcept { return state_->end_said && state_->end_heard; }
bool Exchange::level() const noexcept { return state_->level(); }
const Summary& Exchange::so_far() const noexcept { return state_->summary; }
std::uint16_t Exchange::peer_port() const noexcept { return state_->peer_port; }

}  // namespace attune::sync
