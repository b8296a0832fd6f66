// as src/storage/example.cc
// Ways to lose or leak what people wrote.
#include <random>  // BAD: randomness

#include "storage/store.h"

namespace attune::storage {

class Sealing : public leveldb::EnvWrapper {};  // BAD: leveldb

void open(leveldb::Options& options) {
  options.reuse_logs = true;        // BAD: leveldb
  options.paranoid_checks = false;  // BAD: leveldb
  leveldb::RepairDB("store", options);  // BAD: leveldb
  leveldb::WriteOptions write;
  write.sync = false;  // BAD: leveldb
}

int draw() {
  std::random_device device;          // BAD: randomness
  std::mt19937 generator{device()};   // BAD: randomness
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
auto then() { return std::time(nullptr); }                             // BAD: clock

using namespace std;  // BAD: using-namespace

// TODO: find out later BAD: todo

}  // namespace attune::storage
