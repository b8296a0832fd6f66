// The node's log: what happened, for whoever looks for a fault. No names, no text, no addresses at the level that is
// on; times are seconds since the node started, so the file tells no dates. Mode 0600, in the runtime directory.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace spdlog {
class logger;
}

namespace attune::node {

class Log {
 public:
  explicit Log(const Clock& clock);                  // writes nowhere
  Log(const Clock& clock, const std::string& path);  // at most 1 MiB, then one older file
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  void info(std::string_view what) const;

 private:
  const Clock& clock_;
  Steady started_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace attune::node
