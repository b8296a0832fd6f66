// LD_PRELOAD: a calendar clock that is off by ATTUNE_CLOCK_OFF seconds; all other clocks are left alone. For tests of
// two computers whose clocks differ: time namespaces cannot do it, they leave CLOCK_REALTIME as it is.
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto failed = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  const char* off = std::getenv("ATTUNE_CLOCK_OFF");
  if (failed == 0 && clock == CLOCK_REALTIME && off != nullptr) now->tv_sec += std::atol(off);
  return failed;
}
