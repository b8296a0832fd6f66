// The targets under libFuzzer. Which one is run says the program's name: build/fuzz/tests/fuzz/beacon is a link to it.
//   ATTUNE_FUZZ_SEEDS=FOLDER beacon    writes the inputs that the target begins with, and ends
//   ATTUNE_FUZZ_LIST=1 beacon          lists all targets with their weights, and ends
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "fuzz/target.h"

namespace {

using attune::fuzz::Target;

const Target* chosen = nullptr;

void list() {
  for (const Target& target : attune::fuzz::all_targets()) {
    std::printf("%s %s\n", std::string{target.name}.c_str(),
                target.weight == attune::fuzz::Weight::light ? "light" : "heavy");
  }
}

void write_seeds(const Target& target, const std::string& folder) {
  if (target.seeds == nullptr) return;
  attune::fuzz::settle_randomness(1);
  int number = 0;
  for (const attune::Bytes& seed : target.seeds()) {
    std::ofstream file{folder + "/seed-" + std::to_string(++number), std::ios::binary};
    file << attune::as_text(seed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** argv) {
  const std::string path = (*argv)[0];
  const std::string name = path.substr(path.rfind('/') + 1);
  if (std::getenv("ATTUNE_FUZZ_LIST") != nullptr) {
    list();
    std::exit(0);
  }
  const auto& all = attune::fuzz::all_targets();
  const auto found = std::ranges::find(all, name, &Target::name);
  if (found == all.end()) {
    std::fprintf(stderr, "there is no target of the name %s\n", name.c_str());
    std::exit(2);
  }
  chosen = &*found;
  if (const char* folder = std::getenv("ATTUNE_FUZZ_SEEDS")) {
    write_seeds(*chosen, folder);
    std::exit(0);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  attune::fuzz::run(*chosen, std::as_bytes(std::span{data, size}));
  return 0;
}
