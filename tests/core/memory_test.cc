#include "core/memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <new>
#include <string>
#include <string_view>
#include <thread>

namespace attune {
namespace {

void allocate_too_much() {
#ifdef __SANITIZE_ADDRESS__
  no_memory();  // the sanitizer's own operator new asks no handler
#else
  // What is kept in a volatile the compiler cannot leave out.
  void* volatile kept = ::operator new(std::size_t{1} << 60U);
  static_cast<void>(kept);
#endif
}

TEST(NoMemoryDeathTest, EndsTheProcessWithItsLastWordsAndUnwindsNothing) {
  struct Unwound {
    ~Unwound() { ::_exit(77); }
  };
  const auto allocate = [] {
    end_without_memory("attune: error: there is not enough memory\n");
    const Unwound never;
    allocate_too_much();
  };
  EXPECT_EXIT(allocate(), ::testing::ExitedWithCode(1), "not enough memory");
  const auto without_new = [] {
    end_without_memory("attune: error: there is not enough memory\n");
    const Unwound never;
    no_memory();
  };
  EXPECT_EXIT(without_new(), ::testing::ExitedWithCode(1), "not enough memory");
}

TEST(NoMemoryDeathTest, DoesFirstWhatMustNotStayBehind) {
  const auto say = [](void* what) noexcept {
    const auto* text = static_cast<const char*>(what);
    static_cast<void>(::write(STDERR_FILENO, text, 1) < 0);
  };
  std::string a{"a"};
  std::string b{"b"};
  std::string c{"c"};
  const auto allocate = [&] {
    end_without_memory("d\n");
    const BeforeSuddenEnd first{say, a.data()};
    {
      const BeforeSuddenEnd gone{say, c.data()};
    }
    const BeforeSuddenEnd second{say, b.data()};
    allocate_too_much();
  };
  EXPECT_EXIT(allocate(), ::testing::ExitedWithCode(1), "^bad\n");
}

constexpr unsigned kPatience = 60;  // seconds, after which SIGALRM ends one that would wait for ever

// Whether a thread waits, by its /proc/thread-self/stat: "12 (its name) S 1 ...".
bool waits(int stat) noexcept {
  std::array<char, 256> line{};
  const auto size = ::pread(stat, line.data(), line.size(), 0);
  const std::string_view text{line.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  const auto name_end = text.rfind(')');
  return name_end != std::string_view::npos && text.substr(name_end).starts_with(") S");
}

struct Two {
  std::atomic<int> second = -1;  // its stat
  std::atomic<bool> undoing = false;
};

TEST(NoMemoryDeathTest, OfTwoThreadsTheSecondLetsTheFirstUndo) {
  // Done only once the second has nothing left to do but to wait; it would end the process here.
  const auto undo = [](void* with) noexcept {
    Two& two = *static_cast<Two*>(with);
    two.undoing = true;
    while (!waits(two.second)) ::sched_yield();
    static_cast<void>(::write(STDERR_FILENO, "undone, ", 8) < 0);
  };
  const auto allocate = [&] {
    ::alarm(kPatience);
    end_without_memory("ended\n");
    Two two;
    const std::thread second{[&two] {
      two.second = ::open("/proc/thread-self/stat", O_RDONLY | O_CLOEXEC);
      while (!two.undoing) ::sched_yield();
      no_memory();
    }};
    while (two.second < 0) ::sched_yield();
    const BeforeSuddenEnd act{undo, &two};
    no_memory();
  };
  EXPECT_EXIT(allocate(), ::testing::ExitedWithCode(1), "^undone, ended\n");
}

TEST(NoMemoryDeathTest, WhereUndoingLacksMemoryItselfTheProcessEndsAllTheSame) {
  const auto allocate = [] {
    ::alarm(kPatience);
    end_without_memory("ended\n");
    const BeforeSuddenEnd act{[](void*) noexcept { no_memory(); }, nullptr};
    no_memory();
  };
  EXPECT_EXIT(allocate(), ::testing::ExitedWithCode(1), "^ended\n");
}

TEST(NoMemory, IsAnExceptionInALibrary) { EXPECT_THROW(no_memory(), std::bad_alloc); }

}  // namespace
}  // namespace attune
