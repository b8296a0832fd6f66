#include "cli/report.h"

#include <fmt/format.h>

#include "attune/api.pb.h"
#include "cli/json.h"
#include "core/text.h"

namespace attune::cli {

std::string report_of(const Error& error, bool json, const Paint& paint) {
  const std::string what = harmless_line(error.what());
  const std::string hint = harmless_line(error.hint().empty() ? usual_hint(error.code()) : error.hint());
  if (json) {
    api::v1::ErrorDocument document;
    document.mutable_error()->set_code(std::string{name_of(error.code())});
    document.mutable_error()->set_message(what);
    document.mutable_error()->set_hint(hint);
    return to_json(document) + "\n";
  }
  std::string lines = fmt::format("attune: {} {}\n", paint.alarm("error:"), what);
  if (!hint.empty()) lines += fmt::format("attune: {} {}\n", paint.bold("hint:"), hint);
  return lines;
}

int report(Console& console, const Error& error, bool json, const Paint& paint) {
  const int status = exit_status(error.code());
  // `attune list | head` is no fault; nobody is left to be told, and the status says that not all was read.
  if (console.reader_gone()) return status;
  console.err(report_of(error, json, paint));
  return status;
}

}  // namespace attune::cli
