#include "node/idleness.h"

#include <algorithm>

namespace attune::node {

Idleness::Idleness(const Clock& clock) : clock_{clock} { asked(); }

void Idleness::asked() {
  asked_ = clock_.now();
  asked_steady_ = clock_.steady();
}

void Idleness::begin_answer() { ++answering_; }

void Idleness::end_answer() {
  --answering_;
  asked();
}

std::chrono::milliseconds Idleness::idle() const {
  if (answering_ > 0) return std::chrono::milliseconds{0};
  const auto steady = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - asked_steady_);
  return std::max<std::chrono::milliseconds>(steady, clock_.now() - asked_);
}

}  // namespace attune::node
