// Devices of two persons in memory, and contacts between them: messages passed by hand, in any order, cut anywhere.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "attune/sync.pb.h"
#include "book/book.h"
#include "core/error.h"
#include "crypto/random.h"
#include "identity/root.h"
#include "storage/store.h"
#include "support/manual_clock.h"
#include "support/memory_files.h"
#include "sync/exchange.h"
#include "sync/people.h"

namespace attune::test {

using sync::v1::Message;

struct Person {
  Person() : Person{crypto::random_secret<crypto::Entropy>()} {}
  // Twice from the same words: devices that are not given each other's newer keys.
  explicit Person(const crypto::Entropy& words) : root{identity::root_from(words)} {
    self_keys.push_back(identity::self_key_from(root.self_seed, nullptr));
  }
  [[nodiscard]] std::string admit(const DeviceId& device) const {
    return identity::sign_statement(root.signing, identity::Admit{.device = device, .serial = 1}).wire;
  }
  [[nodiscard]] std::string revoke(const DeviceId& device, std::uint64_t number = 1) const {
    identity::Revoke revoke{.device = device, .number = number, .random = {}, .cut_offs = {}};
    crypto::random_fill(revoke.random);
    return identity::sign_statement(root.signing, revoke).wire;
  }
  // What the words give for a revoke.
  [[nodiscard]] identity::SelfKey key_of(const std::string& revoke) const {
    const auto statement = identity::check_statement(root.id, revoke);
    return identity::self_key_from(root.self_seed, &statement);
  }

  identity::Root root;
  std::vector<identity::SelfKey> self_keys;
};

inline identity::CoupleKey made_couple_key() { return {crypto::random_secret<identity::CoupleKeySecret>(), 0}; }

inline journal::EntryContent words(std::string body) {
  journal::EntryContent content;
  content.body = std::move(body);
  content.at = {Instant{std::chrono::milliseconds{1'790'000'000'000}}, std::chrono::minutes{60}};
  content.written_at = content.at;
  return content;
}

class Device {
 public:
  Device(const Person& person, const Clock& clock, book::Limits limits = {})
      : person_{person}, clock_{clock}, limits_{limits} {
    reopen();
    people().add(person_.root.id, {admit()});
  }

  [[nodiscard]] book::Book& book() { return *book_; }
  [[nodiscard]] sync::People& people() { return *people_; }
  [[nodiscard]] MemoryFiles& files() { return files_; }
  [[nodiscard]] const Person& person() const { return person_; }
  [[nodiscard]] RootId root() const { return person_.root.id; }
  [[nodiscard]] const crypto::DeviceSecret& secret() const { return secret_; }
  [[nodiscard]] DeviceId id() const { return DeviceId{crypto::x25519_public(secret_.bytes())}; }
  [[nodiscard]] std::string admit() const { return person_.admit(id()); }

  [[nodiscard]] sync::Keyring& keyring() { return *keyring_; }
  // As the person does it at this device, with the words.
  void revoke(const DeviceId& device) {
    const std::string wire = person_.revoke(device, people().own().next_number());
    keyring().keep(person_.key_of(wire));
    people().add(root(), {wire});
    keyring().recompose();
  }

  void close() {
    keyring_.reset();
    people_.reset();
    book_.reset();
    store_.reset();
  }
  void reopen() {
    close();
    store_ = std::make_unique<storage::Store>(files_, "store", key_);
    self_keys_.clear();
    self_keys_.push_back(person_.self_keys.front().clone());
    book_ = std::make_unique<book::Book>(*store_, book::Self{root(), id(), &self_keys_}, clock_, limits_);
    book_->finish_erasures();
    people_ = std::make_unique<sync::People>(*book_, root());
    keyring_ = std::make_unique<sync::Keyring>(*book_, *people_, person_.self_keys, self_keys_);
  }
  // The disk as it is now, and the disk put back to what it was.
  [[nodiscard]] MemoryDisk snapshot() {
    reopen();
    return files_.snapshot();
  }
  void roll_back(const MemoryDisk& to) {
    close();
    files_.put_back(to);
    reopen();
  }

  ObjectId write(const std::string& body, bool shared) { return book().write({words(body), shared}); }
  // What this device's person sees, as comparable text: newest first.
  [[nodiscard]] std::vector<std::string> sees(bool shared_only = false) {
    book::Filter all;
    all.limit = 0;
    if (shared_only) all.shared = true;
    std::vector<std::string> seen;
    for (const journal::Entry& entry : book().list(all)) {
      seen.push_back(entry.id.number.hex() + (entry.id.creator == root() ? " mine " : " theirs ") +
                     (entry.current ? entry.current->content.body : "?") + (entry.shared ? " shared" : ""));
    }
    return seen;
  }
  [[nodiscard]] std::vector<std::string> bodies() {
    book::Filter all;
    all.limit = 0;
    std::vector<std::string> seen;
    for (const journal::Entry& entry : book().list(all)) seen.push_back(entry.current->content.body);
    return seen;
  }
  // Every key and value of the store.
  [[nodiscard]] std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> all;
    store_->scan({}, {}, [&](std::string_view key, std::string_view value) {
      all.emplace(key, value);
      return storage::Store::Visit::go_on;
    });
    return all;
  }

 private:
  const Person& person_;
  const Clock& clock_;
  book::Limits limits_;
  crypto::DeviceSecret secret_ = crypto::random_secret<crypto::DeviceSecret>();
  MemoryFiles files_;
  storage::StoreKey key_ = crypto::random_secret<storage::StoreKey>();
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<book::Book> book_;
  std::unique_ptr<sync::People> people_;
  std::vector<identity::SelfKey> self_keys_;
  std::unique_ptr<sync::Keyring> keyring_;
};

// As both sides store it when three words were exchanged.
inline void pair(Device& one, Device& other) {
  const identity::CoupleKey key = made_couple_key();
  const auto keep = [&key](Device& at, Device& partner) {
    at.book().pair({partner.root(), "Partner", "able amber apple"}, key);
    at.people().reload();
    at.people().add(partner.root(), {partner.admit()});
  };
  keep(one, other);
  keep(other, one);
}

// What a handshake would let through. Here and below: `At` is a Device, or what has as much of a home.
template <class At>
bool can_meet(At& one, At& other) {
  const auto believes = [](At& at, At& peer) {
    if (at.root() != peer.root()) {
      const auto pairing = at.book().pairing();
      if (!pairing || pairing->partner != peer.root()) return false;
    }
    return at.people().believes(peer.root(), peer.id(), peer.admit());
  };
  return believes(one, other) && believes(other, one);
}

// The key under which a handshake opens: the newest of the dialling side's that the other holds, too.
template <class At>
bool choose_key(At& dialler, At& other, sync::Setup& setup) {
  if (dialler.root() == other.root()) {
    const auto& keys = dialler.keyring().all();
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
      setup.self_key = key->revoke;
      for (const identity::SelfKey& held : other.keyring().all()) {
        if (held.revoke == key->revoke) return true;
      }
    }
    return false;
  }
  const auto others = other.people().couple_keys();
  for (const book::DatedKey& dated : dialler.people().couple_keys()) {
    setup.couple_key = dated.key.hash();
    for (const book::DatedKey& held : others) {
      if (held.key.hash() == setup.couple_key) return true;
    }
  }
  return false;
}

template <class At>
sync::Setup setup_between(At& at, At& peer, bool stay = false, bool dialled = true) {
  sync::Setup setup;
  setup.own_device = at.root() == peer.root();
  setup.peer_root = peer.root();
  if (const auto pairing = at.book().pairing()) setup.couple = pairing->couple;
  at.keyring().recompose();  // a test may have given the person a key meanwhile
  setup.self_keys = &at.keyring().all();
  setup.keyring = &at.keyring();
  static_cast<void>(choose_key(dialled ? at : peer, dialled ? peer : at, setup));
  setup.dialled = dialled;
  setup.stay = stay;
  return setup;
}

inline Message parsed(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) throw std::logic_error{"our own message cannot be read"};
  return message;
}

// Two exchanges and what is under way between them.
template <class At>
class ContactOf {
 public:
  struct Side {
    Side(At& at, At& peer, bool stay, bool dialled)
        : device{at}, exchange{at.book(), at.people(), peer.id(), setup_between(at, peer, stay, dialled)} {}
    At& device;
    sync::Exchange exchange;
    std::deque<std::string> inbox;
    std::vector<std::string> said;
  };

  ContactOf(At& one, At& other, bool stay = false) : one_{one, other, stay, true}, other_{other, one, stay, false} {}

  [[nodiscard]] Side& one() { return one_; }
  [[nodiscard]] Side& other() { return other_; }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Side* side : {&one_, &other_}) {
      for (const std::string& message : side->said) sum += message.size();
    }
    return sum;
  }
  // All that either said, in the order in which it said it.
  [[nodiscard]] std::vector<std::string> all_said() const {
    std::vector<std::string> all = one_.said;
    all.insert(all.end(), other_.said.begin(), other_.said.end());
    return all;
  }
  [[nodiscard]] bool over() const { return one_.exchange.over() && other_.exchange.over(); }

  // Until nothing moves any more, or `most` messages were delivered. Who acts next is drawn.
  void run(std::mt19937_64& random, std::size_t most = SIZE_MAX) {
    std::size_t delivered = 0;
    std::size_t idle = 0;
    while (delivered < most && idle < 4) {
      const auto draw = random() % 4;
      Side& side = draw % 2 == 0 ? one_ : other_;
      const bool moved = draw < 2 ? say(side) : hear(side);
      if (moved && draw >= 2) ++delivered;
      idle = moved ? 0 : idle + (stuck() ? 1 : 0);
    }
  }
  void run() {
    std::mt19937_64 random{1};
    run(random);
  }

 private:
  bool say(Side& side) {
    std::string message;
    if (!side.exchange.next(message)) {
      if (!side.inbox.empty() || !side.exchange.unsettled()) return false;
      side.exchange.settle();
      return true;
    }
    if (parsed(message).has_confirm()) {
      EXPECT_FALSE(side.device.book().erasures_waiting()) << "confirmed before the store was compacted";
    }
    side.said.push_back(message);
    (&side == &one_ ? other_ : one_).inbox.push_back(std::move(message));
    return true;
  }
  static bool hear(Side& side) {
    if (side.inbox.empty()) return false;
    const std::string message = std::move(side.inbox.front());
    side.inbox.pop_front();
    side.exchange.take(message);
    return true;
  }
  bool stuck() { return one_.inbox.empty() && other_.inbox.empty() && !say(one_) && !say(other_); }

  Side one_;
  Side other_;
};

using Contact = ContactOf<Device>;

// A whole contact, from one end to the other.
template <class At>
std::unique_ptr<ContactOf<At>> meet_once(At& one, At& other) {
  auto contact = std::make_unique<ContactOf<At>>(one, other);
  contact->run();
  return contact;
}

// As nodes do it: where a contact brought keys alone, the next one follows at once.
template <class At>
std::unique_ptr<ContactOf<At>> meet(At& one, At& other) {
  auto contact = meet_once(one, other);
  for (int round = 0; round < 3 && contact->over(); ++round) {
    const sync::Summary& so_far = contact->one().exchange.so_far();
    if (!so_far.key_session || so_far.words_needed) break;
    contact = meet_once(one, other);
  }
  return contact;
}

}  // namespace attune::test
