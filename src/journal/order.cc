#include "journal/order.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace attune::journal {
namespace {

void merge_equal(std::vector<Seen>& ops) {
  std::ranges::sort(ops, {}, [](const Seen& seen) { return std::tie(seen.id, seen.author); });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ops.size(); ++i) {
    Seen& last = ops[kept];
    if (ops[i].id == last.id && ops[i].author == last.author) {
      last.shared = last.shared || ops[i].shared;
      if (!last.op) last.op = std::move(ops[i].op);
    } else if (++kept != i) {
      ops[kept] = std::move(ops[i]);
    }
  }
  if (!ops.empty()) ops.resize(kept + 1);
}

}  // namespace

std::vector<Seen> in_order(std::vector<Seen> ops) {
  if (ops.size() < 2) return ops;
  merge_equal(ops);
  // Stable: among equal times the order by (id, author) stays.
  std::ranges::stable_sort(ops, [](const Seen& a, const Seen& b) {
    if (!a.op || !b.op) return !a.op && b.op;
    return a.op->time < b.op->time;
  });
  return ops;
}

}  // namespace attune::journal
