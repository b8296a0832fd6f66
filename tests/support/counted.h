// What a sweep has tried, said in a line of its own when the test ends: scripts/prove adds these lines up.
#pragma once

#include <cstddef>
#include <iostream>
#include <string_view>

namespace attune::test {

inline constexpr std::string_view kFaultPoints = "fault points";
inline constexpr std::string_view kDamages = "damages";

class Counted {
 public:
  explicit Counted(std::string_view what) : what_{what} {}
  ~Counted() {
    if (all_ == 0) return;
    std::cout << what_ << ": " << all_;
    if (harmless_ != 0) std::cout << ", " << harmless_ << " of them harmless";
    std::cout << '\n';
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  void one() noexcept { ++all_; }
  void harmless() noexcept {
    ++all_;
    ++harmless_;
  }
  [[nodiscard]] std::size_t all() const noexcept { return all_; }
  [[nodiscard]] std::size_t all_harmless() const noexcept { return harmless_; }
  [[nodiscard]] std::size_t all_noticed() const noexcept { return all_ - harmless_; }

 private:
  std::string_view what_;
  std::size_t all_ = 0;
  std::size_t harmless_ = 0;
};

}  // namespace attune::test
