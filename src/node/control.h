// The control socket: the API for other processes of the same user. Frames of a 4-byte big-endian length and one
// message. The directory is 0700, the socket 0600, the peer's credentials are checked. docs/guide.md, "The node".
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <memory>
#include <string>

#include "node/client.h"
#include "node/home.h"
#include "node/log.h"
#include "node/service.h"

namespace attune::node {

inline constexpr std::size_t kMaxRequest = 2U << 20U;  // an entry of 1 MiB and what stands around it
inline constexpr std::size_t kMaxResponse = 1U << 30U;

class ControlServer {
 public:
  // Binds at once. Throws Errc::exists where a node answers there already, Errc::disk. Borrowed things outlive it.
  ControlServer(asio::io_context& context, const HomePaths& paths, FileSystem& files, Service& service, const Log& log);
  ~ControlServer();  // removes the socket
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  asio::awaitable<void> run();  // until stop()
  void stop() noexcept;

 private:
  using Socket = asio::local::stream_protocol::socket;
  asio::awaitable<void> serve(Socket accepted);
  asio::awaitable<bool> answer_one(Socket accepted);

  asio::io_context& context_;
  std::string path_;
  Service& service_;
  const Log& log_;
  asio::local::stream_protocol::acceptor acceptor_;
  bool stopped_ = false;
};

// nullptr: nobody listens there.
[[nodiscard]] std::unique_ptr<Client> connect_control(const HomePaths& paths);

}  // namespace attune::node
