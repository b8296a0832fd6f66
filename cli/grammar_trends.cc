// trends.
#include <memory>

#include "cli/grammar_parts.h"

namespace attune::cli::grammar {
namespace {

constexpr std::uint32_t kMostWeeks = 520;  // ten years

// Empty: it is a number of weeks.
std::string why_no_weeks(const std::string& text) {
  const bool digits = !text.empty() && text.size() < 5 && text.find_first_not_of("0123456789") == std::string::npos;
  const int weeks = digits ? std::stoi(text) : 0;
  return weeks >= 1 && weeks <= static_cast<int>(kMostWeeks) ? std::string{} : "say how many weeks, 1 to 520";
}

}  // namespace

void add_trends_command(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TrendsOptions>();
  auto& command = add_command(app, "trends", "your weeks: your moods, what was kept and missed, gratitude",
                              "  attune trends\n  attune trends --weeks 26\n");
  command.add_option("--weeks", options->weeks, "how many, with this one; 1 to 520")
      ->check(CLI::Validator{why_no_weeks, "", "weeks"})
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--ascii", options->ascii, "plots of plain characters, for a terminal without Unicode");
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return trends(context, *options); }; });
}

}  // namespace attune::cli::grammar
