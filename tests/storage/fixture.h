// A store in memory, its key, and what tests ask of its files.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "storage/contents.h"
#include "storage/store.h"
#include "support/error_matcher.h"
#include "support/memory_files.h"

namespace attune::storage::test {

using attune::test::Change;
using attune::test::MemoryFiles;
using attune::test::PowerCut;

inline StoreKey store_key(int number = 1) {
  return StoreKey::born(
      [&](std::span<std::byte, 32> into) { std::ranges::fill(into, static_cast<std::byte>(number)); });
}

// The same text for the same number; not compressible to nothing, easy to look for.
inline std::string text_for(std::uint64_t number, std::size_t size) {
  std::string text;
  std::uint64_t state = number * 0x9E3779B97F4A7C15ULL + 1;
  while (text.size() < size) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    text += fmt::format("{:016x}", state);
  }
  text.resize(size);
  return text;
}

class StoreTest : public ::testing::Test {
 protected:
  static constexpr const char* kDirectory = "/store";

  StoreTest() {
    files.make_directory(kDirectory);
    files.sync_directory("/");
  }
  [[nodiscard]] Store open() { return Store{files, kDirectory, key}; }
  static void put(Store& store, std::string_view name, std::string_view value) {
    Batch batch;
    batch.put(name, value);
    store.commit(batch);
  }
  static void remove(Store& store, std::string_view name) {
    Batch batch;
    batch.remove(name);
    store.commit(batch);
  }
  // Moves everything into tables.
  static void into_tables(Store& store) { store.compact("", ""); }

  [[nodiscard]] std::vector<std::string> names(std::string_view part = "") const {
    std::vector<std::string> found;
    for (const auto& name : files.children(kDirectory)) {
      if (name.find(part) != std::string::npos) found.push_back(joined(kDirectory, name));
    }
    return found;
  }
  [[nodiscard]] std::string only(std::string_view part) const {
    const auto found = names(part);
    EXPECT_EQ(found.size(), 1U) << part;
    return found.empty() ? std::string{} : found.front();
  }
  // Does any file hold this, as it stands on the disk?
  [[nodiscard]] bool on_disk(std::string_view needle) const {
    return std::ranges::any_of(names(), [&](const std::string& path) {
      return to_string(files.contents(path)).find(needle) != std::string::npos;
    });
  }
  // Does any file hold this to somebody with the key?
  [[nodiscard]] bool in_decrypted_files(std::string_view needle) const {
    bool found = false;
    read_everything(files, kDirectory, key, [&](const std::string&, BytesView plain) {
      found = found || as_text(plain).find(needle) != std::string_view::npos;
    });
    return found;
  }

  MemoryFiles files;
  StoreKey key = store_key();
};

inline std::map<std::string, std::string> all_of(const Store& store) {
  std::map<std::string, std::string> found;
  store.scan("", "", [&](std::string_view name, std::string_view value) {
    found.emplace(name, value);
    return Store::Visit::go_on;
  });
  return found;
}

}  // namespace attune::storage::test
