// What sealing costs: the same records into plain LevelDB and into the sealed store, in batches of 1,000 and one by
// one. LevelDB stands as the limit of this machine's disk and of the store's own engine; ratios to it are what counts.
#include <benchmark/benchmark.h>
#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <memory>
#include <stdexcept>

#include "bench/prose.h"
#include "bench/scratch.h"
#include "crypto/random.h"
#include "storage/store.h"

namespace attune::bench {
namespace {

constexpr std::uint64_t kRecords = 100'000;
constexpr std::uint64_t kBatch = 1'000;

std::string record_key(std::uint64_t n) { return storage::Key{storage::Table::record}.u32(1).u64(n).str(); }

// As a log keeps it: object, hash and link (128 bytes that do not compress) before the payload.
const std::vector<std::string>& records() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    made.reserve(kRecords);
    for (std::uint64_t n = 0; n < kRecords; ++n) {
      Draws draws{n};
      std::string value;
      for (int i = 0; i < 16; ++i) append(value, be64(draws.next()));
      made.push_back(value + prose(n));
    }
    return made;
  }();
  return all;
}

std::unique_ptr<leveldb::DB> open_plain(const std::string& directory) {
  leveldb::Options options;
  options.create_if_missing = true;
  options.compression = leveldb::kNoCompression;  // sealed text is not compressed either
  leveldb::DB* opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(options, directory, &opened);
  if (!status.ok()) throw std::runtime_error{status.ToString()};
  return std::unique_ptr<leveldb::DB>{opened};
}

void counted(benchmark::State& state, std::uint64_t items) {
  state.SetItemsProcessed(static_cast<std::int64_t>(items) * static_cast<std::int64_t>(state.iterations()));
}

void plain_batches(benchmark::State& state) {
  const auto& all = records();
  for (auto _ : state) {
    state.PauseTiming();
    const Scratch scratch;
    auto db = open_plain(scratch / "plain");
    leveldb::WriteOptions durable;
    durable.sync = true;
    state.ResumeTiming();
    for (std::uint64_t n = 0; n < kRecords; n += kBatch) {
      leveldb::WriteBatch batch;
      for (std::uint64_t i = n; i < n + kBatch; ++i) batch.Put(record_key(i), all[i]);
      if (!db->Write(durable, &batch).ok()) throw std::runtime_error{"plain LevelDB cannot write"};
    }
    state.PauseTiming();
    db.reset();
    state.ResumeTiming();
  }
  counted(state, kRecords);
}
BENCHMARK(plain_batches)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void sealed_batches(benchmark::State& state) {
  const auto& all = records();
  const auto key = crypto::random_secret<storage::StoreKey>();
  for (auto _ : state) {
    state.PauseTiming();
    const Scratch scratch;
    PosixFiles files;
    auto store = std::make_unique<storage::Store>(files, scratch / "sealed", key);
    state.ResumeTiming();
    for (std::uint64_t n = 0; n < kRecords; n += kBatch) {
      storage::Batch batch;
      for (std::uint64_t i = n; i < n + kBatch; ++i) batch.put(record_key(i), all[i]);
      store->commit(batch);
    }
    state.PauseTiming();
    store.reset();
    state.ResumeTiming();
  }
  counted(state, kRecords);
}
BENCHMARK(sealed_batches)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void plain_durable_write(benchmark::State& state) {
  const auto& all = records();
  const Scratch scratch;
  const auto db = open_plain(scratch / "plain");
  leveldb::WriteOptions durable;
  durable.sync = true;
  std::uint64_t n = 0;
  for (auto _ : state) {
    if (!db->Put(durable, record_key(n), all[n % kRecords]).ok())
      throw std::runtime_error{"plain LevelDB cannot write"};
    ++n;
  }
}
BENCHMARK(plain_durable_write)->Unit(benchmark::kMicrosecond)->UseRealTime();

void sealed_durable_write(benchmark::State& state) {
  const auto& all = records();
  const Scratch scratch;
  PosixFiles files;
  const auto key = crypto::random_secret<storage::StoreKey>();
  storage::Store store{files, scratch / "sealed", key};
  std::uint64_t n = 0;
  for (auto _ : state) {
    storage::Batch batch;
    batch.put(record_key(n), all[n % kRecords]);
    store.commit(batch);
    ++n;
  }
}
BENCHMARK(sealed_durable_write)->Unit(benchmark::kMicrosecond)->UseRealTime();

void sealed_scan(benchmark::State& state) {
  const auto& all = records();
  const Scratch scratch;
  PosixFiles files;
  const auto key = crypto::random_secret<storage::StoreKey>();
  storage::Store store{files, scratch / "sealed", key};
  for (std::uint64_t n = 0; n < kRecords; n += kBatch) {
    storage::Batch batch;
    for (std::uint64_t i = n; i < n + kBatch; ++i) batch.put(record_key(i), all[i]);
    store.commit(batch);
  }
  for (auto _ : state) {
    std::uint64_t bytes = 0;
    store.scan(record_key(0), {}, [&](std::string_view, std::string_view value) {
      bytes += value.size();
      return storage::Store::Visit::go_on;
    });
    benchmark::DoNotOptimize(bytes);
  }
  counted(state, kRecords);
}
BENCHMARK(sealed_scan)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace attune::bench
