// What a disk holds, and what it would hold after a power cut: the model under MemoryFiles. Values, no locks.
// Strict POSIX: bytes are durable after sync of their file, names after sync of their directory; the rest may or may
// not survive.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "support/power_cut.h"

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

class MemoryDisk {
 public:
  struct Node {
    bool directory = false;
    Bytes now;
    Bytes durable;
    std::vector<std::size_t> appends;  // where each append since the last sync begins in `now`
    bool emptied = false;              // truncated since the last sync
    bool overwritten = false;          // in place, since the last sync
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
  // What a power cut leaves, and what of the disk it can treat in one way or the other (power_cut.cc).
  [[nodiscard]] MemoryDisk after(const PowerCut& cut) const;
  [[nodiscard]] std::vector<std::uint64_t> loose_files() const;  // whose bytes are not all synced
  // Names that are other ones than those synced. A file that was moved has one change, under however many names.
  struct Name {
    std::uint64_t directory = 0;
    std::string name;
    friend auto operator<=>(const Name&, const Name&) = default;
  };
  using NameChange = std::vector<Name>;
  [[nodiscard]] std::vector<NameChange> loose_names() const;
  // Of all names and contents: enough bits that no two disks of a test are taken for one.
  [[nodiscard]] std::uint64_t fingerprint() const;
  // Everything as if synced.
  void settle();
  // Forgets files that no directory names, but those listed.
  void collect(const std::map<std::uint64_t, int>& open);

 private:
  static constexpr std::uint64_t kRoot = 1;

  [[nodiscard]] Name spot(const std::string& path) const;
  std::uint64_t add(const std::string& path, bool directory);
  std::uint64_t create(const std::string& path);
  std::uint64_t make_directory(const std::string& path);
  std::uint64_t rename(const std::string& from, const std::string& to);
  std::uint64_t remove(const std::string& path, bool directory);
  void sync(Node& file);
  [[nodiscard]] std::vector<std::uint64_t> reachable() const;  // by names of now or by durable ones
  [[nodiscard]] std::vector<std::uint64_t> inodes_of(const NameChange& change) const;
  [[nodiscard]] std::map<std::string, std::uint64_t> surviving_names(std::uint64_t directory, const PowerCut& cut,
                                                                     const NameChange& otherwise) const;

  std::map<std::uint64_t, Node> nodes_;
  std::uint64_t next_inode_ = 2;
};

}  // namespace attune::test
