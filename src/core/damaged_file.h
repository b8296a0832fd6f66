// Damage, and the file that it is in: what reads bytes knows none.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace attune {

// Other than it was written, by accident or by somebody.
[[nodiscard]] bool is_damage(Errc code) noexcept;

// The same with the file's name before it. `hint`: what helps, where the error itself says nothing of it.
[[nodiscard]] Error in_file(const std::string& path, const Error& error, std::string_view hint = {});

// Does `work` with what that file holds; where it finds damage, it says in which file. Other errors pass as they are.
template <class Work>
auto naming_file(const std::string& path, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (!is_damage(error.code())) throw;
    throw in_file(path, error);
  }
}

}  // namespace attune
