#include "support/vectors.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace attune::test {

std::optional<std::string> vector_file(const std::string& path) {
  const std::string root = ATTUNE_VECTORS;
  std::ifstream file{root + "/" + path, std::ios::binary};
  if (root.empty() || !file) {
    std::cout << "vectors: not found: " << path << '\n';
    return std::nullopt;
  }
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

std::optional<nlohmann::json> vector_json(const std::string& path) {
  const auto text = vector_file(path);
  if (!text) return std::nullopt;
  return nlohmann::json::parse(*text);
}

std::vector<std::string> vector_folder(const std::string& folder) {
  std::vector<std::string> names;
  const std::filesystem::path path = std::string{ATTUNE_VECTORS} + "/" + folder;
  if (std::filesystem::is_directory(path)) {
    for (const auto& file : std::filesystem::directory_iterator{path}) names.push_back(file.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string project_file(const std::string& path) { return std::string{ATTUNE_SOURCE} + "/" + path; }

std::size_t ran(std::string_view set, std::size_t cases) {
  std::cout << "vector cases: " << cases << ", " << set << '\n';
  return cases;
}

Bytes unhex(const std::string& hex) {
  const auto bytes = from_hex(hex);
  if (!bytes) throw std::invalid_argument{"no hex: " + hex.substr(0, 40)};
  return *bytes;
}

}  // namespace attune::test
