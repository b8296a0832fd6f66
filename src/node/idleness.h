// How long nobody has asked the node for anything. What comes from the network does not count, and neither does a
// `watch` that goes on: it may stand on a screen that nobody looks at.
#pragma once

#include <chrono>

#include "core/clock.h"

namespace attune::node {

class Idleness {
 public:
  // Borrowed: the clock outlives it.
  explicit Idleness(const Clock& clock);

  void asked();  // somebody has asked for something
  // Between these two an answer is being made, and nobody is idle. No guard object: a coroutine's frame may be
  // destroyed after the service.
  void begin_answer();
  void end_answer();

  // By the clock that goes on while the machine sleeps, or by the one that nobody can set back: by whichever says more.
  [[nodiscard]] std::chrono::milliseconds idle() const;

 private:
  const Clock& clock_;
  Instant asked_;
  Steady asked_steady_;
  int answering_ = 0;
};

}  // namespace attune::node
