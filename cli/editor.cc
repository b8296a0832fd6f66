#include "cli/editor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include "core/error.h"
#include "core/memory.h"
#include "crypto/secret.h"

namespace attune::cli {
namespace {

constexpr std::size_t kMaxText = std::size_t{4}
                                 << 20U;  // what an editor may hand back; the journal's own limit is lower

// Not core/file: this is about where a directory lives (tmpfs) and about wiping, which the journal never needs.
bool lives_in_memory(const std::string& directory) {
  struct statfs facts{};
  if (::statfs(directory.c_str(), &facts) != 0) return false;
  return facts.f_type == TMPFS_MAGIC || facts.f_type == RAMFS_MAGIC;
}

bool is_private(const std::string& directory) {
  struct stat facts{};
  if (::lstat(directory.c_str(), &facts) != 0) return false;
  return S_ISDIR(facts.st_mode) && facts.st_uid == ::geteuid() && (facts.st_mode & 0077U) == 0;
}

std::string parent_directory(const Environment& environment) {
  if (const auto runtime = environment("XDG_RUNTIME_DIR")) {
    if (is_private(*runtime) && lives_in_memory(*runtime)) return *runtime;
  }
  if (lives_in_memory("/dev/shm")) return "/dev/shm";
  throw Error{Errc::usage, "there is no place in memory for the editor's file",
              "give the text on standard input, or set XDG_RUNTIME_DIR"};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_{number} {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }

 private:
  int number_;
};

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto wrote = ::write(file, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw Error{Errc::disk, "the editor's file could not be written"};
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

// Zeros over what is there. Best effort on the way out: what cannot be wiped is removed all the same.
void wipe_file(const std::string& path) noexcept {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
  struct stat facts{};
  if (!file.open() || ::fstat(file.number(), &facts) != 0) return;
  constexpr std::array<char, 4096> kZeros{};
  for (off_t at = 0; at < facts.st_size; at += static_cast<off_t>(kZeros.size())) {
    const auto left = static_cast<std::size_t>(facts.st_size - at);
    if (::pwrite(file.number(), kZeros.data(), std::min(left, kZeros.size()), at) <= 0) return;
  }
}

// A directory of our own in memory; whatever stands in it when it dies (the text, an editor's swap file) is wiped.
class MemoryDirectory {
 public:
  explicit MemoryDirectory(const std::string& parent) : path_{parent + "/attune-XXXXXX"} {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw Error{Errc::disk, "the editor's directory could not be made", "give the text on standard input"};
    }
    file_ = path_ + "/entry.md";
  }
  ~MemoryDirectory() {
    std::error_code ignored;  // on the way out: there is nothing better to do than to go on wiping the rest
    for (std::filesystem::recursive_directory_iterator it{path_, ignored}, end; it != end; it.increment(ignored)) {
      if (it->is_regular_file(ignored)) wipe_file(it->path().string());
    }
    std::filesystem::remove_all(path_, ignored);
  }
  MemoryDirectory(const MemoryDirectory&) = delete;
  MemoryDirectory& operator=(const MemoryDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& file() const { return file_; }  // for the text

 private:
  // Without a destructor the text goes all the same; what the editor left beside it stays, and so the directory then.
  static void forget(void* self) noexcept {
    const auto& of = *static_cast<MemoryDirectory*>(self);
    wipe_file(of.file_);
    ::unlink(of.file_.c_str());
    ::rmdir(of.path_.c_str());
  }

  std::string path_;
  std::string file_;
  BeforeSuddenEnd sudden_{forget, this};
};

volatile std::sig_atomic_t ended_by = 0;

// While the editor has the terminal: Ctrl-C is the editor's; what would end us is noted, so that the text is wiped
// first.
class Signals {
 public:
  Signals() {
    ended_by = 0;
    struct sigaction leave{};
    leave.sa_handler = SIG_IGN;
    ::sigaction(SIGINT, &leave, &old_[0]);
    ::sigaction(SIGQUIT, &leave, &old_[1]);
    struct sigaction notice{};
    notice.sa_handler = [](int number) { ended_by = number; };  // no SA_RESTART: waitpid() returns
    ::sigaction(SIGTERM, &notice, &old_[2]);
    ::sigaction(SIGHUP, &notice, &old_[3]);
  }
  ~Signals() {
    for (std::size_t i = 0; i < kNumbers.size(); ++i) ::sigaction(kNumbers[i], &old_[i], nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  static constexpr std::array kNumbers{SIGINT, SIGQUIT, SIGTERM, SIGHUP};
  std::array<struct sigaction, 4> old_{};
};

[[noreturn]] void become_editor(const std::string& editor, const std::string& file, const std::string& directory) {
  for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(number, SIG_DFL);
  ::setenv("TMPDIR", directory.c_str(), 1);  // its temporary files belong in memory too
  // Through the shell, as every program does it: EDITOR may hold options.
  const std::string command = editor + " \"$@\"";
  ::execl("/bin/sh", "sh", "-c", command.c_str(), editor.c_str(), file.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

void run_editor(const std::string& editor, const std::string& file, const std::string& directory) {
  const Signals signals;
  const pid_t child = ::fork();
  if (child < 0) throw Error{Errc::internal, "the editor could not be started"};
  if (child == 0) become_editor(editor, file, directory);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno == EINTR && ended_by != 0) ::kill(child, SIGTERM);
  }
  if (ended_by != 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error{Errc::refused, "the editor did not end well, so nothing was saved",
                "set VISUAL or EDITOR to an editor that works here"};
  }
}

std::string read_back(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!file.open()) throw Error{Errc::refused, "the editor removed the text, so nothing was saved"};
  std::string text;
  std::array<char, 16384> part{};
  for (;;) {
    const auto got = ::read(file.number(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error{Errc::disk, "the editor's file could not be read"};
    if (got == 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxText) throw Error{Errc::usage, "the text is too long", "split it into several entries"};
  }
  crypto::wipe(std::as_writable_bytes(std::span{part}));
  return text;
}

}  // namespace

std::string edit_in_memory(const std::string& text, const Environment& environment) {
  const auto visual = environment("VISUAL");
  const auto editor = visual ? visual : environment("EDITOR");
  if (!editor) {
    throw Error{Errc::usage, "no editor is named", "set VISUAL or EDITOR, or give the text on standard input"};
  }
  const MemoryDirectory directory{parent_directory(environment)};
  const std::string& file = directory.file();
  {
    const Descriptor made{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!made.open()) throw Error{Errc::disk, "the editor's file could not be made"};
    write_all(made.number(), text);
  }
  run_editor(*editor, file, directory.path());
  return read_back(file);
}

}  // namespace attune::cli
