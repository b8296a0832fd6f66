// as src/storage/example.cc
// Ways to lose or leak what people wrote.
#include <random>  // BAD: randomness

#include "storage/store.h"

namespace attune::storage {

class Sealing : public leveldb::EnvWrapper {};  // BAD: leveldb

void open(leveldb::Options& options) {
  options.reuse_logs = true;        // BAD: leveldb
  options.paranoid_checks = false;  // BAD: leveldb
  leveldb::ReadOptions read{.verify_checksums = false};  // BAD: leveldb
  leveldb::RepairDB("store", options);  // BAD: leveldb
  leveldb::WriteOptions write;
  write.sync = false;  // BAD: leveldb
}

int draw(unsigned seed) {
  std::random_device device;          // BAD: randomness
  std::mt19937 generator{device()};   // BAD: randomness
  std::mt19937_64 longer{device()};   // BAD: randomness
  std::default_random_engine any;     // BAD: randomness
  std::minstd_rand small;             // BAD: randomness
  std::minstd_rand0 smaller;          // BAD: randomness
  std::srand(seed);                   // BAD: randomness
  const auto long_one = ::random();   // BAD: randomness
  const auto part = drand48();        // BAD: randomness
  const auto whole = lrand48();       // BAD: randomness
  const auto good = arc4random();     // BAD: randomness
  return rand() % 6;                  // BAD: randomness
}

bool same(const unsigned char* tag, const unsigned char* other) {
  return std::memcmp(tag, other, 16) == 0;  // BAD: memcmp
}

void swallow() {
  try {
    draw();
  } catch (...) {  // BAD: swallowed
  }
  try {
    draw();
  } catch (const std::exception&) {}  // BAD: swallowed
  try {
    draw();
  } catch (...) {  // BAD: swallowed
    // ignored
  }
}

void wait() { condition.wait(lock); }
auto now() { return std::chrono::system_clock::now(); }                // BAD: clock
auto finest() { return std::chrono::high_resolution_clock::now(); }    // BAD: clock
auto leaps() { return std::chrono::utc_clock::now(); }                 // BAD: clock
auto then() { return std::time(nullptr); }                             // BAD: clock
auto of_c() { return time(NULL); }                                     // BAD: clock
auto shorter() { return ::time(0); }                                   // BAD: clock
void in_parts(timeval& into) { gettimeofday(&into, nullptr); }         // BAD: clock
void finer(timespec& into) { ::clock_gettime(CLOCK_REALTIME, &into); }  // BAD: clock

using namespace std;  // BAD: using-namespace

// TODO: find out later BAD: todo
// FIXME: it is wrong on Sundays BAD: todo
int seven = 8;  // XXX nobody knows why BAD: todo
// A HACK, for now BAD: todo

}  // namespace attune::storage
