// Colour, or none: every escape sequence that attune prints itself comes from here. Text of people never carries any
// (core/text.h makes it harmless before it is painted).
#pragma once

#include <string>
#include <string_view>

namespace attune::cli {

class Paint {
 public:
  explicit Paint(bool on) : on_{on} {}
  [[nodiscard]] bool on() const noexcept { return on_; }
  [[nodiscard]] std::string bold(std::string_view text) const { return with("1", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return with("2", text); }
  [[nodiscard]] std::string match(std::string_view text) const { return with("1;33", text); }
  [[nodiscard]] std::string id(std::string_view text) const { return with("36", text); }
  [[nodiscard]] std::string alarm(std::string_view text) const { return with("1;31", text); }

 private:
  [[nodiscard]] std::string with(std::string_view code, std::string_view text) const {
    if (!on_) return std::string{text};
    std::string painted = "\033[";
    painted.append(code).append("m").append(text).append("\033[0m");
    return painted;
  }
  bool on_;
};

}  // namespace attune::cli
