#include "book/folded.h"

#include <utility>

namespace attune::book {
namespace {

constexpr std::size_t kMostBytes = 16U << 20U;
// What one act takes at most beside its texts: its place in the history, and a version, a mark and a move of it.
constexpr std::size_t kEachAct = sizeof(journal::Done) + sizeof(journal::AgreementVersion) + 2 * sizeof(journal::Mark);
constexpr std::size_t kTexts = 2;  // in the history, and in the version or the mark

}  // namespace

FoldedAgreements::Kept FoldedAgreements::find(const ObjectId& id) const {
  const auto found = kept_.find(id);
  return found == kept_.end() ? nullptr : found->second.agreement;
}

void FoldedAgreements::keep(const ObjectId& id, Kept agreement, std::size_t acts, std::size_t bytes) {
  forget(id);
  const std::size_t taken = sizeof(FoldedAgreement) + acts * kEachAct + bytes * kTexts;
  if (journal::is_over(agreement->agreement) || taken > kMostBytes - bytes_) return;
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
