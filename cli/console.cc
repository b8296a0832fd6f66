#include "cli/console.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>

#include "core/disk_error.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/text.h"

namespace attune::cli {
namespace {

constexpr int kDefaultColumns = 80;
constexpr int kFewestColumns = 20;
constexpr std::size_t kMaxLine = 4096;  // a terminal in line mode gives no more

// false: the descriptor takes no more; errno says why.
bool write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const auto wrote = ::write(descriptor, text.data(), text.size());
    if (wrote >= 0) {
      text.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno == EAGAIN) {
      pollfd wait{descriptor, POLLOUT, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

// One byte; nullopt at the end. Throws Errc::usage where it cannot be read.
std::optional<std::byte> read_byte(int descriptor) {
  std::byte byte{};
  for (;;) {
    const auto got = ::read(descriptor, &byte, 1);
    if (got == 1) return byte;
    if (got == 0) return std::nullopt;
    if (errno == EAGAIN) {
      pollfd wait{descriptor, POLLIN, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      throw Error{Errc::usage, "what was to be read cannot be read"};
    }
  }
}

// A question must reach the person even where standard error goes to a file.
void put_question(std::string_view prompt) {
  if (::isatty(STDERR_FILENO) == 0) {
    const int terminal = ::open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (terminal >= 0) {
      write_all(terminal, prompt);
      ::close(terminal);
      return;
    }
  }
  write_all(STDERR_FILENO, prompt);
}

// While it lives the terminal does not show what is typed. A signal that ends the process puts the echo back first.
class EchoOff {
 public:
  EchoOff() {
    if (::tcgetattr(STDIN_FILENO, &before) != 0) throw Error{Errc::usage, "this terminal cannot hide what is typed"};
    struct sigaction restore{};
    restore.sa_handler = [](int number) {
      ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
      ::raise(number);  // SA_RESETHAND: ends the process as it would have, once the handler returns
    };
    restore.sa_flags = static_cast<int>(SA_RESETHAND);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      ::sigaction(kSignals[i], &restore, &old_[i]);
      if (old_[i].sa_handler == SIG_IGN) ::sigaction(kSignals[i], &old_[i], nullptr);  // nohup stays nohup
    }
    termios hidden = before;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_lflag |= ECHONL;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~EchoOff() {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &old_[i], nullptr);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  static termios before;  // static: a signal handler reads it; only one question is open at a time
  BeforeSuddenEnd echo_{[](void*) noexcept { ::tcsetattr(STDIN_FILENO, TCSANOW, &before); }, nullptr};
  std::array<struct sigaction, kSignals.size()> old_{};
};
termios EchoOff::before{};

}  // namespace

void PosixConsole::out(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) return;
  const int cause = errno;
  reader_gone_ = cause == EPIPE;
  throw Error{Errc::disk, "the result could not be written", std::string{disk_hint(cause)}};
}

void PosixConsole::err(std::string_view text) noexcept { write_all(STDERR_FILENO, text); }

bool PosixConsole::in_is_terminal() const { return ::isatty(STDIN_FILENO) != 0; }
bool PosixConsole::out_is_terminal() const { return ::isatty(STDOUT_FILENO) != 0; }
bool PosixConsole::err_is_terminal() const { return ::isatty(STDERR_FILENO) != 0; }

int PosixConsole::columns() const {
  winsize size{};
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
      return std::max<int>(size.ws_col, kFewestColumns);
    }
  }
  return kDefaultColumns;
}

std::string PosixConsole::ask(std::string_view prompt) {
  put_question(prompt);
  std::string line;
  for (;;) {
    const auto byte = read_byte(STDIN_FILENO);
    if (!byte && line.empty()) {
      put_question("\n");
      throw Error{Errc::refused, "no answer was given"};
    }
    if (!byte || *byte == std::byte{'\n'}) return line;
    if (line.size() < kMaxLine) line.push_back(static_cast<char>(*byte));
  }
}

crypto::SecretBytes PosixConsole::ask_secret(std::string_view prompt) {
  const EchoOff hidden;
  put_question(prompt);
  crypto::SecretBytes line;
  for (;;) {
    const auto byte = read_byte(STDIN_FILENO);
    if (!byte && line.empty()) {
      put_question("\n");
      throw Error{Errc::refused, "nothing was typed"};
    }
    if (!byte || *byte == std::byte{'\n'}) return line;
    line.push_back(*byte);
  }
}

std::string PosixConsole::read_in(std::size_t limit) {
  std::string all;
  std::array<char, 16384> part{};
  for (;;) {
    const auto got = ::read(STDIN_FILENO, part.data(), part.size());
    if (got == 0) return all;
    if (got < 0) {
      if (errno == EINTR) continue;
      throw Error{Errc::usage, "standard input cannot be read"};
    }
    all.append(part.data(), static_cast<std::size_t>(got));
    if (all.size() > limit) {
      throw Error{Errc::usage, fmt::format("a text has at most {} MiB", limit >> 20U), "split it into several entries"};
    }
  }
}

crypto::SecretBytes PosixConsole::read_secret_in(SecretPart part) { return read_secret(STDIN_FILENO, part); }

crypto::SecretBytes read_secret(int descriptor, SecretPart part) {
  crypto::SecretBytes secret;
  while (const auto byte = read_byte(descriptor)) {
    if (part == SecretPart::first_line && *byte == std::byte{'\n'}) break;
    secret.push_back(*byte);
  }
  return secret;
}

crypto::SecretBytes read_secret_file(const std::string& path, SecretPart part) {
  // Not core/file: a named pipe from a password manager has no offsets to read at.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) {
    throw Error{Errc::usage, fmt::format("cannot open {}", harmless_line(path)), "check the name and who may read it"};
  }
  struct Closer {
    int descriptor;
    ~Closer() { ::close(descriptor); }
  } const closer{descriptor};
  return read_secret(descriptor, part);
}

}  // namespace attune::cli
