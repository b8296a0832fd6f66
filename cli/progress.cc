#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/text.h"

namespace attune::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 500ms;
constexpr auto kBetween = 100ms;
constexpr int kBar = 24;
constexpr std::size_t kMaxWhat = 40;

std::string bar(double part) {
  const auto full = static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * kBar);
  return fmt::format("[{}{}]", std::string(full, '='), std::string(kBar - full, ' '));
}

}  // namespace

ProgressLine::ProgressLine(Context& context)
    : context_{context},
      wanted_{context.world.console.err_is_terminal() && !context.globals.quiet},
      begun_{context.world.clock.steady()},
      next_{begun_ + kPatience} {}

void ProgressLine::show(std::string_view what, double done, double total) {
  if (!wanted_) return;
  const auto now = context_.world.clock.steady();
  if (now < next_) return;
  next_ = now + kBetween;
  const std::string name = harmless_line(what.substr(0, kMaxWhat));
  const std::string line = total > 0  ? fmt::format("{} {} {:.0f} of {:.0f}", name, bar(done / total), done, total)
                           : done > 0 ? fmt::format("{} {:.0f}", name, done)
                                      : name;
  context_.world.console.err(fmt::format("\r\033[K{}", line));
  drawn_ = true;
}

void ProgressLine::clear() noexcept {
  if (!drawn_) return;
  context_.world.console.err("\r\033[K");
  drawn_ = false;
}

}  // namespace attune::cli
