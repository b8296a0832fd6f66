// Rewriting of tables until nothing is left of what was removed or overwritten. docs/store-format.md, section 1.7.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "storage/sealed_env.h"

namespace attune::storage {

struct TableSpan {
  std::string path;
  std::string first;  // the first and last key in it
  std::string last;
};

// The table files that hold keys of [from, to]; an empty `to`: no end. No background work may run meanwhile.
[[nodiscard]] std::vector<TableSpan> tables_between(SealedEnv& env, const FileSystem& files,
                                                    const std::string& directory, std::string_view from,
                                                    std::string_view to);

}  // namespace attune::storage
