// One run of the program: the world, the global options, and how a command answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "cli/paint.h"
#include "cli/world.h"

namespace google::protobuf {
class Message;
}

namespace attune::cli {

enum class Color { automatic, always, never };

struct Globals {
  std::string home;  // absolute
  bool json = false;
  bool quiet = false;
  Color color = Color::automatic;
  std::optional<std::string> passphrase_file;  // "-": standard input
  std::optional<std::string> new_passphrase_file;
  std::optional<std::string> words_file;
};

struct Context {
  World& world;
  Globals globals;
  Paint paint;  // for standard output
};

// By --color, NO_COLOR, TERM=dumb and whether that stream is a terminal.
[[nodiscard]] Paint paint_for(Color color, bool terminal, const Environment& environment);

// The command's result: the message as JSON with --json, else the words for people. A newline is added to both.
void answer(Context& context, const google::protobuf::Message& message, std::string_view human);
// The same where the words take a while: `render` is asked for them where they are wanted.
template <class Render>
  requires std::is_invocable_r_v<std::string, const Render&>
void answer(Context& context, const google::protobuf::Message& message, const Render& render) {
  answer(context, message, std::string_view{context.globals.json ? std::string{} : render()});
}
// To standard error, for people only: silent with --quiet and with --json.
void note(Context& context, std::string_view human);

// "-" names standard input. Errc::usage where more than one thing would be read from it.
[[nodiscard]] bool is_standard_input(const std::optional<std::string>& file);
void check_one_standard_input(const Globals& globals);

[[nodiscard]] int offset_now(const Context& context);  // minutes east of UTC
[[nodiscard]] std::string absolute_path(const std::string& path);

}  // namespace attune::cli
