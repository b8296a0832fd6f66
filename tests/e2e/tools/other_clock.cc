// LD_PRELOAD: a calendar clock that is off by ATTUNE_CLOCK_OFF seconds, or by as many as stand in the file
// ATTUNE_CLOCK_FILE at that moment (8 bytes, as this machine orders them), so that it can be put forward and back under
// a running program. All other clocks are left alone. For tests of computers whose clocks differ: time namespaces
// cannot do it, they leave CLOCK_REALTIME as it is.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {

const volatile std::int64_t* offset_in_file() {
  const char* name = std::getenv("ATTUNE_CLOCK_FILE");
  const int file = name == nullptr ? -1 : ::open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return nullptr;
  void* page = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  return page == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(page);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static const volatile std::int64_t* const in_file = offset_in_file();
  const auto failed = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  if (failed != 0 || clock != CLOCK_REALTIME) return failed;
  const char* off = std::getenv("ATTUNE_CLOCK_OFF");
  if (off != nullptr) now->tv_sec += std::atol(off);
  if (in_file != nullptr) now->tv_sec += *in_file;
  return failed;
}
