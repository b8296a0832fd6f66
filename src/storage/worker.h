// One background thread, for LevelDB's compactions.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace attune::storage {

// Threads: any.
class Worker {
 public:
  Worker() = default;
  ~Worker();  // does what is waiting, then ends
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void run(std::function<void()> job);  // the thread starts with the first one
  // While the result lives no job runs; one that runs is waited for.
  [[nodiscard]] std::unique_lock<std::mutex> pause();

 private:
  void start();
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  std::mutex running_;  // held by each job while it runs
  std::thread thread_;
};

}  // namespace attune::storage
