// The store of the fuzzers: what storage/store.h says of a Store, word for word, without seals, threads and LevelDB. It
// stands in for store.cc when attune_fuzz is linked: opening the real one twice takes thirty times as long as all that
// a session does. What the fuzzers kept is run over the real one in the quick suite, with and without sanitizers, and
// over this one, which shows that it still has all of store.h; what is sealed has its own targets (sealed_log,
// sealed_table, sealed_name). A store is a row of files of changes: what is opened begins a new one, and compacting
// leaves one alone.
#include <fmt/format.h>
#include <leveldb/write_batch.h>

#include <map>
#include <stdexcept>
#include <utility>

#include "core/error.h"
#include "storage/store.h"

namespace attune::storage {
namespace {

using Contents = std::map<std::string, std::string, std::less<>>;

std::string_view text(const leveldb::Slice& bytes) noexcept { return {bytes.data(), bytes.size()}; }

// Key and value behind their lengths; a key without a value was removed.
constexpr std::uint32_t kRemoved = 0xFFFF'FFFFU;
void write(Bytes& to, std::string_view key, std::optional<std::string_view> value) {
  append(to, be32(static_cast<std::uint32_t>(key.size())));
  append(to, be32(value ? static_cast<std::uint32_t>(value->size()) : kRemoved));
  append(to, as_bytes(key));
  append(to, as_bytes(value.value_or("")));
}
void read(BytesView from, Contents& into) {
  while (!from.empty()) {
    const std::uint32_t key_size = read_be32(from.first<4>());
    const std::uint32_t value_size = read_be32(from.subspan<4, 4>());
    const std::string_view key = as_text(from.subspan(8, key_size));
    from = from.subspan(8 + key_size);
    if (value_size == kRemoved) {
      if (const auto at = into.find(key); at != into.end()) into.erase(at);
      continue;
    }
    into.insert_or_assign(std::string{key}, std::string{as_text(from.first(value_size))});
    from = from.subspan(value_size);
  }
}

// Into the contents, and as bytes for the file.
class Applied final : public leveldb::WriteBatch::Handler {
 public:
  explicit Applied(Contents& contents) : contents_{contents} {}
  void Put(const leveldb::Slice& key, const leveldb::Slice& value) override {
    contents_.insert_or_assign(std::string{text(key)}, std::string{text(value)});
    write(bytes_, text(key), text(value));
  }
  void Delete(const leveldb::Slice& key) override {
    if (const auto at = contents_.find(text(key)); at != contents_.end()) contents_.erase(at);
    write(bytes_, text(key), std::nullopt);
  }
  [[nodiscard]] BytesView bytes() const { return bytes_; }

 private:
  Contents& contents_;
  Bytes bytes_;
};

}  // namespace

struct Store::State {
  State(FileSystem& files_in, std::string directory_in) : files{files_in}, directory{std::move(directory_in)} {
    if (!files.facts(directory)) files.make_directory(directory);
    lock = files.try_lock(joined(directory, "LOCK"));
    if (!lock) throw Error{Errc::busy, fmt::format("{} is in use", directory)};
    read_all(*contents);
  }
  [[nodiscard]] std::vector<std::string> paths() const {
    auto names = files.children(directory);  // in order
    std::erase(names, "LOCK");
    for (std::string& name : names) name = joined(directory, name);
    return names;
  }
  void read_all(Contents& into) const {
    for (const std::string& path : paths()) {
      const auto changes = files.open(path);
      Bytes bytes(static_cast<std::size_t>(changes->size()));
      bytes.resize(changes->read_at(0, bytes));
      read(bytes, into);
    }
  }
  // A visitor may commit: what it walks over is as it was.
  Contents& to_change() {
    if (contents.use_count() > 1) contents = std::make_shared<Contents>(*contents);
    return *contents;
  }
  void save(BytesView bytes) {
    if (!file) begin();
    file->append(bytes);
    file->sync();
  }
  void begin() {
    const auto before = paths();
    const std::size_t number = before.empty() ? 1 : std::stoul(before.back().substr(before.back().rfind('/') + 1)) + 1;
    file = files.create(joined(directory, fmt::format("{:08}", number)));
    files.sync_directory(directory);
  }

  FileSystem& files;
  std::string directory;
  std::unique_ptr<FileLock> lock;
  std::shared_ptr<Contents> contents = std::make_shared<Contents>();
  std::unique_ptr<WriteFile> file;
};

Store::Store(FileSystem& files, std::string directory, const StoreKey& /*key*/)
    : state_{std::make_unique<State>(files, std::move(directory))} {}
Store::~Store() = default;

// No disk fails here: whoever could not go on has found something that it wrote itself unreadable.
void Store::refuse(const Error& why) { throw std::logic_error{why.what()}; }

std::optional<std::string> Store::get(std::string_view key) const {
  std::string value;
  if (!get(key, value)) return std::nullopt;
  return value;
}

bool Store::get(std::string_view key, std::string& value) const {
  const auto at = state_->contents->find(key);
  if (at == state_->contents->end()) return false;
  value = at->second;
  return true;
}

void Store::check_writable() const {}

void Store::commit(Batch& batch) {
  if (batch.empty()) return;
  Applied applied{state_->to_change()};
  if (!batch.changes_->Iterate(&applied).ok()) throw Error{Errc::internal, "a batch that cannot be read"};
  state_->save(applied.bytes());
}

void Store::scan(std::string_view from, std::string_view to, const Visitor& visit) const {
  const std::shared_ptr<const Contents> as_it_is = state_->contents;
  for (auto at = as_it_is->lower_bound(from); at != as_it_is->end(); ++at) {
    if (!to.empty() && at->first >= to) break;
    if (visit(at->first, at->second) == Visit::stop) return;
  }
}

void Store::scan_back(std::string_view from, std::string_view to, const Visitor& visit) const {
  const std::shared_ptr<const Contents> as_it_is = state_->contents;
  for (auto at = to.empty() ? as_it_is->end() : as_it_is->lower_bound(to); at != as_it_is->begin();) {
    --at;
    if (at->first < from) break;
    if (visit(at->first, at->second) == Visit::stop) return;
  }
}

void Store::compact(std::string_view /*from*/, std::string_view /*to*/) {
  const auto old = state_->paths();
  Bytes bytes;
  for (const auto& [key, value] : *state_->contents) write(bytes, key, value);
  state_->file.reset();
  state_->save(bytes);
  for (const std::string& path : old) state_->files.remove(path);
  state_->files.sync_directory(state_->directory);
}

void Store::verify() const {
  Contents there;
  state_->read_all(there);
  if (there != *state_->contents) throw Error{Errc::damaged, "the files are not what was committed"};
}

std::uint64_t Store::disk_bytes() const {
  std::uint64_t sum = 0;
  for (const std::string& path : state_->paths()) sum += state_->files.facts(path)->size;
  return sum;
}

}  // namespace attune::storage
