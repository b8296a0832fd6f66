// attune: puts the real world together and runs one command in it.
#include <google/protobuf/stubs/logging.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "cli/addresses.h"
#include "cli/editor.h"
#include "cli/grammar.h"
#include "cli/report.h"
#include "cli/run.h"
#include "core/memory.h"
#include "crypto/secret.h"

namespace cli = attune::cli;

int main(int argc, char** argv) {
  ::umask(077);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error where it is written, not the end of the process
  // protobuf would print about what strangers send (text that is no UTF-8) on standard error, and with parts of it. It
  // also says so by its result, which every parser of ours looks at.
  google::protobuf::SetLogHandler(nullptr);
  cli::PosixConsole console;
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const attune::Error no_memory{attune::Errc::internal, "there is not enough memory",
                                "close other programs; all that was said to be saved is there"};
  attune::end_without_memory(cli::report_of(no_memory, cli::wants_json(arguments), cli::Paint{false}));
  try {
    attune::crypto::start();
  } catch (const attune::Error& error) {
    return cli::report(console, error, false, cli::Paint{false});
  }
  const attune::SystemClock clock;
  const cli::Environment environment = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>{value};
  };
  const auto zone = attune::local_zone(environment("TZ"));
  const auto homes = cli::real_homes();
  cli::World world{console,
                   *homes,
                   clock,
                   *zone,
                   environment,
                   [&](const std::string& text) { return cli::edit_in_memory(text, environment); },
                   cli::own_addresses};
  return cli::run(arguments, world);
}
