// Links without a network: what a session would say, to a file and from one. docs/protocol.md, section 8.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "node/links.h"
#include "node/words.h"

namespace attune::node {
namespace {

constexpr std::string_view kMade = "parcel.made";  // number of the last one that was written here

std::string taken_of(const DeviceId& maker) { return "parcel.taken." + maker.hex(); }

std::uint64_t number_in(const book::Book& book, std::string_view name) {
  const std::string value = book.meta(name).value_or("0");
  std::uint64_t number = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec != std::errc{}) throw Error{Errc::damaged, "what is remembered of files cannot be read"};
  return number;
}

// By the clock, so that a home that was put back does not begin again where it was; and greater than any before.
std::uint64_t next_number(book::Book& book, const Clock& clock) {
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(clock.now().time_since_epoch().count(), 0));
  const std::uint64_t number = std::max(now, number_in(book, kMade) + 1);
  book.set_meta(kMade, std::to_string(number));
  return number;
}

bool is_for_partner(const net::KeyChoice& key) { return key.whose == net::KeyChoice::Whose::partner; }

}  // namespace

// The newest key that is shared with them, as a choice among parcel_keys().
const sync::LiveParcelKey& Links::parcel_key(const std::vector<sync::LiveParcelKey>& keys, bool own) const {
  const auto pairing = home_.book().pairing();
  const identity::Roster* partner = home_.people().partner();
  auto mark = net::KeyMark{home_.keyring().all().back().revoke.bytes()};
  if (!own) {
    const auto shared = home_.people().couple_keys();
    if (!pairing || partner == nullptr || partner->root() != pairing->partner || shared.empty()) {
      throw Error{Errc::not_paired, "there is no partner to make a file for",
                  "attune pair, together with your partner"};
    }
    mark = net::KeyMark{shared.front().key.hash().bytes()};
  } else if (home_.keyring().lacks_newest()) {
    throw Error{Errc::refused, std::string{kWordsNeeded}, std::string{kWordsNeededHint}};
  }
  const auto found = std::ranges::find_if(keys, [&](const sync::LiveParcelKey& live) {
    return is_for_partner(live.choice) != own && live.choice.mark == mark;
  });
  if (found == keys.end()) throw Error{Errc::internal, "the newest key is not among the live ones"};
  return *found;
}

Links::FileOutcome Links::write_file(const std::string& path, bool own, const sync::FileProgress& progress) {
  home_.need_admitted();
  const std::vector<sync::LiveParcelKey> keys = parcel_keys();
  const sync::LiveParcelKey& live = parcel_key(keys, own);
  const sync::Setup setup = setup_without_keys({home_.vault().device_id(), {}, live.choice});
  const sync::ParcelSealing sealing{live.key, home_.vault().device, handshake_.admit,
                                    next_number(home_.book(), home_.clock()), known_devices(own)};
  const sync::Summary written =
      sync::write_parcel(home_.files(), path, sealing, home_.book(), home_.people(), setup, progress);
  FileOutcome outcome;
  outcome.records = written.sent;
  outcome.readers = sealing.readers.size();
  outcome.own = own;
  outcome.too_old = written.key_session;
  return outcome;
}

void Links::check_maker(const net::PeerProof& proof, const std::string& path) const {
  if (proof.device == home_.vault().device_id()) {
    throw Error{Errc::refused, fmt::format("{} was made on this very device", path),
                "take it to the device that it is for"};
  }
  if (believes(proof)) return;
  if (is_for_partner(proof.key) && home_.people().believes(home_.vault().root, proof.device, proof.admit)) {
    throw Error{Errc::refused, fmt::format("{} was made by a device of yours, for your partner", path),
                "for your own devices: attune sync --to-file FILE --for self"};
  }
  throw Error{Errc::refused, fmt::format("{} was made by a device that was removed, or is not known", path),
              "ask for one from another device"};
}

sync::Setup Links::setup_without_keys(const net::PeerProof& proof) const {
  sync::Setup setup = setup_for(proof, false);
  setup.keyring = nullptr;  // keys are handed over where both sides are there
  return setup;
}

Links::FileOutcome Links::take_file(const std::string& path, const sync::FileProgress& progress) {
  home_.need_admitted();
  const auto file = home_.files().open(path);
  if (!file) throw Error{Errc::not_found, fmt::format("there is no file {}", path), "check its name"};
  sync::ParcelReader parcel{*file, path, parcel_keys(), home_.vault().device};
  const net::PeerProof proof{parcel.maker(), parcel.admit(), parcel.choice()};
  check_maker(proof, path);
  const std::string taken = taken_of(proof.device);
  const std::uint64_t last = number_in(home_.book(), taken);
  const sync::Opened opened{parcel, setup_without_keys(proof), parcel.number() < last};
  FileOutcome outcome;
  outcome.maker = proof.device;
  outcome.own = opened.setup.own_device;
  try {
    const sync::Summary summary = sync::take_parcel(opened, home_.book(), home_.people(), progress);
    outcome.records = summary.received;
    outcome.too_old = summary.key_session;
    outcome.aside = summary.aside;
  } catch (const Error& error) {
    if (error.code() != Errc::peer_misbehaved) throw;
    throw Error{error.code(), fmt::format("{} holds what no honest node says: {}", path, error.what())};
  }
  outcome.unknown_here = !parcel.readable();
  const bool whole = parcel.readable() && !outcome.too_old;
  if (whole && parcel.number() > last) home_.book().set_meta(taken, std::to_string(parcel.number()));
  outcome.words_needed = outcome.own && home_.keyring().lacks_newest();
  notice_revokes_and_keys(nullptr);
  book_changed();
  return outcome;
}

}  // namespace attune::node
