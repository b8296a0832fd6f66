// One line of progress on a terminal, for work that lasts over half a second; gone when the work is.
#pragma once

#include <string_view>

#include "cli/context.h"

namespace attune::cli {

class ProgressLine {
 public:
  explicit ProgressLine(Context& context);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `total` 0 = unknown. Drawn at most ten times a second.
  void show(std::string_view what, double done, double total);
  // Before anything else is printed.
  void clear() noexcept;

 private:
  Context& context_;
  bool wanted_;
  bool drawn_ = false;
  Steady begun_;
  Steady next_;
};

}  // namespace attune::cli
