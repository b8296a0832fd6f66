// Which logs may travel in a session, and where its two sides stand in each: inventories told and compared.
// docs/protocol.md, sections 5.3 and 5.4. Internal to sync.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "attune/sync.pb.h"
#include "book/book.h"
#include "sync/people.h"
#include "sync/session.h"

namespace attune::sync {

inline constexpr int kMaxLogs = 4096;  // of one inventory

// What they said of a log: that it stands so far, or that it bears a seal there.
struct Claim {
  std::uint64_t n = 0;
  Link link;
};

// One log, as this session sees the peer's side of it.
struct Theirs {
  std::uint64_t held = 0;                 // they said so, or it was sent to them
  std::uint64_t confirmed = 0;            // durable there
  std::uint64_t vouched = 0;              // either side told the other that it stands so far
  std::uint64_t to_confirm = 0;           // durable here, not yet told
  bool named = false;                     // our inventory told them of it
  bool claimed = false;                   // their inventory named it
  bool set_aside = false;                 // nothing of it travels in this session: held, or the two sides disagree
  bool hold_told = true;                  // false: they must still be told that it is held
  std::optional<Claim> unsure;            // set aside for lack of a key that would tell whose this is
  bool unsure_there = false;              // likewise, on their side
  std::optional<std::uint64_t> not_mine;  // still to be told
  bool disowned = false;                  // they said that it is not theirs
  std::vector<std::uint64_t> lacking;     // places whose payload they ask for

  // --- Forks: docs/protocol.md, section 5.7.
  std::uint64_t told = 0;                  // how far our inventory said that it is held here
  std::string told_seal;                   // the seal that it bore, or that a batch did since
  Claim claim;                             // what their inventory said of it
  std::optional<std::uint64_t> closed_at;  // an own device closed it there, and this one has not yet
  bool closed_alike = false;               // set aside behind a place that both hold: payloads up to it still come
  enum class Heal { none, wanted, asked, done } heal = Heal::none;  // of a log of ours: their branch
  bool longer = false;                                              // of a log of ours: rightly, as far as is known
  bool wait_for_us = false;                                         // they said that they differ
  bool healed_untold = false;
  bool differs_untold = false;  // of a log of theirs: what they named is not what is held here
  bool wait_for_them = false;   // until they healed it
  [[nodiscard]] bool healing() const { return heal == Heal::wanted || heal == Heal::asked; }
};

class Standing {
 public:
  // `book` and `people` outlive it.
  Standing(book::Book& book, const People& people, const DeviceId& peer, const Setup& setup, const RootId& own)
      : book_{book},
        people_{people},
        peer_{peer},
        setup_{setup},
        own_{own},
        keys_before_{setup.keyring == nullptr ? 0 : setup.keyring->changes()} {}

  // A partner gets the couple's logs alone. Own devices get all of this person's, and what the partner wrote for them.
  [[nodiscard]] bool may_travel(const log::LogName& log) const;
  // Named by either side in this session: from then on both may speak of it.
  [[nodiscard]] bool both_know(log::LogNumber number) const;
  // One's own records by way of the partner: the one case in which a seal decides.
  [[nodiscard]] bool needs_seal(const log::LogName& log) const { return !setup_.own_device && log.author == own_; }
  // unknown: under a self key that this device was not given yet, as far as it can tell; or under one from before a
  // device was removed, for a log that was begun since: that device and the partner together could make such seals.
  enum class Seal { holds, wrong, unknown };
  [[nodiscard]] Seal own_seal(std::string_view bytes, const LogId& log, std::uint64_t n, const Link& link) const;

  // What of a log may be sent to them. docs/protocol.md, section 5.4.
  struct Reach {
    std::uint64_t stands = 0;     // this side vouches for it, or its author's seal does
    std::uint64_t meanwhile = 0;  // what stands besides until cut-offs come, for own devices
    std::uint64_t held = 0;       // the rest, for own devices
  };
  [[nodiscard]] Reach reach(const log::Held& log) const;

  // Names logs that this session has not told them of, as many as fit. false: there are none.
  [[nodiscard]] bool tell(v1::Inventory& out);
  // Their inventory. Throws Errc::peer_misbehaved.
  void compare(const v1::Inventory& theirs);

  [[nodiscard]] std::map<log::LogNumber, Theirs>& logs() noexcept { return logs_; }
  [[nodiscard]] const std::map<log::LogNumber, Theirs>& logs() const noexcept { return logs_; }
  [[nodiscard]] Theirs& operator[](log::LogNumber log) { return logs_[log]; }

  // Logs in our person's name that are unknown here and bear no seal of ours: what comes of them is dropped.
  [[nodiscard]] bool refused(const LogId& log) const { return not_ours_.contains(log); }
  // One of them that they must still be told of, and why.
  using Refused = std::pair<LogId, Seal>;
  [[nodiscard]] std::optional<Refused> next_refused();
  // Something that was left out, because nobody could tell whose it is, came by another session, or a key or a seal did
  // that tells: in a new session it is left out no more.
  [[nodiscard]] bool outdated() const;

  // They do not know the newest revoke of that person, or have said something later since: of this person's logs they
  // vouch for nothing.
  void set_behind(const RootId& author) { behind_.insert(author); }
  [[nodiscard]] bool behind(const RootId& author) const { return behind_.contains(author); }

  // A device of the partner holds that log up to n.
  void note_confirmed(log::LogNumber log, std::uint64_t n);

  // From now on nothing of the log travels in this session.
  enum class Why { held_here, held_there, disputed, key_there };
  void set_aside(Theirs& log, Why why);
  // For a seal that does not hold. Where only the key that would tell is lacking, they are told that, and the person
  // here is asked for it.
  void set_aside(Theirs& log, Seal seal, const Claim& claim);
  [[nodiscard]] const SetAside& aside() const noexcept { return aside_; }

 private:
  std::size_t add(const log::Held& log, v1::Inventory& out);  // how many bytes it added
  [[nodiscard]] bool is_news(const log::Held& log);
  [[nodiscard]] bool says_anything(const log::Held& log) const;
  void compare(const v1::Held& said);
  void compare(const log::Held& held, const v1::Held& said, const Link& link, Theirs& log);
  void disagree(const log::Held& held, const v1::Held& said, const Link& link, Theirs& log);
  void note_closed(const log::Held& held, const v1::Held& said, Theirs& log);
  void refuse(const LogId& log, Seal seal, const Claim& claim);
  [[nodiscard]] bool holds(log::LogNumber number, const Claim& claim) const;
  [[nodiscard]] bool sealed_under_another_key(log::LogNumber number, const Theirs& log) const;
  void note_vouched(const log::Held& held, const v1::Held& said, Theirs& log);
  void keep_newer_seal(const log::Held& held, const v1::Held& said);

  book::Book& book_;
  const People& people_;
  DeviceId peer_;
  Setup setup_;
  RootId own_;
  std::map<log::LogNumber, Theirs> logs_;
  SetAside aside_;
  std::uint64_t keys_before_;
  std::set<RootId> behind_;
  std::map<LogId, Claim> not_ours_;
  std::vector<Refused> not_ours_untold_;
};

}  // namespace attune::sync
