// How far each log stands. Records past that place are kept and have no effect: they are not folded, they take no
// payload out, and they reach nobody but their author. docs/store-format.md, section 3.4.
// Where a log's author never revoked a device, all of it stands. Else the newest revoke decides: its cut-off of the
// log, or the greater place that somebody vouched for who knew that revoke. Threads: one.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "identity/roster.h"
#include "log/logs.h"
#include "storage/store.h"

namespace attune::book {

inline constexpr std::uint64_t kWhole = std::numeric_limits<std::uint64_t>::max();

// What is kept about one log.
struct Vouched {
  identity::StatementHash revoke;  // n and before count under this revoke alone; none: while there is none
  std::uint64_t n = kWhole;        // vouched for up to here; kWhole: nobody ever doubted it
  std::uint64_t before = 0;        // stood when that revoke came; counts until its cut-off can be compared
  std::uint64_t written = 0;       // by this very device, until it retired the log
  friend bool operator==(const Vouched&, const Vouched&) = default;
};

class Trust {
 public:
  // Both must outlive it. Throws Errc::damaged.
  Trust(const storage::Store& store, const log::Logs& logs);

  [[nodiscard]] std::uint64_t standing(log::LogNumber log) const;    // at most what is held
  [[nodiscard]] std::uint64_t certain(log::LogNumber log) const;     // of that, what no cut-off can take back
  [[nodiscard]] bool began_before_revoke(log::LogNumber log) const;  // something stood when the newest came
  [[nodiscard]] bool stands(log::Place place) const { return place.n <= standing(place.log); }
  // Of that person; none: no device of theirs was ever revoked.
  [[nodiscard]] identity::StatementHash newest_revoke(const RootId& root) const;

  // What a change would make of a log. Nothing is changed before commit.
  struct Move {
    log::LogNumber log = 0;
    Vouched kept;
    std::uint64_t from = 0, to = 0;  // standing before and after
  };
  // A log as it will be: its length, and its links.
  using LinkAt = std::function<std::optional<Link>(std::uint64_t n)>;
  struct Grown {
    std::uint64_t n = 0;
    LinkAt link_at;
  };
  [[nodiscard]] Move vouch(log::LogNumber log, std::uint64_t n) const;
  [[nodiscard]] Move disown(log::LogNumber log, std::uint64_t n) const;  // all from n on
  [[nodiscard]] Move retire(log::LogNumber log) const;
  // It grows. Up to `vouched` somebody vouches for it; up to `meanwhile` somebody lets it stand until cut-offs come.
  // 0: nobody does.
  struct Word {
    std::uint64_t vouched = 0, meanwhile = 0;
  };
  [[nodiscard]] Move grow(log::LogNumber log, const Grown& grown, const Word& word) const;
  // The whole roster of a person as it will be: every log of theirs that is held.
  [[nodiscard]] std::vector<Move> decide(const identity::Roster& roster) const;
  [[nodiscard]] identity::Roster roster(const RootId& root) const;

  void write(const Move& move, storage::Batch& batch) const;  // nothing where nothing changed
  void committed(const Move& move);
  void committed(identity::Roster roster);
  void forget() { limits_.clear(); }  // a change was given up

 private:
  using CutOffs = std::map<LogId, identity::CutOff>;
  struct Revocation {  // the newest of one person
    identity::StatementHash hash;
    CutOffs shared;
    std::optional<CutOffs> own;  // nullopt: not known here
  };
  static std::optional<Revocation> newest_of(const identity::Roster& roster);
  [[nodiscard]] const Revocation* revocation_of(const RootId& root) const;
  [[nodiscard]] Vouched kept(log::LogNumber log, const Revocation* revocation) const;
  // Up to which place it stands, be it held or not. Nothing but the arguments decides.
  static std::uint64_t limit(const log::Held& held, const Vouched& kept, const Revocation* revocation,
                             const Grown& grown);
  [[nodiscard]] Move moved(const log::Held& held, const Vouched& kept, const Revocation* revocation) const;
  [[nodiscard]] Grown as_held(const log::Held& held) const;

  const log::Logs& logs_;
  std::map<RootId, identity::Roster> rosters_;
  std::map<RootId, Revocation> revocations_;
  std::map<log::LogNumber, Vouched> kept_;
  mutable std::map<log::LogNumber, std::uint64_t> limits_;  // of logs that were asked for
};

}  // namespace attune::book
