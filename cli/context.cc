#include "cli/context.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/json.h"
#include "core/error.h"

namespace attune::cli {

Paint paint_for(Color color, bool terminal, const Environment& environment) {
  switch (color) {
    case Color::always: return Paint{true};
    case Color::never: return Paint{false};
    case Color::automatic: break;
  }
  return Paint{terminal && !environment("NO_COLOR") && environment("TERM") != "dumb"};
}

void answer(Context& context, const google::protobuf::Message& message, std::string_view human) {
  std::string text = context.globals.json ? to_json(message) : std::string{human};
  if (text.empty()) return;
  if (!text.ends_with('\n')) text.push_back('\n');
  context.world.console.out(text);
}

void note(Context& context, std::string_view human) {
  if (context.globals.quiet || context.globals.json) return;
  context.world.console.err(fmt::format("{}\n", human));
}

bool is_standard_input(const std::optional<std::string>& file) { return file == "-"; }

void check_one_standard_input(const Globals& globals) {
  const int wanted = (is_standard_input(globals.passphrase_file) ? 1 : 0) +
                     (is_standard_input(globals.new_passphrase_file) ? 1 : 0) +
                     (is_standard_input(globals.words_file) ? 1 : 0);
  if (wanted > 1) {
    throw Error{Errc::usage, "only one of the files can be standard input", "name a file for the others instead of -"};
  }
}

int offset_now(const Context& context) {
  return static_cast<int>(context.world.zone.offset_at(context.world.clock.now()).count());
}

std::string absolute_path(const std::string& path) {
  if (path.empty()) throw Error{Errc::usage, "a file or folder needs a name"};
  return std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace attune::cli
