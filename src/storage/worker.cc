#include "storage/worker.h"

#include <system_error>
#include <utility>

#include "core/memory.h"

namespace attune::storage {

Worker::~Worker() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Worker::run(std::function<void()> job) {
  {
    const std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
    if (!thread_.joinable()) start();
  }
  changed_.notify_one();
}

void Worker::start() {
  try {
    thread_ = std::thread{[this] { loop(); }};
  } catch (const std::system_error&) {  // no stack for it: nothing that may be thrown through LevelDB
    no_memory();
  }
}

std::unique_lock<std::mutex> Worker::pause() { return std::unique_lock{running_}; }

void Worker::loop() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    {
      const std::lock_guard running{running_};
      job();
    }
    lock.lock();
  }
}

}  // namespace attune::storage
