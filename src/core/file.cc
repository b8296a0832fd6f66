#include "core/file.h"

#include <fmt/format.h>

#include <utility>

#include "core/error.h"

#include <unistd.h>

namespace attune {

std::optional<Bytes> read_file(const FileSystem& files, const std::string& path, std::uint64_t limit) {
  const auto file = files.open(path);
  if (!file) return std::nullopt;
  const std::uint64_t size = file->size();
  if (size > limit) {
    throw Error{Errc::damaged, fmt::format("{} is larger than it can be ({} bytes, at most {})", path, size, limit)};
  }
  Bytes contents(static_cast<std::size_t>(size));
  contents.resize(file->read_at(0, contents));
  return contents;
}

namespace {

// "<path>.new", on the disk.
std::string written_beside(FileSystem& files, const std::string& path, BytesView bytes) {
  std::string fresh = path + ".new";
  const auto file = files.create(fresh);
  file->append(bytes);
  file->sync();
  file->close();
  return fresh;
}

}  // namespace

void replace_file_over(FileSystem& files, const std::string& path, BytesView bytes, BytesView over) {
  // One that was interrupted left all of its bytes there: whoever has them overwritten has those overwritten, too.
  if (const auto left = files.facts(path + ".new"); left && left->size > 0) {
    files.overwrite(path + ".new", Bytes(static_cast<std::size_t>(left->size)));
  }
  files.rename_over(written_beside(files, path, bytes), path, over);
}

void replace_file(FileSystem& files, const std::string& path, BytesView bytes) {
  files.rename(written_beside(files, path, bytes), path);
  files.sync_directory(parent_of(path));
}

void check_private_directory(const FileSystem& files, const std::string& path) {
  const auto facts = files.facts(path);
  if (!facts) throw Error{Errc::disk, fmt::format("{} does not exist", path)};
  if (!facts->directory) throw Error{Errc::refused, fmt::format("{} is not a directory", path)};
  if (facts->owner != ::geteuid()) {
    throw Error{Errc::refused, fmt::format("{} belongs to another user", path),
                "use a directory of your own; nothing was changed"};
  }
  if ((facts->mode & 077U) != 0) {
    throw Error{Errc::refused, fmt::format("others on this computer may look into {}", path),
                fmt::format("chmod 700 {} closes it", path)};
  }
}

void remove_tree(FileSystem& files, const std::string& path) {
  const auto facts = files.facts(path);
  if (!facts) return;
  if (!facts->directory) {
    files.remove(path);  // false: somebody else was faster, which is as good
    return;
  }
  for (const std::string& name : files.children(path)) remove_tree(files, joined(path, name));
  files.remove_directory(path);
}

std::string parent_of(const std::string& path) {
  const std::size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return path.empty() ? "." : "/";
  const std::size_t slash = path.rfind('/', end);
  if (slash == std::string::npos) return ".";
  const std::size_t last = path.find_last_not_of('/', slash);
  return last == std::string::npos ? "/" : path.substr(0, last + 1);
}

std::string joined(const std::string& directory, std::string_view name) {
  if (directory.empty()) return std::string{name};
  std::string path = directory;
  if (path.back() != '/') path += '/';
  return path.append(name);
}

}  // namespace attune
