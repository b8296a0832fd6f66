// checkin, checkin list, checkin show.
#include <memory>

#include "cli/grammar_parts.h"
#include "core/error.h"

namespace attune::cli::grammar {
namespace {

void add_reading(CLI::App& checkin, Action& action) {
  add_command(checkin, "list", "all check-ins, newest first", "  attune checkin list\n").final_callback([&action] {
    action = checkin_list;
  });
  const auto id = std::make_shared<std::string>();
  auto& show = add_command(checkin, "show", "one check-in, with both answers once both are given",
                           "  attune checkin show 1a2b\n");
  add_text(show, "ID", *id, "as attune checkin list prints it").required();
  show.final_callback([id, &action] { action = [id](Context& context) { return checkin_show(context, *id); }; });
}

}  // namespace

void add_checkin_commands(CLI::App& app, Action& action) {
  const auto options = std::make_shared<CheckInOptions>();
  auto& checkin = add_command(app, "checkin", "you both answer a few questions, and then both see; all are optional",
                              "  attune checkin                        asks, one by one\n"
                              "  attune checkin --mood calm:4 --closeness 3 --wish \"a walk on sunday\"\n"
                              "  attune checkin list\n");
  checkin.require_subcommand(0, 1);
  needs_text(add_text(checkin, "--mood", options->mood, "a word and how strong it is, 1 to 5: calm:4"));
  needs_text(*add_text(checkin, "--closeness", options->closeness, "how close you feel, 1 to 5").type_name("N"));
  add_text(checkin, "--appreciated", options->appreciated, "what I appreciated");
  add_text(checkin, "--hard", options->hard, "what is hard");
  add_text(checkin, "--wish", options->wish, "what I would like");
  add_text(checkin, "--text", options->text, "in your own words, beside all that or in its place");
  checkin.add_flag("--no-hints", options->no_hints, "do not offer other words");
  add_reading(checkin, action);
  checkin.final_callback([options, &checkin, &action] {
    const auto chosen = checkin.get_subcommands();
    if (chosen.empty()) {
      action = [options](Context& context) { return cli::checkin(context, *options); };
    } else if (options->any()) {
      throw Error{Errc::usage, "answers go with attune checkin alone", "leave out " + chosen.front()->get_name()};
    }
  });
}

}  // namespace attune::cli::grammar
