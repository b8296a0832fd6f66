#include "book/folded.h"

#include <utility>

namespace attune::book {
namespace {

constexpr std::size_t kMostBytes = 16U << 20U;
constexpr std::size_t kEach = 1024;  // what one takes beside its payloads

}  // namespace

FoldedAgreements::Kept FoldedAgreements::find(const ObjectId& id) const {
  const auto found = kept_.find(id);
  return found == kept_.end() ? nullptr : found->second.agreement;
}

void FoldedAgreements::keep(const ObjectId& id, Kept agreement, std::size_t bytes) {
  forget(id);
  const std::size_t taken = bytes + kEach;
  if (taken > kMostBytes - bytes_) return;
  bytes_ += taken;
  kept_.emplace(id, Sized{std::move(agreement), taken});
}

void FoldedAgreements::forget(const ObjectId& id) {
  const auto found = kept_.find(id);
  if (found == kept_.end()) return;
  bytes_ -= found->second.bytes;
  kept_.erase(found);
}

}  // namespace attune::book
