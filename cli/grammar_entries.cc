// write, share, edit, erase, respond, list, show, search.
#include <algorithm>
#include <memory>

#include "cli/grammar_parts.h"
#include "core/error.h"

namespace attune::cli::grammar {
namespace {

constexpr auto* kKinds = "note|gratitude|need|desire|apology|reassurance|memory|reflection";
constexpr auto* kMoodHelp = "a word and how strong it is, 1 to 5: calm:4";
constexpr auto* kAtHelp = "the moment it speaks of: today (now), yesterday 21:00, last sunday, 2026-11-20 (noon)";

void add_write(CLI::App& app, Action& action) {
  const auto options = std::make_shared<WriteOptions>();
  auto& command = add_command(app, "write", "a new entry; private, unless you say --shared",
                              "  attune write                          opens your editor, on a file in memory only\n"
                              "  attune write --shared --kind gratitude --mood warm:4\n"
                              "  attune write --at \"yesterday 21:00\" --tag walk < note.md\n");
  add_words(command, "TEXT", options->text, "the text; better left out, because the shell remembers what is typed");
  command.add_flag("--shared", options->shared, "your partner gets it too; this cannot be taken back, only erased");
  add_text(command, "--kind", options->kind,
           "note, gratitude, need, desire, apology, reassurance, memory or reflection")
      .type_name(kKinds);
  add_text(command, "--title", options->title, "one line above the text");
  add_text(command, "--mood", options->mood, kMoodHelp);
  add_texts(command, "--tag", options->tags, "a word to find it by; may be given several times");
  needs_text(*add_text(command, "--at", options->at, kAtHelp).type_name("TIME"));
  add_text(command, "--did", options->did, "of an apology: what I did").type_name("TEXT");
  add_text(command, "--to-you", options->to_you, "of an apology: what it did to you").type_name("TEXT");
  add_text(command, "--differently", options->differently, "of an apology: what I will do differently")
      .type_name("TEXT");
  command.add_flag("--just-listen", options->just_listen, "no advice, please: only comfort and thanks are offered");
  command.add_flag("--no-hints", options->no_hints, "do not offer other words");
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return write(context, *options); }; });
}

void add_edit(CLI::App& app, Action& action) {
  struct Typed : EditOptions {
    std::string new_title;
  };
  const auto options = std::make_shared<Typed>();
  auto& command = add_command(app, "edit", "change an entry of yours; earlier versions stay, for you alone",
                              "  attune edit 1a2b\n  attune edit 1a2b --title \"The walk\" --tag river\n");
  add_text(command, "ID", options->id, "as attune list prints it").required();
  add_words(command, "TEXT", options->text,
            "the new text; without it and without options: standard input or your editor");
  auto& title = add_text(command, "--title", options->new_title, "a new title");
  command.add_flag("--no-hints", options->no_hints, "do not offer other words");
  add_text(command, "--mood", options->mood, kMoodHelp);
  add_texts(command, "--tag", options->tags, "replaces the tags; may be given several times");
  needs_text(*add_text(command, "--at", options->at, kAtHelp).type_name("TIME"));
  command.final_callback([options, &title, &action] {
    if (title.count() > 0) options->title = options->new_title;
    action = [options](Context& context) { return edit(context, *options); };
  });
}

void add_by_id(CLI::App& app, Action& action) {
  const auto id = std::make_shared<std::string>();
  auto& to_share =
      add_command(app, "share", "give a private entry to your partner as well, as it is now", "  attune share 1a2b\n");
  add_text(to_share, "ID", *id, "as attune list prints it").required();
  to_share.final_callback([id, &action] { action = [id](Context& context) { return share(context, *id); }; });
  auto& to_show = add_command(app, "show", "one entry, with responses and, for its author, earlier versions",
                              "  attune show 1a2b\n");
  add_text(to_show, "ID", *id, "as attune list prints it").required();
  to_show.final_callback([id, &action] { action = [id](Context& context) { return show(context, *id); }; });
  const auto yes = std::make_shared<bool>(false);
  auto& to_erase = add_command(app, "erase", "erase an entry of yours, or your answers in a check-in, from both disks",
                               "  attune erase 1a2b\n  attune erase 1a2b --yes\n");
  add_text(to_erase, "ID", *id, "as attune list prints it").required();
  to_erase.add_flag("--yes", *yes, "do not ask");
  to_erase.final_callback([id, yes, &action] {
    action = [id, yes](Context& context) { return erase(context, *id, *yes ? Yes::given : Yes::ask); };
  });
}

// One of them, no more.
void add_respond(CLI::App& app, Action& action) {
  struct Kind {
    std::string name, option, help;
    enum class Words { none, some, optional } words = Words::none;
  };
  using Words = Kind::Words;
  static const std::vector<Kind> kinds{
      {"reflect", "--reflect", "what I hear is ...; only its author can say whether that is it", Words::some},
      {"understood", "--understood", "by the author, on a reflection: yes, that is what I meant", Words::none},
      {"not_quite", "--not-quite", "by the author, on a reflection: what it missed", Words::some},
      {"comfort", "--comfort", "something warm", Words::some},
      {"thanks", "--thanks", "thank you", Words::none},
      {"accept", "--accept", "on an apology: I accept it", Words::none},
      {"not_yet", "--not-yet", "on an apology: not yet; with words, or without", Words::optional}};
  const auto options = std::make_shared<RespondOptions>();
  const auto texts = std::make_shared<std::vector<std::string>>(kinds.size());
  const auto given = std::make_shared<std::vector<CLI::Option*>>();
  auto& command =
      add_command(app, "respond", "say something to an entry that is shared, or answer a question; nobody waits for it",
                  "  attune respond 1a2b --reflect \"what I hear is that you felt alone\"\n"
                  "  attune respond 1a2b --understood\n  attune respond 1a2b --not-yet\n");
  add_text(command, "ID", options->id,
           "the entry's; with --understood and --not-quite the reflection's or the entry's; or a question's about a "
           "boundary")
      .required();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Kind& kind = kinds[i];
    CLI::Option& said = kind.words == Words::none
                            ? *command.add_flag(kind.option, kind.help)
                            : *add_text(command, kind.option, (*texts)[i], kind.help).type_name("TEXT");
    if (kind.words == Words::optional) said.expected(0, 1);
    given->push_back(&said);
  }
  command.final_callback([options, texts, given, &action] {
    const auto is_given = [](const CLI::Option* option) { return option->count() > 0; };
    if (std::ranges::count_if(*given, is_given) != 1) {
      throw Error{Errc::usage,
                  "say one thing: --reflect, --understood, --not-quite, --comfort, --thanks, --accept or --not-yet",
                  "attune respond --help says what each is for"};
    }
    const auto said = std::ranges::find_if(*given, is_given);
    const auto which = static_cast<std::size_t>(said - given->begin());
    options->kind = kinds[which].name;
    options->text = std::move((*texts)[which]);
    action = [options](Context& context) { return respond(context, *options); };
  });
}

void add_list(CLI::App& app, Action& action) {
  const auto options = std::make_shared<ListOptions>();
  auto& command = add_command(app, "list", "your entries and your partner's shared ones, newest first",
                              "  attune list -n 50 --kind gratitude\n"
                              "  attune list --by partner --since \"last sunday\"\n"
                              "  attune list --since 2026-11-01 --until 2026-11-20\n");
  command.add_option("-n", options->limit, "how many; 0 for all")
      ->check(CLI::Validator{[](const std::string& text) {
                               const bool number = text.find_first_not_of("0123456789") == std::string::npos;
                               return number && text.size() < 10 ? std::string{} : "say how many, or 0 for all";
                             },
                             "", "count"})
      ->type_name("N")
      ->capture_default_str();
  add_choice(command, "--by", options->by, "me|partner", "your own, or your partner's");
  auto* only_shared = command.add_flag("--shared", options->shared, "only shared ones");
  command.add_flag("--private", options->only_private, "only private ones")->excludes(only_shared);
  add_text(command, "--kind", options->kind, "only of this kind").type_name(kKinds);
  add_texts(command, "--tag", options->tags, "only with this tag; given several times, with all of them");
  needs_text(
      *add_text(command, "--since", options->since, "from this day's beginning, or this moment, on").type_name("DATE"));
  needs_text(*add_text(command, "--until", options->until, "up to this day's end, or to just before this moment")
                  .type_name("DATE"));
  needs_text(*add_text(command, "--before", options->before, "only older than this entry").type_name("ID"));
  command.final_callback(
      [options, &action] { action = [options](Context& context) { return list(context, *options); }; });
}

void add_search(CLI::App& app, Action& action) {
  const auto words = std::make_shared<std::vector<std::string>>();
  auto& command = add_command(app, "search", "entries with all the words; case and accents do not matter",
                              "  attune search river walk\n");
  add_words(command, "WORDS", *words, "what to look for").required();
  command.final_callback([words, &action] { action = [words](Context& context) { return search(context, *words); }; });
}

}  // namespace

void add_entry_commands(CLI::App& app, Action& action) {
  add_write(app, action);
  add_by_id(app, action);
  add_edit(app, action);
  add_respond(app, action);
  add_list(app, action);
  add_search(app, action);
}

}  // namespace attune::cli::grammar
