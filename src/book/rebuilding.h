// The indexes made anew from the logs: by another version, after a crash in their midst, and where so much of what is
// held gains or loses its effect at once that this is less work.
#pragma once

#include "book/shelf.h"

namespace attune::book {

// Reads all that making them anew will read, as the system hands it out, while the old ones still stand. Throws what
// is in the way of it: once begun, no journal could be opened any more that has a page which cannot be read.
void check_rebuilding(const Shelf& shelf);

// true: it took payloads out, which are still to be compacted. mend_torn() is due afterwards. Where it fails in
// between, the store answers nothing any more (Store::refuse): half an index would be believed. The next opening of the
// store and the book starts over.
bool rebuild_indexes(Shelf& shelf);

}  // namespace attune::book
