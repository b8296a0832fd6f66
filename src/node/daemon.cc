#include "node/daemon.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>
#include <utility>

#include "core/duration.h"
#include "core/error.h"
#include "crypto/secret.h"
#include "node/client.h"
#include "node/control.h"
#include "node/node.h"
#include "node/present.h"
#include "node/settings.h"
#include "node/setup.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

constexpr int kPassphraseFd = 3;
constexpr int kReportFd = 4;
constexpr std::chrono::seconds kLockPatience{10};
constexpr std::chrono::milliseconds kLockRound{250};
constexpr std::chrono::milliseconds kEndPoll{10};
constexpr std::chrono::milliseconds kGrace{100};
constexpr std::chrono::seconds kEndPatience{15};
constexpr std::chrono::seconds kIdlePoll{5};  // a timer stands still while the machine sleeps

void need_no_node(const std::string& home) {
  if (connect_to_node(home)) throw Error{Errc::exists, "a node runs for this journal already", "attune down stops it"};
}

// Waits for a command that has the home open; of two nodes that start at once the later one is told that one runs.
std::unique_ptr<Home> opened(const std::string& home, BytesView passphrase, const Clock& clock) {
  const Steady until = clock.steady() + kLockPatience;
  for (;;) {
    need_no_node(home);
    try {
      return std::make_unique<Home>(home, passphrase, kLockRound, clock);
    } catch (const Error& error) {
      if (error.code() != Errc::busy || clock.steady() >= until) throw;
    }
  }
}

// Everything that stays while the node is up. Ends by stop(): a signal, or a request.
class Staying {
 public:
  Staying(const NodeOptions& options, BytesView passphrase)
      : options_{options},
        home_{opened(options.home, passphrase, clock_)},
        log_{clock_, prepared_log()},
        node_{context_, std::move(home_), log_, [this] { stop(); }},
        control_{context_, node_.home().paths(), node_.home().files(), node_.service(), log_},
        signals_{context_, SIGTERM, SIGINT},
        idle_{context_} {}

  std::string begin() {
    options_ = with_settings(std::move(options_), read_settings(node_.home().book()));
    const std::string at = node_.stay(options_);
    spawn(context_, control_.run(), log_);
    signals_.async_wait([this](asio::error_code cancelled, int) {
      if (!cancelled) stop();
    });
    if (options_.lock_after->count() > 0) spawn(context_, lock_when_idle(*options_.lock_after), log_);
    log_.info("listening");
    return at;
  }
  void run() {
    crypto::wipe_stack();  // short texts and names that opening the home read
    context_.run();
  }

 private:
  void stop() {
    if (stopping_) return;
    stopping_ = true;
    log_.info("stopping");
    spawn(context_, finish(), log_);
  }
  asio::awaitable<void> lock_when_idle(std::chrono::milliseconds after) {
    while (!stopping_) {
      const auto left = after - node_.service().idle();
      if (left.count() <= 0) {
        log_.info("nobody asked for a while");
        stop();
        co_return;
      }
      idle_.expires_after(std::min<std::chrono::milliseconds>(left, kIdlePoll));
      asio::error_code woken;  // cancelled when the node ends
      auto token = asio::redirect_error(asio::use_awaitable, woken);
      co_await idle_.async_wait(token);
    }
  }
  asio::awaitable<void> finish() {
    idle_.cancel();
    co_await node_.finish();
    node_.service().stop_watching();
    control_.stop();
    signals_.cancel();
    // The last answers still have to leave; handshakes of strangers need not be waited for.
    asio::steady_timer grace{context_, kGrace};
    asio::error_code never;
    auto token = asio::redirect_error(asio::use_awaitable, never);
    co_await grace.async_wait(token);
    context_.stop();
  }
  std::string prepared_log() {
    const HomePaths& paths = home_->paths();
    home_->files().make_directory(parent_of(paths.runtime));
    home_->files().make_directory(paths.runtime);
    return paths.log;
  }

  NodeOptions options_;
  SystemClock clock_;
  asio::io_context context_{1};
  std::unique_ptr<Home> home_;
  Log log_;
  Node node_;
  ControlServer control_;
  asio::signal_set signals_;
  asio::steady_timer idle_;
  bool stopping_ = false;
};

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_{fd} {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  void close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

[[noreturn]] void could_not_start(const char* why) {
  throw Error{Errc::internal, std::string{"the node could not be started: "} + why};
}

// Both ends above the descriptors that the child finds them at.
std::pair<Descriptor, Descriptor> made_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) could_not_start("no pipe");
  const Descriptor low_read{ends[0]};
  const Descriptor low_write{ends[1]};
  Descriptor read{::fcntl(ends[0], F_DUPFD_CLOEXEC, 10)};
  Descriptor write{::fcntl(ends[1], F_DUPFD_CLOEXEC, 10)};
  if (read.get() < 0 || write.get() < 0) could_not_start("no pipe");
  return {std::move(read), std::move(write)};
}

void write_all(int fd, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) could_not_start("it ended at once");
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
}

// Up to the end of the stream.
std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

// One raw frame, straight into a secret: what was written up to the end of the stream.
crypto::SecretBytes read_passphrase(int fd) {
  crypto::SecretBytes secret;
  std::byte byte{};
  for (;;) {
    const ssize_t got = ::read(fd, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return secret;
    secret.push_back(byte);
  }
}

std::vector<std::string> arguments(const NodeOptions& options) {
  std::vector<std::string> words{"attune", "--home", options.home, "node", "--started"};
  if (!options.listen.empty()) words.insert(words.end(), {"--listen", options.listen});
  for (const std::string& peer : options.peers) words.insert(words.end(), {"--peer", peer});
  if (!options.discovery) words.emplace_back("--no-discovery");
  if (options.lock_after) {
    words.insert(words.end(),
                 {"--lock-after", options.lock_after->count() == 0 ? "off" : written_duration(*options.lock_after)});
  }
  if (options.partner) words.emplace_back("--partner");
  return words;
}

void spawn_program(const NodeOptions& options, int passphrase, int report) {
  std::vector<std::string> words = arguments(options);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", standard == STDIN_FILENO ? O_RDONLY : O_WRONLY,
                                     0);
  }
  posix_spawn_file_actions_adddup2(&actions, passphrase, kPassphraseFd);
  posix_spawn_file_actions_adddup2(&actions, report, kReportFd);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);  // it outlives the terminal
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, "/proc/self/exe", &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) could_not_start("this program cannot be run again");
}

}  // namespace

void run_node(const NodeOptions& options, crypto::SecretBytes passphrase, const NodeEvent& event) {
  Staying staying{options, passphrase.bytes()};
  passphrase.clear();
  event("listening", staying.begin());
  staying.run();
  event("stopped", {});
}

std::string start_node(const NodeOptions& options, BytesView passphrase) {
  need_no_node(options.home);
  auto [passphrase_read, passphrase_write] = made_pipe();
  auto [report_read, report_write] = made_pipe();
  spawn_program(options, passphrase_read.get(), report_write.get());
  passphrase_read.close();
  report_write.close();
  write_all(passphrase_write.get(), passphrase);
  passphrase_write.close();

  api::v1::Response report;
  const std::string bytes = read_all(report_read.get());
  if (bytes.empty() || !report.ParseFromString(bytes)) could_not_start("it ended before it listened");
  if (report.has_error()) throw error_of(report.error());
  return report.status().listening();
}

int run_started_node(const NodeOptions& options) {
  Descriptor report{kReportFd};
  const auto tell = [&report](const api::v1::Response& response) {
    write_all(report.get(), as_bytes(response.SerializeAsString()));
    report.close();
  };
  try {
    crypto::SecretBytes passphrase = read_passphrase(kPassphraseFd);
    ::close(kPassphraseFd);
    run_node(options, std::move(passphrase), [&](const std::string& event, const std::string& detail) {
      if (event != "listening") return;
      api::v1::Response response;
      response.mutable_status()->set_listening(detail);
      tell(response);
    });
    return 0;
  } catch (const Error& error) {  // the fourth place in appearance only: it hands the error to the process that asked
    if (report.get() >= 0) tell(error_response(error));
    return exit_status(error.code());
  }
}

bool stop_node(const std::string& home) {
  const auto client = connect_to_node(home);
  if (!client) return false;
  api::v1::Request request;
  request.mutable_stop();
  static_cast<void>(client->call(request, [](const api::v1::Response&) {}));
  // Ended means that the home is free again.
  const SystemClock clock;
  const Steady until = clock.steady() + kEndPatience;
  while (!posix_files().try_lock(HomePaths{home}.lock)) {
    if (clock.steady() >= until) throw Error{Errc::busy, "the node is still closing the journal"};
    std::this_thread::sleep_for(kEndPoll);  // the kernel tells nobody when a lock is let go
  }
  return true;
}

}  // namespace attune::node
