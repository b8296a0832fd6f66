#include "support/memory_disk.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/file.h"

namespace attune::test {
namespace {

constexpr std::uint64_t kRoot = 1;

[[noreturn]] void fail(const std::string& path, const char* why) { throw Error{Errc::disk, path + ": " + why}; }

// "/a//b/" and "a/b" are the same place: the working directory is the root.
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::string part;
  for (const char letter : path + '/') {
    if (letter != '/') {
      part += letter;
    } else if (!part.empty()) {
      if (part != ".") parts.push_back(part);
      part.clear();
    }
  }
  return parts;
}

Bytes surviving(const MemoryDisk::Node& file, const PowerCut& cut) {
  if (cut.data == PowerCut::Data::dropped) return file.durable;
  if (cut.data == PowerCut::Data::kept) return file.now;
  const std::size_t synced = file.emptied ? 0 : file.durable.size();
  const std::size_t loose = file.now.size() - synced;
  Bytes left = file.now;
  if (cut.data == PowerCut::Data::torn) {
    left.resize(synced + loose * cut.eighths / 8);
    return left;
  }
  const std::size_t kept_from =
      cut.data == PowerCut::Data::reordered && !file.appends.empty() ? file.appends.back() : left.size();
  std::fill(left.begin() + static_cast<std::ptrdiff_t>(synced), left.begin() + static_cast<std::ptrdiff_t>(kept_from),
            std::byte{0});
  return left;
}

}  // namespace

std::vector<PowerCut> all_power_cuts() {
  std::vector<PowerCut> cuts;
  for (const auto names : {PowerCut::Names::dropped, PowerCut::Names::kept}) {
    for (const auto data :
         {PowerCut::Data::dropped, PowerCut::Data::kept, PowerCut::Data::zeroed, PowerCut::Data::reordered}) {
      cuts.push_back({data, names});
    }
    for (unsigned eighths = 1; eighths < 8; ++eighths) cuts.push_back({PowerCut::Data::torn, names, eighths});
  }
  return cuts;
}

std::vector<PowerCut> power_cuts_at(std::size_t n, Cuts which) {
  const auto all = all_power_cuts();
  if (which == Cuts::all) return all;
  return {{PowerCut::Data::dropped, PowerCut::Names::dropped}, all[n % all.size()]};
}

MemoryDisk::MemoryDisk() {
  Node root;
  root.directory = true;
  root.mode = 0700;
  nodes_.emplace(kRoot, std::move(root));
}

std::optional<std::uint64_t> MemoryDisk::find(const std::string& path) const {
  std::uint64_t inode = kRoot;
  for (const std::string& part : parts_of(path)) {
    const Node& directory = node(inode);
    const auto child = directory.children_now.find(part);
    if (child == directory.children_now.end()) return std::nullopt;
    inode = child->second;
  }
  return inode;
}

MemoryDisk::Spot MemoryDisk::spot(const std::string& path) const {
  auto parts = parts_of(path);
  if (parts.empty()) fail(path, "is the root");
  const std::string name = parts.back();
  parts.pop_back();
  std::string parent;
  for (const std::string& part : parts) parent += '/' + part;
  const auto inode = find(parent);
  if (!inode || !node(*inode).directory) fail(path, "no such directory");
  return {*inode, name};
}

std::uint64_t MemoryDisk::add(const std::string& path, bool directory) {
  const Spot place = spot(path);
  const std::uint64_t inode = next_inode_++;
  Node fresh;
  fresh.directory = directory;
  fresh.mode = directory ? 0700 : 0600;
  fresh.born_ns = static_cast<std::int64_t>(inode) * 1000;
  nodes_.emplace(inode, std::move(fresh));
  node(place.directory).children_now[place.name] = inode;
  return inode;
}

std::uint64_t MemoryDisk::create(const std::string& path) {
  const auto existing = find(path);
  if (!existing) return add(path, false);
  Node& file = node(*existing);
  if (file.directory) fail(path, "is a directory");
  file.now.clear();
  file.appends.clear();
  file.emptied = true;
  file.mode = 0600;
  return *existing;
}

std::uint64_t MemoryDisk::make_directory(const std::string& path) {
  const auto existing = find(path);
  if (!existing) return add(path, true);
  if (!node(*existing).directory) fail(path, "is a file");
  return *existing;
}

std::uint64_t MemoryDisk::rename(const std::string& from, const std::string& to) {
  const auto inode = find(from);
  if (!inode) fail(from, "no such file");
  const Spot source = spot(from);
  const Spot target = spot(to);
  const auto replaced = find(to);
  if (replaced && (node(*replaced).directory != node(*inode).directory || !node(*replaced).children_now.empty())) {
    fail(to, "is in the way");
  }
  node(source.directory).children_now.erase(source.name);
  node(target.directory).children_now[target.name] = *inode;
  return *inode;
}

std::uint64_t MemoryDisk::remove(const std::string& path, bool directory) {
  const auto inode = find(path);
  if (!inode) return 0;
  if (node(*inode).directory != directory) fail(path, directory ? "is a file" : "is a directory");
  if (!node(*inode).children_now.empty()) fail(path, "is not empty");
  const Spot place = spot(path);
  node(place.directory).children_now.erase(place.name);
  return *inode;
}

void MemoryDisk::sync(Node& file) {
  if (!file.emptied && file.now.size() >= file.durable.size()) {  // the usual case: only what is new is copied
    file.durable.insert(file.durable.end(), file.now.begin() + static_cast<std::ptrdiff_t>(file.durable.size()),
                        file.now.end());
  } else {
    file.durable = file.now;
  }
  file.appends.clear();
  file.emptied = false;
}

std::uint64_t MemoryDisk::apply(const Change& change) {
  switch (change.kind) {
    case Change::Kind::create: return create(change.path);
    case Change::Kind::append: {
      Node& file = node(change.inode);
      file.appends.push_back(file.now.size());
      append(file.now, change.bytes);
      return change.inode;
    }
    case Change::Kind::overwrite: {
      Node& file = node(change.inode);
      std::copy_n(change.bytes.begin(), std::min(change.bytes.size(), file.now.size()), file.now.begin());
      file.emptied = true;
      return change.inode;
    }
    case Change::Kind::sync: sync(node(change.inode)); return change.inode;
    case Change::Kind::rename: return rename(change.path, change.to);
    case Change::Kind::remove: return remove(change.path, false);
    case Change::Kind::make_directory: return make_directory(change.path);
    case Change::Kind::remove_directory: return remove(change.path, true);
    case Change::Kind::sync_directory: {
      const auto inode = find(change.path);
      if (!inode || !node(*inode).directory) fail(change.path, "no such directory");
      node(*inode).children_durable = node(*inode).children_now;
      return *inode;
    }
  }
  return 0;
}

MemoryDisk MemoryDisk::after(const PowerCut& cut) const {
  MemoryDisk left;
  left.next_inode_ = next_inode_;
  left.nodes_.clear();
  std::vector<std::uint64_t> todo{kRoot};
  while (!todo.empty()) {
    const std::uint64_t inode = todo.back();
    todo.pop_back();
    const Node& was = node(inode);
    Node is = was;
    if (was.directory) {
      is.children_now = cut.names == PowerCut::Names::kept ? was.children_now : was.children_durable;
      is.children_durable = is.children_now;
      for (const auto& [name, child] : is.children_now) todo.push_back(child);
    } else {
      is.now = surviving(was, cut);
      is.durable = is.now;
      is.appends.clear();
      is.emptied = false;
    }
    left.nodes_.insert_or_assign(inode, std::move(is));
  }
  return left;
}

void MemoryDisk::settle() {
  for (auto& [inode, entry] : nodes_) {
    entry.durable = entry.now;
    entry.appends.clear();
    entry.emptied = false;
    entry.children_durable = entry.children_now;
  }
}

void MemoryDisk::collect(const std::map<std::uint64_t, int>& open) {
  std::set<std::uint64_t> named{kRoot};
  for (const auto& [inode, entry] : nodes_) {
    for (const auto& [name, child] : entry.children_now) named.insert(child);
    for (const auto& [name, child] : entry.children_durable) named.insert(child);
  }
  std::erase_if(nodes_, [&](const auto& entry) { return !named.contains(entry.first) && !open.contains(entry.first); });
}

}  // namespace attune::test
