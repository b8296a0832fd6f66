// passphrase: another one from now on.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/unlock_cost.h"
#include "core/error.h"

namespace attune::cli {
namespace {

constexpr int kTimes = 3;

}  // namespace

int passphrase_changed(Context& context, const std::string& unlock_cost) {
  std::optional<crypto::PassphraseCost> cost;
  if (!unlock_cost.empty()) cost = unlock_cost_named(unlock_cost);
  auto& homes = context.world.homes;
  if (!homes.exists(context.globals.home))
    throw Error{Errc::no_home, "there is no journal whose passphrase could change"};
  need_replacing_passphrase(context);
  const bool typed = !context.globals.passphrase_file;
  for (int time = 1;; ++time) {
    const crypto::SecretBytes current = passphrase(context);
    try {
      homes.change_passphrase(
          context.globals.home, current.bytes(), [&] { return replacing_passphrase(context); }, cost);
      break;
    } catch (const Error& error) {  // a slip of the fingers: said, and asked again
      if (error.code() != Errc::wrong_passphrase || !typed || time == kTimes) throw;
      context.world.console.err(fmt::format("{}\n", error.what()));
    }
  }
  answer(context, api::v1::PassphraseResponse{}, "From now on the new passphrase opens this journal.");
  note(context, "Copies of this home that were made before still open with the old one.");
  return 0;
}

}  // namespace attune::cli
