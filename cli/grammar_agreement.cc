// agreement: propose, list, show, accept, decline, amend, withdraw, kept, missed, moved, due.
#include <memory>

#include "cli/grammar_parts.h"

namespace attune::cli::grammar {
namespace {

constexpr auto* kId = "as attune agreement list prints it";
constexpr auto* kVersion = "the agreement's, or a version's as attune agreement show prints it";
constexpr auto* kEvery = "when it comes: day at 7:30, week on mon,wed at 9:00, month on 1 at 9:00, 2026-12-24 at 18:00";
constexpr auto* kReview = "a day to look at it again: in 4 weeks, 2026-12-24";

void add_propose(CLI::App& group, Action& action) {
  const auto options = std::make_shared<ProposeOptions>();
  auto& command =
      add_command(group, "propose", "something that both commit to; it binds nobody until both accept it",
                  "  attune agreement propose                 asks step by step\n"
                  "  attune agreement propose \"We talk every weekend\" --every \"week on sun at 18:00\"\n");
  add_words(command, "TEXT", options->text, "what you both commit to");
  needs_text(*add_text(command, "--every", options->every, kEvery).type_name("WHEN"));
  needs_text(*add_text(command, "--review", options->review, kReview).type_name("DATE"));
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return agreement_propose(context, *options); }; });
}

void add_amend(CLI::App& group, Action& action) {
  struct Typed : AmendOptions {
    std::string new_every, new_review;
  };
  const auto options = std::make_shared<Typed>();
  auto& command = add_command(group, "amend", "propose other words for it; what stands stays until both accept them",
                              "  attune agreement amend 1a2b \"We talk every second weekend\"\n"
                              "  attune agreement amend 1a2b \"We talk\" --every \"\"     without a time\n");
  add_text(command, "ID", options->id, kId).required();
  add_words(command, "TEXT", options->text, "the new words; without them your editor, with the words as they are");
  auto& every = *add_text(command, "--every", options->new_every, kEvery).type_name("WHEN");
  auto& review = *add_text(command, "--review", options->new_review, kReview).type_name("DATE");
  command.final_callback([options, &every, &review, &action] {
    if (every.count() > 0) options->every = options->new_every;
    if (review.count() > 0) options->review = options->new_review;
    action = [options](Context& context) { return agreement_amend(context, *options); };
  });
}

void add_reading(CLI::App& group, Action& action) {
  const auto all = std::make_shared<bool>(false);
  auto& to_list =
      add_command(group, "list", "what is agreed, and what waits for an answer", "  attune agreement list\n");
  to_list.add_flag("--all", *all, "also what was declined, withdrawn, or agreed with a partner of before");
  to_list.final_callback([all, &action] {
    action = [all](Context& context) {
      return agreement_list(context, *all ? AgreementsShown::all : AgreementsShown::open);
    };
  });
  const auto id = std::make_shared<std::string>();
  auto& to_show = add_command(group, "show", "one agreement: its versions, what each marked, who did what and when",
                              "  attune agreement show 1a2b\n");
  add_text(to_show, "ID", *id, kId).required();
  to_show.final_callback([id, &action] { action = [id](Context& context) { return agreement_show(context, *id); }; });
  const auto until = std::make_shared<std::string>();
  auto& due = add_command(group, "due", "what comes due, today and seven more days",
                          "  attune agreement due\n  attune agreement due --until \"in 4 weeks\"\n");
  needs_text(*add_text(due, "--until", *until, "up to that day").type_name("DATE"));
  due.final_callback(
      [until, &action] { action = [until](Context& context) { return agreement_due(context, *until); }; });
}

void add_answers(CLI::App& group, Action& action) {
  const auto id = std::make_shared<std::string>();
  const auto yes = std::make_shared<bool>(false);
  auto& accept = add_command(group, "accept", "say yes to a version", "  attune agreement accept 1a2b\n");
  add_text(accept, "ID", *id, kVersion).required();
  accept.add_flag("--yes", *yes, "do not ask");
  accept.final_callback([id, yes, &action] {
    action = [id, yes](Context& context) { return agreement_accept(context, *id, *yes ? Yes::given : Yes::ask); };
  });
  const auto why = std::make_shared<std::string>();
  auto& decline = add_command(group, "decline", "say no to a version, with a reason or without",
                              "  attune agreement decline 1a2b\n  attune agreement decline 1a2b --why \"too early\"\n");
  add_text(decline, "ID", *id, kVersion).required();
  add_text(decline, "--why", *why, "a reason, if you want to give one").type_name("TEXT");
  decline.final_callback(
      [id, why, &action] { action = [id, why](Context& context) { return agreement_decline(context, *id, *why); }; });
  auto& withdraw = add_command(group, "withdraw", "end it at once and for good, with a reason or without",
                               "  attune agreement withdraw 1a2b\n");
  add_text(withdraw, "ID", *id, kId).required();
  add_text(withdraw, "--why", *why, "a reason, if you want to give one").type_name("TEXT");
  withdraw.add_flag("--yes", *yes, "do not ask");
  withdraw.final_callback([id, why, yes, &action] {
    const WithdrawOptions options{*id, *why, *yes ? Yes::given : Yes::ask};
    action = [options](Context& context) { return agreement_withdraw(context, options); };
  });
}

void add_mark(CLI::App& group, Action& action, const std::string& kind, const std::string& help) {
  const auto options = std::make_shared<MarkOptions>();
  options->kind = kind;
  const bool moves = kind == "moved";
  const std::string example = moves ? " --to tomorrow" : " --on sunday";
  auto& command = add_command(group, kind, help, "  attune agreement " + kind + " 1a2b" + example + "\n");
  add_text(command, "ID", options->id, kId).required();
  needs_text(
      *add_text(command, "--on", options->on,
                moves ? "which one, by its day; without it the next" : "which one, by its day; without it the last")
           .type_name("DATE"));
  if (moves) {
    needs_text(*add_text(command, "--to", options->to, "its new day, at the same time").required()->type_name("DATE"));
  } else {
    add_text(command, "--note", options->note, "a few words beside it").type_name("TEXT");
  }
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return agreement_mark(context, *options); }; });
}

}  // namespace

void add_agreement_commands(CLI::App& app, Action& action) {
  auto& group = add_command(app, "agreement", "what you both commit to, and what comes due",
                            "  attune agreement propose\n  attune agreement list\n  attune agreement due\n");
  group.require_subcommand(1, 1);
  add_propose(group, action);
  add_reading(group, action);
  add_answers(group, action);
  add_amend(group, action);
  add_mark(group, action, "kept", "say that it was kept, as you see it");
  add_mark(group, action, "missed", "say that it was missed, as you see it");
  add_mark(group, action, "moved", "move one that is still to come to another day; that is keeping one's word, too");
}

}  // namespace attune::cli::grammar
