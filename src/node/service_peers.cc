// Requests that need the other side: sync and pairing.
#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "crypto/spoken.h"
#include "node/aside.h"
#include "node/pairing_beacons.h"
#include "node/pairing_state.h"
#include "node/service.h"
#include "node/settings.h"
#include "node/showing.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kDialPatience{5};
// Beacons of a pairing can be made by anybody: who answered need not be who is meant.
constexpr auto* kSomebodyElse =
    "somebody else may have answered in your partner's place; make a fresh code together, and add --peer HOST:PORT, as "
    "the other screen shows it";
constexpr auto* kOtherWords =
    "type the three words again, as the other screen shows them; after three tries attune pair there makes fresh ones. "
    "Were they right? Then somebody else may be listening";
constexpr auto* kOtherWordsOrPlace =
    "type the three words again, as the other screen shows them, and with --peer HOST:PORT from there: somebody else "
    "may have answered. After three tries attune pair there makes fresh ones";
constexpr std::chrono::milliseconds kSearch{3'000};  // in all, where nobody answers

std::vector<net::HostPort> addresses(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<net::HostPort> out;
  for (const std::string& text : texts) out.push_back(net::peer_address(text));
  return out;
}

std::string told(const SyncOutcome::Missed& missed) {
  const std::string at = fmt::format("{}:{}", missed.at.host, missed.at.port);
  const std::string why = missed.why.what();
  return why.starts_with(at) ? why : fmt::format("no sync with {}: {}", at, why);
}

Error who_left() { return Error{Errc::not_paired, kPartnerLeft, kPartnerLeftHint}; }
Error no_first_sync() {
  return Error{Errc::unreachable, "the first sync did not finish", "make a fresh code together and pair again"};
}

Error given_up() { return Error{Errc::unreachable, "the pairing was given up"}; }

Error nobody_yet() {
  return Error{
      Errc::not_paired, "there is nobody to sync with yet",
      "run attune pair, together with your partner; another device of yours: attune up there, attune sync here"};
}

api::v1::Response paired_response(const book::Book& book) {
  const auto pairing = concluded_pairing(book);
  if (!pairing) throw no_first_sync();
  api::v1::Response response;
  response.mutable_pair()->set_paired_with(pairing->partner_name);
  response.mutable_pair()->set_check(pairing->check);
  return response;
}

}  // namespace

Links::Told told_to(Call& call) {
  return [&call](const SyncOutcome& so_far) {
    api::v1::Response step;
    step.mutable_progress()->set_what("syncing");
    step.mutable_progress()->set_done(static_cast<double>(so_far.sent + so_far.received));
    call.emit(step);
  };
}

bool Service::nobody_known() { return remembered_peers(home_.book()).empty() && links_.linked() == 0; }

// Beacons are allowed: by the person, now and in the settings, and by how the node was started.
bool Service::may_look(bool no_discovery) const {
  return (without_node_.open || discovery_.on()) && !no_discovery && read_settings(home_.book()).discovery;
}

// Not called, by none of the addresses that are known to be theirs. What else is named may be a device of one's own.
void Service::leave_out_who_left(std::vector<net::HostPort>& named) {
  if (!attune::node::partner_left(home_.book())) return;
  const auto peers = remembered_peers(home_.book());
  const auto theirs = [&](const net::HostPort& at) {
    return std::ranges::any_of(
        peers, [&](const PeerMemory& peer) { return !peer.own && peer.host == at.host && peer.port == at.port; });
  };
  if (std::erase_if(named, theirs) > 0 && named.empty()) throw who_left();
}

// Whoever can be found in a short time. A command without a node listens for that time: the other side may dial.
asio::awaitable<SyncOutcome> Service::sync_searching(Call& call, SyncLimits limits) {
  const bool opened = without_node_.open && without_node_.open();
  discovery_.widen();  // as the window of handshakes is: docs/protocol.md section 3.4
  if (discovery_.on()) discovery_.look();
  call.on_cancel([this] { links_.recheck_searches(); });
  Links::Told tell = told_to(call);
  std::function<bool()> given_up = [&call] { return call.cancelled(); };
  SyncOutcome outcome = co_await links_.sync_search(kSearch, std::move(tell), std::move(given_up), limits);
  if (opened) co_await without_node_.close();
  co_return outcome;
}

api::v1::Response Service::synced(const SyncOutcome& outcome) {
  Response response;
  response.mutable_sync()->set_peers(static_cast<std::uint32_t>(outcome.reached.size()));
  response.mutable_sync()->set_sent(static_cast<double>(outcome.sent));
  response.mutable_sync()->set_received(static_cast<double>(outcome.received));
  for (const auto& missed : outcome.missed) {
    response.mutable_sync()->mutable_missed()->add_lines(told(missed));
  }
  std::vector<PeerMemory> peers = remembered_peers(home_.book());
  std::erase_if(peers, [&](const PeerMemory& peer) { return std::ranges::count(outcome.reached, peer.device) == 0; });
  for (const std::string& note : aside_notes(home_, peers))
    response.mutable_sync()->mutable_for_people()->add_lines(note);
  if (attune::node::partner_left(home_.book())) response.mutable_sync()->mutable_for_people()->add_lines(kPartnerLeft);
  if (home_.keyring().lacks_newest()) response.mutable_sync()->set_words_needed(true);
  return response;
}

asio::awaitable<api::v1::Response> Service::sync(api::v1::SyncRequest request, Call& call) {
  if (!request.to_file().empty() || !request.from_file().empty()) co_return sync_by_file(request, call);
  std::vector<net::HostPort> named = addresses(request.peers());
  leave_out_who_left(named);
  links_.allow_partner();  // the person asked
  const bool look = named.empty() && may_look(request.no_discovery());
  if (named.empty() && !look && nobody_known()) {
    if (!home_.book().counterpart()) throw nobody_yet();
    throw Error{Errc::unreachable, "no address of the other side is known", "name it with --peer HOST:PORT"};
  }
  const Steady began = home_.clock().steady();
  SyncOutcome outcome;
  if (look) {
    const SyncLimits none;
    outcome = co_await sync_searching(call, none);
  } else {
    Links::Told tell = told_to(call);
    outcome = co_await links_.sync_now(std::move(named), std::move(tell));
  }
  if (outcome.reached.empty() && !outcome.words_needed) {
    if (!outcome.missed.empty()) throw outcome.missed.front().why;  // what the person asked for comes first
    if (attune::node::partner_left(home_.book()) && !links_.lacks(true)) throw who_left();
    if (outcome.failure) throw *outcome.failure;
    if (nobody_known() && !home_.book().counterpart()) throw nobody_yet();
    throw Error{
        Errc::unreachable, "nobody could be reached",
        look ? "is attune up on the other device, on the same network? else name it: attune sync --peer HOST:PORT"
             : "is attune up on the other device? where its address has changed, name it: --peer HOST:PORT"};
  }
  Response response = synced(outcome);
  response.mutable_sync()->set_seconds(std::chrono::duration<double>{home_.clock().steady() - began}.count());
  co_return response;
}

asio::awaitable<api::v1::Response> Service::pair(api::v1::PairRequest request, Call& call) {
  if (!pairing_.expired()) throw Error{Errc::busy, "a pairing is under way already"};
  // This coroutine owns it: where it is destroyed late, with its context, there may be no service any more to tell.
  const auto underway = std::make_shared<const char>();
  pairing_ = underway;
  const bool discovery = !quiet_ && !request.no_discovery() && read_settings(home_.book()).discovery;
  if (request.code().empty()) {
    net::HostPort listen = request.listen().empty() ? net::HostPort{} : net::host_port(request.listen());
    co_return co_await pair_showing(std::move(listen), discovery, call);
  }
  crypto::SecretBytes code = crypto::canonical_code(request.code());
  crypto::wipe(*request.mutable_code());
  std::vector<net::HostPort> peers = addresses(request.peers());
  if (peers.empty() && discovery) {
    const auto search = std::make_shared<PairingSearch>(context_, home_.clock());
    call.on_cancel([weak = std::weak_ptr{search}] {
      if (const auto still = weak.lock()) still->stop();
    });
    peers = co_await search->run();
    try {
      co_return co_await pair_joining(std::move(code), std::move(peers), call);
    } catch (const Error& error) {
      if (error.code() == Errc::wrong_code) throw Error{error.code(), error.what(), kOtherWordsOrPlace};
      const bool told_why = error.code() == Errc::refused || !error.hint().empty();
      throw told_why ? error : Error{error.code(), error.what(), kSomebodyElse};
    }
  }
  co_return co_await pair_joining(std::move(code), std::move(peers), call);
}

asio::awaitable<api::v1::Response> Service::pair_showing(net::HostPort listen, bool discovery, Call& call) {
  const auto calls = discovery ? Showing::Calls::yes : Showing::Calls::no;
  auto showing = std::make_shared<Showing>(context_, home_, links_, log_, listen, calls);
  showing_ = showing;
  showing->on_failed_try([&call](int left) {
    Response failed;
    failed.mutable_pair_failed()->set_tries_left(static_cast<std::uint32_t>(left));
    call.emit(failed);
  });
  Response waiting;
  waiting.mutable_pair_waiting()->set_code(showing->words());
  waiting.mutable_pair_waiting()->set_listening(showing->listening());
  waiting.mutable_pair_waiting()->set_calls(discovery);
  call.emit(waiting);
  call.on_cancel([weak = std::weak_ptr{showing}] {
    if (const auto still = weak.lock()) still->cancel();
  });
  co_await Showing::run(showing);
  co_return paired_response(home_.book());
}

// Only places where nobody answers the dial are passed over: whoever answers gets a guess at the words, and nobody
// shall get one for each of several addresses.
asio::awaitable<api::v1::Response> Service::pair_joining(crypto::SecretBytes code, std::vector<net::HostPort> peers,
                                                         Call& call) {
  if (peers.empty()) throw Error{Errc::unreachable, "no address of the other side is known", kNameThePeer};
  const pairing::OwnSide own = own_side(home_);
  std::optional<Error> failure;
  bool answered = false;
  bool kept = false;
  bool met = false;
  for (const net::HostPort& peer : peers) {
    net::HostPort to = peer;
    try {
      if (call.cancelled()) throw given_up();
      net::Tcp::socket socket = co_await net::dial(to, kDialPatience);
      answered = true;
      pairing::Keep keep = [this, &kept, &call](const pairing::Met& who) {
        if (call.cancelled()) throw given_up();  // who gave up is paired with nobody, and the other side hears it
        keep_met(home_, who);
        kept = true;
      };
      co_await pairing::join(std::move(socket), code, own, std::move(keep));
      met = true;
      co_await first_session(to);
      co_return paired_response(home_.book());
    } catch (const Error& error) {
      failure = met && error.code() == Errc::unreachable ? no_first_sync() : error;
    }
    if (answered || call.cancelled()) break;
  }
  if (kept && failure->code() == Errc::refused) forget_met(home_);
  if (failure->code() == Errc::wrong_code) throw Error{Errc::wrong_code, failure->what(), kOtherWords};
  throw *failure;
}

// The first session under the new key, at the address where the words were exchanged.
asio::awaitable<void> Service::first_session(net::HostPort to) {
  SyncOutcome outcome;
  Links::Told nobody = [](const SyncOutcome&) {};
  constexpr bool own = false;
  const SyncLimits none;
  co_await links_.sync_at(std::move(to), own, outcome, std::move(nobody), none);
}

}  // namespace attune::node
