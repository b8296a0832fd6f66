#include "support/memory_disk.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/file.h"

namespace attune::test {
namespace {

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

}  // namespace

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

MemoryDisk::Name MemoryDisk::spot(const std::string& path) const {
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
  const Name place = spot(path);
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
  const Name source = spot(from);
  const Name target = spot(to);
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
  const Name place = spot(path);
  node(place.directory).children_now.erase(place.name);
  return *inode;
}

void MemoryDisk::sync(Node& file) {
  if (!file.emptied && !file.overwritten &&
      file.now.size() >= file.durable.size()) {  // the usual case: only what is new is copied
    file.durable.insert(file.durable.end(), file.now.begin() + static_cast<std::ptrdiff_t>(file.durable.size()),
                        file.now.end());
  } else {
    file.durable = file.now;
  }
  file.appends.clear();
  file.emptied = file.overwritten = false;
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
      file.overwritten = true;
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

void MemoryDisk::settle() {
  for (auto& [inode, entry] : nodes_) {
    entry.durable = entry.now;
    entry.appends.clear();
    entry.emptied = entry.overwritten = false;
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
