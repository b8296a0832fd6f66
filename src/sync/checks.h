// Checks of what a peer says. Internal to sync.
#pragma once

#include <string_view>

#include "core/error.h"

namespace attune::sync {

[[noreturn]] inline void misbehaved(const char* what) { throw Error{Errc::peer_misbehaved, what}; }

// An id out of a message: of exactly its size.
template <class AnyId>
[[nodiscard]] AnyId required(std::string_view bytes, const char* what) {
  const auto id = AnyId::from(bytes);
  if (!id) misbehaved(what);
  return *id;
}

}  // namespace attune::sync
