// attune_fill_home HOME PASSPHRASE_FILE COUNT [shared]: writes COUNT entries of about 500 bytes into a home, as fast as
// one process can through the front door. Prints how many bytes of text they hold and how long it took, as JSON.
#include <charconv>
#include <cstdio>
#include <string>

#include "bench/prose.h"
#include "core/error.h"
#include "core/file.h"
#include "crypto/secret.h"
#include "node/client.h"

namespace attune::bench {
namespace {

struct Filled {
  std::uint64_t entries = 0;
  std::uint64_t text_bytes = 0;
};

Filled fill(node::Client& home, std::uint64_t count, bool shared) {
  Filled filled;
  const auto ignore = [](const api::v1::Response&) {};
  for (std::uint64_t n = 0; n < count; ++n) {
    const auto draft = bench::draft(n, shared);
    api::v1::Request request;
    auto& write = *request.mutable_write();
    write.set_text(draft.content.body);
    write.set_title(draft.content.title);
    write.set_shared(shared);
    for (const auto& tag : draft.content.tags) write.add_tags(tag);
    if (draft.content.mood) {
      write.mutable_mood()->set_word(draft.content.mood->word);
      write.mutable_mood()->set_level(static_cast<std::uint32_t>(draft.content.mood->level));
    }
    write.set_at_ms(static_cast<double>(draft.content.at.when.time_since_epoch().count()));
    write.set_offset(static_cast<std::int32_t>(draft.content.at.offset.count()));
    static_cast<void>(home.call(request, ignore));
    ++filled.entries;
    filled.text_bytes += draft.content.body.size() + draft.content.title.size();
  }
  return filled;
}

int run(int count, char** arguments) {
  std::uint64_t entries = 0;
  const std::string_view wanted = count > 3 ? arguments[3] : "";
  if (count < 4 || std::from_chars(wanted.data(), wanted.data() + wanted.size(), entries).ec != std::errc{}) {
    std::fputs("usage: attune_fill_home HOME PASSPHRASE_FILE COUNT [shared]\n", stderr);
    return 2;
  }
  crypto::start();
  const PosixFiles files;
  auto line = read_file(files, arguments[2], crypto::SecretBytes::kMaxSize);
  if (!line) throw Error{Errc::not_found, "there is no such passphrase file"};
  while (!line->empty() && line->back() == std::byte{'\n'}) line->pop_back();
  const auto home = node::open_in_process(arguments[1], *line);
  crypto::wipe(*line);
  const SystemClock clock;
  const Steady begun = clock.steady();
  const Filled filled = fill(*home, entries, count > 4 && std::string_view{arguments[4]} == "shared");
  const std::chrono::duration<double> took = clock.steady() - begun;
  std::printf("{\"entries\":%llu,\"text_bytes\":%llu,\"seconds\":%.3f}\n",
              static_cast<unsigned long long>(filled.entries), static_cast<unsigned long long>(filled.text_bytes),
              took.count());
  return 0;
}

}  // namespace
}  // namespace attune::bench

int main(int count, char** arguments) {
  try {
    return attune::bench::run(count, arguments);
  } catch (const attune::Error& error) {
    std::fprintf(stderr, "attune_fill_home: %s\n", error.what());
    return attune::exit_status(error.code());
  }
}
