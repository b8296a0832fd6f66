// Tags as people type them.
#pragma once

#include <string>
#include <vector>

namespace attune::cli {

// Without the # that many put before a tag, and each once: "#us" and "Us" are the same tag.
[[nodiscard]] std::vector<std::string> tags_said(const std::vector<std::string>& typed);

}  // namespace attune::cli
