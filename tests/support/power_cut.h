// What a power cut makes of what was not synced. Files and names each fare by themselves: a disk writes in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::test {

class MemoryDisk;

struct PowerCut {
  enum class Data {
    dropped,    // bytes not synced are gone
    kept,       // all of them happened to be written
    torn,       // the first `eighths` of them were
    zeroed,     // the file has its length, the bytes are zero
    reordered,  // the last append was written, those before it read as zero
    swapped,    // all but the append before the last was written, and that one reads as zero
  };
  enum class Names { dropped, kept };
  struct File {
    std::uint64_t inode = 0;
    Data data = Data::dropped;
    unsigned eighths = 4;
  };
  Data data = Data::dropped;
  Names names = Names::kept;
  unsigned eighths = 4;
  std::optional<File> but_file{};           // the one that fares otherwise than all the others
  std::optional<std::size_t> but_change{};  // the one of MemoryDisk::loose_names() that does not fare as `names` says
};

// The ways that are tried on a disk that stops as it is: every file and every name alike in every way, torn at each
// eighth; each file by itself in every way while the others are all kept or all dropped; and so each change of a name.
// `swapped` only where three appends or more are not synced: else it is `kept` or `reordered`. The first one drops
// everything.
[[nodiscard]] std::vector<PowerCut> power_cuts_of(const MemoryDisk& disk);

[[nodiscard]] std::string in_words(const PowerCut& cut);  // to name a failing one

}  // namespace attune::test
