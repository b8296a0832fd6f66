// boundary and what stands below it.
#include <memory>

#include "cli/grammar_parts.h"

namespace attune::cli::grammar {
namespace {

constexpr auto* kId = "as attune boundary list prints it";
constexpr auto* kText = "the text; better left out, because the shell remembers what is typed";
constexpr auto* kNoHints = "do not offer other words";
constexpr auto* kTopics = "touch|intimacy|words|time|privacy|family|money|online|other";

// What was typed, before it is known whether it was.
struct Typed : BoundaryOptions {
  std::string typed_topic, typed_review;
  CLI::Option* topic_option = nullptr;
  CLI::Option* review_option = nullptr;
  void settle() {
    if (topic_option->count() > 0) topic = typed_topic;
    if (review_option->count() > 0) review = typed_review;
  }
};

void add_facts(CLI::App& command, Typed& typed) {
  auto& topic = add_text(command, "--topic", typed.typed_topic,
                         "touch, intimacy, words, time, privacy, family, money, online, other, or a word of your own");
  auto& review = add_text(command, "--review", typed.typed_review,
                          "the day on which you want to look at it again: in 4 weeks, sunday, 2026-12-24");
  topic.type_name(kTopics);
  review.type_name("DATE");
  typed.topic_option = &topic;
  typed.review_option = &review;
}

void add_state(CLI::App& boundary, Action& action) {
  const auto typed = std::make_shared<Typed>();
  auto& command = add_command(boundary, "state", "say what your limit is; it stands from now on, whoever agrees or not",
                              "  attune boundary state                 opens your editor, on a file in memory only\n"
                              "  attune boundary state \"No calls after 22:00 on work nights\" --topic time\n");
  add_words(command, "TEXT", typed->text, kText);
  add_facts(command, *typed);
  command.add_flag("--no-hints", typed->no_hints, kNoHints);
  command.final_callback([typed, &action] {
    typed->settle();
    action = [typed](Context& context) { return boundary_state(context, *typed); };
  });
}

void add_revise(CLI::App& boundary, Action& action) {
  const auto typed = std::make_shared<Typed>();
  auto& command =
      add_command(boundary, "revise", "say a boundary of yours anew; an acknowledgement is of the old words",
                  "  attune boundary revise 1a2b\n  attune boundary revise 1a2b --review \"in 4 weeks\"\n");
  add_text(command, "ID", typed->id, kId).required();
  add_words(command, "TEXT", typed->text,
            "the new text; without it and without options: standard input or your editor");
  add_facts(command, *typed);
  command.add_flag("--no-hints", typed->no_hints, kNoHints);
  command.final_callback([typed, &action] {
    typed->settle();
    action = [typed](Context& context) { return boundary_revise(context, *typed); };
  });
}

void add_ask(CLI::App& boundary, Action& action) {
  const auto options = std::make_shared<BoundaryOptions>();
  auto& command = add_command(boundary, "ask", "ask your partner about a boundary of theirs; it stands all the same",
                              "  attune boundary ask 1a2b \"Is a message all right?\"\n");
  add_text(command, "ID", options->id, kId).required();
  add_words(command, "TEXT", options->text, kText);
  command.add_flag("--no-hints", options->no_hints, kNoHints);
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return boundary_ask(context, *options); }; });
}

using ById = int (*)(Context&, const std::string&);
void add_by_id(CLI::App& boundary, Action& action, const std::string& name, const std::string& help, ById by_id) {
  const auto id = std::make_shared<std::string>();
  auto& command = add_command(boundary, name, help, "  attune boundary " + name + " 1a2b\n");
  add_text(command, "ID", *id, kId).required();
  command.final_callback(
      [id, by_id, &action] { action = [id, by_id](Context& context) { return by_id(context, *id); }; });
}

}  // namespace

void add_boundary_commands(CLI::App& app, Action& action) {
  auto& boundary = add_command(app, "boundary", "limits that each of you has stated",
                               "  attune boundary state\n  attune boundary list\n  attune boundary acknowledge 1a2b\n");
  boundary.require_subcommand(1, 1);
  add_state(boundary, action);
  const auto all = std::make_shared<bool>(false);
  auto& list = add_command(boundary, "list", "the boundaries that stand, yours and your partner's",
                           "  attune boundary list\n  attune boundary list --all\n");
  list.add_flag("--all", *all, "those that were lifted, too");
  list.final_callback([all, &action] {
    action = [all](Context& context) { return boundary_list(context, *all ? Lifted::shown : Lifted::left_out); };
  });
  add_by_id(boundary, action, "show", "one boundary, with what was asked and answered, and its history", boundary_show);
  add_revise(boundary, action);
  add_by_id(boundary, action, "acknowledge", "tell your partner that you have taken in a boundary of theirs",
            boundary_acknowledge);
  add_ask(boundary, action);
  add_by_id(boundary, action, "lift", "end a boundary of yours; nobody else can", boundary_lift);
}

}  // namespace attune::cli::grammar
