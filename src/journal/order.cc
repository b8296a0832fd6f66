#include "journal/order.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace attune::journal {
namespace {

// Pointers are sorted, not ops: an op is too big to be moved about.
using Order = std::vector<Seen*>;

void merge_equal(Order& order) {
  std::ranges::sort(order, {}, [](const Seen* seen) { return std::tie(seen->id, seen->author); });
  std::size_t last = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    Seen& kept = *order[last];
    Seen& next = *order[i];
    if (next.id != kept.id || next.author != kept.author) {
      order[++last] = &next;
      continue;
    }
    kept.shared = kept.shared || next.shared;
    if (!kept.op) kept.op = std::move(next.op);
  }
  order.resize(last + 1);
}

bool earlier(const Seen* a, const Seen* b) {
  if (!a->op || !b->op) return !a->op && b->op;
  return a->op->time < b->op->time;
}

}  // namespace

std::vector<Seen> in_order(std::vector<Seen> ops) {
  if (ops.size() < 2) return ops;
  Order order;
  order.reserve(ops.size());
  for (Seen& seen : ops) order.push_back(&seen);
  merge_equal(order);
  std::ranges::stable_sort(order, earlier);  // among equal times the order by (id, author) stays
  std::vector<Seen> sorted;
  sorted.reserve(order.size());
  for (Seen* seen : order) sorted.push_back(std::move(*seen));
  return sorted;
}

}  // namespace attune::journal
