#include "node/node.h"

#include "core/error.h"
#include "node/port.h"
#include "node/settings.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

constexpr std::chrono::milliseconds kSettles{500};  // a router gives out several addresses, one after the other

}  // namespace

Node::Node(asio::io_context& context, std::unique_ptr<Home> home, const Log& log, std::function<void()> stop)
    : context_{context},
      log_{log},
      home_{std::move(home)},
      links_{context, *home_, log},
      discovery_{context, *home_, links_, log},
      service_{context, *home_, links_, discovery_, log, std::move(stop)},
      wake_{context, home_->clock(), [this] { woke(); }},
      interfaces_{context},
      network_{context, kSettles, [this] { network_changed(); }} {
  // Told to peers even where no node stays: it is where the next one will listen.
  links_.set_listening_port(remembered_port(home_->book()));
}

Node::~Node() = default;

std::unique_ptr<net::Listener> Node::bound(const std::string& named) {
  if (!named.empty()) return std::make_unique<net::Listener>(context_, net::host_port(named), false);
  net::HostPort everywhere;
  everywhere.port = remembered_port(home_->book());
  try {
    return std::make_unique<net::Listener>(context_, everywhere, true);
  } catch (const Error& error) {
    if (error.code() != Errc::busy) throw;
  }
  everywhere.port = 0;  // another program took it meanwhile: a new one, remembered from now on
  auto listener = std::make_unique<net::Listener>(context_, everywhere, true);
  remember_port(home_->book(), listener->endpoint().port());
  return listener;
}

void Node::listen(const std::string& named) {
  listener_ = bound(named);
  links_.set_listening_port(listener_->endpoint().port());
  net::Listener::Serve serve = [this](net::Tcp::socket socket, net::Listener::Note note) {
    return links_.serve(std::move(socket), std::move(note));
  };
  spawn(context_, listener_->run(std::move(serve)), log_);
}

void Node::woke() {
  links_.kick();
  if (discovery_.on()) discovery_.look();
}

void Node::network_changed() {
  links_.moved_to(net::is_local);
  if (discovery_.on()) discovery_.look();
}

bool Node::open() {
  links_.reopen();
  try {
    listen(read_settings(home_->book()).listen);
  } catch (const Error& error) {
    log_.info(std::string{"cannot listen: "} + std::string{name_of(error.code())});
    return false;
  }
  discovery_.begin(listener_->endpoint());
  return true;
}

std::string Node::stay(const NodeOptions& named) {
  const NodeOptions options = with_settings(named, read_settings(home_->book()));
  std::vector<net::HostPort> peers;
  for (const std::string& peer : options.peers) peers.push_back(net::peer_address(peer));
  listen(options.listen);
  if (options.partner) links_.allow_partner();
  spawn(context_, wake_.run(), log_);
  spawn(context_, interfaces_.run([this] { network_.note(); }), log_);
  links_.keep_linked(peers);
  if (options.discovery) {
    discovery_.begin(listener_->endpoint());
  } else {
    service_.stay_quiet();
  }
  std::string at = net::to_string(listener_->endpoint());
  service_.set_listening(at);
  return at;
}

asio::awaitable<void> Node::finish() {
  discovery_.stop();
  interfaces_.stop();
  network_.stop();
  wake_.stop();
  if (listener_) listener_->stop();
  co_await links_.finish();
}

}  // namespace attune::node
