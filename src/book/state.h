#pragma once

#include "book/shelf.h"

namespace attune::book {

struct Book::State : Shelf {
  using Shelf::Shelf;
};

}  // namespace attune::book
