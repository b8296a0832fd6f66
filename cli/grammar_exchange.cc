// export, import.
#include <memory>

#include "cli/grammar_parts.h"

namespace attune::cli::grammar {

void add_exchange_commands(CLI::App& app, Action& action) {
  const auto out = std::make_shared<ExportOptions>();
  auto& writing = add_command(app, "export", "your journal as plain text, in a folder that only you may look into",
                              "  attune export ~/for-the-counsellor --format markdown --only shared\n"
                              "  attune export ~/journal-as-json --format json\n");
  add_text(writing, "DIR", out->folder, "a new folder, or an empty one of yours").required();
  add_choice(writing, "--format", out->format, "markdown|json", "markdown to read, json to import again").required();
  add_choice(writing, "--only", out->only, "mine|shared", "what you wrote, or what both of you have");
  writing.final_callback(
      [out, &action] { action = [out](Context& context) { return export_journal(context, *out); }; });

  const auto in = std::make_shared<ImportOptions>();
  auto& reading = add_command(app, "import", "entries from another program's file; private, unless you say --shared",
                              "  attune import journal.json --from json\n  attune import Journal.json --from dayone\n"
                              "  attune import journal.txt --from jrnl\n");
  add_text(reading, "FILE", in->file, "at most 64 MiB").required();
  add_choice(reading, "--from", in->format, "markdown|json|jrnl|dayone", "what wrote it").required();
  reading.add_flag("--shared", in->shared, "your partner gets all of them; this cannot be taken back, only erased");
  reading.final_callback([in, &action] { action = [in](Context& context) { return import_entries(context, *in); }; });
}

}  // namespace attune::cli::grammar
