#include "backup/backup.h"

#include <fmt/format.h>

#include <set>

#include "backup/archive.h"
#include "backup/key_rings.h"
#include "core/damaged_file.h"
#include "core/error.h"
#include "core/unfinished_file.h"

namespace attune::backup {
namespace {

constexpr std::uint64_t kTellEvery = 4096;  // records

void tell(const Progress& progress, std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (progress) progress(what, static_cast<double>(done), static_cast<double>(total));
}

// What a peer would have done wrong is damage in a file. Whatever is wrong with it, what helps is another copy: doctor
// looks at homes, and a backup is no peer.
template <class Work>
auto as_damage(const std::string& path, Work&& work) {
  constexpr std::string_view hint = "try an older backup; what was shared comes back from your partner's node, too";
  try {
    return work();
  } catch (const Error& error) {
    if (error.code() == Errc::peer_misbehaved) {
      throw in_file(path, Error{Errc::damaged, fmt::format("the backup is damaged: {}", error.what())}, hint);
    }
    if (is_damage(error.code())) throw in_file(path, error, hint);
    throw;
  }
}

std::unique_ptr<ReadFile> opened(const FileSystem& files, const std::string& path) {
  auto file = files.open(path);
  if (!file) throw Error{Errc::not_found, fmt::format("there is no file {}", path), "check the name of the backup"};
  return file;
}

Source source_of(const ReadFile& file) {
  return [&file, at = std::uint64_t{0}](std::span<std::byte> into) mutable {
    const std::size_t size = file.read_at(at, into);
    at += size;
    return size;
  };
}

// Plain contents of an age file: opened with the words, or with the file's own key.
template <class Key>
Source plain_of(const Key& key, const ReadFile& file) {
  auto reader = std::make_shared<crypto::AgeReader>(key, source_of(file));
  auto contents = std::make_shared<Decompressor>([reader](std::span<std::byte> into) { return reader->read(into); });
  return [contents](std::span<std::byte> into) { return contents->read(into); };
}

// What reading tells beside its totals.
template <class Keys>
class Checker : public Keys {
 public:
  template <class From>
  Checker(const From& from, const Progress& progress) : Keys{from}, progress_{progress} {}

  void heading(const Heading& heading) override { created_at_ = heading.created_at; }
  void records(const Receiver::Stretch& stretch) override {
    records_ += stretch.records.size();
    tell(progress_, "checking", records_, 0);
  }
  [[nodiscard]] Instant created_at() const noexcept { return created_at_; }

 private:
  const Progress& progress_;
  Instant created_at_;
  std::uint64_t records_ = 0;
};

Facts checked(const ReadFile& file, const std::string& path, const identity::Root& root, const Progress& progress) {
  Checker<KeysOfWords> checker{root, progress};
  const auto totals = as_damage(path, [&] { return read_archive(plain_of(root.backup, file), root.id, checker); });
  return {totals.entries, totals.records, file.size(), checker.created_at()};
}

std::vector<log::Held> logs_to_write(book::Book& book) {
  auto logs = book.logs().all();
  std::erase_if(logs, [](const log::Held& log) { return log.n == 0; });
  return logs;
}

// Everybody whose statements the logs may need.
std::set<RootId> people(const std::vector<log::Held>& logs, const book::Book& book, const book::Self& self) {
  std::set<RootId> roots{self.root};
  for (const log::Held& log : logs) roots.insert(log.name.author);
  if (const auto pairing = book.pairing()) roots.insert(pairing->partner);
  return roots;
}

void write_log(ArchiveWriter& archive, const log::Held& log, book::Book& book, const std::function<void()>& count) {
  archive.log({log.name, log.device, log.n, log.link, log.seal, book.standing(log.number)});
  std::uint64_t written = 0;
  auto sealed = book.logs().seal_from(log.number, 1);
  book.logs().read_from(log.number, 1, [&](std::uint64_t n, const log::Record& record) {
    if (n != written + 1) throw Error{Errc::damaged, fmt::format("record {} of a log is missing", written + 1)};
    archive.record(record);
    count();
    if (sealed && sealed->first == n && n < log.n) {
      archive.seal(sealed->second);
      sealed = book.logs().seal_from(log.number, n + 1);
    }
    return ++written < log.n;
  });
  if (written != log.n) throw Error{Errc::damaged, fmt::format("record {} of a log is missing", written + 1)};
}

Totals write_archive(Sink sink, book::Book& book, const book::Self& self, const Heading& heading,
                     const Progress& progress) {
  ArchiveWriter archive{std::move(sink)};
  archive.heading(heading);
  const auto logs = logs_to_write(book);
  for (const RootId& root : people(logs, book, self)) archive.roster(root, book.statements(root));
  std::uint64_t total = 0;
  for (const log::Held& log : logs) total += log.n;
  std::uint64_t done = 0;
  const auto count = [&] {
    if (++done % kTellEvery == 0) tell(progress, "writing", done, total);
  };
  for (const log::Held& log : logs) write_log(archive, log, book, count);
  return archive.close(book.entries(), self.self_keys->back());
}

// The file's key, with which it can be read back.
crypto::AgeFileKey write_file(FileSystem& files, const std::string& path, const crypto::XPublic& recipient,
                              const std::function<void(Sink)>& write_contents) {
  const auto file = files.create(path);
  crypto::AgeWriter age{recipient, [&](BytesView bytes) { file->append(bytes); }};
  Compressor compressor{[&](BytesView bytes) { age.write(bytes); }};
  write_contents([&](BytesView bytes) { compressor.write(bytes); });
  compressor.finish();
  age.finish();
  file->sync();
  file->close();
  return age.file_key();
}

void refuse_existing(const FileSystem& files, const std::string& path) {
  if (files.facts(path))
    throw Error{Errc::exists, fmt::format("{} exists already", path), "give the backup a new name"};
}

// Puts what was checked into the book, in the order of the archive, and checks it again while it does.
class Filler : public KeysOfWords {
 public:
  Filler(const identity::Root& root, book::Book& book, std::uint64_t total, const Progress& progress)
      : KeysOfWords{root}, book_{book}, total_{total}, progress_{progress} {}

  void statement(const identity::Statement& statement) override {
    KeysOfWords::statement(statement);
    if (!wires_.empty() && statement.root != person_) add_statements();
    person_ = statement.root;
    wires_.push_back(statement.wire);
  }
  void log(const LogHead& head) override {
    add_statements();
    number_ = book_.learn(head.name, head.device);
    seal_ = head.seal;
  }
  void records(const Stretch& stretch) override {
    using Handed = book::Book::Handed;
    static_cast<void>(  // what it counts was counted when the file was checked
        book_.receive(number_, stretch.first, stretch.records, stretch.link, stretch.last ? seal_ : stretch.seal,
                      stretch.stands ? Handed::vouched : Handed::unvouched));
    done_ += stretch.records.size();
    tell(progress_, "restoring", done_, total_);
  }
  // Also where no log follows the statements.
  void add_statements() {
    if (!wires_.empty()) book_.add_statements(person_, wires_);
    wires_.clear();
  }

 private:
  book::Book& book_;
  std::uint64_t total_;
  const Progress& progress_;
  RootId person_;
  std::vector<std::string> wires_;
  log::LogNumber number_ = 0;
  std::optional<identity::Seal> seal_;
  std::uint64_t done_ = 0;
};

}  // namespace

Facts create(FileSystem& files, const std::string& file, book::Book& book, const book::Self& self,
             const crypto::XPublic& recipient, const Clock& clock, const Progress& progress) {
  refuse_existing(files, file);
  const std::string path = file + ".attune-new";
  UnfinishedFile unfinished{files, path};
  const Heading heading{self.root, clock.now()};
  Totals written;
  const auto key = write_file(files, path, recipient, [&](Sink sink) {
    written = write_archive(std::move(sink), book, self, heading, progress);
  });

  const auto back = opened(files, path);
  Checker<HeldKeys> checker{*self.self_keys, progress};
  const auto read = as_damage(path, [&] { return read_archive(plain_of(key, *back), self.root, checker); });
  if (read != written || checker.created_at() != heading.created_at) {
    throw Error{Errc::damaged, fmt::format("{} did not read back as it was written", path),
                "check the disk, then try again"};
  }
  refuse_existing(files, file);
  files.rename(path, file);
  unfinished.finished();
  files.sync_directory(parent_of(file));
  return {written.entries, written.records, back->size(), heading.created_at};
}

Facts verify(const FileSystem& files, const std::string& file, const identity::Root& root, const Progress& progress) {
  return checked(*opened(files, file), file, root, progress);
}

Facts restore(const FileSystem& files, const std::string& file, const identity::Root& root, book::Book& into,
              const Progress& progress) {
  // One open file for both rounds: another one under the same name changes nothing.
  const auto open_file = opened(files, file);
  auto facts = checked(*open_file, file, root, progress);
  Filler filler{root, into, facts.records, progress};
  as_damage(file, [&] {
    static_cast<void>(read_archive(plain_of(root.backup, *open_file), root.id, filler));
    filler.add_statements();
  });
  into.finish_erasures();
  facts.entries = into.entries();
  return facts;
}

}  // namespace attune::backup
