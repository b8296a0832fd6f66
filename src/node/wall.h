// The asker's wall: by its zone's name, so that it goes forward and back with the seasons, else as far from UTC as it
// is now.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/zone.h"
#include "node/home.h"

namespace attune::node {

class Wall {
 public:
  // `zones` outlives it.
  Wall(const Zones& zones, const std::string& here, std::chrono::minutes now_offset)
      : now_{zone_at(now_offset)}, named_{zones.named(here)} {}
  [[nodiscard]] const Zone& zone() const { return named_ != nullptr ? *named_ : *now_; }

 private:
  std::unique_ptr<Zone> now_;
  const Zone* named_;
};

}  // namespace attune::node
