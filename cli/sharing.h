// What is said of something that was to be shared: where it is, and why it stays here where it does.
#pragma once

#include <string>

#include "attune/api.pb.h"
#include "cli/context.h"
#include "core/text.h"

namespace attune::cli {

template <class Options, class Response>
[[nodiscard]] std::string where_it_is(const Options& options, const Response& response) {
  if (!options.shared) return "private";
  return response.for_people().lines().empty() ? "shared with your partner" : "shared";
}

inline void note_all(Context& context, const api::v1::ForPeople& said) {
  for (const auto& what : said.lines()) note(context, harmless_line(what));
}

}  // namespace attune::cli
