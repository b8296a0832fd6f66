#include "sync/standing.h"

#include <algorithm>

#include "identity/root.h"
#include "identity/self_keys.h"
#include "sync/checks.h"

namespace attune::sync {
namespace {

constexpr int kMaxLacking = 1024;
constexpr std::size_t kInventoryBytes = 512U << 10U;  // more logs and places follow in the next one

struct Named {  // what a Held says a log is
  log::LogName name;
  Link link;
  DeviceId device;  // among own devices only: a partner has no say in who appends where
};

Named named(const v1::Held& said, bool own_device) {
  Named named{{required<LogId>(said.log(), "a log without its id was named"),
               required<RootId>(said.author(), "a log without its author was named"), CoupleId{}},
              required<Link>(said.link(), "a log without its link was named"),
              DeviceId{}};
  if (!said.couple().empty()) named.name.couple = required<CoupleId>(said.couple(), "a log of no couple was named");
  if (own_device && !said.device().empty()) {
    named.device = required<DeviceId>(said.device(), "a device has a wrong size");
  }
  return named;
}

// It was there when a device was removed, as the one who removed it knew, or as this device knew when it learned of it.
bool older_than_a_revoke(const identity::Roster& roster, book::Book& book, const LogId& log) {
  const log::Held* held = book.logs().find(log);
  if (held != nullptr && book.began_before_revoke(held->number)) return true;
  return std::ranges::any_of(roster.revokes_in_order(), [&](const identity::Statement* revoke) {
    return std::ranges::count(std::get<identity::Revoke>(revoke->says).cut_offs, log, &identity::CutOff::log) > 0;
  });
}

}  // namespace

bool Standing::may_travel(const log::LogName& log) const {
  if (!setup_.own_device) {
    return setup_.couple && log.couple == *setup_.couple && (log.author == own_ || log.author == setup_.peer_root);
  }
  return log.author == own_ || (!log.couple.is_none() && log.couple == identity::couple_of(own_, log.author));
}

bool Standing::both_know(log::LogNumber number) const {
  const auto log = logs_.find(number);
  return log != logs_.end() && (log->second.named || log->second.claimed);
}

Standing::Seal Standing::own_seal(std::string_view bytes, const LogId& log, std::uint64_t n, const Link& link) const {
  const auto seal = identity::Seal::from(bytes);
  if (!seal) return Seal::wrong;
  for (const identity::SelfKey& key : *setup_.self_keys) {
    if (key.name() != seal->key) continue;
    if (!identity::seal_holds(key, *seal, log, n, link)) return Seal::wrong;
    const bool newest = key.revoke == identity::newest_self_key(people_.own());
    return newest || older_than_a_revoke(people_.own(), book_, log) ? Seal::holds : Seal::unknown;
  }
  // A device that was off while another one was revoked: to call its person's records not theirs would hide them.
  const bool all_keys = std::ranges::all_of(people_.own().statements(), [&](const auto& entry) {
    return !std::holds_alternative<identity::Revoke>(entry.second.says) ||
           std::ranges::count(*setup_.self_keys, entry.first, &identity::SelfKey::revoke) > 0;
  });
  return all_keys ? Seal::wrong : Seal::unknown;
}

Standing::Reach Standing::reach(const log::Held& log) const {
  const std::uint64_t stands = std::min(book_.standing(log.number), log.open());
  if (setup_.own_device) return {std::min(stands, book_.certain(log.number)), stands, log.open()};
  if (log.name.author == own_) return {stands, stands, stands};
  // Back to its author: all that is sealed. What of it stands, the author decides.
  const auto sealed = book_.logs().seal_until(log.number, log.open());
  const std::uint64_t n = sealed ? sealed->first : 0;
  return {n, n, n};
}

void Standing::note_confirmed(log::LogNumber log, std::uint64_t n) {
  if (!setup_.own_device) book_.set_confirmed(peer_, log, std::min(n, book_.logs().find(log)->open()));
}

void Standing::set_aside(Theirs& log, Why why) {
  if (log.set_aside) return;
  log.set_aside = true;
  switch (why) {
    case Why::held_here: ++aside_.held_here; break;
    case Why::held_there: ++aside_.held_there; break;
    case Why::disputed: ++aside_.disputed; break;
    case Why::key_there: log.unsure_there = true; break;
  }
}

void Standing::set_aside(Theirs& log, Seal seal, const Claim& claim) {
  if (seal == Seal::wrong) return set_aside(log, Why::disputed);
  if (log.set_aside) return;
  log.set_aside = true;
  log.unsure = claim;
  log.hold_told = false;
}

// --- telling -------------------------------------------------------------------------------------------------------

std::size_t Standing::add(const log::Held& log, v1::Inventory& out) {
  v1::Held& held = *out.add_logs();
  held.set_log(std::string{log.name.id.raw()});
  held.set_author(std::string{log.name.author.raw()});
  if (!log.name.own_space()) held.set_couple(std::string{log.name.couple.raw()});
  const std::uint64_t n = reach(log).stands;
  const Link link = *book_.logs().link_at(log.number, n);
  held.set_n(n);
  held.set_more(log.open() - n);
  held.set_link(std::string{link.raw()});
  held.set_closed(log.closed == n);
  if (log.name.author == own_ && n > 0) {
    held.set_seal(identity::make_seal(setup_.self_keys->back(), log.name.id, n, link).bytes());
  } else if (const auto sealed = book_.logs().seal_until(log.number, n); sealed && sealed->first == n) {
    held.set_seal(sealed->second.bytes());
  }
  Theirs& theirs = logs_[log.number];
  theirs.told = n;
  theirs.told_seal = held.seal();
  theirs.vouched = std::max(theirs.vouched, n);
  for (const std::uint64_t place : book_.logs().lacking(log.number, kMaxLacking)) {
    if (place <= log.open()) held.add_lacking(place);
  }
  if (setup_.own_device && !log.device.is_none()) held.set_device(std::string{log.device.raw()});
  return held.ByteSizeLong();
}

// Not named yet; or it stands further now, and no batch will say so, because they hold it all.
bool Standing::is_news(const log::Held& log) {
  const Theirs& theirs = logs_[log.number];
  if (not_ours_.contains(log.name.id)) return false;  // they were told so, and would drop what comes of it
  if (!theirs.named) return says_anything(log);
  if (theirs.set_aside || (!setup_.own_device && log.name.author != own_)) return false;
  const std::uint64_t stands = reach(log).stands;
  return stands > theirs.vouched && stands <= theirs.held;
}

// Whoever hears of a log without anything in it forgets it at once, and would not know its batches.
bool Standing::says_anything(const log::Held& log) const {
  const bool back_to_its_author = !setup_.own_device && log.name.author != own_;
  if (log.open() == 0) return log.closed.has_value();
  return !back_to_its_author || reach(log).stands > 0;
}

bool Standing::tell(v1::Inventory& out) {
  std::vector<log::Held> logs = book_.logs().all();
  std::erase_if(logs, [&](const log::Held& log) { return !may_travel(log.name) || !is_news(log); });
  if (logs.empty()) return false;
  std::ranges::sort(logs, {}, [](const log::Held& log) { return log.name.id; });
  std::size_t bytes = 0;
  for (const log::Held& log : logs) {
    if (out.logs_size() == kMaxLogs || bytes > kInventoryBytes) break;  // the rest with the next one
    bytes += add(log, out);
    logs_[log.number].named = true;
  }
  return true;
}

bool Standing::outdated() const {
  const bool other_keys = setup_.keyring != nullptr && setup_.keyring->changes() != keys_before_;
  const bool refused_ones = std::ranges::any_of(not_ours_, [&](const auto& entry) {
    const log::Held* held = book_.logs().find(entry.first);
    return other_keys || (held != nullptr && holds(held->number, entry.second));
  });
  return refused_ones || std::ranges::any_of(logs_, [&](const auto& entry) {
           const auto& [number, log] = entry;
           if (log.unsure) return other_keys || holds(number, *log.unsure);
           return log.unsure_there && sealed_under_another_key(number, log);
         });
}

bool Standing::holds(log::LogNumber number, const Claim& claim) const {
  return book_.logs().link_at(number, claim.n) == claim.link;
}

bool Standing::sealed_under_another_key(log::LogNumber number, const Theirs& log) const {
  const log::Held& held = *book_.logs().find(number);
  if (held.name.author == own_) return false;
  const auto told = identity::Seal::from(log.told_seal);
  const auto last = book_.logs().seal_until(number, held.open());
  return told && last && last->second.key != told->key;
}

std::optional<Standing::Refused> Standing::next_refused() {
  if (not_ours_untold_.empty()) return std::nullopt;
  const Refused refused = not_ours_untold_.back();
  not_ours_untold_.pop_back();
  return refused;
}

// --- comparing -----------------------------------------------------------------------------------------------------

void Standing::compare(const v1::Inventory& theirs) {
  if (theirs.logs_size() > kMaxLogs) misbehaved("an inventory is too long");
  const std::string* before = nullptr;
  for (const v1::Held& said : theirs.logs()) {
    if (before != nullptr && *before >= said.log()) misbehaved("an inventory is not sorted");
    before = &said.log();
    compare(said);
  }
}

void Standing::compare(const v1::Held& said) {
  const auto [name, link, device] = named(said, setup_.own_device);
  if (!may_travel(name) || said.lacking_size() > kMaxLacking) misbehaved("a log was named that may not travel here");
  constexpr std::uint64_t kImpossible = std::uint64_t{1} << 63U;
  if (said.n() >= kImpossible || said.more() >= kImpossible - said.n())
    misbehaved("a log of impossible length was named");
  if (said.closed() && name.author != setup_.peer_root) misbehaved("a log was closed that is not theirs");

  const log::Held* held = book_.logs().find(name.id);
  if (held == nullptr) {
    // What is not sealed does not come back from the partner.
    if (said.n() == 0 && (needs_seal(name) || said.more() == 0)) return;
    // The partner brings back a log of ours that we do not know: a seal of ours must say that it is one.
    const Seal seal = needs_seal(name) ? own_seal(said.seal(), name.id, said.n(), link) : Seal::holds;
    if (seal != Seal::holds) return refuse(name.id, seal, {said.n(), link});
    held = book_.logs().find(book_.learn(name, device));
  } else if (held->name.author != name.author || held->name.couple != name.couple) {
    misbehaved("a log was named under another author");
  }
  Theirs& log = logs_[held->number];
  // Again only where it stands further there by now.
  if (log.claimed && said.n() <= log.claim.n) misbehaved("a log was named twice");
  log.claimed = true;
  if (held->n == 0) log.named = true;  // naming it back would only say that we hold nothing of it
  if (log.set_aside) return;
  compare(*held, said, link, log);
  if (!log.set_aside) log.lacking.assign(said.lacking().begin(), said.lacking().end());
}

// Where the two sides stand in one log that both know.
void Standing::compare(const log::Held& held, const v1::Held& said, const Link& link, Theirs& log) {
  const std::uint64_t n = said.n();
  log.claim = {n, link};
  if (n <= held.n && book_.logs().link_at(held.number, n) == link) {
    // More may be under way to them already.
    log.confirmed = std::max(log.confirmed, std::min(held.open(), n + said.more()));
    log.held = std::max(log.held, log.confirmed);
    note_confirmed(held.number, n);
    note_vouched(held, said, log);
    return note_closed(held, said, log);
  }
  if (n <= held.n || held.closed) return disagree(held, said, link, log);
  // They know more: it comes by itself.
  log.held = log.confirmed = held.n;
  const Seal seal = needs_seal(held.name) ? own_seal(said.seal(), held.name.id, n, link) : Seal::holds;
  if (seal != Seal::holds) {
    set_aside(log, seal, {n, link});
    if (seal == Seal::wrong) log.not_mine = held.n + 1;
    return;
  }
  log.longer = held.name.author == own_;
  // Somebody honest knows this log longer than its own device: it must never be continued here.
  if (held.mine && !held.retired) book_.doubt();
}

// Closed there: nothing of it travels past that place, to them or from them.
void Standing::note_closed(const log::Held& held, const v1::Held& said, Theirs& log) {
  if (!said.closed()) return;
  // Where a device was removed, what stood past that place may be what it made up: nobody can vouch for it any more.
  const identity::Roster* author = held.name.author == own_ ? &people_.own() : people_.partner();
  const bool doubted = author != nullptr && author->newest_revoke() != nullptr;
  if (doubted && book_.standing(held.number) > said.n()) book_.disown({held.number, said.n() + 1});
  log.set_aside = log.closed_alike = true;
  log.lacking.assign(said.lacking().begin(), said.lacking().end());
  std::erase_if(log.lacking, [&](std::uint64_t place) { return place > said.n(); });
  if (setup_.own_device && (!held.closed || *held.closed > said.n())) log.closed_at = said.n();
}

// Both hold a place and hold different records there. Nothing is dropped: a device of the author fetches the other
// branch and closes the log.
void Standing::disagree(const log::Held& held, const v1::Held& said, const Link& link, Theirs& log) {
  const Seal seal = setup_.own_device ? Seal::holds : own_seal(said.seal(), held.name.id, said.n(), link);
  if (held.name.author == own_ && seal != Seal::holds) {
    set_aside(log, seal, {said.n(), link});
    if (seal == Seal::wrong) log.not_mine = said.n();
    return;
  }
  log.set_aside = true;
  if (held.name.author != own_) {
    log.differs_untold = log.wait_for_them = held.name.author == setup_.peer_root;
    return;
  }
  if (held.mine && !held.retired) book_.doubt();
  log.heal = Theirs::Heal::wanted;
}

// Their author's word, and that of an own device, raise a log to where they say it stands; of one's own logs by way of
// the partner a seal does, if it is under the newest self key.
void Standing::note_vouched(const log::Held& held, const v1::Held& said, Theirs& log) {
  const log::Place place{held.number, said.n()};
  if (needs_seal(held.name)) {
    if (const auto seal = identity::Seal::from(said.seal())) book_.vouch(place, *seal);
    return;
  }
  if (behind(held.name.author)) return;
  log.vouched = std::max(log.vouched, said.n());
  book_.vouch(place);
  keep_newer_seal(held, said);
}

// Of a partner who removed a device: a seal under their newest key, by which they can tell later, by way of this
// device, that this place stood, should the device that says so be put back to what it was before.
void Standing::keep_newer_seal(const log::Held& held, const v1::Held& said) {
  const bool theirs = !setup_.own_device && held.name.author == setup_.peer_root;
  const auto seal = identity::Seal::from(said.seal());
  if (!theirs || !seal || said.n() == 0 || people_.partner()->newest_revoke() == nullptr) return;
  const auto known = book_.logs().seal_until(held.number, said.n());
  if (!known || known->first != said.n() || known->second != *seal) book_.keep_seal({held.number, said.n()}, *seal);
}

// A log in our own person's name that we do not know and that bears no seal of ours. The other side may have got it
// from a device with a newer self key, so this is no misbehaviour; it is told, where we can tell, and what comes of it
// is dropped.
void Standing::refuse(const LogId& log, Seal seal, const Claim& claim) {
  if (not_ours_.size() == kMaxLogs || !not_ours_.emplace(log, claim).second) misbehaved("a log was named twice");
  not_ours_untold_.emplace_back(log, seal);
  if (seal == Seal::wrong) ++aside_.disputed;
}

}  // namespace attune::sync
