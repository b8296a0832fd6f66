// What MemoryFiles and the files that it opened share: the disk, the faults that were asked for, what was recorded.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "support/memory_files.h"

namespace attune::test {

struct MemoryFiles::State {
  using Fails = MemoryFiles::Fails;
  mutable std::mutex mutex;
  MemoryDisk disk;
  std::map<std::uint64_t, int> open;  // handles to each inode
  std::set<std::string> locks;
  std::uint64_t restarts = 0;
  std::size_t calls = 0;
  mutable std::size_t reads = 0;
  mutable std::size_t looks = 0;
  std::optional<std::size_t> stop_at, fail_at, fail_read_at, flip_read_at, fail_look_at;
  Fails fails = Fails::before;
  std::optional<Change::Kind> fail_kind;
  std::string fail_in;  // of its path
  std::optional<Change> fault;
  std::size_t written_since_fault = 0;
  bool recording = false;
  std::vector<Change> recorded;
  std::optional<MemoryDisk> base;  // the disk when recording began
  // As it was after so many changes, not cut yet: kept, since callers go forward.
  std::optional<MemoryDisk> replayed;
  std::size_t replayed_changes = 0;

  std::uint64_t change(Change what) {
    ++calls;
    if (stop_at && calls > *stop_at) throw Error{Errc::disk, "the machine has stopped"};
    const bool of_kind = fail_kind == what.kind && what.path.find(fail_in) != std::string::npos;
    if (fail_at == calls || of_kind) fail(std::move(what));
    if (fault) written_since_fault += writes(what.kind) ? 1 : 0;
    const std::uint64_t inode = disk.apply(what);
    if (recording) recorded.push_back(std::move(what));
    if (!recording && !stop_at) disk.collect(open);
    return inode;
  }
  const MemoryDisk& replay(std::size_t n) {
    if (!base) throw std::logic_error{"record() first"};
    if (!replayed || replayed_changes > n) {
      replayed = base;
      replayed_changes = 0;
    }
    for (; replayed_changes < n; ++replayed_changes) replayed->apply(recorded.at(replayed_changes));
    return *replayed;
  }
  [[noreturn]] void fail(Change what) {
    const Fails how = fail_at == calls ? fails : Fails::before;
    no_more_faults();
    fault = what;
    if (how == Fails::half) what.bytes.resize(what.bytes.size() / 2);
    if (how == Fails::after || (how == Fails::half && !what.bytes.empty())) disk.apply(what);
    throw Error{Errc::disk, what.path + ": a fault was asked for"};
  }
  void no_more_faults() {
    for (auto* at : {&fail_at, &fail_read_at, &flip_read_at, &fail_look_at}) at->reset();
    fail_kind.reset();
    fault.reset();
    written_since_fault = 0;
  }
  // For what no Change stands: it may fail, and is never recorded.
  void step(const std::string& path) {
    ++calls;
    if (stop_at && calls > *stop_at) throw Error{Errc::disk, "the machine has stopped"};
    if (fault) ++written_since_fault;
    if (fail_at != calls) return;
    no_more_faults();
    fault = Change{Change::Kind::append, path, {}, {}, 0};
    throw Error{Errc::disk, path + ": a fault was asked for"};
  }
  static bool writes(Change::Kind kind) {
    using Kind = Change::Kind;  // a second sync after one that failed is the classical mistake
    return kind == Kind::create || kind == Kind::append || kind == Kind::overwrite || kind == Kind::sync ||
           kind == Kind::sync_directory || kind == Kind::rename;
  }
  void look(const std::string& what) const {
    if (fail_look_at == ++looks) throw Error{Errc::disk, what + ": a fault was asked for"};
  }
  void closed(std::uint64_t inode) {
    const auto handle = open.find(inode);
    if (handle != open.end() && --handle->second == 0) open.erase(handle);
  }
  MemoryDisk::Node& file(const std::string& path) {
    const auto inode = disk.find(path);
    if (!inode) throw std::invalid_argument{path + ": no such file"};
    return disk.node(*inode);
  }
};

}  // namespace attune::test
