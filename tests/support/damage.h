// What can happen to files on a disk, all of it in turn, and what must be said of it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/damaged_file.h"

namespace attune::test {

// Is handed the whole file as it is now.
using Damaged = std::function<void(const Bytes& file)>;

// Each bit turned, or each so many.
inline void each_bit(Bytes file, std::size_t step, const Damaged& look) {
  for (std::size_t bit = step / 2; bit < file.size() * 8; bit += step) {
    SCOPED_TRACE(fmt::format("byte {} bit {} of {} bytes", bit / 8, bit % 8, file.size()));
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    file[bit / 8] ^= mask;
    look(file);
    file[bit / 8] ^= mask;
  }
}

// Cut to each length, or each so many.
inline void each_length(const Bytes& file, std::size_t step, const Damaged& look) {
  for (std::size_t size = 0; size < file.size(); size += step) {
    SCOPED_TRACE(fmt::format("cut to {} of {} bytes", size, file.size()));
    look(to_bytes(BytesView{file}.first(size)));
  }
}

inline void each_two(const std::vector<std::string>& paths,
                     const std::function<void(const std::string& one, const std::string& other)>& look) {
  for (std::size_t a = 0; a < paths.size(); ++a) {
    for (std::size_t b = a + 1; b < paths.size(); ++b) {
      SCOPED_TRACE(fmt::format("{} and {}", paths[a], paths[b]));
      look(paths[a], paths[b]);
    }
  }
}

// `any_of`: where more than one file was touched, one of them is named.
inline void expect_damage(const Error& error, const std::vector<std::string>& any_of) {
  const std::string_view what = error.what();
  EXPECT_TRUE(is_damage(error.code())) << what;
  EXPECT_EQ(exit_status(error.code()), 6);
  const auto named = [&](const std::string& path) { return what.find(path) != std::string_view::npos; };
  EXPECT_TRUE(std::ranges::any_of(any_of, named)) << what << " names another file than " << any_of.front();
}

}  // namespace attune::test
