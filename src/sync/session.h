// One session between two nodes, on an established channel. docs/protocol.md, section 5:
// rosters, inventory, then what each lacks in batches, confirmed when durable; then both end, or stay and push what is new.
#pragma once

#include "book/book.h"
#include "net/channel.h"
