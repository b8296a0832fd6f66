// What somebody sees who looks at a device's shared side: the same for two who are level.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sync/world.h"

namespace attune::test {

// Of each shared entry its number and its text, in order.
inline std::vector<std::string> shared(Device& device) {
  std::vector<std::string> bodies;
  book::Filter all;
  all.limit = 0;
  all.shared = true;
  for (const journal::Entry& entry : device.book().list(all)) {
    bodies.push_back(entry.id.number.hex() + (entry.current ? entry.current->content.body : "?"));
  }
  std::ranges::sort(bodies);
  return bodies;
}

}  // namespace attune::test
