#include "net/channel.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "net/frame.h"
#include "net/stream.h"

namespace attune::net {
namespace {

std::optional<HostPort> address_of(const Tcp::socket& socket) {
  asio::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  return host_port(to_string(endpoint));
}

asio::ip::address local_address_of(const Tcp::socket& socket) {
  asio::error_code error;
  const asio::ip::address address = socket.local_endpoint(error).address();
  const bool mapped = !error && address.is_v6() && address.to_v6().is_v4_mapped();
  return mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()) : address;
}

// Of one direction: the frames of two messages must not mix, and two readers would each get half a stream.
class Busy {
 public:
  explicit Busy(bool& flag) : flag_{flag} { ATTUNE_CHECK(!std::exchange(flag_, true)); }
  ~Busy() { flag_ = false; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  bool& flag_;
};

}  // namespace

struct Channel::State {
  State(Tcp::socket connected, crypto::Transport transport, PeerProof proven, Limits its_limits)
      : socket{std::move(connected)},
        receiving{socket},
        sending{socket},
        sealer{std::move(transport.send)},
        opener{std::move(transport.receive)},
        hash{transport.hash},
        proof{std::move(proven)},
        address{address_of(socket)},
        local{local_address_of(socket)},
        limits{its_limits},
        chunk{std::make_unique_for_overwrite<std::byte[]>(limits.chunk)} {}

  Tcp::socket socket;
  Deadline receiving;
  Deadline sending;
  Sealer sealer;
  Opener opener;
  crypto::HandshakeHash hash;
  PeerProof proof;
  std::optional<HostPort> address;
  asio::ip::address local;
  Limits limits;
  std::unique_ptr<std::byte[]> chunk;  // not touched before it is needed, so idle channels stay small
  Bytes wire;                          // what is being sent
  bool in_send = false;
  bool in_receive = false;
};

Channel::Channel(Tcp::socket socket, crypto::Transport transport, PeerProof proof, Bytes already_read, Limits limits)
    : state_{std::make_unique<State>(std::move(socket), std::move(transport), std::move(proof), limits)} {
  state_->opener.feed(already_read);
}

Channel::~Channel() { close(); }

const PeerProof& Channel::peer() const noexcept { return state_->proof; }
const crypto::HandshakeHash& Channel::hash() const noexcept { return state_->hash; }
const std::optional<HostPort>& Channel::remote_address() const noexcept { return state_->address; }
asio::ip::address Channel::local_address() const { return state_->local; }
void Channel::close() noexcept { shut(state_->socket); }
void Channel::end_sending() noexcept {
  asio::error_code ignored;  // of a connection that is gone already
  state_->socket.shutdown(Tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> Channel::send(std::string message) {
  State& state = *state_;
  const Busy busy{state.in_send};
  state.wire.clear();
  state.sealer.seal(message, state.wire);
  crypto::wipe(message);
  const bool sent = co_await write_all(state.socket, state.wire, state.sending, state.limits.stall);
  if (!sent) throw lost(state.sending);
}

asio::awaitable<bool> Channel::receive(std::string& message, std::optional<std::chrono::milliseconds> patience) {
  State& state = *state_;
  const Busy busy{state.in_receive};
  const std::span<std::byte> chunk{state.chunk.get(), state.limits.chunk};
  std::string* next = state.opener.next();
  while (next == nullptr) {
    if (patience) state.receiving.in(*patience);
    const auto size = co_await read_some(state.socket, chunk);
    state.receiving.off();
    if (size == 0U && state.opener.between_messages()) co_return false;
    if (size.value_or(0) == 0) throw lost(state.receiving);
    state.opener.feed(chunk.first(*size));
    next = state.opener.next();
  }
  message.swap(*next);
  co_return true;
}

}  // namespace attune::net
