// What the person is told, once, when this device's own logs could not be trusted to be the newest.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "book/book.h"

namespace attune::node {

// Opening the home found out why; kept until it was told.
void note_doubt(book::Book& book, std::string_view why);
// One line. nullopt: nothing happened, or it was told.
[[nodiscard]] std::optional<std::string> untold_doubt(const book::Book& book);
void doubt_told(book::Book& book);

}  // namespace attune::node
