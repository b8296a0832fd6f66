// What was typed wrongly, in words of ours: the parser's own sentences name its inner workings.
#pragma once

#include <CLI/CLI.hpp>

namespace attune::cli::grammar {

// Throws Errc::usage: what does not fit, and the nearest thing that would.
[[noreturn]] void throw_usage(const CLI::App& app, const CLI::ParseError& error);

}  // namespace attune::cli::grammar
