// Beside store.cc, not in it: whatever store is linked, its batches are these.
#include <leveldb/write_batch.h>

#include "storage/store.h"

namespace attune::storage {
namespace {

leveldb::Slice bytes_of(std::string_view text) noexcept { return {text.data(), text.size()}; }

}  // namespace

Batch::Batch() : changes_{std::make_unique<leveldb::WriteBatch>()} {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

void Batch::put(std::string_view key, std::string_view value) {
  changes_->Put(bytes_of(key), bytes_of(value));
  empty_ = false;
}
void Batch::remove(std::string_view key) {
  changes_->Delete(bytes_of(key));
  empty_ = false;
}
bool Batch::empty() const noexcept { return empty_; }
std::size_t Batch::bytes() const noexcept { return changes_->ApproximateSize(); }
void Batch::clear() {
  changes_->Clear();
  empty_ = true;
}

}  // namespace attune::storage
