// What a backup holds, as values: the writer puts them in order, the reader gives them back checked. Neither knows of
// the book or of files. docs/backup-format.md, sections 3 and 4.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "backup/items.h"
#include "core/clock.h"
#include "identity/keys.h"
#include "identity/statement.h"
#include "log/logs.h"

namespace attune::backup {

inline constexpr std::size_t kMaxLogs = 1U << 16U;

struct Heading {
  RootId root;  // whose backup this is
  Instant created_at;
};

struct LogHead {  // one log, and how far its records follow
  log::LogName name;
  DeviceId device;  // none where unknown
  std::uint64_t n = 0;
  Link link;
  std::optional<identity::Seal> seal;
  // How far it stood: what is behind has no effect, and whoever reads the archive vouches for none of it. nullopt: all.
  std::optional<std::uint64_t> stands{};
};

struct Totals {
  std::uint64_t logs = 0;
  std::uint64_t records = 0;
  std::uint64_t entries = 0;
  friend bool operator==(const Totals&, const Totals&) = default;
};

// Heading, then rosters, then logs, each with its records, then the closing; another order is a broken invariant.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(Sink sink);  // takes uncompressed bytes
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;
  void heading(const Heading& heading);
  void roster(const RootId& root, const std::vector<std::string>& wires);
  void log(const LogHead& head);
  void record(const log::Record& record);  // of the log named last, n by n
  void seal(const identity::Seal& seal);  // its author's, of the record given last: so that the author can take it back
  // The counts of logs and records so far, and a MAC under the key's subkey for backups.
  Totals close(std::uint64_t entries, const identity::SelfKey& key);

 private:
  struct Pending;
  void flush();
  ItemWriter items_;
  RootId author_;  // of the log named last
  std::optional<std::uint64_t> stands_;
  std::uint64_t n_ = 0;  // its records so far
  std::unique_ptr<Pending> records_;
  Totals totals_;
};

// Told what an archive holds while it is read. Chains and signatures of what is told are checked; that the whole is
// this person's own is known only when read_archive() returns.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual void heading(const Heading&) {}
  virtual void statement(const identity::Statement&) {}
  virtual void log(const LogHead&) {}
  struct Stretch {  // records of the log told last
    std::uint64_t first = 0;
    const std::vector<log::Incoming>& records;
    Link link;                           // after the last of them
    bool last = false;                   // of this log
    bool stands = true;                  // all of them; else none
    std::optional<identity::Seal> seal;  // of the last of them, where it is not the log's head
  };
  virtual void records(const Stretch&) {}
  // The key of that name, where this person has or had it; nullptr otherwise. Asked when all statements were told.
  [[nodiscard]] virtual const identity::SelfKey* key(const identity::KeyName& name) = 0;
};

// Reads to the end. `root`: whose archive it must be. Throws Errc::wrong_words (another person's), Errc::incompatible
// (a newer format), Errc::damaged (with the place), Errc::tampered (the MAC, or a seal of this person's own logs).
Totals read_archive(Source source, const RootId& root, Receiver& receiver);

}  // namespace attune::backup
