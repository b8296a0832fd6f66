// The one place where errors become words and exit codes.
#pragma once

#include <string>

#include "cli/context.h"
#include "core/error.h"

namespace attune::cli {

// Two short lines, or with --json the error document.
std::string report_of(const Error& error, bool json, const Paint& paint);
// The same on standard error. Returns the exit status.
int report(Console& console, const Error& error, bool json, const Paint& paint);

}  // namespace attune::cli
