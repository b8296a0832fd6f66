#include "sync/exchange.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "net/frame.h"
#include "sync/batches.h"

namespace attune::sync {
namespace {

constexpr int kMaxRosters = 8;
constexpr int kMaxStatements = 1024;
constexpr int kMaxLogs = 4096;
constexpr int kMaxLacking = 1024;
constexpr std::size_t kInventoryBytes = 512U << 10U;  // more logs and places follow in the next one
constexpr int kBatchesKept = 16;

[[noreturn]] void misbehaved(const char* what) { throw Error{Errc::peer_misbehaved, what}; }

template <class AnyId>
AnyId required(std::string_view bytes, const char* what) {
  const auto id = AnyId::from(bytes);
  if (!id) misbehaved(what);
  return *id;
}

std::string bytes_of(std::string_view view) { return std::string{view}; }

// One log, as this session sees the peer's side of it.
struct Theirs {
  std::uint64_t held = 0;                 // they said so, or it was sent to them
  std::uint64_t confirmed = 0;            // durable there
  std::uint64_t to_confirm = 0;           // durable here, not yet told
  bool named = false;                     // our inventory told them of it
  bool claimed = false;                   // their inventory named it
  bool set_aside = false;                 // nothing of it travels in this session: held, or the two sides disagree
  bool hold_told = true;                  // false: they must still be told that it is held
  std::optional<std::uint64_t> not_mine;  // still to be told
  std::vector<std::uint64_t> lacking;     // places whose payload they ask for
};

}  // namespace

struct Exchange::State {
  book::Book& book;
  People& people;
  DeviceId peer;
  Setup setup;
  RootId own;

  std::map<log::LogNumber, Theirs> theirs;
  Summary summary;
  std::uint16_t peer_port = 0;
  bool rosters_sent = false, rosters_taken = false;
  bool inventory_sent = false, inventory_taken = false;
  bool sent_said = false, sent_heard = false;
  bool end_wanted = false, end_said = false, end_heard = false;
  bool looked_through = false;  // since the last change nothing was left to send
  v1::Message outgoing, incoming;
  v1::Batch batch_out, batch_in;  // used again and again: their memory is the session's buffer
  int batches_in_kept = 0;
  bool batch_said = false;  // what was said last is batch_out
  std::vector<log::Incoming> records;
  std::set<LogId> not_ours;
  std::vector<LogId> not_ours_untold;
  // Rosters from an own device of whom this device does not know yet: the pairing itself comes in this very session.
  std::vector<std::pair<RootId, std::vector<std::string>>> unplaced;

  State(book::Book& b, People& p, DeviceId d, Setup s)
      : book{b}, people{p}, peer{d}, setup{s}, own{people.own().root()}, end_wanted{!setup.stay} {}

  // --- who may have what -----------------------------------------------------------------------------------------
  // A partner gets the couple's logs alone. Own devices get all of this person's, and what the partner wrote for them.
  [[nodiscard]] bool may_travel(const log::LogName& log) const {
    if (!setup.own_device) {
      return setup.couple && log.couple == *setup.couple && (log.author == own || log.author == setup.peer_root);
    }
    return log.author == own || (!log.couple.is_none() && log.couple == identity::couple_of(own, log.author));
  }
  // Named by either side in this session: from then on both may speak of it.
  [[nodiscard]] bool both_know(log::LogNumber number) const {
    const auto log = theirs.find(number);
    return log != theirs.end() && (log->second.named || log->second.claimed);
  }
  // One's own records by way of the partner: the one case in which a seal decides.
  [[nodiscard]] bool needs_seal(const log::LogName& log) const { return !setup.own_device && log.author == own; }

  [[nodiscard]] bool own_seal_holds(std::string_view bytes, const LogId& log, std::uint64_t n, const Link& link) const {
    const auto seal = identity::Seal::from(bytes);
    return seal && std::ranges::any_of(*setup.self_keys, [&](const identity::SelfKey& key) {
             return identity::seal_holds(key, *seal, log, n, link);
           });
  }

  // --- saying ----------------------------------------------------------------------------------------------------
  void add_roster(const identity::Roster& roster, v1::Rosters& out) const {
    v1::Roster& one = *out.add_rosters();
    one.set_root(bytes_of(roster.root().raw()));
    for (const auto& [hash, statement] : roster.statements()) {
      const bool for_own_only = std::holds_alternative<identity::OwnCutOffs>(statement.says);
      if (!for_own_only || setup.own_device) one.add_statements(statement.wire);
    }
  }

  void say_rosters() {
    v1::Rosters& out = *outgoing.mutable_rosters();
    add_roster(people.own(), out);
    if (people.partner() != nullptr) add_roster(*people.partner(), out);
    out.set_port(setup.listening_port);
    rosters_sent = true;
  }

  // How many bytes it added.
  std::size_t add_held(const log::Held& log, v1::Inventory& out) {
    v1::Held& held = *out.add_logs();
    held.set_log(bytes_of(log.name.id.raw()));
    held.set_author(bytes_of(log.name.author.raw()));
    if (!log.name.own_space()) held.set_couple(bytes_of(log.name.couple.raw()));
    held.set_n(log.n);
    held.set_link(bytes_of(log.link.raw()));
    if (log.name.author == own && log.n > 0) {
      held.set_seal(identity::make_seal(setup.self_keys->back(), log.name.id, log.n, log.link).bytes());
    } else if (log.seal) {
      held.set_seal(log.seal->bytes());
    }
    for (const std::uint64_t n : book.logs().lacking(log.number, kMaxLacking)) held.add_lacking(n);
    if (setup.own_device && !log.device.is_none()) held.set_device(bytes_of(log.device.raw()));
    return held.ByteSizeLong();
  }

  // All logs at first; later those that are new.
  bool say_inventory() {
    // An inventory confirms, too: nothing in it may wait to be compacted.
    if (!inventory_sent) book.finish_erasures();
    std::vector<log::Held> logs = book.logs().all();
    std::erase_if(logs, [&](const log::Held& log) { return !may_travel(log.name) || theirs[log.number].named; });
    if (logs.empty() && inventory_sent) return false;
    std::ranges::sort(logs, {}, [](const log::Held& log) { return log.name.id; });
    v1::Inventory& out = *outgoing.mutable_inventory();
    std::size_t bytes = 0;
    for (const log::Held& log : logs) {
      if (out.logs_size() == kMaxLogs || bytes > kInventoryBytes) break;  // the rest with the next one
      bytes += add_held(log, out);
      theirs[log.number].named = true;
    }
    inventory_sent = true;
    return true;
  }

  bool say_answers() {
    if (!not_ours_untold.empty()) {
      outgoing.mutable_not_mine()->set_log(bytes_of(not_ours_untold.back().raw()));
      outgoing.mutable_not_mine()->set_n(1);
      not_ours_untold.pop_back();
      return true;
    }
    for (auto& [number, log] : theirs) {
      const log::Held* held = book.logs().find(number);
      if (log.to_confirm > 0) {
        outgoing.mutable_confirm()->set_log(bytes_of(held->name.id.raw()));
        outgoing.mutable_confirm()->set_n(log.to_confirm);
        log.to_confirm = 0;
        return true;
      }
      if (!log.hold_told) {
        outgoing.mutable_hold()->set_log(bytes_of(held->name.id.raw()));
        log.hold_told = true;
        return true;
      }
      if (log.not_mine) {
        outgoing.mutable_not_mine()->set_log(bytes_of(held->name.id.raw()));
        outgoing.mutable_not_mine()->set_n(*log.not_mine);
        log.not_mine.reset();
        return true;
      }
    }
    return false;
  }

  bool say_batch() {
    if (looked_through) return false;
    for (auto& [number, log] : theirs) {
      const log::Held* held = book.logs().find(number);
      if (held == nullptr || !log.named || log.set_aside || !may_travel(held->name)) continue;
      if (!log.lacking.empty() && build_filling(book.logs(), *held, log.lacking, batch_out)) return true;
      if (held->n <= log.held) continue;
      if (!build_batch(book.logs(), *held, log.held + 1, own, setup.self_keys->back(), batch_out)) continue;
      log.held += static_cast<std::uint64_t>(batch_out.records_size());
      return true;
    }
    looked_through = true;
    return false;
  }

  [[nodiscard]] bool all_confirmed() const {
    return std::ranges::all_of(theirs, [](const auto& entry) {
      return entry.second.set_aside || entry.second.confirmed >= entry.second.held;
    });
  }
  [[nodiscard]] bool level() const { return sent_said && sent_heard && looked_through && all_confirmed(); }

  bool say_end() {
    if (end_said || !(end_heard || (end_wanted && level()))) return false;
    outgoing.mutable_end();
    end_said = true;
    summary.up_to_date = level();
    return true;
  }

  bool say() {
    outgoing.Clear();
    batch_said = false;
    if (end_said) return false;
    if (!rosters_sent) {
      say_rosters();
      return true;
    }
    // Rosters first, both ways, before anything that depends on who is believed.
    if (!rosters_taken) return false;
    if (!inventory_sent) return say_inventory();
    if (say_answers()) return true;
    if (!inventory_taken) return false;
    if (say_inventory()) return true;
    if (say_batch()) return batch_said = true;
    if (!sent_said) {
      outgoing.mutable_sent();
      sent_said = true;
      return true;
    }
    return say_end();
  }

  // --- understanding -----------------------------------------------------------------------------------------------
  void take(const v1::Rosters& message) {
    if (rosters_taken || message.rosters_size() > kMaxRosters || message.port() > 65535)
      misbehaved("rosters came out of order");
    for (const v1::Roster& roster : message.rosters()) {
      if (roster.statements_size() > kMaxStatements) misbehaved("a roster is too long");
      const auto root = required<RootId>(roster.root(), "a roster without its root came");
      // A roster of our own person from the partner is as good as any: each statement bears our root's signature.
      std::vector<std::string> statements{roster.statements().begin(), roster.statements().end()};
      people.add(root, statements);
      const bool known = root == own || (people.partner() != nullptr && people.partner()->root() == root);
      if (setup.own_device && !known) unplaced.emplace_back(root, std::move(statements));
    }
    const identity::Roster* theirs_now = setup.own_device ? &people.own() : people.partner();
    if (theirs_now == nullptr || theirs_now->revoked(peer)) throw Error{Errc::refused, "this device was revoked"};
    peer_port = static_cast<std::uint16_t>(message.port());
    rosters_taken = true;
  }

  // Where the two sides stand in one log that both know.
  void compare(const log::Held& held, const v1::Held& said, const Link& link, Theirs& log) {
    const std::uint64_t n = said.n();
    if (n <= held.n) {
      if (book.logs().link_at(held.number, n) != link) return disagree(held, said, link, log);
      log.held = std::max(log.held, n);  // more may be under way to them already
      log.confirmed = n;
      note_held_by_partner(held.number, n);
      return;
    }
    // They know more: it comes by itself.
    log.held = log.confirmed = held.n;
    if (needs_seal(held.name) && !own_seal_holds(said.seal(), held.name.id, n, link)) {
      log.set_aside = true;
      log.not_mine = held.n + 1;
      return;
    }
    if (needs_seal(held.name)) note_held_by_partner(held.number, held.n);
    // Somebody honest knows this log longer than its own device: it must never be continued here.
    if (held.mine && !held.retired) book.retire(held.number);
  }

  // Both hold a place and hold different records there. The author's word decides; nothing is dropped.
  void disagree(const log::Held& held, const v1::Held& said, const Link& link, Theirs& log) {
    log.set_aside = true;
    if (held.name.author != own) return;
    if (setup.own_device || own_seal_holds(said.seal(), held.name.id, said.n(), link)) {
      if (held.mine && !held.retired) book.retire(held.number);
    } else {
      log.not_mine = said.n();
    }
  }

  // A log in our own person's name that we do not know and that bears no seal of ours. The other side may have got it
  // from a device with a newer self key, so this is no misbehaviour; it is told, and what comes of it is dropped.
  void refuse(const LogId& id) {
    if (not_ours.size() == kMaxLogs || !not_ours.insert(id).second) misbehaved("a log was named twice");
    not_ours_untold.push_back(id);
  }

  void take(const v1::Held& said) {
    const auto id = required<LogId>(said.log(), "a log without its id was named");
    log::LogName name{id, required<RootId>(said.author(), "a log without its author was named"), CoupleId{}};
    if (!said.couple().empty()) name.couple = required<CoupleId>(said.couple(), "a log of no couple was named");
    const auto link = required<Link>(said.link(), "a log without its link was named");
    DeviceId device;  // among own devices only: a partner has no say in who appends where
    if (setup.own_device && !said.device().empty()) {
      device = required<DeviceId>(said.device(), "a device has a wrong size");
    }
    if (!may_travel(name) || said.lacking_size() > kMaxLacking) misbehaved("a log was named that may not travel here");
    if (said.n() >= (std::uint64_t{1} << 63U)) misbehaved("a log of impossible length was named");

    const log::Held* held = book.logs().find(id);
    if (held == nullptr) {
      if (said.n() == 0) return;
      // The partner brings back a log of ours that we do not know: a seal of ours must say that it is one.
      if (needs_seal(name) && !own_seal_holds(said.seal(), id, said.n(), link)) return refuse(id);
      held = book.logs().find(book.learn(name, device));
      theirs[held->number].named = true;  // they told us: naming it back would only say that we hold nothing of it
    } else if (held->name.author != name.author || held->name.couple != name.couple) {
      misbehaved("a log was named under another author");
    }
    Theirs& log = theirs[held->number];
    if (log.claimed) misbehaved("a log was named twice");
    log.claimed = true;
    compare(*held, said, link, log);
    if (!log.set_aside) log.lacking.assign(said.lacking().begin(), said.lacking().end());
  }

  void take(const v1::Inventory& message) {
    if (!rosters_taken || message.logs_size() > kMaxLogs) misbehaved("an inventory came out of order");
    const std::string* before = nullptr;
    for (const v1::Held& said : message.logs()) {
      if (before != nullptr && *before >= said.log()) misbehaved("an inventory is not sorted");
      before = &said.log();
      take(said);
    }
    inventory_taken = true;
    looked_through = false;
  }

  void take(const v1::Batch& message) {
    const auto id = required<LogId>(message.log(), "a batch of no log came");
    if (not_ours.contains(id)) return;
    const log::Held* held = book.logs().find(id);
    if (held == nullptr || !both_know(held->number)) misbehaved("a batch came of a log that was not named");
    Theirs& log = theirs[held->number];
    if (log.set_aside) return;  // told, or about to be; what was under way is dropped
    unpack(message, held->name.author, records);
    if (message.filling()) return take_filling(*held, message);

    const auto link = required<Link>(message.link(), "a batch without its link came");
    const std::uint64_t last = message.first() + records.size() - 1;
    if (message.first() == 0 || last < message.first()) misbehaved("a batch stands at an impossible place");
    if (needs_seal(held->name) && !own_seal_holds(message.seal(), id, last, link)) {
      log.set_aside = true;
      log.not_mine = message.first();
      return;
    }
    // An author seals each batch: without, the author could never take these records back from us.
    if (!setup.own_device && held->name.author == setup.peer_root && !identity::Seal::from(message.seal())) {
      misbehaved("a batch came that its author did not seal");
    }
    const log::LogNumber number = held->number;
    const bool came_back = needs_seal(held->name);
    try {
      const auto arrived = book.receive(number, message.first(), records, link, identity::Seal::from(message.seal()));
      if (arrived.erases) book.finish_erasures();  // only then is it gone from the disk, and may be confirmed
      summary.received += arrived.records;
      if (arrived.records > 0 && setup.own_device) meet_partner();
    } catch (const Error& error) {
      if (error.code() != Errc::refused) throw;
      log.set_aside = true;
      log.hold_told = false;
      return;
    }
    log.to_confirm = last;
    log.held = std::max(log.held, last);
    log.confirmed = std::max(log.confirmed, last);
    if (came_back) note_held_by_partner(number, last);
  }

  void note_held_by_partner(log::LogNumber log, std::uint64_t n) {
    if (!setup.own_device) book.set_confirmed(peer, log, n);
  }

  void take_filling(const log::Held& held, const v1::Batch& message) {
    std::vector<std::pair<std::uint64_t, std::string_view>> payloads;
    for (const v1::Record& record : message.records()) payloads.emplace_back(record.n(), record.payload());
    const auto arrived = book.fill(held.number, payloads);
    if (arrived.erases) book.finish_erasures();
    summary.received += arrived.records;
    if (arrived.records > 0 && setup.own_device) meet_partner();
  }

  // What came from an own device may have been a pairing: from now on this device knows the partner, too.
  void meet_partner() {
    const auto pairing = book.pairing();
    if (!pairing || (people.partner() != nullptr && people.partner()->root() == pairing->partner)) return;
    people.reload();
    for (const auto& [root, statements] : unplaced) people.add(root, statements);
    unplaced.clear();
  }

  void take(const v1::Confirm& message) {
    const auto id = required<LogId>(message.log(), "a confirmation of no log came");
    const log::Held* held = book.logs().find(id);
    if (held == nullptr || !both_know(held->number) || message.n() > theirs[held->number].held)
      misbehaved("something was confirmed that was never sent");
    Theirs& log = theirs[held->number];
    if (message.n() <= log.confirmed) return;
    summary.sent += message.n() - log.confirmed;
    log.confirmed = message.n();
    note_held_by_partner(held->number, message.n());
  }

  void take_set_aside(const std::string& bytes) {
    const auto id = required<LogId>(bytes, "a log without its id was named");
    const log::Held* held = book.logs().find(id);
    if (held == nullptr || !both_know(held->number)) misbehaved("a log was named that was never offered");
    theirs[held->number].set_aside = true;
  }

  void take(std::string_view bytes) {
    if (end_heard) misbehaved("something came after the end");
    if (parse_batch(bytes, batch_in)) {
      take(batch_in);
      // A slot keeps the size of the largest record that it ever held: for ever, a peer could fill memory slot by slot.
      if (++batches_in_kept == kBatchesKept) {
        batch_in = v1::Batch{};
        batches_in_kept = 0;
      }
      return;
    }
    parse(bytes, incoming);
    switch (incoming.is_case()) {
      case v1::Message::kRosters: return take(incoming.rosters());
      case v1::Message::kInventory: return take(incoming.inventory());
      case v1::Message::kBatch: return take(incoming.batch());
      case v1::Message::kConfirm: return take(incoming.confirm());
      case v1::Message::kSent: sent_heard = true; return;
      case v1::Message::kNotMine: return take_set_aside(incoming.not_mine().log());
      case v1::Message::kHold: return take_set_aside(incoming.hold().log());
      case v1::Message::kEnd: end_heard = true; return;
      case v1::Message::kNewKey: return;     // no revocation without a newer program on the other side
      case v1::Message::IS_NOT_SET: return;  // said by a newer program: of no consequence here
    }
  }
};

Exchange::Exchange(book::Book& book, People& people, DeviceId peer, Setup setup)
    : state_{std::make_unique<State>(book, people, peer, setup)} {}
Exchange::~Exchange() = default;

bool Exchange::next(std::string& message) {
  if (!state_->say()) return false;
  if (state_->batch_said) {
    write_batch(state_->batch_out, message);
  } else {
    message.clear();
    state_->outgoing.AppendToString(&message);
  }
  // No more than this session is lost where a limit of ours was reckoned wrong.
  if (message.size() > net::kMaxMessage) throw Error{Errc::internal, "a message for the other side became too long"};
  return true;
}

void Exchange::take(std::string_view message) { state_->take(message); }

void Exchange::changed() { state_->looked_through = false; }
void Exchange::end() { state_->end_wanted = true; }
bool Exchange::over() const noexcept { return state_->end_said && state_->end_heard; }
bool Exchange::level() const noexcept { return state_->level(); }
const Summary& Exchange::so_far() const noexcept { return state_->summary; }
std::uint16_t Exchange::peer_port() const noexcept { return state_->peer_port; }

}  // namespace attune::sync
