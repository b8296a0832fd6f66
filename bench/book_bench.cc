// The journal itself, without a network: taking 100,000 entries from a partner (chain, seal, fold, indexes, fsync),
// writing one, listing the newest twenty, searching a rare word, listing 1,000 agreements.
#include <benchmark/benchmark.h>

#include <memory>

#include "bench/prose.h"
#include "bench/scratch.h"
#include "book/agreements.h"
#include "book/book.h"
#include "crypto/random.h"

namespace attune::bench {
namespace {

constexpr std::uint64_t kEntries = 100'000;
constexpr std::uint64_t kBatch = 1'000;

// A person with one device and a book on this disk.
struct Person {
  Person(const std::string& directory, const crypto::Entropy& words)
      : root{identity::root_from(words)},
        device{crypto::random_id<DeviceId>()},
        store_key{crypto::random_secret<storage::StoreKey>()},
        store{files, directory, store_key} {
    keys.push_back(identity::self_key_from(root.self_seed, nullptr));
    book =
        std::make_unique<book::Book>(store, book::Self{.root = root.id, .device = device, .self_keys = &keys}, clock);
  }
  identity::Root root;
  DeviceId device;
  std::vector<identity::SelfKey> keys;
  storage::StoreKey store_key;
  PosixFiles files;
  SystemClock clock;
  storage::Store store;
  std::unique_ptr<book::Book> book;
};

void pair_with(Person& one, const Person& other, const identity::CoupleKey& key) {
  one.book->pair(journal::Paired{.partner = other.root.id, .partner_name = "Ben", .check = "lake olive garden"}, key);
}

// What a sync brings: records of the partner's shared log, in batches as they travel.
struct Arrival {
  log::LogName name;
  DeviceId device;
  struct Batch {
    std::uint64_t first = 0;
    std::vector<ObjectId> objects;
    std::vector<std::string> payloads;
    Link link;
  };
  std::vector<Batch> batches;
  RootId author;
  std::vector<identity::SelfKey> keys;
};

void read_shared_log(Person& author, Arrival& arrival) {
  const log::Held* shared = nullptr;
  const auto all = author.book->logs().all();
  for (const auto& held : all) {
    if (!held.name.own_space()) shared = &held;
  }
  if (shared == nullptr) return;
  arrival.name = shared->name;
  arrival.device = shared->device;
  author.book->logs().read_from(shared->number, 1, [&](std::uint64_t n, const log::Record& record) {
    if (arrival.batches.empty() || arrival.batches.back().payloads.size() == kBatch) {
      arrival.batches.push_back({.first = n, .objects = {}, .payloads = {}, .link = {}});
    }
    auto& batch = arrival.batches.back();
    batch.objects.push_back(record.object);
    batch.payloads.push_back(record.payload.value_or(std::string{}));
    batch.link = record.link;
    return true;
  });
}

// A couple, and everything that Ada shared. Made once: it takes a while.
struct Couple {
  Scratch scratch;
  crypto::Entropy ben_words = crypto::random_secret<crypto::Entropy>();  // each Ben is a new device of the same person
  Person ada{scratch / "ada", crypto::random_secret<crypto::Entropy>()};
  identity::CoupleKey key{.secret = crypto::random_secret<identity::CoupleKeySecret>(), .revokes = 0};
  Arrival arrival;

  Couple() {
    const Person ben{scratch / "ben", ben_words};
    pair_with(ada, ben, key);
    for (std::uint64_t n = 0; n < kEntries; n += kBatch)
      static_cast<void>(ada.book->write_all(drafts(n, kBatch, true)));
    read_shared_log(ada, arrival);
  }
};
Couple& couple() {
  static Couple one;
  return one;
}

void receive(Person& person, const Arrival& arrival, const identity::SelfKey& author_key) {
  const log::LogNumber log = person.book->learn(arrival.name, arrival.device);
  std::vector<log::Incoming> incoming;
  for (const auto& batch : arrival.batches) {
    incoming.clear();
    for (std::size_t i = 0; i < batch.payloads.size(); ++i) {
      incoming.push_back({.object = batch.objects[i], .payload = batch.payloads[i], .hash = std::nullopt});
    }
    const auto last = batch.first + batch.payloads.size() - 1;
    const auto seal = identity::make_seal(author_key, arrival.name.id, last, batch.link);
    constexpr auto handed = book::Book::Handed::vouched;
    static_cast<void>(person.book->receive(log, batch.first, incoming, batch.link, seal, handed));
  }
}

void book_receives(benchmark::State& state) {
  auto& from = couple();
  std::uint64_t disk = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const Scratch scratch;
    auto ben = std::make_unique<Person>(scratch / "ben", from.ben_words);
    pair_with(*ben, from.ada, from.key);
    state.ResumeTiming();
    receive(*ben, from.arrival, from.ada.keys.back());
    state.PauseTiming();
    disk = ben->store.disk_bytes();
    ben.reset();
    state.ResumeTiming();
  }
  std::uint64_t payload = 0;
  for (const auto& batch : from.arrival.batches) {
    for (const auto& one : batch.payloads) payload += one.size();
  }
  state.counters["disk/payload"] = static_cast<double>(disk) / static_cast<double>(payload);
  state.SetItemsProcessed(static_cast<std::int64_t>(kEntries) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(book_receives)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void book_imports(benchmark::State& state) {
  const auto all = drafts(0, kEntries, false);
  for (auto _ : state) {
    state.PauseTiming();
    const Scratch scratch;
    auto ada = std::make_unique<Person>(scratch / "ada", crypto::random_secret<crypto::Entropy>());
    std::vector<std::vector<book::Draft>> batches;
    for (std::uint64_t n = 0; n < kEntries; n += kBatch) {
      const auto at = all.begin() + static_cast<std::ptrdiff_t>(n);
      batches.emplace_back(at, at + static_cast<std::ptrdiff_t>(kBatch));
    }
    state.ResumeTiming();
    for (const auto& batch : batches) static_cast<void>(ada->book->write_all(batch));
    state.PauseTiming();
    ada.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(kEntries) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(book_imports)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void book_writes_one(benchmark::State& state) {
  auto& ada = couple().ada;
  std::uint64_t n = kEntries;
  for (auto _ : state) static_cast<void>(ada.book->write(draft(n++, true)));
}
BENCHMARK(book_writes_one)->Unit(benchmark::kMicrosecond)->UseRealTime();

void book_lists_twenty(benchmark::State& state) {
  auto& ada = couple().ada;
  const book::Filter newest;
  for (auto _ : state) benchmark::DoNotOptimize(ada.book->list(newest));
}
BENCHMARK(book_lists_twenty)->Unit(benchmark::kMicrosecond)->UseRealTime();

void book_searches_a_rare_word(benchmark::State& state) {
  auto& ada = couple().ada;
  const std::vector<std::string> words{std::string{kRareWord}};
  for (auto _ : state) benchmark::DoNotOptimize(ada.book->search(words));
}
BENCHMARK(book_searches_a_rare_word)->Unit(benchmark::kMillisecond)->UseRealTime();

constexpr std::uint64_t kAgreements = 1'000;

// Beside all the entries.
void book_lists_agreements(benchmark::State& state) {
  auto& ada = *couple().ada.book;
  while (ada.all(book::ObjectKind::agreement, book::Book::Which::all).size() < kAgreements) {
    static_cast<void>(book::propose(ada, {.text = "We talk for an hour", .every = {}, .review_on = {}}));
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(ada.short_ids(book::ObjectKind::agreement));
    benchmark::DoNotOptimize(book::agreements(ada, book::Book::Which::open));
  }
}
BENCHMARK(book_lists_agreements)->Unit(benchmark::kMillisecond)->UseRealTime();

void book_counts(benchmark::State& state) {
  auto& ada = couple().ada;
  for (auto _ : state) benchmark::DoNotOptimize(ada.book->entries());
}
BENCHMARK(book_counts)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace attune::bench
