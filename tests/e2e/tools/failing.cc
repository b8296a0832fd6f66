// LD_PRELOAD: the n-th call of one kind fails, as ATTUNE_FAIL says: KIND:N, or KIND:N:ERRNO (EIO where it is missing);
// N+ stands for the n-th and all that follow, 0 for none: they are only counted. A process that ends by itself leaves
// the number of calls in the file ATTUNE_FAIL_COUNT. With ATTUNE_FAIL_FROM the first is that after this file is there.
// KIND is one of kNames. Two of them do not fail: `short` writes the first half and says so, `flip` reads one bit that
// is another.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

enum class Kind {
  none,
  memory,
  aligned,
  mmap,
  random,
  mlock,
  mprotect,
  write,
  short_write,
  overwrite,
  sync,
  open,
  truncate,
  mode,
  close,
  look,
  list,
  lock,
  mkdir,
  rmdir,
  read,
  flip,
  rename,
  unlink
};
constexpr const char* kNames[] = {"",      "memory",    "aligned", "mmap",  "random",   "mlock", "mprotect", "write",
                                  "short", "overwrite", "sync",    "open",  "truncate", "mode",  "close",    "look",
                                  "list",  "lock",      "mkdir",   "rmdir", "read",     "flip",  "rename",   "unlink"};
static_assert(std::size(kNames) == static_cast<std::size_t>(Kind::unlink) + 1);

// Read by hand and without allocating: malloc itself asks.
struct Asked {
  Kind kind = Kind::none;
  long nth = 0;
  bool and_all_others = false;
  int error = EIO;
};
Asked read_asked() {
  Asked asked;
  const char* wanted = std::getenv("ATTUNE_FAIL");
  if (wanted == nullptr) return asked;
  const char* colon = std::strchr(wanted, ':');
  if (colon == nullptr) return asked;
  for (int i = 1; i <= static_cast<int>(Kind::unlink); ++i) {
    const std::size_t length = std::strlen(kNames[i]);
    const bool same =
        length == static_cast<std::size_t>(colon - wanted) && std::strncmp(wanted, kNames[i], length) == 0;
    if (same) asked.kind = static_cast<Kind>(i);
  }
  char* rest = nullptr;
  asked.nth = std::strtol(colon + 1, &rest, 10);
  if (*rest == '+') {
    asked.and_all_others = true;
    ++rest;
  }
  if (*rest == ':') asked.error = std::atoi(rest + 1);
  return asked;
}
const Asked& asked() {
  static const Asked once = read_asked();
  return once;
}

std::atomic<long> calls{0};

bool begun() noexcept {
  static std::atomic<bool> seen{false};
  if (seen) return true;
  const char* sign = std::getenv("ATTUNE_FAIL_FROM");
  const int before = errno;
  seen = sign == nullptr || ::syscall(SYS_faccessat, AT_FDCWD, sign, F_OK) == 0;
  errno = before;
  return seen;
}

bool fails(Kind kind) noexcept {
  if (asked().kind != kind || !begun()) return false;
  const long now = ++calls;
  if (now != asked().nth && !(asked().and_all_others && now > asked().nth)) return false;
  errno = asked().error;
  return true;
}

// Files of the home alone: what the system itself opens and maps is no part of it.
bool of_interest(const char* path) noexcept {
  const char* home = std::getenv("ATTUNE_HOME");
  return home != nullptr && std::strncmp(path, home, std::strlen(home)) == 0;
}
bool of_interest(int file) noexcept {
  char link[32];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const int before = errno;  // readdir's caller looks at it where nothing failed, too
  const long size = ::syscall(SYS_readlink, link, path, sizeof path - 1);
  errno = before;
  path[size < 0 ? 0 : size] = '\0';
  return of_interest(path);
}
// Pipes and terminals do not break as disks do.
bool on_disk(int file) noexcept {
  struct stat facts{};
  const int before = errno;
  const bool regular = ::syscall(SYS_fstat, file, &facts) == 0 && S_ISREG(facts.st_mode);
  errno = before;
  return regular;
}
bool fails_of(int file, Kind kind) noexcept { return asked().kind == kind && of_interest(file) && fails(kind); }

template <typename Function>
Function system_own(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

struct Count {
  ~Count() {
    const char* path = std::getenv("ATTUNE_FAIL_COUNT");
    if (path == nullptr || asked().kind == Kind::none) return;
    const long counted = calls;
    char text[64];
    const int size = std::snprintf(text, sizeof text, "%ld\n", counted);
    const auto file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    if (file < 0) return;
    static_cast<void>(::syscall(SYS_write, file, text, static_cast<std::size_t>(size)));
    static_cast<void>(::syscall(SYS_close, file));
  }
} at_the_end;

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
  if (!fails(Kind::memory)) return __libc_malloc(size);
  errno = ENOMEM;
  return nullptr;
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  if (!fails(Kind::memory)) return __libc_calloc(count, size);
  errno = ENOMEM;
  return nullptr;
}
void* realloc(void* old, std::size_t size) noexcept {
  if (!fails(Kind::memory)) return __libc_realloc(old, size);
  errno = ENOMEM;
  return nullptr;
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  if (!fails(Kind::memory) && !fails(Kind::aligned)) return __libc_memalign(alignment, size);
  errno = ENOMEM;
  return nullptr;
}
int posix_memalign(void** into, std::size_t alignment, std::size_t size) noexcept {
  if (fails(Kind::memory)) return ENOMEM;
  *into = __libc_memalign(alignment, size);
  return *into == nullptr ? ENOMEM : 0;
}

ssize_t getrandom(void* into, std::size_t size, unsigned flags) {
  if (fails(Kind::random)) return -1;
  return ::syscall(SYS_getrandom, into, size, flags);
}
int mlock(const void* at, std::size_t size) noexcept {
  return fails(Kind::mlock) ? -1 : static_cast<int>(::syscall(SYS_mlock, at, size));
}
// Of the system itself only what programs ask for by name: libsodium's pages and Argon2's memory.
void* mmap(void* at, std::size_t size, int protection, int flags, int file, off_t offset) noexcept {
  if ((flags & MAP_ANONYMOUS) != 0 && fails(Kind::mmap)) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  return reinterpret_cast<void*>(::syscall(SYS_mmap, at, size, protection, flags, file, offset));
}
void* mmap64(void* at, std::size_t size, int protection, int flags, int file, off64_t offset) noexcept {
  return mmap(at, size, protection, flags, file, offset);
}
int mprotect(void* at, std::size_t size, int how) noexcept {
  return fails(Kind::mprotect) ? -1 : static_cast<int>(::syscall(SYS_mprotect, at, size, how));
}

// The first half goes to the disk, then there is no room for more, or the disk is broken.
ssize_t write(int file, const void* from, std::size_t size) {
  static std::atomic<int> full{-1};
  if (!on_disk(file)) return ::syscall(SYS_write, file, from, size);
  if (full == file) {
    full = -1;
    errno = asked().error;
    return -1;
  }
  if (fails(Kind::write)) {
    if (size < 2) return -1;
    full = file;
    size /= 2;
  }
  if (size >= 2 && fails(Kind::short_write)) size /= 2;
  return ::syscall(SYS_write, file, from, size);
}
ssize_t pwrite(int file, const void* from, std::size_t size, off_t at) {
  return fails(Kind::overwrite) ? -1 : ::syscall(SYS_pwrite64, file, from, size, at);
}
int fsync(int file) { return fails(Kind::sync) ? -1 : static_cast<int>(::syscall(SYS_fsync, file)); }
int fdatasync(int file) { return fails(Kind::sync) ? -1 : static_cast<int>(::syscall(SYS_fdatasync, file)); }

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  if (of_interest(path) && fails(Kind::open)) return -1;
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int ftruncate(int file, off_t size) noexcept {
  return fails(Kind::truncate) ? -1 : static_cast<int>(::syscall(SYS_ftruncate, file, size));
}
int fchmod(int file, mode_t mode) noexcept {
  return fails(Kind::mode) ? -1 : static_cast<int>(::syscall(SYS_fchmod, file, mode));
}
// It is closed all the same, as Linux does it.
int close(int file) {
  const bool failed = fails_of(file, Kind::close);
  const auto closed = static_cast<int>(::syscall(SYS_close, file));
  if (!failed) return closed;
  errno = asked().error;
  return -1;
}

int fstat(int file, struct stat* into) noexcept {
  return fails_of(file, Kind::look) ? -1 : static_cast<int>(::syscall(SYS_fstat, file, into));
}
int statx(int directory, const char* path, int flags, unsigned mask, struct statx* into) noexcept {
  if (of_interest(path) && fails(Kind::look)) return -1;
  return static_cast<int>(::syscall(SYS_statx, directory, path, flags, mask, into));
}
DIR* fdopendir(int file) {
  static const auto real = system_own<DIR* (*)(int)>("fdopendir");
  return fails_of(file, Kind::list) ? nullptr : real(file);
}
dirent* readdir(DIR* directory) {
  static const auto real = system_own<dirent* (*)(DIR*)>("readdir");
  return fails_of(::dirfd(directory), Kind::list) ? nullptr : real(directory);
}
int flock(int file, int how) noexcept {
  return fails(Kind::lock) ? -1 : static_cast<int>(::syscall(SYS_flock, file, how));
}
int mkdir(const char* path, mode_t mode) noexcept {
  return fails(Kind::mkdir) ? -1 : static_cast<int>(::syscall(SYS_mkdir, path, mode));
}
int rmdir(const char* path) noexcept { return fails(Kind::rmdir) ? -1 : static_cast<int>(::syscall(SYS_rmdir, path)); }

ssize_t pread(int file, void* into, std::size_t size, off_t at) {
  if (fails(Kind::read)) return -1;
  const ssize_t got = ::syscall(SYS_pread64, file, into, size, at);
  if (got > 0 && fails(Kind::flip)) static_cast<unsigned char*>(into)[got / 2] ^= 1U;
  return got;
}
ssize_t __pread_chk(int file, void* into, std::size_t size, off_t at, std::size_t) {
  return pread(file, into, size, at);
}

int rename(const char* from, const char* to) noexcept {
  return fails(Kind::rename) ? -1 : static_cast<int>(::syscall(SYS_rename, from, to));
}
int unlink(const char* path) noexcept {
  return fails(Kind::unlink) ? -1 : static_cast<int>(::syscall(SYS_unlink, path));
}

}  // extern "C"
