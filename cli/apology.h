// An apology, guided: what I did, what it did to you, what I will do differently. Each may be left out, and it is free
// text all the same.
#pragma once

#include <string>

#include "cli/context.h"

namespace attune::cli {

struct Apology {
  std::string did, to_you, differently;
  [[nodiscard]] bool empty() const { return did.empty() && to_you.empty() && differently.empty(); }
};
[[nodiscard]] std::string text_of(const Apology& apology);  // a paragraph each

// Asks on the terminal. Empty answers leave a question out.
[[nodiscard]] Apology ask_for_apology(Context& context);

}  // namespace attune::cli
