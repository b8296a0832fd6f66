// What a session says, and in which order. docs/protocol.md, section 5.
#include <algorithm>
#include <variant>

#include "sync/batches.h"
#include "sync/exchange_state.h"

namespace attune::sync {
namespace {

std::string bytes_of(std::string_view view) { return std::string{view}; }

void add_roster(const identity::Roster& roster, bool own_device, v1::Rosters& out) {
  v1::Roster& one = *out.add_rosters();
  one.set_root(bytes_of(roster.root().raw()));
  for (const auto& [hash, statement] : roster.statements()) {
    const bool for_own_only = std::holds_alternative<identity::OwnCutOffs>(statement.says);
    if (!for_own_only || own_device) one.add_statements(statement.wire);
  }
}

}  // namespace

bool Exchange::State::say() {
  outgoing.Clear();
  batch_said = false;
  if (end_said) return false;
  if (leave_wanted && rosters_sent && rosters_taken) {
    say_left();
    return true;
  }
  check_people();
  if (!rosters_sent) {
    say_rosters();
    return true;
  }
  // Rosters first, both ways, before anything that depends on who is believed.
  if (!rosters_taken) return false;
  if (heard_by_nobody()) {
    if (!summary.key_session) static_cast<void>(close_as_they_did());  // that anything was closed is said to nobody
    return false;
  }
  if (left_heard && end_heard) return say_end();
  if (!self_keys_due.empty() || couple_key_due) {
    say_key();
    return true;
  }
  if (summary.key_session) return say_in_key_session();
  if (!inventory_sent) return say_inventory();
  if (say_answers()) return true;
  if (!inventory_taken) return false;
  if (say_inventory()) return true;
  if (say_batch()) return batch_said = true;
  if (healing() && !end_heard) return false;
  if (close_as_they_did()) return say();
  if (!sent_said) {
    outgoing.mutable_sent();
    sent_said = true;
    return true;
  }
  return say_end();
}

void Exchange::State::say_rosters() {
  v1::Rosters& out = *outgoing.mutable_rosters();
  add_roster(people.own(), setup.own_device, out);
  if (people.partner() != nullptr) add_roster(*people.partner(), setup.own_device, out);
  out.set_port(setup.listening_port);
  rosters_sent = true;
  revokes_said = revokes_known = people.revokes();
  met = partner_now();
  if (rosters_taken) agree_on_keys();
}

// All logs at first; later those that are new.
bool Exchange::State::say_inventory() {
  const bool any = standing.tell(*outgoing.mutable_inventory());
  if (!any && inventory_sent) return false;
  book.finish_erasures();  // an inventory confirms, too: nothing in it may wait to be compacted
  inventory_sent = true;
  return true;
}

bool Exchange::State::say_answers() {
  if (const auto refused = standing.next_refused()) {
    const std::string log = bytes_of(refused->first.raw());
    if (refused->second == Standing::Seal::unknown) {
      outgoing.mutable_hold()->set_log(log);
      outgoing.mutable_hold()->set_unsure(true);
    } else {
      outgoing.mutable_not_mine()->set_log(log);
      outgoing.mutable_not_mine()->set_n(1);
    }
    return true;
  }
  return std::ranges::any_of(standing.logs(), [&](auto& entry) { return say_answer(entry.first, entry.second); });
}

bool Exchange::State::say_answer(log::LogNumber number, Theirs& log) {
  const auto id = [&] { return bytes_of(book.logs().find(number)->name.id.raw()); };
  if (log.to_confirm > 0 && book.erasures_waiting()) {
    held_back = true;  // until settle(): other sessions store in this book, too, maybe the same records
  } else if (log.to_confirm > 0) {
    outgoing.mutable_confirm()->set_log(id());
    outgoing.mutable_confirm()->set_n(log.to_confirm);
    log.to_confirm = 0;
    return true;
  }
  if (!log.hold_told) {
    outgoing.mutable_hold()->set_log(id());
    outgoing.mutable_hold()->set_unsure(log.unsure.has_value());
    log.hold_told = true;
    return true;
  }
  if (log.not_mine) {
    outgoing.mutable_not_mine()->set_log(id());
    outgoing.mutable_not_mine()->set_n(*log.not_mine);
    log.not_mine.reset();
    return true;
  }
  return say_fork(number, log);
}

bool Exchange::State::say_batch_of(const log::Held& held, Theirs& log) {
  const Standing::Reach reach = standing.reach(held);
  std::erase_if(log.lacking, [&](std::uint64_t n) { return n > reach.held; });
  if (!log.lacking.empty() && build_filling(book.logs(), held, log.lacking, room, batch_out)) return true;
  if (log.set_aside || reach.held <= log.held) return false;
  Stretch stretch{log.held + 1, reach.stands, Stretch::Word::vouched};
  if (!setup.own_device && held.name.author != own) stretch.word = Stretch::Word::sealed;
  if (log.held >= reach.stands) stretch = {log.held + 1, reach.meanwhile, Stretch::Word::meanwhile};
  if (log.held >= reach.meanwhile) stretch = {log.held + 1, reach.held, Stretch::Word::unvouched};
  if (!build_batch(book.logs(), held, stretch, {own, setup.self_keys->back()}, room, batch_out)) return false;
  log.held += static_cast<std::uint64_t>(batch_out.records_size());
  if (!batch_out.seal().empty()) log.told_seal = batch_out.seal();
  if (way == Way::out) note_left_out(held, log);
  if (stretch.word == Stretch::Word::vouched) log.vouched = std::max(log.vouched, log.held);
  return true;
}

// Nobody will ask for payloads that did not fit; whoever hears this has all that is here.
void Exchange::State::note_left_out(const log::Held& held, Theirs& log) {
  summary.sent += static_cast<std::uint64_t>(batch_out.records_size());
  std::uint64_t n = batch_out.first();
  for (const v1::Record& record : batch_out.records()) {
    if (!record.hash().empty() && book.logs().read({held.number, n})->payload) log.lacking.push_back(n);
    ++n;
  }
}

bool Exchange::State::say_batch() {
  const bool said = say_any_batch();
  if (said) room = std::min(2 * room, kBatchBytes);
  return said;
}

bool Exchange::State::say_any_batch() {
  if (looked_through) return false;
  if (say_branch()) return true;
  for (auto& [number, log] : standing.logs()) {
    const log::Held* held = book.logs().find(number);
    if (held == nullptr || !log.named || !standing.may_travel(held->name)) continue;
    if (log.set_aside && !log.closed_alike) continue;
    if (say_batch_of(*held, log)) return true;
  }
  looked_through = true;
  return false;
}

bool Exchange::State::all_confirmed() const {
  return std::ranges::all_of(standing.logs(), [](const auto& entry) {
    const Theirs& log = entry.second;
    return !log.wait_for_them && (log.set_aside || log.confirmed >= log.held);
  });
}

// Two messages: that, and the end.
void Exchange::State::say_left() {
  if (!left_said) {
    outgoing.mutable_left();
    left_said = true;
  } else {
    outgoing.mutable_end();
    end_said = true;
  }
}

bool Exchange::State::say_end() {
  if (end_heard && held_back) {  // no End before what was confirmed
    settle();
    if (say_answers()) return true;
  }
  if (end_said || !(end_heard || (end_wanted && level()))) return false;
  outgoing.mutable_end();
  end_said = true;
  summary.up_to_date = level();
  return true;
}

}  // namespace attune::sync
