#include "storage/rewrite.h"

#include <fmt/format.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>

#include <memory>

#include "core/error.h"

namespace attune::storage {
namespace {

constexpr std::size_t kSuffix = 8;  // LevelDB's tables hold each key with its number and kind behind it

[[noreturn]] void fail(const SealedEnv& env, const std::string& path) {
  if (const auto fault = env.first_fault()) throw Error{*fault};
  throw Error{Errc::damaged, fmt::format("{} cannot be read as a table", path)};
}

std::string user_key(const leveldb::Iterator& at, const SealedEnv& env, const std::string& path) {
  if (!at.status().ok() || !at.Valid() || at.key().size() < kSuffix) fail(env, path);
  return std::string{at.key().data(), at.key().size() - kSuffix};
}

// Only its ends are asked for: to search inside, LevelDB's order of internal keys would be needed.
TableSpan span_of(SealedEnv& env, const std::string& path) {
  leveldb::Options options;
  options.env = &env;
  options.paranoid_checks = true;
  std::uint64_t size = 0;
  leveldb::RandomAccessFile* opened = nullptr;
  if (!env.GetFileSize(path, &size).ok() || !env.NewRandomAccessFile(path, &opened).ok()) fail(env, path);
  const std::unique_ptr<leveldb::RandomAccessFile> file{opened};
  leveldb::Table* parsed = nullptr;
  if (!leveldb::Table::Open(options, file.get(), size, &parsed).ok()) fail(env, path);
  const std::unique_ptr<leveldb::Table> table{parsed};
  leveldb::ReadOptions careful;
  careful.verify_checksums = true;
  const std::unique_ptr<leveldb::Iterator> at{table->NewIterator(careful)};
  TableSpan span;
  span.path = path;
  at->SeekToFirst();
  span.first = user_key(*at, env, path);
  at->SeekToLast();
  span.last = user_key(*at, env, path);
  return span;
}

}  // namespace

std::vector<TableSpan> tables_between(SealedEnv& env, const FileSystem& files, const std::string& directory,
                                      std::string_view from, std::string_view to) {
  std::vector<TableSpan> found;
  for (const std::string& child : files.children(directory)) {
    const auto name = file_name(child);
    if (!name || name->type != FileType::table) continue;
    auto span = span_of(env, joined(directory, child));
    if (span.last >= from && (to.empty() || span.first <= to)) found.push_back(std::move(span));
  }
  return found;
}

}  // namespace attune::storage
