// The TCP port of a node: drawn once at random, then remembered, so that the other side finds it again.
#pragma once

#include <cstdint>

#include "book/book.h"

namespace attune::node {

[[nodiscard]] std::uint16_t remembered_port(book::Book& book);  // draws and remembers one where there is none
void remember_port(book::Book& book, std::uint16_t port);

}  // namespace attune::node
