#include "core/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <new>
#include <string>

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

TEST(NoMemory, IsAnExceptionInALibrary) { EXPECT_THROW(no_memory(), std::bad_alloc); }

}  // namespace
}  // namespace attune
