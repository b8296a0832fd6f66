// pause, resume.
#include <memory>

#include "cli/grammar_parts.h"

namespace attune::cli::grammar {

void add_pause_commands(CLI::App& app, Action& action) {
  const auto options = std::make_shared<PauseOptions>();
  auto& command = add_command(app, "pause", "ask for time to calm down, and say when you will be back",
                              "  attune pause                          for twenty minutes\n"
                              "  attune pause \"I need a walk\" --for 1h\n"
                              "  attune pause --until \"tomorrow 9:00\"\n");
  add_words(command, "TEXT", options->text, "what you want your partner to know; none is needed");
  auto& lasting =
      *add_text(command, "--for", options->lasting, "how long from now: 20m, 2h, 1d; twenty minutes to a day")
           .type_name("TIME");
  needs_text(lasting);
  auto& until = *add_text(command, "--until", options->until, "when you will be back: 21:00, tomorrow 9:00, tomorrow")
                     .type_name("TIME");
  needs_text(until);
  until.excludes(&lasting);
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return pause(context, *options); }; });
  add_command(app, "resume", "you are back before your pause is over", "  attune resume\n").final_callback([&action] {
    action = resume;
  });
}

}  // namespace attune::cli::grammar
