#include "node/control.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <asio/buffer.hpp>
#include <asio/connect.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <array>
#include <deque>

#include "core/error.h"
#include "crypto/secret.h"
#include "node/present.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

using Local = asio::local::stream_protocol;

constexpr std::chrono::milliseconds kBreath{100};
constexpr std::size_t kLargeResponse = 1U << 20U;  // after such a one memory is given back

// A path in /proc that means the same directory, because a socket's address holds at most 107 bytes and homes may be
// deep.
class ShortPath {
 public:
  explicit ShortPath(const std::string& path)
      : directory_{::open(parent_of(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)} {
    if (directory_ >= 0)
      text_ = fmt::format("/proc/self/fd/{}/{}", directory_, path.substr(parent_of(path).size() + 1));
  }
  ~ShortPath() {
    if (directory_ >= 0) ::close(directory_);
  }
  ShortPath(const ShortPath&) = delete;
  ShortPath& operator=(const ShortPath&) = delete;
  [[nodiscard]] bool there() const noexcept { return directory_ >= 0; }
  [[nodiscard]] Local::endpoint endpoint() const { return Local::endpoint{text_}; }

 private:
  int directory_;
  std::string text_;
};

template <class Message>
std::string framed(const Message& message) {
  const std::string body = message.SerializeAsString();
  std::string frame;
  append(frame, be32(static_cast<std::uint32_t>(body.size())));
  return frame + body;
}

bool same_user(Local::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

// Responses of one connection, in order, never more than one write at a time. A reader that stopped reading holds no
// memory for long: past the limit the connection is closed.
class Outbox : public std::enable_shared_from_this<Outbox> {
 public:
  explicit Outbox(std::shared_ptr<Local::socket> socket)
      : socket_{std::move(socket)}, idle_{socket_->get_executor(), asio::steady_timer::time_point::max()} {}
  void push(const api::v1::Response& response) {
    if (broken_) return;
    if (!writing_.empty() && waiting_bytes_ > kMostWaiting) return break_off();
    queue_.push_back(framed(response));
    waiting_bytes_ += queue_.back().size();
    any_large_ = any_large_ || queue_.back().size() > kLargeResponse;
    if (writing_.empty()) write_next();
  }
  asio::awaitable<void> drained() {
    while (!writing_.empty() && !broken_) {
      asio::error_code woken;  // cancelled when the last byte went out
      auto token = asio::redirect_error(asio::use_awaitable, woken);
      co_await idle_.async_wait(token);
    }
  }
  [[nodiscard]] bool any_large() const noexcept { return any_large_; }

 private:
  static constexpr std::size_t kMostWaiting = 64U << 20U;
  void break_off() {
    broken_ = true;
    asio::error_code ignored;  // closing is all that is left to do
    socket_->close(ignored);
    idle_.cancel();
  }
  void write_next() {
    writing_ = std::move(queue_.front());
    queue_.pop_front();
    asio::async_write(*socket_, asio::buffer(writing_),
                      [self = shared_from_this()](asio::error_code error, std::size_t) {
                        self->waiting_bytes_ -= self->writing_.size();
                        self->writing_.clear();
                        if (error) return self->break_off();
                        if (!self->queue_.empty()) return self->write_next();
                        self->idle_.cancel();
                      });
  }

  std::shared_ptr<Local::socket> socket_;  // a write may end after the request that it answers
  asio::steady_timer idle_;
  std::deque<std::string> queue_;
  std::string writing_;
  std::size_t waiting_bytes_ = 0;
  bool broken_ = false;
  bool any_large_ = false;
};

// While a request is under way nothing more may come; the end of the stream means that whoever asked has gone.
struct Asking {
  Call* call = nullptr;  // nullptr: answered
  std::array<char, 1> scratch{};
};

// A raw frame of at most 4 KiB, straight into a secret. nullopt: it did not come whole.
asio::awaitable<std::optional<crypto::SecretBytes>> read_secret(std::shared_ptr<Local::socket> socket) {
  std::array<std::byte, 4> head{};
  asio::error_code error;
  auto head_token = asio::redirect_error(asio::use_awaitable, error);
  auto head_buffer = asio::buffer(head);
  co_await asio::async_read(*socket, head_buffer, head_token);
  const std::uint32_t size = read_be32(head);
  if (error || size > crypto::SecretBytes::kMaxSize) co_return std::nullopt;
  if (size == 0) co_return crypto::SecretBytes{};
  const crypto::GuardedPage page = crypto::allocate_guarded(size);
  auto body_token = asio::redirect_error(asio::use_awaitable, error);
  auto body_buffer = asio::buffer(page.get(), size);
  co_await asio::async_read(*socket, body_buffer, body_token);
  if (error) co_return std::nullopt;
  const BytesView bytes{page.get(), size};
  co_return crypto::SecretBytes::copied(bytes);
}

void watch_for_end(Local::socket& socket, std::shared_ptr<Asking> asking) {
  const auto buffer = asio::buffer(asking->scratch);
  socket.async_read_some(buffer, [asking = std::move(asking)](asio::error_code, std::size_t) {
    if (asking->call != nullptr) asking->call->cancel();
  });
}

}  // namespace

ControlServer::ControlServer(asio::io_context& context, const HomePaths& paths, FileSystem& files, Service& service,
                             const Log& log)
    : context_{context}, path_{paths.control}, service_{service}, log_{log}, acceptor_{context} {
  if (connect_control(paths)) throw Error{Errc::exists, "a node runs for this journal already"};
  files.make_directory(parent_of(paths.runtime));
  files.make_directory(paths.runtime);
  check_private_directory(files, paths.runtime);
  ::unlink(path_.c_str());  // left behind by a node that was killed: nobody answers there
  const ShortPath shortened{path_};
  asio::error_code error;
  acceptor_.open(Local{}, error);
  if (!error) acceptor_.bind(shortened.endpoint(), error);
  if (!error && ::chmod(path_.c_str(), 0600) != 0) error = asio::error_code{errno, asio::system_category()};
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) throw Error{Errc::disk, fmt::format("the control socket cannot be made: {}", error.message())};
}

ControlServer::~ControlServer() { ::unlink(path_.c_str()); }

void ControlServer::stop() noexcept {
  stopped_ = true;
  asio::error_code ignored;  // it is closed either way
  acceptor_.close(ignored);
}

asio::awaitable<void> ControlServer::run() {
  while (!stopped_) {
    asio::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    Socket socket = co_await acceptor_.async_accept(token);
    if (stopped_) co_return;
    if (error) {  // out of descriptors: asking again at once would only spin
      asio::steady_timer breath{context_, kBreath};
      auto rested = asio::redirect_error(asio::use_awaitable, error);
      co_await breath.async_wait(rested);
      continue;
    }
    if (!same_user(socket)) continue;
    spawn(context_, serve(std::move(socket)), log_);
  }
}

asio::awaitable<void> ControlServer::serve(Socket accepted) {
  const bool large = co_await answer_one(std::move(accepted));
  crypto::wipe_stack();  // nothing of what was asked or answered stays behind
  // A list of everything takes many times what a node needs otherwise, and the heap would keep it for good.
  if (large) ::malloc_trim(0);
}

// One request. true: much memory was taken for its answer, and is free again.
asio::awaitable<bool> ControlServer::answer_one(Socket accepted) {
  const auto socket = std::make_shared<Socket>(std::move(accepted));
  std::array<std::byte, 4> head{};
  asio::error_code error;
  auto head_token = asio::redirect_error(asio::use_awaitable, error);
  auto head_buffer = asio::buffer(head);
  co_await asio::async_read(*socket, head_buffer, head_token);
  const std::uint32_t size = read_be32(head);
  if (error || size > kMaxRequest) co_return false;
  std::string body(size, '\0');
  auto body_token = asio::redirect_error(asio::use_awaitable, error);
  auto body_buffer = asio::buffer(body);
  co_await asio::async_read(*socket, body_buffer, body_token);
  api::v1::Request request;
  if (error || !request.ParseFromString(body)) co_return false;

  auto outbox = std::make_shared<Outbox>(socket);
  Call call{context_, [outbox](const api::v1::Response& response) { outbox->push(response); }};
  if (request.has_keep_keys()) {
    std::optional<crypto::SecretBytes> secret = co_await read_secret(socket);
    if (!secret) co_return false;
    call.carry(std::move(*secret));
  }
  const auto asking = std::make_shared<Asking>();
  asking->call = &call;
  watch_for_end(*socket, asking);
  const api::v1::Response last = co_await service_.answer(std::move(request), call);
  asking->call = nullptr;
  outbox->push(last);
  co_await outbox->drained();
  // One request a connection: the read that watches for the end has taken what may follow.
  asio::error_code ignored;  // it is over either way
  socket->close(ignored);
  co_return outbox->any_large();
}

namespace {

class SocketClient final : public Client {
 public:
  SocketClient(const HomePaths& paths) : paths_{paths} {}

  bool connect() {
    const ShortPath shortened{paths_.control};
    if (!shortened.there()) return false;
    asio::error_code error;
    socket_.emplace(context_);
    socket_->connect(shortened.endpoint(), error);
    return !error;
  }

  api::v1::Response call(const api::v1::Request& request,
                         const std::function<void(const api::v1::Response&)>& on_event) override {
    return exchange(request, nullptr, on_event);
  }
  api::v1::Response call_with(const api::v1::Request& request, const crypto::SecretBytes& secret,
                              const std::function<void(const api::v1::Response&)>& on_event) override {
    return exchange(request, &secret, on_event);
  }
  [[nodiscard]] bool node_runs() const override { return true; }

 private:
  api::v1::Response exchange(const api::v1::Request& request, const crypto::SecretBytes* secret,
                             const std::function<void(const api::v1::Response&)>& on_event) {
    if (!socket_ && !connect()) throw gone();
    asio::error_code error;
    asio::write(*socket_, asio::buffer(framed(request)), error);
    if (!error && secret != nullptr) {
      const auto size = be32(static_cast<std::uint32_t>(secret->bytes().size()));
      asio::write(*socket_, asio::buffer(size), error);
      if (!error) asio::write(*socket_, asio::buffer(secret->bytes().data(), secret->bytes().size()), error);
    }
    for (;;) {
      api::v1::Response response = read(error);
      if (!response.done()) {
        on_event(response);
        continue;
      }
      socket_.reset();
      if (response.has_error()) throw error_of(response.error());
      return response;
    }
  }
  static Error gone() {
    return Error{Errc::unreachable, "the node ended while it was asked", "start it again with attune up"};
  }

  api::v1::Response read(asio::error_code& error) {
    std::array<std::byte, 4> head{};
    if (!error) asio::read(*socket_, asio::buffer(head), error);
    const std::uint32_t size = read_be32(head);
    if (error || size > kMaxResponse) throw gone();
    std::string body(size, '\0');
    asio::read(*socket_, asio::buffer(body), error);
    api::v1::Response response;
    if (error || !response.ParseFromString(body)) throw gone();
    return response;
  }

  HomePaths paths_;
  asio::io_context context_;
  std::optional<Local::socket> socket_;
};

}  // namespace

std::unique_ptr<Client> connect_control(const HomePaths& paths) {
  auto client = std::make_unique<SocketClient>(paths);
  if (!client->connect()) return nullptr;
  return client;
}

}  // namespace attune::node
