// LD_PRELOAD: of the bytes of its heap that a program has in use, the fewest since they were last asked for, in the
// file ATTUNE_HEAP_USE (8 bytes, as this machine orders them; whoever asks puts zeros there). What a store buffers
// comes and goes, and what a heap was given once it keeps: only the low points tell whether something is never given
// back.
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

using Fewest = std::atomic<std::uint64_t>;
static_assert(Fewest::is_always_lock_free);
constexpr int kOften = 100;  // ms

void* watch(void* with) {
  auto& fewest = *static_cast<Fewest*>(with);
  for (;;) {
    const struct mallinfo2 heap = ::mallinfo2();
    const std::uint64_t now = heap.uordblks + heap.hblkhd;
    std::uint64_t before = fewest;
    while ((before == 0 || now < before) && !fewest.compare_exchange_weak(before, now)) {
    }
    ::poll(nullptr, 0, kOften);
  }
}

__attribute__((constructor)) void begin() {
  const char* name = std::getenv("ATTUNE_HEAP_USE");
  const int file = name == nullptr ? -1 : ::open(name, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* page = ::mmap(nullptr, sizeof(Fewest), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  pthread_t thread{};
  if (page != MAP_FAILED && ::pthread_create(&thread, nullptr, watch, page) == 0) ::pthread_detach(thread);
}

}  // namespace
