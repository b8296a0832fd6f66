#include "cli/run.h"

#include <algorithm>
#include <exception>
#include <new>

#include "cli/grammar.h"
#include "cli/report.h"
#include "core/text.h"

namespace attune::cli {
namespace {

int parsed_and_done(const std::vector<std::string>& arguments, World& world) {
  Parsed parsed = parse(arguments, world.environment);
  const Paint paint = paint_for(parsed.globals.color, world.console.out_is_terminal(), world.environment);
  Context context{world, std::move(parsed.globals), paint};
  return parsed.action(context);
}

}  // namespace

int run(const std::vector<std::string>& arguments, World& world) {
  const auto tell = [&](const Error& error) {
    const Paint paint = paint_for(color_wanted(arguments), world.console.err_is_terminal(), world.environment);
    return report(world.console, error, wants_json(arguments), paint);
  };
  try {
    // Checked once, for every option: no message, no file name of ours and no screen carries anything else.
    if (!std::ranges::all_of(arguments, [](const std::string& argument) { return valid_utf8(argument); })) {
      throw Error{Errc::usage, "an argument is no text (UTF-8)"};
    }
    return parsed_and_done(arguments, world);
  } catch (const Error& error) {
    return tell(error);
  } catch (const std::bad_alloc&) {
    return tell(
        Error{Errc::internal, "there is not enough memory", "close other programs, or choose a lower unlock cost"});
  } catch (const std::exception&) {  // its text may hold anything, so it is not shown
    return tell(Error{Errc::internal, "something went wrong that should not have"});
  }
}

}  // namespace attune::cli
