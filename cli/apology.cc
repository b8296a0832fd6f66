#include "cli/apology.h"

namespace attune::cli {

std::string text_of(const Apology& apology) {
  std::string text;
  for (const std::string* part : {&apology.did, &apology.to_you, &apology.differently}) {
    if (part->empty()) continue;
    if (!text.empty()) text += "\n\n";
    text += *part;
  }
  return text;
}

Apology ask_for_apology(Context& context) {
  note(context,
       "Three questions. Leave out what you like with an empty line; leave out all three, and your editor opens.\n"
       "An apology needs no \"but\".");
  Console& console = context.world.console;
  Apology apology;
  apology.did = console.ask("What I did: ");
  apology.to_you = console.ask("What it did to you: ");
  apology.differently = console.ask("What I will do differently: ");
  return apology;
}

}  // namespace attune::cli
