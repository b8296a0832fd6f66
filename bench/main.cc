// attune_bench: the parts. bench/run measures the whole program.
#include <benchmark/benchmark.h>

#include "crypto/secret.h"

int main(int count, char** arguments) {
  attune::crypto::start();
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
