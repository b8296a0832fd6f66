// PosixFiles: the real file system. The last part of a path is never followed where it is a symbolic link, and only
// regular files are opened: a fifo or a device planted under a name of ours must not stop or trick us.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/disk_error.h"
#include "core/error.h"
#include "core/file.h"

namespace attune {
namespace {

[[noreturn]] void fail(std::string_view doing, const std::string& path, int error) {
  throw disk_error(doing, path, error);
}

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_{number} {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);  // ignored: whoever wrote has called sync() for what matters
  }
  Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  Descriptor& operator=(Descriptor&&) = delete;

  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_;
};

// -1 with errno where it cannot be opened. O_NONBLOCK: the open of a fifo must not wait for its other end.
Descriptor open_path(const std::string& path, int flags) {
  int number = -1;
  do {
    number = ::open(path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  } while (number < 0 && errno == EINTR);
  return Descriptor{number};
}

void check_regular(const Descriptor& file, const std::string& path) {
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) fail("look at", path, errno);
  if (!S_ISREG(facts.st_mode)) {
    throw Error{Errc::disk, fmt::format("{} is not a plain file", path), "name another file"};
  }
}

class PosixReadFile final : public ReadFile {
 public:
  PosixReadFile(Descriptor file, std::string path) : file_{std::move(file)}, path_{std::move(path)} {}

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got =
          ::pread(file_.number(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got == 0) break;
      if (got < 0 && errno != EINTR) fail("read", path_, errno);
      if (got > 0) done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::uint64_t size() const override {
    struct stat facts{};
    if (::fstat(file_.number(), &facts) != 0) fail("look at", path_, errno);
    return static_cast<std::uint64_t>(facts.st_size);
  }

  // What is not on the disk yet stays: it did not come from there.
  void drop_cached() const override { ::posix_fadvise(file_.number(), 0, 0, POSIX_FADV_DONTNEED); }

 private:
  Descriptor file_;
  std::string path_;
};

class PosixWriteFile final : public WriteFile {
 public:
  PosixWriteFile(Descriptor file, std::string path) : file_{std::move(file)}, path_{std::move(path)} {}

  void append(BytesView bytes) override {
    while (!bytes.empty()) {
      const ssize_t put = ::write(file_.number(), bytes.data(), bytes.size());
      if (put < 0 && errno != EINTR) fail("write", path_, errno);
      if (put > 0) bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
  }

  // Not tried again after a failure: the kernel may have dropped the pages and would then report success.
  void sync() override {
    if (::fdatasync(file_.number()) != 0) fail("save", path_, errno);
  }

  void close() override {
    const int number = file_.release();
    // EINTR: Linux has closed the descriptor all the same.
    if (number >= 0 && ::close(number) != 0 && errno != EINTR) fail("close", path_, errno);
  }

 private:
  Descriptor file_;
  std::string path_;
};

class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor file) : file_{std::move(file)} {}

 private:
  Descriptor file_;
};

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

}  // namespace

namespace {

void overwrite_open(const Descriptor& file, const std::string& path, BytesView bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t wrote = ::pwrite(file.number(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) fail("overwrite", path, errno);
    done += static_cast<std::size_t>(wrote);
  }
  if (::fdatasync(file.number()) != 0) fail("overwrite", path, errno);
}

}  // namespace

std::unique_ptr<ReadFile> PosixFiles::open(const std::string& path) const {
  auto file = open_path(path, O_RDONLY);
  if (file.number() < 0) {
    if (errno == ENOENT) return nullptr;
    fail("open", path, errno);
  }
  check_regular(file, path);
  return std::make_unique<PosixReadFile>(std::move(file), path);
}

std::unique_ptr<WriteFile> PosixFiles::create(const std::string& path) {
  // Emptied only once it is known to be a plain file.
  auto file = open_path(path, O_WRONLY | O_CREAT);
  if (file.number() < 0) fail("create", path, errno);
  check_regular(file, path);
  if (::ftruncate(file.number(), 0) != 0 || ::fchmod(file.number(), 0600) != 0) fail("create", path, errno);
  return std::make_unique<PosixWriteFile>(std::move(file), path);
}

void PosixFiles::overwrite(const std::string& path, BytesView bytes) {
  const auto file = open_path(path, O_WRONLY);
  if (file.number() < 0) {
    if (errno == ENOENT) return;
    fail("overwrite", path, errno);
  }
  check_regular(file, path);
  overwrite_open(file, path, bytes);
}

std::optional<FileFacts> PosixFiles::facts(const std::string& path) const {
  struct statx found{};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &found) != 0) {
    if (errno == ENOENT) return std::nullopt;
    fail("look at", path, errno);
  }
  FileFacts facts;
  facts.size = found.stx_size;
  facts.inode = found.stx_ino;
  if ((found.stx_mask & STATX_BTIME) != 0) {
    facts.born_ns = static_cast<std::int64_t>(found.stx_btime.tv_sec) * 1'000'000'000 + found.stx_btime.tv_nsec;
  }
  facts.owner = found.stx_uid;
  facts.mode = found.stx_mode & 07777U;
  facts.directory = S_ISDIR(found.stx_mode);
  return facts;
}

std::vector<std::string> PosixFiles::children(const std::string& directory) const {
  auto file = open_path(directory, O_RDONLY | O_DIRECTORY);
  if (file.number() < 0) {
    if (errno == ENOENT) return {};
    fail("list", directory, errno);
  }
  const std::unique_ptr<DIR, CloseDirectory> stream{::fdopendir(file.number())};
  if (!stream) fail("list", directory, errno);
  static_cast<void>(file.release());  // the stream owns it now

  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) {
      if (errno != 0) fail("list", directory, errno);
      return names;
    }
    const std::string_view name{entry->d_name};
    if (name != "." && name != "..") names.emplace_back(name);
  }
}

void PosixFiles::make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return;
  const int error = errno;
  if (error == EEXIST) {
    const auto found = facts(path);
    if (found && found->directory) return;
  }
  fail("make the directory", path, error);
}

void PosixFiles::remove_directory(const std::string& path) {
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT) fail("remove the directory", path, errno);
}

bool PosixFiles::remove(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  fail("remove", path, errno);
}

void PosixFiles::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail("rename", from, errno);
}

void PosixFiles::rename_over(const std::string& from, const std::string& to, BytesView over) {
  const auto old = open_path(to, O_WRONLY);  // reaches the bytes when their name is gone
  if (old.number() < 0) fail("overwrite", to, errno);
  check_regular(old, to);
  rename(from, to);
  sync_directory(parent_of(to));
  overwrite_open(old, to, over);
}

void PosixFiles::sync_directory(const std::string& path) {
  const auto directory = open_path(path, O_RDONLY | O_DIRECTORY);
  if (directory.number() < 0) fail("open the directory", path, errno);
  if (::fsync(directory.number()) != 0) fail("save the directory", path, errno);
}

std::unique_ptr<FileLock> PosixFiles::try_lock(const std::string& path) {
  auto file = open_path(path, O_RDWR | O_CREAT);
  if (file.number() < 0) fail("open", path, errno);
  check_regular(file, path);
  int result = -1;
  do {
    // flock, not fcntl: it belongs to this open file, so a second opening in the same process is refused too, and
    // closing some other descriptor of the file does not drop it.
    result = ::flock(file.number(), LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return std::make_unique<PosixFileLock>(std::move(file));
  if (errno == EWOULDBLOCK) return nullptr;
  fail("lock", path, errno);
}

FileSystem& posix_files() {
  static PosixFiles files;
  return files;
}

}  // namespace attune
