#include "storage/store.h"

#include <fmt/format.h>
#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "core/check.h"
#include "core/error.h"
#include "core/stopping_files.h"
#include "storage/contents.h"
#include "storage/rewrite.h"
#include "storage/sealed_env.h"

namespace attune::storage {
namespace {

using leveldb::Slice;
using leveldb::Status;

// An idle node holds at most one write buffer, the cache, and 64 KiB for each open table.
constexpr std::size_t kWriteBuffer = 24U << 20U;
constexpr std::size_t kBlockCache = 3 << 20;
constexpr std::size_t kTableSize = 4 << 20;
constexpr int kOpenFiles = 138;
constexpr int kRewrites = 4;

Slice slice(std::string_view text) noexcept { return {text.data(), text.size()}; }
std::string_view text(const Slice& bytes) noexcept { return {bytes.data(), bytes.size()}; }

leveldb::Options options_for(SealedEnv& env, const leveldb::FilterPolicy& filter, leveldb::Cache& cache) {
  leveldb::Options options;
  options.env = &env;
  options.create_if_missing = true;
  options.paranoid_checks = true;  // without it LevelDB drops what it cannot read, silently
  options.reuse_logs = false;      // a file is never appended to once it was closed
  options.info_log = env.no_log();
  options.compression = leveldb::kNoCompression;  // lengths must not tell of contents
  options.filter_policy = &filter;
  options.block_cache = &cache;
  options.write_buffer_size = kWriteBuffer;
  options.max_file_size = kTableSize;
  options.max_open_files = kOpenFiles;
  return options;
}

leveldb::ReadOptions careful() {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

leveldb::WriteOptions durable() {
  leveldb::WriteOptions options;
  options.sync = true;
  return options;
}

// LevelDB takes a directory without CURRENT for an empty store, and then removes every file it does not know. Only what
// a crash leaves of the first creation may stand there.
void refuse_lost_current(const FileSystem& files, const std::string& directory) {
  const std::string current = joined(directory, "CURRENT");
  if (files.facts(current)) return;
  for (const std::string& child : files.children(directory)) {
    const auto name = file_name(child);
    const bool first_manifest = name && name->type == FileType::manifest && name->number == 1;
    if (name && name->type != FileType::current && !first_manifest) {
      throw Error{Errc::damaged, fmt::format("{} is missing", current)};
    }
  }
}

}  // namespace

struct Store::State {
  State(FileSystem& files_in, std::string directory_in, const StoreKey& key_in)
      : files{files_in}, directory{std::move(directory_in)}, key{key_in.clone()} {}

  void open();
  // The one place where LevelDB's answers become ours.
  void check(const Status& status) const;
  [[nodiscard]] std::unique_ptr<leveldb::Iterator> iterate() const;
  [[nodiscard]] bool stands(const leveldb::Iterator& at) const;
  [[nodiscard]] std::vector<TableSpan> tables(std::string_view from, std::string_view to);
  void touch(const std::vector<TableSpan>& spans, std::string_view from);
  void need_whole() const;

  // In the order of their need: the database goes first, the lock last.
  FileSystem& files;
  std::string directory;
  StoreKey key;
  std::unique_ptr<FileLock> lock;
  std::unique_ptr<SealedEnv> env;
  std::unique_ptr<const leveldb::FilterPolicy> filter;
  std::unique_ptr<leveldb::Cache> cache;
  std::unique_ptr<leveldb::DB> database;
  std::atomic<const Error*> refusal{nullptr};  // points into `why`, which stays as it is from then on
  std::optional<Error> why;
};

void Store::State::open() {
  if (!files.facts(directory)) {
    files.make_directory(directory);
    files.sync_directory(parent_of(directory));
  }
  lock = files.try_lock(joined(directory, "LOCK"));
  if (!lock) throw Error{Errc::busy, fmt::format("{} is in use", directory)};
  refuse_lost_current(files, directory);
  env = std::make_unique<SealedEnv>(files, directory, key);
  filter.reset(leveldb::NewBloomFilterPolicy(10));
  cache.reset(leveldb::NewLRUCache(kBlockCache));
  leveldb::DB* opened = nullptr;
  const auto status = leveldb::DB::Open(options_for(*env, *filter, *cache), directory, &opened);
  database.reset(opened);
  if (status.IsCorruption() && !env->first_fault()) {  // authentic as far as it goes, and not all of it
    throw Error{Errc::damaged, fmt::format("{} is not whole: {}", env->beginning(), status.ToString())};
  }
  check(status);
}

void Store::State::need_whole() const {
  if (const Error* refused = refusal) throw Error{*refused};
}

void Store::State::check(const Status& status) const {
  if (status.ok()) return;
  // The fault as it was found, with its file and code; what LevelDB made of it says less.
  if (const auto fault = env->first_fault()) throw Error{*fault};
  if (status.IsIOError()) throw Error{Errc::disk, fmt::format("{}: {}", directory, status.ToString())};
  throw Error{Errc::damaged, fmt::format("{} contradicts itself: {}", directory, status.ToString())};
}

std::unique_ptr<leveldb::Iterator> Store::State::iterate() const {
  auto options = careful();
  options.fill_cache = false;  // one long walk must not drive out what is asked for again and again
  return std::unique_ptr<leveldb::Iterator>{database->NewIterator(options)};
}

// Asked before each step's key is used: LevelDB leaves out a block that it cannot read, goes on behind it, and only the
// status tells. Who stopped at what he was looking for would take the next for it, or what a removal had hidden.
bool Store::State::stands(const leveldb::Iterator& at) const {
  check(at.status());
  return at.Valid();
}

std::vector<TableSpan> Store::State::tables(std::string_view from, std::string_view to) {
  const auto quiet = env->worker().pause();
  return tables_between(*env, files, directory, from, to);
}

// Writes a key inside each table's span and the range once more as it is, so that a compaction of the range has a
// reason to rewrite that table.
void Store::State::touch(const std::vector<TableSpan>& spans, std::string_view from) {
  leveldb::WriteBatch batch;
  std::string value;
  for (const TableSpan& span : spans) {
    const Slice key_inside = slice(std::max(std::string_view{span.first}, from));
    const auto status = database->Get(careful(), key_inside, &value);
    if (status.IsNotFound()) {
      batch.Delete(key_inside);
      continue;
    }
    check(status);
    batch.Put(key_inside, value);
  }
  check(database->Write(durable(), &batch));
}

Store::Store(FileSystem& files, std::string directory, const StoreKey& key)
    : state_{std::make_unique<State>(files, std::move(directory), key)} {
  state_->open();
}

Store::~Store() = default;

void Store::refuse(const Error& why) {
  if (state_->refusal != nullptr) return;
  state_->why = why;
  state_->refusal = &*state_->why;
}

std::optional<std::string> Store::get(std::string_view key) const {
  std::string value;
  if (!get(key, value)) return std::nullopt;
  return value;
}

bool Store::get(std::string_view key, std::string& value) const {
  state_->need_whole();
  const auto status = state_->database->Get(careful(), slice(key), &value);
  if (status.IsNotFound()) return false;
  state_->check(status);
  return true;
}

void Store::check_writable() const {
  state_->need_whole();
  if (const auto fault = state_->env->first_fault()) throw stopped_by(*fault);
}

void Store::commit(Batch& batch) {
  if (batch.empty()) return;
  check_writable();
  state_->check(state_->database->Write(durable(), batch.changes_.get()));
}

void Store::scan(std::string_view from, std::string_view to, const Visitor& visit) const {
  state_->need_whole();
  const auto at = state_->iterate();
  for (at->Seek(slice(from)); state_->stands(*at); at->Next()) {
    if (!to.empty() && text(at->key()) >= to) return;
    if (visit(text(at->key()), text(at->value())) == Visit::stop) return;
  }
}

void Store::scan_back(std::string_view from, std::string_view to, const Visitor& visit) const {
  state_->need_whole();
  const auto at = state_->iterate();
  if (to.empty()) {
    at->SeekToLast();
  } else {
    at->Seek(slice(to));
    if (state_->stands(*at)) {
      at->Prev();
    } else {
      at->SeekToLast();
    }
  }
  for (; state_->stands(*at); at->Prev()) {
    if (text(at->key()) < from) return;
    if (visit(text(at->key()), text(at->value())) == Visit::stop) return;
  }
}

void Store::compact(std::string_view from, std::string_view to) {
  check_writable();
  auto& database = *state_->database;
  // Writes out what is still in memory: no table has keys behind this one, so nothing else is compacted.
  const std::string behind_all(8, '\xff');
  const Slice behind = slice(behind_all);
  database.CompactRange(&behind, &behind);
  auto old = state_->tables(from, to);
  for (int round = 0; !old.empty(); ++round) {
    if (const auto fault = state_->env->first_fault()) throw Error{*fault};
    // A table is left where somebody reads it at this moment, or where a compaction moved it down meanwhile.
    if (round == kRewrites) throw Error{Errc::busy, fmt::format("{} is still in use", old.front().path)};
    // LevelDB leaves the lowest table that holds a key where it is, with all that was overwritten inside it.
    state_->touch(old, from);
    const Slice begin = slice(from);
    const Slice end = slice(to);
    database.CompactRange(&begin, to.empty() ? nullptr : &end);
    std::erase_if(old, [this](const TableSpan& span) { return !state_->files.facts(span.path); });
  }
  if (const auto fault = state_->env->first_fault()) throw Error{*fault};
  state_->check(state_->env->sync_removals());
  state_->cache->Prune();  // blocks of tables that are gone would stay until others drive them out
}

void Store::verify() const {
  {
    const auto quiet = state_->env->worker().pause();
    read_everything(state_->files, state_->directory, state_->key, [](const std::string&, BytesView) {});
  }
  // Authentic pages may still lack a file, or hold what LevelDB wrote wrongly.
  scan({}, {}, [](std::string_view, std::string_view) { return Visit::go_on; });
}

std::uint64_t Store::disk_bytes() const {
  std::uint64_t sum = 0;
  for (const std::string& child : state_->files.children(state_->directory)) {
    const auto facts = state_->files.facts(joined(state_->directory, child));
    if (facts) sum += facts->size;
  }
  return sum;
}

}  // namespace attune::storage
