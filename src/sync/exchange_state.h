// What an exchange keeps, and its two halves: saying.cc and understanding.cc. Internal to sync.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attune/sync.pb.h"
#include "sync/batches.h"
#include "sync/exchange.h"
#include "sync/standing.h"

namespace attune::sync {

struct Exchange::State {
  State(book::Book& b, People& p, const DeviceId& d, const Setup& s, Way w)
      : book{b},
        people{p},
        peer{d},
        setup{s},
        way{w},
        own{p.own().root()},
        standing{b, p, d, s, own},
        end_wanted{!s.stay} {}

  // --- saying: docs/protocol.md, sections 5.2 to 5.6
  // The next message is then in `outgoing`, or in `batch_out` where batch_said. false: nothing to say now.
  [[nodiscard]] bool say();
  void say_rosters();
  [[nodiscard]] bool say_inventory();
  [[nodiscard]] bool say_answers();
  [[nodiscard]] bool say_answer(log::LogNumber number, Theirs& log);
  [[nodiscard]] bool say_batch();
  [[nodiscard]] bool say_any_batch();
  [[nodiscard]] bool say_batch_of(const log::Held& held, Theirs& log);
  [[nodiscard]] bool say_end();
  void note_left_out(const log::Held& held, Theirs& log);
  void say_left();
  [[nodiscard]] bool say_fork(log::LogNumber number, Theirs& log);
  void say_branch_wanted(log::LogNumber number, const Theirs& log);
  [[nodiscard]] bool say_branch();
  [[nodiscard]] bool healing() const;
  [[nodiscard]] bool close_as_they_did();
  [[nodiscard]] bool all_confirmed() const;
  [[nodiscard]] bool level() const {
    return !summary.key_session && sent_said && sent_heard && looked_through && !held_back && all_confirmed();
  }

  // What was left out may go in a new session: whoever dialled begins one.
  void end_if_outdated() { end_wanted = end_wanted || standing.outdated(); }

  // --- understanding: throws Errc::peer_misbehaved
  void take(std::string_view bytes);
  void renew_batch_in();
  void take(const v1::Rosters& message);
  void take(const v1::Inventory& message);
  void take(const v1::Batch& message);
  void take(const v1::Confirm& message);
  void take(const v1::NotMine& message);
  void take(const v1::Hold& message);
  // Whose word counts, and for what, both sides decided by the same rosters. Throws Errc::unreachable where another
  // session brought a revoke since: this one has to begin anew.
  void check_people();
  void take_set_aside(const std::string& bytes, Standing::Why why);
  void take(const v1::Branch& message);
  void take(const v1::Differs& message);
  void take(const v1::Healed& message);
  void take_branch(const v1::Batch& message, log::LogNumber number);
  // --- by way of a file: docs/protocol.md, section 8.4
  [[nodiscard]] bool heard_by_nobody() const { return way == Way::in || way == Way::in_stale; }
  void refuse_in_file() const;
  void note_behind(const v1::Rosters& message);
  void fill_gaps(const v1::Batch& message, log::LogNumber number, std::uint64_t last);
  [[nodiscard]] bool is_branch_sealed(const v1::Batch& message, log::LogNumber number, std::uint64_t last,
                                      const Link& link);
  void give_up(log::LogNumber number);
  void finish_branch(log::LogNumber number);
  void note_answer(Theirs& log);
  void note_adopted(const book::Book::Adopted& adopted);
  // The batch may be stored. false: a seal is missing that decides, which they will be told.
  [[nodiscard]] bool lets_stand(const v1::Batch& message, const log::Held& held) const;
  [[nodiscard]] bool is_sealed(const v1::Batch& message, const log::Held& held, std::uint64_t last, const Link& link);
  void take_records(const v1::Batch& message, log::LogNumber number, std::uint64_t last, const Link& link);
  void take_filling(const v1::Batch& message, log::LogNumber number);
  void note_arrived(const book::Book::Arrived& arrived);
  void gather(std::size_t bytes);
  void settle();
  void meet_partner();
  [[nodiscard]] std::optional<RootId> partner_now() const;

  // --- keys: docs/protocol.md, section 5.8
  // Both rosters are known to both sides: what this session is, and which keys the other side may lack.
  void agree_on_keys();
  void say_key();  // the next of keys_due
  // true: something was said. Nothing but keys is said in such a session.
  [[nodiscard]] bool say_in_key_session();
  void make_couple_key();
  void take(v1::NewKey& message);
  void take_self_key(identity::SelfKeySecret secret, const v1::NewKey& message);
  void take_couple_key(identity::CoupleKeySecret secret, const v1::NewKey& message);
  void refuse_in_key_session() const;

  book::Book& book;
  People& people;
  DeviceId peer;
  Setup setup;
  Way way;
  RootId own;

  // A branch of a log of ours that is coming in.
  struct Coming {
    std::uint64_t next = 0;  // the first record that is still to come
    Link before;
    std::uint64_t common = 0;  // as far as it is what is held here
    std::size_t missing = 0;   // payloads
  };
  // One of a log of theirs that is going out.
  struct Going {
    std::uint64_t next = 0;
    std::uint64_t last = 0;
  };

  Standing standing;
  std::map<log::LogNumber, Coming> coming;
  std::map<log::LogNumber, Going> going;
  Summary summary;
  std::uint16_t peer_port = 0;
  bool rosters_sent = false, rosters_taken = false;
  std::uint64_t revokes_said = 0;   // known here when the rosters were said
  std::uint64_t revokes_known = 0;  // to both sides, once both have spoken
  std::optional<RootId> met;        // the partner with whom that was counted
  bool couple_key_taken = false;
  bool inventory_sent = false, inventory_taken = false;
  bool sent_said = false, sent_heard = false;
  bool end_wanted = false, end_said = false, end_heard = false;
  bool leave_wanted = false, left_said = false, left_heard = false;
  std::deque<identity::SelfKey> self_keys_due;        // to be handed over
  std::optional<identity::CoupleKey> couple_key_due;  // likewise
  // Confirmations wait for a compaction; so much came since the first of them.
  bool held_back = false;
  int messages_since = 0;
  std::size_t bytes_since = 0;
  bool looked_through = false;  // since the last change nothing was left to send
  v1::Message outgoing, incoming;
  v1::Batch batch_out, batch_in;  // used again and again: their memory is the session's buffer
  int batches_in_kept = 0;
  std::size_t room = kFirstBatchBytes;  // of payloads, in the next batch
  bool batch_said = false;              // what was said last is batch_out
  std::vector<log::Incoming> records;
  // Rosters from an own device of whom this device does not know yet: the pairing itself comes in this very session.
  std::vector<std::pair<RootId, std::vector<std::string>>> unplaced;
};

}  // namespace attune::sync
