// Every message that comes from outside or off the disk, as its reader parses it: within limits, and with one meaning.
// proto/attune/*.proto.
#include "attune/api.pb.h"
#include "attune/backup.pb.h"
#include "attune/home.pb.h"
#include "attune/identity.pb.h"
#include "attune/journal.pb.h"
#include "attune/pairing.pb.h"
#include "attune/sync.pb.h"
#include "book/key_op.h"
#include "fuzz/target.h"
#include "journal/codec.h"
#include "sync/batches.h"
#include "sync/parcel_parts.h"

namespace attune::fuzz {
namespace {

// --- All of them: what was parsed is said in the same way twice.

template <class Message>
void check(BytesView bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const std::string said = message.SerializeAsString();
  Message again;
  promise(again.ParseFromString(said) && again.SerializeAsString() == said, "a message has one meaning");
  promise(message.ByteSizeLong() == said.size(), "and one size");
}

constexpr std::array kMessages{
    check<api::v1::Request>,
    check<api::v1::Response>,
    check<backup::v1::Item>,
    check<identity::v1::Statement>,
    check<identity::v1::SignedStatement>,
    check<journal::v1::Op>,
    check<pairing::v1::Start>,
    check<pairing::v1::Share>,
    check<pairing::v1::Hello>,
    check<pairing::v1::Stored>,
    check<sync::v1::Message>,
    check<sync::v1::ParcelHead>,
    check<home::v1::Peer>,  // out of the store
};
constexpr unsigned kPeer = kMessages.size() - 1;

void any(BytesView input) {
  Draw draw{input};
  const auto which = draw.byte() % kMessages.size();
  kMessages[which](draw.rest());
}

std::vector<Bytes> any_seeds() {
  std::vector<Bytes> all;
  api::v1::Request request;
  request.mutable_write()->set_title("t");
  all.push_back(InputBuilder{}.byte(0).raw(as_bytes(request.SerializeAsString())).take());
  pairing::v1::Hello hello;
  hello.set_name("Ben");
  hello.add_roster("statement");
  all.push_back(InputBuilder{}.byte(8).raw(as_bytes(hello.SerializeAsString())).take());
  home::v1::Peer peer;
  peer.set_root(std::string(32, 'r'));
  peer.set_host("192.168.1.7");
  peer.set_port(7000);
  peer.set_clock_ahead(-5);
  all.push_back(InputBuilder{}.byte(kPeer).raw(as_bytes(peer.SerializeAsString())).take());
  return all;
}

// --- Sessions: the fast way to read a batch says what the slow one says.

bool same(const sync::v1::Batch& one, const sync::v1::Batch& other) {
  return one.SerializeAsString() == other.SerializeAsString();
}

void sync_message(BytesView input) {
  const std::string_view bytes = as_text(input);
  sync::v1::Message slow;
  const auto refused = refusal({Errc::peer_misbehaved}, [&] { sync::parse(bytes, slow); });
  sync::v1::Batch fast;
  bool is_batch = false;
  const auto refused_fast = refusal({Errc::peer_misbehaved}, [&] { is_batch = sync::parse_batch(bytes, fast); });
  promise(!refused_fast || refused, "the fast way refuses no more than the slow one");
  if (is_batch) promise(!refused && slow.has_batch() && same(slow.batch(), fast), "both ways read the same batch");
  if (refused || !slow.has_batch()) return;
  std::vector<log::Incoming> records;
  const RootId author = *RootId::from(BytesView{Bytes(32, std::byte{1})});
  if (!refusal({Errc::peer_misbehaved}, [&] { sync::unpack(slow.batch(), author, records); })) {
    promise(records.size() == static_cast<std::size_t>(slow.batch().records_size()), "every record is taken");
    for (const log::Incoming& one : records) {
      promise(one.payload.empty() == one.hash.has_value(), "a record has its payload or its hash");
    }
  }
  std::string written;
  sync::write_batch(slow.batch(), written);
  sync::v1::Batch again;
  promise(sync::parse_batch(written, again) && same(again, slow.batch()), "a batch is read as it was written");
}

std::vector<Bytes> sync_seeds() {
  std::vector<Bytes> all;
  const auto add = [&](const sync::v1::Message& message) {
    all.push_back(to_bytes(as_bytes(message.SerializeAsString())));
  };
  sync::v1::Message message;
  auto& batch = *message.mutable_batch();
  batch.set_log(std::string(32, 'l'));
  batch.set_first(1);
  batch.set_link(std::string(32, 'k'));
  batch.set_seal(std::string(40, 's'));
  batch.add_records()->set_number(std::string(16, 'n'));
  batch.mutable_records(0)->set_payload(std::string(40, 'p'));
  batch.add_records()->set_number(std::string(16, 'n'));
  batch.mutable_records(1)->set_hash(std::string(32, 'h'));
  batch.mutable_records(1)->set_creator(std::string(32, 'c'));
  add(message);
  auto& held = *message.mutable_inventory()->add_logs();
  held.set_log(std::string(32, 'l'));
  held.set_n(3);
  held.add_lacking(2);
  add(message);
  message.mutable_rosters()->add_rosters()->add_statements("s");
  add(message);
  message.mutable_branch()->add_known()->set_n(4);
  add(message);
  message.mutable_new_key()->set_key(std::string(32, 'k'));
  add(message);
  return all;
}

// --- The head of a parcel, behind its seal.

void parcel_head(BytesView input) {
  static_cast<void>(refusal({Errc::damaged}, [&] {
    const auto head = sync::parcel::parse_head(input, "a file");
    promise(head.maker().size() == 32 && head.ephemeral().size() == 32, "keys have their size");
    promise(head.locks_size() <= sync::parcel::kMaxLocks, "locks have a limit");
    promise(std::ranges::all_of(head.locks(), [](const auto& lock) { return lock.size() == 48; }), "and a size");
  }));
}

std::vector<Bytes> head_seeds() {
  sync::v1::ParcelHead head;
  head.set_maker(std::string(32, 'm'));
  head.set_ephemeral(std::string(32, 'e'));
  head.add_locks(std::string(48, 'l'));
  head.set_rosters("rosters");
  head.set_number(7);
  return {to_bytes(as_bytes(head.SerializeAsString()))};
}

// --- The op that carries a key: read by hand, and as the journal's codec reads it.

void key_op(BytesView input) {
  const std::string_view payload = as_text(input);
  const RootId partner = *RootId::from(BytesView{Bytes(32, std::byte{2})});
  const bool holds = book::holds_key(payload);
  std::optional<book::KeySeen> seen;
  const auto refused = refusal({Errc::damaged}, [&] { seen = book::key_in(payload, partner); });
  promise(!holds || !refused, "what holds a key can be read");
  if (!seen) return;
  const auto again = book::key_payload({}, partner, seen->key, seen->pairing);
  const auto reread = book::key_in(as_text(again.bytes()), partner);
  promise(reread && reread->key.hash() == seen->key.hash() && reread->pairing == seen->pairing &&
              reread->key.revokes == seen->key.revokes && reread->key.revokes_hash == seen->key.revokes_hash,
          "a key is read as it was written");
}

std::vector<Bytes> key_seeds() {
  const RootId partner = *RootId::from(BytesView{Bytes(32, std::byte{2})});
  const identity::CoupleKey key{known_secret<identity::CoupleKeySecret>(3), 2,
                                *identity::RevokesHash::from(partner.raw())};
  return {to_bytes(book::key_payload(Instant{std::chrono::milliseconds{5}}, partner, key, {}).bytes()),
          to_bytes(book::key_payload({}, partner, key, *OpId::from(partner.raw())).bytes())};
}

const Registration registration_any{{"messages", Weight::light, any, any_seeds}};
const Registration registration_sync{{"sync_message", Weight::light, sync_message, sync_seeds}};
const Registration registration_head{{"parcel_head", Weight::light, parcel_head, head_seeds}};
const Registration registration_key{{"key_op", Weight::light, key_op, key_seeds}};

}  // namespace
}  // namespace attune::fuzz
