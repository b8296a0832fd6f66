// Words that close the other's ears: for a text that is to be shared and says "you always", the I-form is offered.
#pragma once

#include <string>

#include "cli/context.h"
#include "cli/written.h"

namespace attune::cli {

// Once for each text, before it is saved; nothing changes by itself, and without a terminal it is a note alone. Not
// where the setting `hints` is off. Throws Errc::refused where the person would rather not save. true: they want to
// change it.
[[nodiscard]] bool offer_i_form(Context& context, node::Client& client, const std::string& text);

}  // namespace attune::cli
