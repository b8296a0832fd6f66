// respond: what two people say to each other about an entry.
#include "cli/commands.h"
#include "cli/sharing.h"
#include "cli/written.h"

namespace attune::cli {

int respond(Context& context, const RespondOptions& options) {
  api::v1::Request request;
  api::v1::RespondRequest& wanted = *request.mutable_respond();
  wanted.set_id(options.id);
  wanted.set_kind(options.kind);
  wanted.set_text(options.text);
  const WipedText wiped{*wanted.mutable_text()};
  say_done_to(context, ask_journal(context, request).act(), "said");
  return 0;
}

}  // namespace attune::cli
