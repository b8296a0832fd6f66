// Batches of records as a peer sends them: a whole chain or nothing. docs/store-format.md, sections 4.1 and 4.4.
// What is honest and what is not is said here by docs/store-format.md alone, and compared.
#include <set>

#include "crypto/hash.h"
#include "fuzz/target.h"
#include "log/logs.h"
#include "storage/store.h"
#include "support/memory_files.h"

namespace attune::fuzz {
namespace {

template <class AnyId>
AnyId filled(unsigned filler) {
  return *AnyId::from(BytesView{Bytes(AnyId::size, static_cast<std::byte>(filler))});
}

// One record of the true log, or of what somebody makes of it.
struct Sent {
  ObjectId object;
  std::string payload;
  std::optional<OpId> hash;
};

OpId hash_by_hand(const ObjectId& object, BytesView payload) {
  return crypto::Hasher{"attune payload v1"}
      .add(object.creator.bytes())
      .add(object.number.bytes())
      .add(payload)
      .finish_as<OpId>();
}
Link link_by_hand(const Link& before, std::uint64_t n, const Sent& sent) {
  const OpId hash = sent.payload.empty() ? *sent.hash : hash_by_hand(sent.object, as_bytes(sent.payload));
  return crypto::Hasher{"attune link v1"}
      .add(before.bytes())
      .add_u64(n)
      .add(sent.object.creator.bytes())
      .add(sent.object.number.bytes())
      .add(hash.bytes())
      .finish_as<Link>();
}

constexpr std::uint64_t kTrue = 8;  // records of the log as its author wrote it
constexpr std::uint64_t kHeld = 4;  // of these, here

// The author's log, and a device that holds the first of its records. Nothing that is received is ever committed, so
// that each input meets the same device.
struct Side {
  log::LogName name{filled<LogId>(1), filled<RootId>(2), filled<CoupleId>(3)};
  std::vector<Sent> records;  // from n = 1
  std::vector<Link> links;    // from n = 0
  test::MemoryFiles files;
  storage::Store store{files, "store", known_secret<storage::StoreKey>(1)};
  log::Logs logs{store, filled<RootId>(9), filled<DeviceId>(9)};
  log::LogNumber number = 0;

  Side() {
    links.push_back(crypto::Hasher{"attune log v1"}
                        .add(name.id.bytes())
                        .add(name.author.bytes())
                        .add(name.couple.bytes())
                        .finish_as<Link>());
    for (unsigned n = 1; n <= kTrue; ++n) {
      Sent sent{{name.author, filled<ObjectNumber>(n)}, std::string(32 + n, static_cast<char>('a' + n)), {}};
      if (n == 3 || n == 6) {
        sent.hash = hash_by_hand(sent.object, as_bytes(sent.payload));
        sent.payload.clear();
      }
      links.push_back(link_by_hand(links.back(), n, sent));
      records.push_back(std::move(sent));
    }
    storage::Batch batch;
    number = logs.learn(name, filled<DeviceId>(4), batch);
    static_cast<void>(receive(1, {records.begin(), records.begin() + kHeld}, links[kHeld], batch));
    store.commit(batch);
    logs.committed();
  }
  log::Logs::Received receive(std::uint64_t first, const std::vector<Sent>& sent, const Link& link,
                              storage::Batch& batch) {
    std::vector<log::Incoming> incoming;
    for (const Sent& one : sent) incoming.push_back({one.object, one.payload, one.hash});
    return logs.receive(number, first, incoming, link, identity::Seal{}, batch);
  }
};

// docs/store-format.md, 4.1 and 4.4, once more and straight.
bool honest(const Side& side, std::uint64_t first, const std::vector<Sent>& sent, const Link& link) {
  if (first == 0 || first > kHeld + 1 || sent.empty()) return false;
  Link at = side.links[first - 1];
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const Sent& one = sent[i];
    if (one.payload.empty() && !one.hash) return false;
    if (!one.payload.empty()) {
      if (one.payload.size() < log::kPayloadRandom || one.payload.size() > log::kMaxPayload) return false;
      if (one.hash && *one.hash != hash_by_hand(one.object, as_bytes(one.payload))) return false;
    }
    at = link_by_hand(at, first + i, one);
    if (first + i <= kHeld && at != side.links[first + i]) return false;
  }
  return at == link;
}

void alter(Draw& draw, std::vector<Sent>& sent) {
  if (sent.empty()) return;
  const std::size_t at = draw.below(sent.size());
  Sent& one = sent[at];
  switch (draw.byte() % 10) {
    case 0: sent.erase(sent.begin() + static_cast<std::ptrdiff_t>(at)); break;
    case 1: sent.insert(sent.begin() + static_cast<std::ptrdiff_t>(at), Sent{one}); break;
    case 2: std::swap(one, sent[draw.below(sent.size())]); break;
    case 3: one.payload = to_string(draw.bytes(draw.byte())); break;
    case 4: one.hash = OpId{draw.array<32>()}; break;
    case 5: one.hash.reset(); break;
    case 6: one.object.number = ObjectNumber{draw.array<16>()}; break;
    case 7: one.object.creator = RootId{draw.array<32>()}; break;
    case 8:
      if (!one.payload.empty()) one.payload[draw.below(one.payload.size())] ^= static_cast<char>(1U << draw.byte() % 8);
      break;
    default:  // as an eraser leaves it
      if (!one.payload.empty()) one.hash = hash_by_hand(one.object, as_bytes(one.payload));
      one.payload.clear();
  }
}

void fuzz(BytesView input) {
  static Side side;
  Draw draw{input};
  std::uint64_t first = draw.byte() % (kTrue + 2);
  const std::size_t count = draw.byte() % (kTrue + 1);
  std::vector<Sent> sent;
  for (std::uint64_t n = first; n < first + count && n >= 1 && n <= kTrue; ++n) sent.push_back(side.records[n - 1]);
  Link link = side.links[std::min<std::uint64_t>(kTrue, first + sent.size() - (first > 0 || !sent.empty() ? 1 : 0))];
  for (unsigned changes = draw.byte() % 4; changes > 0; --changes) alter(draw, sent);
  const unsigned how = draw.byte();
  if (how % 4 == 1) link = Link{draw.array<32>()};
  if (how % 4 == 2) first = draw.u64();
  if (how % 4 == 3 && first > 0 && first <= kTrue) {  // a chain of its own, that holds together
    link = side.links[first - 1];
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if (sent[i].payload.empty() && !sent[i].hash) sent[i].hash = OpId{draw.array<32>()};
      link = link_by_hand(link, first + i, sent[i]);
    }
  }

  const log::Held before = *side.logs.find(side.number);
  storage::Batch batch;
  log::Logs::Received received;
  const auto refused = refusal({Errc::peer_misbehaved}, [&] { received = side.receive(first, sent, link, batch); });
  promise(refused.has_value() != honest(side, first, sent, link), "a chain that holds is taken, and no other");
  if (refused) {
    promise(batch.empty(), "what is refused has put nothing into the batch");
    promise(side.logs.find(side.number)->n == before.n && side.logs.find(side.number)->link == before.link,
            "what is refused has changed nothing");
  } else {
    const std::uint64_t end = std::max(kHeld, first + sent.size() - 1);
    promise(received.first == kHeld + 1 && received.hashes.size() == end - kHeld, "only what is new is new");
    promise(side.logs.find(side.number)->n == end &&
                side.logs.link_at(side.number, end) == (end == kHeld ? side.links[kHeld] : link),
            "the log ends where the batch ends");
  }
  side.logs.forget();
  promise(side.logs.find(side.number)->n == kHeld, "a batch that was dropped has changed nothing");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> all;
  for (unsigned first = 1; first <= 6; ++first)
    all.push_back(InputBuilder{}.byte(first).byte(9 - first).byte(0).byte(0).take());
  for (unsigned how = 0; how < 10; ++how)
    all.push_back(InputBuilder{}
                      .byte(3)
                      .byte(5)
                      .byte(1)
                      .u16(how)
                      .byte(how)
                      .u16(40)
                      .raw(Bytes(40, std::byte{7}))
                      .byte(how)
                      .take());
  return all;
}

const Registration registration{{"chain", Weight::light, fuzz, seeds}};

}  // namespace
}  // namespace attune::fuzz
