// as src/storage/example.cc
// The same, as it is done here. EnvWrapper, RepairDB, memcmp( and rand( in a comment are only words.
#include "crypto/random.h"
#include "storage/store.h"

namespace attune::storage {

using namespace std::chrono_literals;

class Sealing final : public leveldb::Env {};

void open(leveldb::Options& options) {
  options.reuse_logs = false;
  options.paranoid_checks = true;
  leveldb::WriteOptions write;
  write.sync = true;
}

bool same(BytesView tag, BytesView other) { return crypto::equal_secrets(tag, other); }

Instant operand(const Clock& clock) {
  const auto brand = name("rand() and memcmp()");
  random_fill(brand);
  const auto part = statement.random().size() + statement->random().size();
  return clock.now() + time(brand);
}

Store::~Store() {
  try {
    close();
  } catch (...) {
    // A destructor has nobody to tell; the next start finds the missing end mark and checks everything.
  }
}

// TODO(#12): measure with 64 KiB pages

}  // namespace attune::storage
