// The program's own heap, around that of the system. Memory is wiped when it is given back. What was read, written,
// listed, sent or erased passes through strings, messages and the buffers of LevelDB, protobuf and zstd by the dozen;
// none of it may lie in the heap of a node that runs for days after its owner let go of it. Secrets have pages of their
// own (crypto/secret.h); this is for everything else, whichever library it belongs to. And where there is no more, the
// process ends as core/memory.h has it, also where a library does not look (LevelDB's cache) or throws where nobody
// catches (Asio, for the frame of a coroutine). Part of the program, not of attune_cli, and of no build with a
// sanitizer, which has a heap of its own.
#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "core/memory.h"

namespace {

template <typename Function>
Function system_own(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));  // NOLINT(*-reinterpret-cast): POSIX says so
}

// Of the heap that this program would have without this file: glibc's, or one that was put before it.
struct Heap {
  using Malloc = void* (*)(std::size_t);
  using AlignedAlloc = void* (*)(std::size_t, std::size_t);
  using Free = void (*)(void*);
  Malloc malloc = system_own<Malloc>("malloc");
  AlignedAlloc aligned_alloc = system_own<AlignedAlloc>("aligned_alloc");
  Free free = system_own<Free>("free");
  // glibc marks small memory that was given back by its second word, and ends the process where it is given back twice.
  // Wiping would take the mark away, so what has it goes to glibc as it is. 0: this heap has none.
  std::uint64_t mark = 0;

  Heap() {
    constexpr std::array<std::uint64_t, 2> kBefore{1, 1};
    void* const probe = malloc(sizeof kBefore);
    if (probe == nullptr) return;
    std::memcpy(probe, kBefore.data(), sizeof kBefore);
    const volatile std::uint64_t* const second = static_cast<std::uint64_t*>(probe) + 1;
    free(probe);
    if (*second != kBefore[1]) mark = *second;
  }
};

const Heap& heap() {
  static const Heap own;
  return own;
}

void* there(void* memory) {
  if (memory == nullptr && std::get_new_handler() != nullptr) attune::no_memory();
  return memory;
}

bool given_back_already(const void* memory, std::size_t size) {
  std::uint64_t second = 0;
  if (size < 2 * sizeof second || heap().mark == 0) return false;
  std::memcpy(&second, static_cast<const std::byte*>(memory) + sizeof second, sizeof second);
  return second == heap().mark;
}

}  // namespace

extern "C" void* malloc(std::size_t size) noexcept { return there(heap().malloc(size)); }

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return there(heap().aligned_alloc(alignment, size));
}

extern "C" void free(void* memory) noexcept {
  if (memory == nullptr) return;
  const std::size_t size = ::malloc_usable_size(memory);
  if (!given_back_already(memory, size)) ::explicit_bzero(memory, size);
  heap().free(memory);
}

// Always moves: what the heap would cut off or leave behind where it stood is wiped, too.
extern "C" void* realloc(void* memory, std::size_t size) noexcept {
  if (memory == nullptr) return std::malloc(size);
  void* moved = size == 0 ? nullptr : std::malloc(size);
  if (moved == nullptr && size != 0) return nullptr;
  if (moved != nullptr) std::memcpy(moved, memory, std::min(size, ::malloc_usable_size(memory)));
  std::free(memory);
  return moved;
}
