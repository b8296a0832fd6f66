// What arrives from a peer or a backup: verified by the logs, folded, indexed; one batch a call, all or nothing.
#include <algorithm>
#include <map>
#include <utility>

#include "book/book.h"
#include "book/check_ins.h"
#include "book/keys.h"
#include "book/partners.h"
#include "book/state.h"
#include "book/together.h"
#include "book/work.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "identity/root.h"
#include "journal/codec.h"

namespace attune::book {
namespace {

using log::Incoming;

// One call of receive(): what came, and how it is stored.
class Reception {
 public:
  Reception(const log::Held& held, std::uint64_t first, const std::vector<Incoming>& records)
      : held_{held.n},
        author_{held.name.author},
        log_{held.number},
        shared_{!held.name.own_space()},
        first_{first},
        known_{static_cast<std::size_t>(std::min<std::uint64_t>(held.n + 1 - first, records.size()))},
        records_{records} {}

  // The last of them; n of what will be held then.
  [[nodiscard]] std::uint64_t last() const { return first_ + records_.size() - 1; }

  // How far the log stands with them. Links are only looked up where a cut-off names one of these places: they are
  // computed once more then, and whether they are right the logs say.
  [[nodiscard]] Trust::Move move(const Shelf& shelf, Book::Handed handed) const {
    const Trust::LinkAt link_at = [&](std::uint64_t n) -> std::optional<Link> {
      if (n <= held_) return shelf.logs.link_at(log_, n);
      Link link = *shelf.logs.link_at(log_, held_);
      for (std::uint64_t at = held_ + 1; at <= n; ++at) {
        const std::size_t index = known_ + (at - held_ - 1);
        link = log::next_link(link, at, records_[index].object, hash_of(index));
      }
      return link;
    };
    const Trust::Word word{handed == Book::Handed::vouched ? last() : 0,
                           handed == Book::Handed::meanwhile ? last() : 0};
    return shelf.trust.grow(log_, {std::max(held_, last()), link_at}, word);
  }

  void note(Work& work, std::uint64_t standing) const {
    std::vector<Noted> arriving;
    arriving.reserve(records_.size());
    for (std::size_t i = known_; i < records_.size(); ++i) {
      arriving.push_back(read(i));
      arriving.back().at.stands = place(i).n <= standing;
    }
    work.note_all(arriving, [this](std::size_t index) { return hash_of(known_ + index); });
    work.plan();
  }

  // The records as they are stored: without the payloads that an erase or an edit has taken out already.
  [[nodiscard]] std::vector<Incoming> kept(const Work& work) const {
    std::vector<Incoming> records = records_;
    for (std::size_t i = known_; i < records.size(); ++i) {
      if (records[i].payload.empty() || !work.dropped(place(i))) continue;
      records[i].hash = hash_of(i);
      records[i].payload = {};
    }
    return records;
  }

  // Of those that are new.
  [[nodiscard]] std::uint64_t bytes(const std::vector<Incoming>& kept) const {
    std::uint64_t bytes = 0;
    for (std::size_t i = known_; i < kept.size(); ++i) bytes += kRecordBytes + kept[i].payload.size();
    return bytes;
  }
  [[nodiscard]] const RootId& author() const { return author_; }

 private:
  [[nodiscard]] log::Place place(std::size_t index) const { return {log_, first_ + index}; }

  [[nodiscard]] Noted read(std::size_t index) const {
    const Incoming& record = records_[index];
    Noted noted{record.object, crypto::printed_id(record.object), {place(index), {{}, author_, shared_, {}}, false}};
    if (record.payload.empty()) return noted;
    noted.at.seen.op = arrived_op(record.payload, author_ == record.object.creator);
    noted.at.bytes = record.payload.size();
    return noted;
  }

  [[nodiscard]] OpId hash_of(std::size_t index) const {
    const Incoming& record = records_[index];
    if (!record.payload.empty()) return log::payload_hash(record.object, as_bytes(record.payload));
    if (!record.hash) throw Error{Errc::peer_misbehaved, "a record came with neither payload nor hash"};
    return *record.hash;
  }

  std::uint64_t held_;
  RootId author_;
  log::LogNumber log_;
  bool shared_;
  std::uint64_t first_;
  std::size_t known_;  // of them are held already; the logs compare them
  const std::vector<Incoming>& records_;
};

const log::Held& held_log(const Shelf& shelf, log::LogNumber number) {
  const log::Held* held = shelf.logs.find(number);
  if (held == nullptr) throw Error{Errc::peer_misbehaved, "records came for a log that was not named"};
  return *held;
}

// Of one's own person: a revoked device does not have that key.
bool seal_vouches(const Shelf& shelf, const log::Held& held, std::uint64_t n, const Link& link,
                  const identity::Seal& seal) {
  if (held.name.author != shelf.self.root) return false;
  const auto newest = shelf.trust.newest_revoke(shelf.self.root);
  return std::ranges::any_of(*shelf.self.self_keys, [&](const identity::SelfKey& key) {
    return key.revoke == newest && identity::seal_holds(key, seal, held.name.id, n, link);
  });
}

}  // namespace

// Another own device erased a private entry without knowing that it was shared, or the shared one without having the
// private one: this device knows both, and erases the rest. The change itself has marked them: what a crash comes
// between is made up for when the book is opened. So are the answers of a check-in that both have given by now.
bool Book::finish(const Work& work) {
  const bool mended = (work.tears() || work.moved_too_much()) && mend_torn(*state_);
  open_answers(*state_, work.moved_too_much() ? all(ObjectKind::check_in, Which::open) : work.check_ins());
  return mended || work.erases();
}

Book::Arrived Book::receive(log::LogNumber log, std::uint64_t first, const std::vector<Incoming>& records,
                            const Link& link, const std::optional<identity::Seal>& seal, Handed handed) {
  Shelf& shelf = *state_;
  const log::Held& held = held_log(shelf, log);
  if (first == 0 || first > held.n + 1) {
    throw Error{Errc::peer_misbehaved, "records came that do not follow on what is held"};
  }
  if (records.empty()) throw Error{Errc::peer_misbehaved, "no records came"};
  Work work{shelf, From::peer};
  const Reception reception{held, first, records};
  if (seal && seal_vouches(shelf, held, reception.last(), link, *seal)) handed = Handed::vouched;
  const Trust::Move move = reception.move(shelf, handed);
  const std::uint64_t standing = move.to;
  if (standing != std::max(held.n, reception.last()) || move.from != held.n || move.kept != Vouched{}) {
    work.stand({move});
  }
  reception.note(work, standing);
  const auto kept = reception.kept(work);
  const auto received = shelf.logs.receive(log, first, kept, link, seal, work.batch());
  work.count_received(reception.author(), reception.bytes(kept));
  work.commit({.kind = Change::Kind::received, .log = log});
  return {.records = received.hashes.size(), .erases = finish(work)};
}

namespace {

using Payloads = std::vector<std::pair<std::uint64_t, std::string_view>>;

// Returns how many were stored.
std::size_t fill_in(Work& work, Shelf& shelf, const log::Held& held, const Payloads& payloads) {
  const log::LogNumber log = held.number;
  std::map<std::uint64_t, std::pair<ObjectId, std::string_view>> lacking;
  for (const auto& [n, payload] : payloads) {
    const auto record = shelf.logs.read({log, n});
    if (!record || record->payload) continue;
    if (log::payload_hash(record->object, as_bytes(payload)) != record->hash) {
      throw Error{Errc::peer_misbehaved, "a payload came that is not the one its record names"};
    }
    if (!lacking.try_emplace(n, record->object, payload).second) continue;
    work.note_payload(record->object, {log, n}, arrived_op(payload, held.name.author == record->object.creator),
                      payload.size());
  }
  work.plan();
  std::size_t filled = 0;
  for (const auto& [n, what] : lacking) {
    const auto& [object, payload] = what;
    if (work.dropped({log, n})) continue;  // commit() settles it
    if (!shelf.logs.fill({log, n}, payload, work.batch())) continue;
    work.count_received(held.name.author, payload.size());
    ++filled;
  }
  work.commit({.kind = Change::Kind::received, .log = log});
  return filled;
}

}  // namespace

Book::Arrived Book::fill(log::LogNumber log, const Payloads& payloads) {
  Shelf& shelf = *state_;
  const log::Held held = held_log(shelf, log);
  Work work{shelf, From::peer};
  std::size_t filled = 0;
  try {
    filled = fill_in(work, shelf, held, payloads);
  } catch (const Error& error) {
    // Past a limit: there is no log to hold, since nothing follows on a payload. It stays lacking.
    if (error.code() != Errc::refused) throw;
    return {};
  }
  return {.records = filled, .erases = finish(work)};
}

log::LogNumber Book::learn(const log::LogName& name, const DeviceId& device) {
  Shelf& shelf = *state_;
  const RootId& self = shelf.self.root;
  // A person's own space is for their devices alone, and a couple is one's own person and one other.
  if (name.author != self && (name.own_space() || name.couple != identity::couple_of(self, name.author))) {
    throw Error{Errc::peer_misbehaved, "a log was named that is not for this journal"};
  }
  Work work{shelf, From::peer};
  const log::LogNumber number = shelf.logs.learn(name, device, work.batch());
  if (!work.batch().empty()) work.commit();
  return number;
}

std::uint64_t Book::standing(log::LogNumber log) const { return state_->trust.standing(log); }
std::uint64_t Book::certain(log::LogNumber log) const { return state_->trust.certain(log); }
bool Book::began_before_revoke(log::LogNumber log) const { return state_->trust.began_before_revoke(log); }

bool Book::vouch(log::Place place) {
  const log::Held& held = held_log(*state_, place.log);
  if (place.n > held.n) throw Error{Errc::peer_misbehaved, "somebody vouches for a place that is not held"};
  if (place.n <= state_->trust.standing(place.log)) return false;
  Work work{*state_, From::store};
  work.stand({state_->trust.vouch(place.log, place.n)});
  work.commit({.kind = Change::Kind::received, .log = place.log});
  finish(work);
  return true;
}

bool Book::vouch(log::Place place, const identity::Seal& seal) {
  const log::Held& held = held_log(*state_, place.log);
  const auto link = state_->logs.link_at(place.log, place.n);
  return link && seal_vouches(*state_, held, place.n, *link, seal) && vouch(place);
}

void Book::disown(log::Place place) {
  static_cast<void>(held_log(*state_, place.log));
  if (place.n == 0) throw Error{Errc::peer_misbehaved, "a place that no log has was named"};
  Work work{*state_, From::store};
  work.stand({state_->trust.disown(place.log, place.n)});
  work.commit({.kind = Change::Kind::other});
  finish(work);
}

void Book::keep_seal(log::Place place, const identity::Seal& seal) {
  static_cast<void>(held_log(*state_, place.log));
  Work work{*state_, From::here};
  state_->logs.keep_seal(place, seal, work.batch());
  work.commit({.kind = Change::Kind::other});  // sessions wait for it
}

void Book::set_confirmed(const DeviceId& device, log::LogNumber log, std::uint64_t n) {
  if (state_->store.get(confirmed_key(device, log)) && confirmed(device, log) >= n) return;
  storage::Batch batch;
  batch.put(confirmed_key(device, log), u64_value(n));
  state_->store.commit(batch);
}

std::uint64_t Book::confirmed(const DeviceId& device, log::LogNumber log) const {
  const auto value = state_->store.get(confirmed_key(device, log));
  return value ? read_u64(*value) : 0;
}

std::uint64_t Book::waiting() const {
  const auto known_pairing = pairing();
  if (!known_pairing) return 0;
  const PartnerDevices partner{*this, *state_};
  std::uint64_t waiting = 0;
  for (const log::Held& held : state_->logs.all()) {
    if (held.name.author != state_->self.root || held.name.couple != known_pairing->couple) continue;
    // Nothing past its standing, or past where it was closed, goes to the partner.
    const std::uint64_t open = std::min(state_->trust.standing(held.number), held.open());
    waiting += open - std::min(open, partner.most_confirmed(held.number).value_or(0));
  }
  return waiting;
}

}  // namespace attune::book
