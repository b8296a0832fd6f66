#include "cli/i_form.h"

#include <fmt/format.h>

#include "cli/journal.h"
#include "core/error.h"
#include "core/text.h"
#include "journal/hints.h"

namespace attune::cli {
namespace {

bool wanted(Context& context, node::Client& client) {
  api::v1::Request request;
  request.mutable_config()->set_name("hints");
  const auto settings = call(context, client, request).config().settings();
  return settings.empty() || settings.Get(0).value() != "off";
}

}  // namespace

bool offer_i_form(Context& context, node::Client& client, const std::string& text) {
  const auto hint = journal::hint_for(text);
  if (!hint || context.globals.quiet || !wanted(context, client)) return false;
  note(context, fmt::format("This says \"{}\". It may be heard better as:\n  {}", hint->phrase, hint->i_form));
  if (!context.world.console.in_is_terminal() || context.globals.json) return false;
  for (;;) {
    const std::string said = folded(context.world.console.ask("save it as it is? y, n, or e for your editor [Y/n/e] "));
    if (said.empty() || said == "y" || said == "yes") return false;
    if (said == "e") return true;
    if (said == "n" || said == "no") {
      throw Error{Errc::refused, "nothing was saved", "attune config hints off leaves this question out"};
    }
  }
}

}  // namespace attune::cli
