// Forks: the two sides hold different records at one place of a log. A device of the author asks for the other branch,
// appends what it lacks to a log of its own and closes the one that forked. docs/protocol.md, section 5.7.
#include <algorithm>
#include <utility>

#include "sync/batches.h"
#include "sync/checks.h"
#include "sync/exchange_state.h"

namespace attune::sync {
namespace {

constexpr int kMaxKnown = 64;

using Heal = Theirs::Heal;

}  // namespace

// --- the author's side ---------------------------------------------------------------------------------------------

bool Exchange::State::healing() const {
  return std::ranges::any_of(standing.logs(), [](const auto& entry) { return entry.second.healing(); });
}

bool Exchange::State::say_fork(log::LogNumber number, Theirs& log) {
  const auto id = [&] { return std::string{book.logs().find(number)->name.id.raw()}; };
  if (log.heal == Heal::wanted) {
    if (!book.healed({number, log.claim.n, log.claim.link})) {
      say_branch_wanted(number, log);
      log.heal = Heal::asked;
      return true;
    }
    log.heal = Heal::done;
    log.healed_untold = log.wait_for_us;
    // Closed at the fork or before it: so far they hold what is held here, and an own device vouches for it.
    const std::uint64_t open = book.logs().find(number)->open();
    standing.note_confirmed(number, open);
    if (setup.own_device) book.vouch({number, open});
  }
  if (log.healed_untold) {
    outgoing.mutable_healed()->set_log(id());
    log.healed_untold = false;
    return true;
  }
  if (log.differs_untold) {
    outgoing.mutable_differs()->set_log(id());
    log.differs_untold = false;
    return true;
  }
  return false;
}

// Places that grow further apart, so that at most half of what is sent is held here already.
void Exchange::State::say_branch_wanted(log::LogNumber number, const Theirs& log) {
  const log::Held* held = book.logs().find(number);
  v1::Branch& branch = *outgoing.mutable_branch();
  branch.set_log(std::string{held->name.id.raw()});
  const std::uint64_t top = std::min(held->n, log.claim.n);
  for (std::uint64_t back = 0; back < top && branch.known_size() < kMaxKnown; back = back == 0 ? 1 : back * 2) {
    v1::Place& place = *branch.add_known();
    place.set_n(top - back);
    place.set_link(std::string{book.logs().link_at(number, top - back)->raw()});
  }
}

void Exchange::State::take(const v1::Differs& message) {
  const auto id = required<LogId>(message.log(), "a log without its id was named");
  const log::Held* held = book.logs().find(id);
  const bool ours = held != nullptr && held->name.author == own && !setup.own_device;
  if (!ours || !standing.both_know(held->number)) misbehaved("a log differs that is not ours");
  Theirs& log = standing[held->number];
  if (std::exchange(log.wait_for_us, true)) misbehaved("a log differs twice");
  sent_said = false;
  if (log.heal == Heal::done) log.healed_untold = true;
  // Aside for another reason, which they may not have been told: they wait for an answer.
  if (log.heal == Heal::none && log.set_aside) log.hold_told = false;
  if (log.heal != Heal::none || log.set_aside) return;
  // Where their claim is what is held here they cannot differ; where it is longer only they can know.
  if (!log.longer) misbehaved("a log differs that is the same on both sides");
  log.set_aside = true;
  log.heal = Heal::wanted;
}

bool Exchange::State::is_branch_sealed(const v1::Batch& message, log::LogNumber number, std::uint64_t last,
                                       const Link& link) {
  const log::LogName& name = book.logs().find(number)->name;
  if (!standing.needs_seal(name)) return true;
  Theirs& log = standing[number];
  const auto sealed = standing.own_seal(message.seal(), name.id, last, link);
  if (sealed != Standing::Seal::holds) {
    if (sealed == Standing::Seal::wrong) log.not_mine = message.first();
    if (sealed == Standing::Seal::unknown) log.hold_told = false;
    return false;
  }
  // What is taken up here counts as ours from now on: whoever has only keys from before a device was removed can make
  // such seals, and must not bring anything in. It stays where it is.
  const identity::Statement* revoke = people.own().newest_revoke();
  const auto seal = identity::Seal::from(message.seal());
  const auto sealing = std::ranges::find(*setup.self_keys, seal->key, &identity::SelfKey::name);
  if (revoke == nullptr || (sealing != setup.self_keys->end() && sealing->revoke == revoke->hash)) return true;
  log.hold_told = false;
  return false;
}

void Exchange::State::take_branch(const v1::Batch& message, log::LogNumber number) {
  Theirs& log = standing[number];
  if (log.heal == Heal::done) return;  // given up; what was under way is dropped
  if (log.heal != Heal::asked) misbehaved("a branch came that was not asked for");
  const std::uint64_t first = message.first();
  const std::uint64_t last = first + records.size() - 1;
  const auto link = required<Link>(message.link(), "a batch without its link came");
  if (first == 0 || last < first || last > log.claim.n) misbehaved("a branch stands at an impossible place");
  if (last == log.claim.n && link != log.claim.link) misbehaved("a branch is not the one that was named");
  if (!coming.contains(number)) {
    const auto before = book.logs().link_at(number, first - 1);
    if (!before) misbehaved("a branch begins behind what is held");
    coming[number] = {first, *before, first - 1, 0};
  }
  Coming& branch = coming[number];
  if (first != branch.next) misbehaved("a branch has a gap");
  if (message.unvouched()) log.hold_told = false;
  if (message.unvouched() || !is_branch_sealed(message, number, last, link)) return give_up(number);
  try {
    const auto adopted = book.adopt(number, first, branch.before, records, link);
    if (branch.common == first - 1) branch.common = adopted.common;
    branch.missing += adopted.missing;
    note_adopted(adopted);
  } catch (const Error& error) {
    if (error.code() != Errc::refused) throw;
    log.hold_told = false;
    return give_up(number);
  }
  branch.next = last + 1;
  branch.before = link;
  if (last == log.claim.n) finish_branch(number);
}

// Their branch is not believed, or past a limit: but what stands here behind the fork must reach them.
void Exchange::State::give_up(log::LogNumber number) {
  const std::uint64_t common = coming[number].common;
  coming.erase(number);
  standing[number].heal = Heal::done;
  note_adopted(book.close(number, common, std::nullopt));
}

void Exchange::State::finish_branch(log::LogNumber number) {
  Theirs& log = standing[number];
  const Coming branch = coming[number];
  coming.erase(number);
  std::optional<book::Book::Branch> healed;
  // Who vouches for a branch vouches for what leads to it. A cut-off that stands on their side of the fork says nothing
  // here; only so does what both have in common go on standing.
  book.vouch({number, branch.common});
  // Where words are missing that nobody erased they may be there the next time.
  if (branch.missing == 0) healed = {number, log.claim.n, log.claim.link};
  note_adopted(book.close(number, branch.common, healed));
  standing.note_confirmed(number, branch.common);
  log.heal = Heal::done;
  log.healed_untold = log.wait_for_us;
}

void Exchange::State::note_adopted(const book::Book::Adopted& adopted) {
  note_arrived({.records = adopted.ops, .erases = adopted.erases});
  looked_through = false;
}

// Only now: by now most of what stands behind that place has come in another log, and need not be appended once more.
bool Exchange::State::close_as_they_did() {
  bool any = false;
  for (auto& [number, log] : standing.logs()) {
    if (!log.closed_at) continue;
    const auto closed = book.close(number, *log.closed_at, std::nullopt);
    log.closed_at.reset();
    note_adopted({.erases = closed.erases});
    any = true;
  }
  return any;
}

// --- the side that holds a branch ----------------------------------------------------------------------------------

void Exchange::State::take(const v1::Branch& message) {
  const auto id = required<LogId>(message.log(), "a log without its id was named");
  const log::Held* held = book.logs().find(id);
  if (held == nullptr || held->name.author != setup.peer_root || !standing.both_know(held->number)) {
    misbehaved("a branch was asked for of a log that is not theirs");
  }
  Theirs& log = standing[held->number];
  if (going.contains(held->number) || message.known_size() > kMaxKnown) misbehaved("a branch was asked for twice");
  std::uint64_t begin = 1;
  std::uint64_t above = std::uint64_t{1} << 63U;
  for (const v1::Place& place : message.known()) {
    const auto link = required<Link>(place.link(), "a place without its link was named");
    if (place.n() == 0 || place.n() >= above) misbehaved("places were named out of order");
    above = place.n();
    if (begin == 1 && place.n() <= log.told && book.logs().link_at(held->number, place.n()) == link) {
      begin = place.n() + 1;
    }
  }
  if (begin > log.told) misbehaved("a branch was asked for that there is not");
  going[held->number] = {begin, log.told};
  log.set_aside = true;
  looked_through = false;
  if (held->mine && !held->retired) book.doubt();
}

void Exchange::State::take(const v1::Healed& message) {
  const auto id = required<LogId>(message.log(), "a log without its id was named");
  const log::Held* held = book.logs().find(id);
  if (held == nullptr || !standing.both_know(held->number)) misbehaved("a log was healed that was never named");
  note_answer(standing[held->number]);
}

// To Differs. What they appended meanwhile follows, and then they say once more that they have sent everything.
void Exchange::State::note_answer(Theirs& log) {
  if (log.wait_for_them && !log.differs_untold) sent_heard = false;
  log.wait_for_them = log.differs_untold = false;
}

bool Exchange::State::say_branch() {
  for (auto& [number, branch] : going) {
    if (branch.next > branch.last) continue;
    const log::Held& held = *book.logs().find(number);
    // Back to its author it goes as it is sealed, whatever of it stands here: the author decides.
    const bool returning = !setup.own_device && held.name.author != own;
    const std::uint64_t stands = returning ? branch.last : std::min(branch.last, book.standing(number));
    Stretch stretch{branch.next, stands, Stretch::Word::vouched};
    if (branch.next > stands) stretch = {branch.next, branch.last, Stretch::Word::unvouched};
    if (!build_batch(book.logs(), held, stretch, {own, setup.self_keys->back()}, room, batch_out)) continue;
    batch_out.set_branch(true);
    branch.next += static_cast<std::uint64_t>(batch_out.records_size());
    return true;
  }
  return false;
}

}  // namespace attune::sync
