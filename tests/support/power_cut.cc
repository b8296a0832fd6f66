// MemoryDisk's other half: what was not synced, and what is left of it.
#include "support/power_cut.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

#include "support/memory_disk.h"

namespace attune::test {
namespace {

using Data = PowerCut::Data;
using Names = PowerCut::Names;
using Offset = std::ptrdiff_t;

// Overwritten in place: no byte is ever missing, and none reads as zero.
Bytes half_overwritten(const MemoryDisk::Node& file, const PowerCut::File& fate) {
  if (fate.data != Data::torn) return file.now;
  Bytes left = file.durable;
  std::copy_n(file.now.begin(), std::min(left.size(), file.now.size()) * fate.eighths / 8, left.begin());
  return left;
}

// Where what reads as zero begins and ends.
std::pair<std::size_t, std::size_t> lost_part(const MemoryDisk::Node& file, std::size_t synced, Data data) {
  const auto& appends = file.appends;
  if (data == Data::zeroed || appends.empty()) return {synced, file.now.size()};
  if (data == Data::swapped)
    return {appends[appends.size() - std::min<std::size_t>(appends.size(), 2)], appends.back()};
  return {synced, appends.back()};
}

Bytes surviving(const MemoryDisk::Node& file, const PowerCut::File& fate) {
  if (fate.data == Data::dropped) return file.durable;
  if (fate.data == Data::kept) return file.now;
  if (file.overwritten) return half_overwritten(file, fate);
  const std::size_t synced = file.emptied ? 0 : file.durable.size();
  Bytes left = file.now;
  if (fate.data == Data::torn) {
    left.resize(synced + (file.now.size() - synced) * fate.eighths / 8);
    return left;
  }
  const auto [begin, end] = lost_part(file, synced, fate.data);
  std::fill(left.begin() + static_cast<Offset>(begin), left.begin() + static_cast<Offset>(end), std::byte{0});
  return left;
}

bool can_be_swapped(const MemoryDisk::Node& file) { return !file.overwritten && file.appends.size() > 2; }

bool loose(const MemoryDisk::Node& file) {
  return !file.directory && (file.emptied || file.overwritten || file.now.size() != file.durable.size());
}

PowerCut::File fate_of(std::uint64_t inode, const PowerCut& cut) {
  if (cut.but_file && cut.but_file->inode == inode) return *cut.but_file;
  return {inode, cut.data, cut.eighths};
}

// Every way, but that of all the others.
std::vector<PowerCut::File> fates(std::uint64_t inode, Data others) {
  std::vector<PowerCut::File> all;
  for (const Data data : {Data::dropped, Data::kept, Data::zeroed, Data::reordered, Data::swapped}) {
    if (data != others) all.push_back({inode, data});
  }
  for (unsigned eighths = 1; eighths < 8; ++eighths) all.push_back({inode, Data::torn, eighths});
  return all;
}

const char* in_words(Data data) {
  switch (data) {
    case Data::dropped: return "dropped";
    case Data::kept: return "kept";
    case Data::torn: return "torn";
    case Data::zeroed: return "zeroed";
    case Data::reordered: return "reordered";
    case Data::swapped: return "swapped";
  }
  return "";
}

std::size_t mixed(std::size_t sum, std::size_t more) { return (sum ^ more) * 0x9E3779B97F4A7C15ULL + (sum >> 29U); }

}  // namespace

std::vector<PowerCut> power_cuts_of(const MemoryDisk& disk) {
  std::vector<PowerCut> cuts;
  for (const Names names : {Names::dropped, Names::kept}) {
    cuts.push_back({Data::dropped, names});
    for (const auto& fate : fates(0, Data::dropped)) cuts.push_back({fate.data, names, fate.eighths});
  }
  const auto files = disk.loose_files();
  const auto changes = disk.loose_names();
  for (const Data others : {Data::dropped, Data::kept}) {
    for (const std::uint64_t inode : files.size() > 1 ? files : std::vector<std::uint64_t>{}) {
      for (const auto& fate : fates(inode, others)) cuts.push_back({others, Names::kept, 0, fate});
      const Data alone = others == Data::dropped ? Data::kept : Data::dropped;
      cuts.push_back({others, Names::dropped, 0, PowerCut::File{inode, alone}});
    }
    for (std::size_t change = 0; changes.size() > 1 && change < changes.size(); ++change) {
      for (const Names names : {Names::dropped, Names::kept}) cuts.push_back({others, names, 0, {}, change});
    }
  }
  const auto swappable = [&](std::uint64_t inode) { return can_be_swapped(disk.node(inode)); };
  const bool any_swappable = std::ranges::any_of(files, swappable);
  std::erase_if(cuts, [&](const PowerCut& cut) {
    const bool alone = cut.but_file && cut.but_file->data == Data::swapped && !swappable(cut.but_file->inode);
    return alone || (cut.data == Data::swapped && !any_swappable);
  });
  return cuts;
}

std::string in_words(const PowerCut& cut) {
  const auto of_data = [](Data data, unsigned eighths) {
    return std::string{in_words(data)} + (data == Data::torn ? " at " + std::to_string(eighths) + "/8" : "");
  };
  std::string words = "data " + of_data(cut.data, cut.eighths);
  if (cut.but_file) {
    words +=
        ", of inode " + std::to_string(cut.but_file->inode) + " " + of_data(cut.but_file->data, cut.but_file->eighths);
  }
  words += cut.names == Names::kept ? ", names kept" : ", names dropped";
  if (cut.but_change) words += " but change " + std::to_string(*cut.but_change);
  return words;
}

std::vector<std::uint64_t> MemoryDisk::reachable() const {
  std::set<std::uint64_t> found{kRoot};
  std::vector<std::uint64_t> todo{kRoot};
  while (!todo.empty()) {
    const Node& entry = node(todo.back());
    todo.pop_back();
    for (const auto* children : {&entry.children_now, &entry.children_durable}) {
      for (const auto& [name, child] : *children) {
        if (found.insert(child).second) todo.push_back(child);
      }
    }
  }
  return {found.begin(), found.end()};
}

std::vector<std::uint64_t> MemoryDisk::loose_files() const {
  std::vector<std::uint64_t> files = reachable();
  std::erase_if(files, [this](std::uint64_t inode) { return !loose(node(inode)); });
  return files;
}

std::vector<std::uint64_t> MemoryDisk::inodes_of(const NameChange& change) const {
  std::vector<std::uint64_t> inodes;
  for (const Name& at : change) {
    for (const auto* children : {&node(at.directory).children_now, &node(at.directory).children_durable}) {
      const auto child = children->find(at.name);
      if (child != children->end()) inodes.push_back(child->second);
    }
  }
  return inodes;
}

std::vector<MemoryDisk::NameChange> MemoryDisk::loose_names() const {
  std::set<Name> loose;
  for (const std::uint64_t inode : reachable()) {
    const Node& entry = node(inode);
    std::vector<std::pair<std::string, std::uint64_t>> differ;
    std::ranges::set_symmetric_difference(entry.children_now, entry.children_durable, std::back_inserter(differ));
    for (const auto& [name, child] : differ) loose.insert({inode, name});
  }
  std::vector<NameChange> changes;
  for (const Name& name : loose) {
    NameChange whole{name};
    std::erase_if(changes, [&](const NameChange& change) {
      const auto inodes = inodes_of(whole);
      const bool same = std::ranges::any_of(
          inodes_of(change), [&](std::uint64_t inode) { return std::ranges::find(inodes, inode) != inodes.end(); });
      if (same) whole.insert(whole.end(), change.begin(), change.end());
      return same;
    });
    changes.push_back(std::move(whole));
  }
  return changes;
}

std::map<std::string, std::uint64_t> MemoryDisk::surviving_names(std::uint64_t directory, const PowerCut& cut,
                                                                 const NameChange& otherwise) const {
  const Node& entry = node(directory);
  const bool kept = cut.names == Names::kept;
  auto left = kept ? entry.children_now : entry.children_durable;
  const auto& others = kept ? entry.children_durable : entry.children_now;
  for (const Name& at : otherwise) {
    if (at.directory != directory) continue;
    left.erase(at.name);
    const auto child = others.find(at.name);
    if (child != others.end()) left.insert(*child);
  }
  return left;
}

MemoryDisk MemoryDisk::after(const PowerCut& cut) const {
  const NameChange otherwise = cut.but_change ? loose_names().at(*cut.but_change) : NameChange{};
  MemoryDisk left;
  left.next_inode_ = next_inode_;
  left.nodes_.clear();
  std::vector<std::uint64_t> todo{kRoot};
  while (!todo.empty()) {
    const std::uint64_t inode = todo.back();
    todo.pop_back();
    const Node& was = node(inode);
    Node is;
    is.directory = was.directory;
    is.born_ns = was.born_ns;
    is.mode = was.mode;
    if (was.directory) {
      is.children_now = is.children_durable = surviving_names(inode, cut, otherwise);
      for (const auto& [name, child] : is.children_now) todo.push_back(child);
    } else {
      is.now = is.durable = surviving(was, fate_of(inode, cut));
    }
    left.nodes_.insert_or_assign(inode, std::move(is));
  }
  return left;
}

std::uint64_t MemoryDisk::fingerprint() const {
  std::size_t sum = 0;
  std::vector<std::uint64_t> todo{kRoot};
  while (!todo.empty()) {
    const Node& entry = node(todo.back());
    todo.pop_back();
    sum = mixed(sum, entry.directory ? entry.children_now.size() : std::hash<std::string_view>{}(as_text(entry.now)));
    for (const auto& [name, child] : entry.children_now) {
      sum = mixed(sum, std::hash<std::string>{}(name));
      todo.push_back(child);
    }
  }
  return sum;
}

}  // namespace attune::test
