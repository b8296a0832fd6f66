// Whom a name stands for where there is none: a device restored from the words alone knows nobody's.
#pragma once

#include <string>

#include "attune/api.pb.h"
#include "core/text.h"

namespace attune::cli {

[[nodiscard]] inline std::string partner_named(const std::string& name) {
  return name.empty() ? "your partner" : harmless_line(name);
}

// Of an entry or a response of somebody else; that may be a former partner's.
template <class Written>
[[nodiscard]] std::string author_named(const Written& written) {
  return written.author().empty() ? "your partner at that time" : harmless_line(written.author());
}

}  // namespace attune::cli
