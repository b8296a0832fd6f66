// MemoryFiles' other half: what no file system offers. Counting, faults, power cuts, changes by hand.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/error.h"
#include "support/memory_files.h"
#include "support/memory_state.h"

namespace attune::test {
namespace {

const char* name_of(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::create: return "create";
    case Change::Kind::append: return "append";
    case Change::Kind::overwrite: return "overwrite";
    case Change::Kind::sync: return "sync";
    case Change::Kind::rename: return "rename";
    case Change::Kind::remove: return "remove";
    case Change::Kind::make_directory: return "make_directory";
    case Change::Kind::remove_directory: return "remove_directory";
    case Change::Kind::sync_directory: return "sync_directory";
  }
  return "";
}

}  // namespace

std::size_t MemoryFiles::calls() const {
  const std::lock_guard lock{state_->mutex};
  return state_->calls;
}

std::size_t MemoryFiles::reads() const {
  const std::lock_guard lock{state_->mutex};
  return state_->reads;
}

std::size_t MemoryFiles::looks() const {
  const std::lock_guard lock{state_->mutex};
  return state_->looks;
}

void MemoryFiles::fail_call(std::size_t nth, Fails how) {
  const std::lock_guard lock{state_->mutex};
  state_->fail_at = state_->calls + nth;
  state_->fails = how;
}

void MemoryFiles::fail_next(Change::Kind kind, std::string in) {
  const std::lock_guard lock{state_->mutex};
  state_->fail_kind = kind;
  state_->fail_in = std::move(in);
}

void MemoryFiles::fail_read(std::size_t nth) {
  const std::lock_guard lock{state_->mutex};
  state_->fail_read_at = state_->reads + nth;
}

void MemoryFiles::flip_read(std::size_t nth) {
  const std::lock_guard lock{state_->mutex};
  state_->flip_read_at = state_->reads + nth;
}

void MemoryFiles::fail_look(std::size_t nth) {
  const std::lock_guard lock{state_->mutex};
  state_->fail_look_at = state_->looks + nth;
}

std::optional<Change> MemoryFiles::fault() const {
  const std::lock_guard lock{state_->mutex};
  return state_->fault;
}

std::size_t MemoryFiles::written_since_fault() const {
  const std::lock_guard lock{state_->mutex};
  return state_->written_since_fault;
}

void MemoryFiles::stop_after(std::size_t n) {
  const std::lock_guard lock{state_->mutex};
  state_->stop_at = state_->calls + n;
}

void MemoryFiles::restart(const PowerCut& cut) {
  const std::lock_guard lock{state_->mutex};
  state_->disk = state_->disk.after(cut);
  state_->open.clear();
  state_->locks.clear();
  ++state_->restarts;
  state_->stop_at.reset();
  state_->no_more_faults();
}

void MemoryFiles::record() {
  const std::lock_guard lock{state_->mutex};
  state_->base = state_->disk;
  state_->recorded.clear();
  state_->replayed.reset();
  state_->recording = true;
}

std::size_t MemoryFiles::recorded() const {
  const std::lock_guard lock{state_->mutex};
  return state_->recorded.size();
}

std::string MemoryFiles::recorded_change(std::size_t n) const {
  const std::lock_guard lock{state_->mutex};
  if (n == 0) return "nothing";
  const Change& change = state_->recorded.at(n - 1);
  return std::to_string(n) + " " + name_of(change.kind) + " " + change.path +
         (change.bytes.empty() ? "" : " " + std::to_string(change.bytes.size()) + " bytes");
}

std::vector<PowerCut> MemoryFiles::cuts_after(std::size_t n) const {
  const std::lock_guard lock{state_->mutex};
  return power_cuts_of(state_->replay(n));
}

std::unique_ptr<MemoryFiles> MemoryFiles::cut_after(std::size_t n, const PowerCut& cut) const {
  const std::lock_guard lock{state_->mutex};
  return std::make_unique<MemoryFiles>(state_->replay(n).after(cut));
}

std::uint64_t MemoryFiles::fingerprint() const {
  const std::lock_guard lock{state_->mutex};
  return state_->disk.fingerprint();
}

Bytes MemoryFiles::contents(const std::string& path) const {
  const std::lock_guard lock{state_->mutex};
  return state_->file(path).now;
}

void MemoryFiles::set_contents(const std::string& path, Bytes bytes) {
  const std::lock_guard lock{state_->mutex};
  if (!state_->disk.find(path)) state_->disk.apply({Change::Kind::create, path, {}, {}, 0});
  state_->file(path).now = std::move(bytes);
  state_->disk.settle();
}

void MemoryFiles::flip_bit(const std::string& path, std::uint64_t byte, unsigned bit) {
  const std::lock_guard lock{state_->mutex};
  state_->file(path).now.at(static_cast<std::size_t>(byte)) ^= static_cast<std::byte>(1U << bit);
  state_->disk.settle();
}

void MemoryFiles::truncate(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock{state_->mutex};
  state_->file(path).now.resize(static_cast<std::size_t>(size));
  state_->disk.settle();
}

void MemoryFiles::swap_files(const std::string& a, const std::string& b) {
  const std::lock_guard lock{state_->mutex};
  std::swap(state_->file(a).now, state_->file(b).now);
  state_->disk.settle();
}

void MemoryFiles::set_mode(const std::string& path, std::uint32_t mode) {
  const std::lock_guard lock{state_->mutex};
  state_->file(path).mode = mode;
}

MemoryDisk MemoryFiles::snapshot() const {
  const std::lock_guard lock{state_->mutex};
  MemoryDisk copy = state_->disk;
  copy.settle();
  return copy;
}

void MemoryFiles::put_back(MemoryDisk disk) {
  const std::lock_guard lock{state_->mutex};
  state_->disk = std::move(disk);
  state_->no_more_faults();
  state_->open.clear();
  ++state_->restarts;
  state_->locks.clear();
}

}  // namespace attune::test
