// The person's own editor on a text that lives in memory only: a private directory on a tmpfs, wiped when it is done.
// What we cannot reach: swap that is not encrypted, and what an editor keeps elsewhere (its undo files, its clipboard).
#pragma once

#include <string>

#include "cli/world.h"

namespace attune::cli {

// The text as the editor left it. Throws Errc::usage where no editor is named or no place in memory is found,
// Errc::refused where the editor failed or was ended by a signal; nothing is left behind in either case.
[[nodiscard]] std::string edit_in_memory(const std::string& text, const Environment& environment);

}  // namespace attune::cli
