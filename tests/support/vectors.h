// Test vectors. Public sets are read in place from ATTUNE_VECTORS; what is ours stands in tests/vectors.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "support/needs.h"

namespace attune::test {

// The file's bytes, or nullopt (and a line "vectors: not found: ...") where the folder or file is missing.
[[nodiscard]] std::optional<std::string> vector_file(const std::string& path);
// Parsed. nullopt as above: the test then reports itself as skipped, never as passed.
[[nodiscard]] std::optional<nlohmann::json> vector_json(const std::string& path);
[[nodiscard]] std::vector<std::string> vector_folder(
    const std::string& folder);                                   // sorted file names; empty where missing
[[nodiscard]] std::string project_file(const std::string& path);  // where that file of these sources is
// Says how many cases of a set a test has run, in a line of its own: scripts/prove adds these lines up. Gives `cases`
// back.
std::size_t ran(std::string_view set, std::size_t cases);
[[nodiscard]] Bytes unhex(const std::string& hex);  // throws std::invalid_argument

}  // namespace attune::test

// The test is not run where a public set is not on this machine.
#define ATTUNE_NEEDS_VECTORS(optional_value) \
  if (!(optional_value)) ATTUNE_NOT_RUN("the public vectors are not here (ATTUNE_VECTORS)")
