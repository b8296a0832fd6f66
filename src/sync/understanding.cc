// What a session understands: each message of the peer, checked and stored. docs/protocol.md, section 5.
#include <algorithm>
#include <utility>

#include "sync/batches.h"
#include "sync/checks.h"
#include "sync/exchange_state.h"

namespace attune::sync {
namespace {

constexpr int kMaxRosters = 8;
constexpr int kMaxStatements = 1024;
constexpr int kBatchesKept = 16;
// While confirmations wait, the other side hears nothing: long before it loses patience they must go.
constexpr int kMessagesGathered = 256;
constexpr std::size_t kBytesGathered = 2U << 20U;

[[noreturn]] void revoked_meanwhile() {
  throw Error{Errc::unreachable, "a device was revoked while two nodes met", "try again"};
}

}  // namespace

void Exchange::State::take(std::string_view bytes) {
  if (end_heard) misbehaved("something came after the end");
  if (leave_wanted && rosters_taken) {
    parse(bytes, incoming);
    end_heard = incoming.is_case() == v1::Message::kEnd;
    return;
  }
  check_people();
  if (parse_batch(bytes, batch_in)) {
    refuse_in_key_session();
    take(batch_in);
    wipe_payloads(batch_in);
    renew_batch_in();
    return gather(bytes.size());
  }
  parse(bytes, incoming);
  if (heard_by_nobody()) refuse_in_file();
  const bool of_keys = incoming.has_rosters() || incoming.has_new_key() || incoming.has_sent() || incoming.has_left() ||
                       incoming.has_end();
  if (!of_keys && incoming.is_case() != v1::Message::IS_NOT_SET) refuse_in_key_session();
  switch (incoming.is_case()) {
    case v1::Message::kRosters: return take(incoming.rosters());
    case v1::Message::kInventory: return take(incoming.inventory());
    case v1::Message::kBatch:
      take(incoming.batch());
      wipe_payloads(*incoming.mutable_batch());
      return gather(bytes.size());
    case v1::Message::kConfirm: return take(incoming.confirm());
    case v1::Message::kSent: sent_heard = true; return;
    case v1::Message::kNotMine: return take(incoming.not_mine());
    case v1::Message::kHold: return take(incoming.hold());
    case v1::Message::kEnd: end_heard = true; return;
    case v1::Message::kBranch: return take(incoming.branch());
    case v1::Message::kDiffers: return take(incoming.differs());
    case v1::Message::kHealed: return take(incoming.healed());
    case v1::Message::kLeft: left_heard = !setup.own_device; return;
    case v1::Message::kNewKey: return take(*incoming.mutable_new_key());
    case v1::Message::IS_NOT_SET: return;  // said by a newer program: of no consequence here
  }
}

// A slot keeps the size of the largest record that it ever held: for ever, a peer could fill memory slot by slot.
void Exchange::State::renew_batch_in() {
  if (++batches_in_kept < kBatchesKept) return;
  batch_in = v1::Batch{};
  batches_in_kept = 0;
}

void Exchange::State::take(const v1::Rosters& message) {
  if (rosters_taken || message.rosters_size() > kMaxRosters || message.port() > 65535)
    misbehaved("rosters came out of order");
  // What was said to them does not hold it.
  if (rosters_sent && people.revokes() != revokes_said) revoked_meanwhile();
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
  if (heard_by_nobody()) note_behind(message);
  peer_port = static_cast<std::uint16_t>(message.port());
  rosters_taken = true;
  revokes_known = people.revokes();
  met = partner_now();
  if (rosters_sent) agree_on_keys();
}

void Exchange::State::check_people() {
  people.check_stored();
  if (setup.own_device) meet_partner();
  if (rosters_sent && rosters_taken && people.revokes() != revokes_known) revoked_meanwhile();
}

void Exchange::State::take(const v1::Inventory& message) {
  if (!rosters_taken) misbehaved("an inventory came out of order");
  standing.compare(message);
  inventory_taken = true;
  held_back = held_back || book.erasures_waiting();  // an erase may stand now
  looked_through = false;
}

void Exchange::State::take(const v1::Batch& message) {
  if (message.unvouched() && !setup.own_device) misbehaved("records came that nobody vouches for");
  const auto id = required<LogId>(message.log(), "a batch of no log came");
  if (standing.refused(id)) return;
  const log::Held* held = book.logs().find(id);
  if (held == nullptr || !standing.both_know(held->number)) misbehaved("a batch came of a log that was not named");
  const Theirs& log = standing[held->number];
  if (log.set_aside && !message.branch() && !(message.filling() && log.closed_alike)) {
    return;  // told, or about to be; what was under way is dropped
  }
  unpack(message, held->name.author, records);
  if (message.branch()) return take_branch(message, held->number);
  if (message.filling()) return take_filling(message, held->number);

  const auto link = required<Link>(message.link(), "a batch without its link came");
  const std::uint64_t last = message.first() + records.size() - 1;
  if (message.first() == 0 || last < message.first()) misbehaved("a batch stands at an impossible place");
  if (is_sealed(message, *held, last, link)) take_records(message, held->number, last, link);
}

bool Exchange::State::is_sealed(const v1::Batch& message, const log::Held& held, std::uint64_t last, const Link& link) {
  if (standing.needs_seal(held.name)) {
    const auto seal = standing.own_seal(message.seal(), held.name.id, last, link);
    if (seal == Standing::Seal::holds) return true;
    standing.set_aside(standing[held.number], seal, {last, link});
    if (seal == Standing::Seal::wrong) standing[held.number].not_mine = message.first();
    return false;
  }
  // An author seals each batch: without, the author could never take these records back from us.
  if (!setup.own_device && held.name.author == setup.peer_root && !identity::Seal::from(message.seal())) {
    misbehaved("a batch came that its author did not seal");
  }
  return true;
}

// Only of an own space whose cut-offs neither side knows can a sender say no more than that it stands meanwhile.
bool Exchange::State::lets_stand(const v1::Batch& message, const log::Held& held) const {
  return setup.own_device && message.unvouched() && held.name.own_space() && people.own().newest_revoke() != nullptr &&
         !standing.behind(held.name.author);
}

void Exchange::State::take_records(const v1::Batch& message, log::LogNumber number, std::uint64_t last,
                                   const Link& link) {
  const bool came_back = standing.needs_seal(book.logs().find(number)->name);
  Theirs& log = standing[number];
  if (book.logs().find(number)->closed) {  // in another session, since this one told how far it is held
    log.set_aside = true;
    log.hold_told = false;
    return;
  }
  using Handed = book::Book::Handed;
  const bool unvouched = message.unvouched() || came_back || standing.behind(book.logs().find(number)->name.author);
  Handed handed = unvouched ? Handed::unvouched : Handed::vouched;
  if (message.meanwhile() && lets_stand(message, *book.logs().find(number))) handed = Handed::meanwhile;
  try {
    note_arrived(book.receive(number, message.first(), records, link, identity::Seal::from(message.seal()), handed));
  } catch (const Error& error) {
    if (error.code() != Errc::refused) throw;
    standing.set_aside(log, Standing::Why::held_here);
    log.hold_told = false;
    return;
  }
  if (heard_by_nobody()) fill_gaps(message, number, last);
  log.to_confirm = last;
  log.held = std::max(log.held, last);
  log.confirmed = std::max(log.confirmed, last);
  if (handed == Handed::vouched) log.vouched = std::max(log.vouched, last);
  if (came_back) standing.note_confirmed(number, last);
}

void Exchange::State::take_filling(const v1::Batch& message, log::LogNumber number) {
  std::vector<std::pair<std::uint64_t, std::string_view>> payloads;
  for (const v1::Record& record : message.records()) payloads.emplace_back(record.n(), record.payload());
  note_arrived(book.fill(number, payloads));
}

void Exchange::State::note_arrived(const book::Book::Arrived& arrived) {
  held_back = held_back || arrived.erases;  // gone from the disk, and to be confirmed, only once it is compacted
  summary.received += arrived.records;
  if (arrived.records > 0 && setup.own_device) meet_partner();
}

void Exchange::State::gather(std::size_t bytes) {
  if (!held_back) return;
  ++messages_since;
  bytes_since += bytes;
  if (messages_since >= kMessagesGathered || bytes_since >= kBytesGathered) settle();
}

// Not only where something was held back: what stands or was learned of meanwhile may have erased something, too.
void Exchange::State::settle() {
  book.finish_erasures();
  held_back = false;
  messages_since = 0;
  bytes_since = 0;
}

// A pairing or its end, come from an own device or made here: this device follows, whoever noticed first.
void Exchange::State::meet_partner() {
  people.follow();
  const auto now = partner_now();
  if (now == met) return;
  met = now;
  for (const auto& [root, statements] : unplaced) people.add(root, statements);  // whose they are is known by now
  revokes_known = people.revokes();                                              // they said these themselves
}

std::optional<RootId> Exchange::State::partner_now() const {
  if (people.partner() == nullptr) return std::nullopt;
  return people.partner()->root();
}

void Exchange::State::take(const v1::Confirm& message) {
  const auto id = required<LogId>(message.log(), "a confirmation of no log came");
  const log::Held* held = book.logs().find(id);
  if (held == nullptr || !standing.both_know(held->number) || message.n() > standing[held->number].held)
    misbehaved("something was confirmed that was never sent");
  Theirs& log = standing[held->number];
  if (message.n() <= log.confirmed) return;
  summary.sent += message.n() - log.confirmed;
  log.confirmed = message.n();
  standing.note_confirmed(held->number, message.n());
}

// From its author it takes the log's word away; from anybody else it is only of no use in this session.
void Exchange::State::take(const v1::NotMine& message) {
  take_set_aside(message.log(), Standing::Why::disputed);
  const log::Held& held = *book.logs().find(*LogId::from(message.log()));
  if (message.n() == 0) misbehaved("a place that no log has was named");
  // Once: what stands is indexed anew each time.
  const bool again = std::exchange(standing[held.number].disowned, true);
  if (!again && held.name.author == setup.peer_root && message.n() <= held.n) book.disown({held.number, message.n()});
}

void Exchange::State::take(const v1::Hold& message) {
  take_set_aside(message.log(), message.unsure() ? Standing::Why::key_there : Standing::Why::held_there);
  end_if_outdated();
}

void Exchange::State::take_set_aside(const std::string& bytes, Standing::Why why) {
  const auto id = required<LogId>(bytes, "a log without its id was named");
  const log::Held* held = book.logs().find(id);
  if (held == nullptr || !standing.both_know(held->number)) misbehaved("a log was named that was never offered");
  Theirs& log = standing[held->number];
  standing.set_aside(log, why);
  if (log.healing()) log.heal = Theirs::Heal::done;
  note_answer(log);
}

}  // namespace attune::sync
