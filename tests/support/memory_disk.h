// What a disk holds, and what it would hold after a power cut: the model under MemoryFiles. Values, no locks.
// Strict POSIX: bytes are durable after sync of their file, names after sync of their directory; the rest may or may
// not survive.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"

namespace attune::test {

// One mutating call.
struct Change {
  enum class Kind { create, append, overwrite, sync, rename, remove, make_directory, remove_directory, sync_directory };
  Kind kind = Kind::create;
  std::string path;         // of append and sync: the name when the file was created
  std::string to;           // of rename
  Bytes bytes;              // of append and overwrite
  std::uint64_t inode = 0;  // of append, overwrite and sync
};

// What becomes of what was not synced.
struct PowerCut {
  enum class Data {
    dropped,    // bytes not synced are gone
    kept,       // all of them happened to be written
    torn,       // the first `eighths` of them were
    zeroed,     // the file has its length, the bytes are zero
    reordered,  // the last append was written, those before it read as zero
  };
  enum class Names { dropped, kept };
  Data data = Data::dropped;
  Names names = Names::kept;
  unsigned eighths = 4;
};
// Every combination; torn at each eighth.
[[nodiscard]] std::vector<PowerCut> all_power_cuts();
// Of cuts after n changes all, or the worst one and in turn one of the others: a part of an enumeration that is quick.
enum class Cuts { all, some };
[[nodiscard]] std::vector<PowerCut> power_cuts_at(std::size_t n, Cuts which);

class MemoryDisk {
 public:
  struct Node {
    bool directory = false;
    Bytes now;
    Bytes durable;
    std::vector<std::size_t> appends;  // where each append since the last sync begins in `now`
    bool emptied = false;              // truncated, or overwritten in place, since the last sync
    std::map<std::string, std::uint64_t> children_now;
    std::map<std::string, std::uint64_t> children_durable;
    std::int64_t born_ns = 0;
    std::uint32_t mode = 0;
  };

  MemoryDisk();
  // Throws Error{Errc::disk} as the real file system would, and has then changed nothing. Returns the inode it
  // concerns.
  std::uint64_t apply(const Change& change);
  [[nodiscard]] std::optional<std::uint64_t> find(const std::string& path) const;
  [[nodiscard]] Node& node(std::uint64_t inode) { return nodes_.at(inode); }
  [[nodiscard]] const Node& node(std::uint64_t inode) const { return nodes_.at(inode); }
  [[nodiscard]] MemoryDisk after(const PowerCut& cut) const;
  // Everything as if synced.
  void settle();
  // Forgets files that no directory names, but those listed.
  void collect(const std::map<std::uint64_t, int>& open);

 private:
  struct Spot {
    std::uint64_t directory;
    std::string name;
  };
  [[nodiscard]] Spot spot(const std::string& path) const;
  std::uint64_t add(const std::string& path, bool directory);
  std::uint64_t create(const std::string& path);
  std::uint64_t make_directory(const std::string& path);
  std::uint64_t rename(const std::string& from, const std::string& to);
  std::uint64_t remove(const std::string& path, bool directory);
  void sync(Node& file);

  std::map<std::uint64_t, Node> nodes_;
  std::uint64_t next_inode_ = 2;
};

}  // namespace attune::test
