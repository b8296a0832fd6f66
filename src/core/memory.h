// Running out of memory ends the process as a crash would. LevelDB cannot be unwound: after a batch is in its log and
// not in its memory, the next one would be written over it. What was acknowledged is on the disk.
#pragma once

#include <string>

namespace attune {

// From now on: whatever cannot be allocated, `says` goes to standard error and the process ends with exit status 1,
// without any destructor. Once, by the program itself.
void end_without_memory(std::string says);

// What must not stay behind even then: a terminal without its echo, a text in an editor's file. Done, newest first, by
// such an end while this lives. `act` allocates nothing and does only what a signal handler may. One thread has these.
class BeforeSuddenEnd {
 public:
  using Act = void (*)(void* with) noexcept;
  BeforeSuddenEnd(Act act, void* with) noexcept;
  ~BeforeSuddenEnd();
  BeforeSuddenEnd(const BeforeSuddenEnd&) = delete;
  BeforeSuddenEnd& operator=(const BeforeSuddenEnd&) = delete;
  [[nodiscard]] const BeforeSuddenEnd* run() const noexcept;  // gives the one before it

 private:
  Act act_;
  void* with_;
  const BeforeSuddenEnd* before_;
};

// For what is not allocated by new. Without end_without_memory() it throws std::bad_alloc, as new does.
[[noreturn]] void no_memory();

}  // namespace attune
