#include "cli/tag.h"

#include <algorithm>

#include "core/text.h"

namespace attune::cli {

std::vector<std::string> tags_said(const std::vector<std::string>& typed) {
  std::vector<std::string> tags;
  for (const auto& one : typed) {
    std::string tag = one.starts_with('#') ? one.substr(1) : one;
    const auto same = [&](const std::string& other) { return folded(other) == folded(tag); };
    if (std::ranges::none_of(tags, same)) tags.push_back(std::move(tag));
  }
  return tags;
}

}  // namespace attune::cli
