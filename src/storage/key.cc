#include "storage/key.h"

#include "core/check.h"

namespace attune::storage {

std::string Key::end() const {
  std::string next = bytes_;
  while (!next.empty() && next.back() == '\xff') next.pop_back();
  ATTUNE_CHECK(!next.empty());  // a key begins with its table's letter
  next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1U);
  return next;
}

}  // namespace attune::storage
