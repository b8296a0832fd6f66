// The indexes made anew from the logs: by another version, after a crash in their midst, and where so much of what is
// held gains or loses its effect at once that this is less work.
#pragma once

#include "book/shelf.h"

namespace attune::book {

// Erases together, too, what is found half erased. Where it fails in between, the store answers nothing any more
// (Store::refuse): half an index would be believed. The next opening of the book starts over.
void rebuild_indexes(Shelf& shelf);

}  // namespace attune::book
