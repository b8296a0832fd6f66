// The composition: an open home with its links and its API on one io_context. A command that found no running node
// makes one of these for itself; the node that stays keeps one.
#pragma once

#include <asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "net/interfaces.h"
#include "net/listener.h"
#include "node/daemon.h"
#include "node/discovery.h"
#include "node/home.h"
#include "node/links.h"
#include "node/log.h"
#include "node/service.h"
#include "node/settled.h"
#include "node/wake.h"

namespace attune::node {

class Node {
 public:
  // `stop`: what a StopRequest does; empty where no node stays. `log` outlives it.
  Node(asio::io_context& context, std::unique_ptr<Home> home, const Log& log, std::function<void()> stop);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  [[nodiscard]] Home& home() noexcept { return *home_; }
  [[nodiscard]] Service& service() noexcept { return service_; }
  [[nodiscard]] Links& links() noexcept { return links_; }

  // Listens, dials, looks for others and stays linked, as named and else as the home's settings say. Returns HOST:PORT.
  // Throws Errc::busy or unreachable where it cannot listen.
  std::string stay(const NodeOptions& options);
  // Listens and looks for others, for a while: finish() ends it. false: it cannot.
  bool open();
  // The home, when nothing runs on the context any more; the node is then empty.
  [[nodiscard]] std::unique_ptr<Home> release_home() noexcept { return std::move(home_); }
  // Ends what stay() or open() began: sessions on purpose, the listener, the watches.
  asio::awaitable<void> finish();

 private:
  [[nodiscard]] std::unique_ptr<net::Listener> bound(const std::string& named);
  void listen(const std::string& named);
  void woke();
  void network_changed();

  asio::io_context& context_;
  const Log& log_;
  std::unique_ptr<Home> home_;
  Links links_;
  Discovery discovery_;
  Service service_;
  WakeWatch wake_;
  net::InterfaceWatch interfaces_;
  Settled network_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace attune::node
