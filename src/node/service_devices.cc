// Requests about this person's devices: listing them, and revoking one in two halves, because the words that sign it
// never come here.
#include <algorithm>
#include <map>

#include "core/error.h"
#include "crypto/random.h"
#include "node/own_devices.h"
#include "node/service.h"
#include "node/words.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kSyncPatience{30};
constexpr int kDaysShown = 7;

void fill(Home& home, api::v1::DeviceListResponse& out) {
  const auto devices = own_devices(home);
  for (const OwnDevice& device : devices) {
    api::v1::Device& one = *out.add_devices();
    one.set_name(device.name);
    one.set_this_(device.is_this);
    one.set_status(device.admitted ? "admitted" : "revoked");
    if (device.added_at) one.set_added_at(rfc3339(*device.added_at, std::chrono::minutes{0}));
    one.set_short_id(short_id(devices, device.id));
  }
  for (const std::string& note : device_notes(home)) out.mutable_for_people()->add_lines(note);
}

void fill(Home& home, api::v1::SelfKeysPlan& out) {
  out.set_root(std::string{home.vault().root.raw()});
  for (const identity::Statement* revoke : home.people().own().revokes_in_order()) out.add_revokes(revoke->wire);
}

// What a revocation cuts off, and what it leaves.
struct Cut {
  std::vector<identity::CutOff> shared, own;
  std::uint64_t in_doubt = 0;
};

// The last record that was made before `since`; where records lack their time, the ones around them decide.
std::uint64_t before(const book::Book& book, const log::Held& log, std::uint64_t most, Instant since) {
  std::uint64_t last = most;
  book.each_time(log.number, [&](std::uint64_t n, Instant made) {
    if (n > most) return false;
    if (made >= since) last = n - 1;
    return made < since;
  });
  return last;
}

// All logs of this person, as far as they stand; up to `since` those that this device does not write itself. Whose
// log one is only its device's word says, and whoever was not lost vouches for what it wrote again by itself.
// The partner gets the cut-offs of what is shared with them; what was shared with others before is nothing to them.
Cut cut_off(book::Book& book, const RootId& root, std::optional<Instant> since) {
  Cut cut;
  std::optional<CoupleId> couple;
  if (const auto pairing = book.pairing()) couple = identity::couple_of(root, pairing->partner);
  for (const log::Held& log : book.logs().all()) {
    if (log.name.author != root) continue;
    const std::uint64_t stands = book.standing(log.number);
    const bool doubted = since && !log.mine;
    const std::uint64_t n = doubted ? before(book, log, stands, *since) : stands;
    cut.in_doubt += stands - n;
    const auto link = book.logs().link_at(log.number, n);
    if (n == 0 || !link) continue;  // a log that is not named is cut at 0
    (couple && log.name.couple == *couple ? cut.shared : cut.own).push_back({log.name.id, n, *link});
  }
  return cut;
}

// How much a device wrote, and on which days last.
void tell_what_it_wrote(book::Book& book, const RootId& root, const DeviceId& device, std::chrono::minutes offset,
                        api::v1::DeviceRevokePlan& plan) {
  std::map<std::string, std::uint32_t, std::greater<>> days;
  std::uint64_t records = 0;
  for (const log::Held& log : book.logs().all()) {
    if (log.name.author != root || log.device != device) continue;
    records += log.n;
    book.each_time(log.number, [&](std::uint64_t, Instant made) {
      constexpr std::size_t date = 10;
      ++days[rfc3339(made, offset).substr(0, date)];
      return true;
    });
  }
  plan.set_records(static_cast<std::uint32_t>(records));
  for (const auto& [day, count] : days) {
    if (plan.days_size() == kDaysShown) break;
    plan.add_days()->set_day(day);
    plan.mutable_days()->rbegin()->set_records(count);
  }
}

identity::Revoke drawn_revoke(const DeviceId& device, const identity::Roster& roster,
                              std::vector<identity::CutOff> cut) {
  identity::Revoke revoke{device, roster.next_number(), {}, std::move(cut)};
  crypto::random_fill(revoke.random);
  return revoke;
}

}  // namespace

api::v1::Response Service::device_list() {
  Response response;
  fill(home_, *response.mutable_device_list());
  return response;
}

api::v1::Response Service::self_keys() {
  Response response;
  fill(home_, *response.mutable_self_keys());
  return response;
}

asio::awaitable<api::v1::Response> Service::device_revoke(api::v1::DeviceRevokeRequest request, Call& call) {
  const OwnDevice device = device_named(own_devices(home_), request.name());
  // What it wrote before it was lost still counts, as far as anybody has it; from itself nothing is taken any more.
  const DeviceId lost = device.id;
  SyncOutcome outcome;
  if (may_look(request.no_discovery())) {
    SyncLimits limits;
    limits.but = lost;
    limits.until = home_.clock().steady() + kSyncPatience;
    outcome = co_await sync_searching(call, limits);
  } else {
    Links::Told told = told_to(call);
    outcome = co_await links_.sync_without(lost, kSyncPatience, std::move(told));
  }

  Response response;
  api::v1::DeviceRevokePlan& plan = *response.mutable_device_revoke();
  const RootId& root = home_.vault().root;
  fill(home_, *plan.mutable_keys());
  plan.set_name(device.name.empty() ? request.name() : device.name);
  plan.set_again(!device.admitted);
  std::optional<Instant> since;
  if (request.has_since_ms()) since = Instant{std::chrono::milliseconds{static_cast<std::int64_t>(request.since_ms())}};
  Cut cut = cut_off(home_.book(), root, since);
  plan.set_in_doubt(static_cast<std::uint32_t>(cut.in_doubt));
  plan.set_revoke(identity::unsigned_body(drawn_revoke(lost, home_.people().own(), std::move(cut.shared))));
  plan.set_own_cut_offs(
      identity::unsigned_body(identity::OwnCutOffs{identity::hash_of_body(plan.revoke()), std::move(cut.own)}));
  tell_what_it_wrote(home_.book(), root, lost, std::chrono::minutes{request.now_offset()}, plan);
  const auto profile = home_.book().profile();
  const auto pairing = home_.book().pairing();
  for (const DeviceId& reached : outcome.reached) {
    api::v1::SyncedPeer& one = *plan.add_synced();
    const auto named = profile.devices.find(reached);
    if (named != profile.devices.end()) one.set_device(named->second.name);
    one.set_name(named != profile.devices.end() ? profile.name : pairing ? pairing->partner_name : "");
  }
  co_return response;
}

// Each step is durable before the next and does no harm twice. After a crash between them, the key alone lies unused; a
// statement whose key is here is never without it; and heads that are not sealed anew yet are when the home is opened.
asio::awaitable<api::v1::Response> Service::keep_keys(api::v1::KeepKeysRequest request, Call& call) {
  const crypto::SecretBytes frame = call.take_secret();
  const std::vector<std::string> statements{request.statements().begin(), request.statements().end()};
  {
    const Home::OneAct act{home_};
    home_.keyring().keep_derived(keys_in(frame.bytes()));
    const auto named = home_.book().profile().devices;
    home_.people().add(home_.vault().root, statements);
    home_.keyring().recompose();
    // A device names itself, and its log may just have been cut off before that: the person goes on knowing it by name.
    const auto still_named = home_.book().profile().devices;
    for (const auto& [device, facts] : named) {
      if (!still_named.contains(device)) home_.book().name_device(device, facts.name, facts.added_at);
    }
    links_.rosters_changed();
  }
  Response response;
  if (!statements.empty() && listening_.empty()) {  // a node that stays tells everybody by itself
    const DeviceId nobody;
    links_.reopen();  // the search before may have ended them
    Links::Told told = told_to(call);
    const SyncOutcome outcome = co_await links_.sync_without(nobody, kSyncPatience, std::move(told));
    response.mutable_keep_keys()->set_told(static_cast<std::uint32_t>(outcome.reached.size()));
  }
  fill(home_, *response.mutable_keep_keys()->mutable_list());
  co_return response;
}

}  // namespace attune::node
