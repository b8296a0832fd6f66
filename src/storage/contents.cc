#include "storage/contents.h"

#include "storage/frames.h"
#include "storage/pages.h"
#include "storage/seal.h"

namespace attune::storage {
namespace {

Bytes plain_of(std::unique_ptr<ReadFile> file, const std::string& path, const FileName& name, const StoreKey& key) {
  if (name.type == FileType::log || name.type == FileType::manifest) {
    return recover_frames(*file, path, name, key).plain;
  }
  const PageReader pages{std::move(file), path, name, key};
  Bytes plain(static_cast<std::size_t>(pages.size()));
  plain.resize(pages.read(0, plain));
  return plain;
}

}  // namespace

void read_everything(const FileSystem& files, const std::string& directory, const StoreKey& key,
                     const ContentsVisitor& visit) {
  for (const std::string& child : files.children(directory)) {
    const auto name = file_name(child);
    if (!name) continue;
    const std::string path = joined(directory, child);
    auto file = files.open(path);
    if (!file) continue;  // removed since it was listed
    visit(child, plain_of(std::move(file), path, *name, key));
  }
}

}  // namespace attune::storage
