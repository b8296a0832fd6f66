// attune_fill_home HOME PASSPHRASE_FILE COUNT [shared|agreements|answers]: writes COUNT entries of about 500 bytes into
// a home, a thousand in one durable batch. Prints how many bytes of text they hold and how long it took, as JSON.
// agreements: proposes COUNT of them instead, with a day of the week each. answers: accepts what waits, and marks it.
#include <charconv>
#include <cstdio>
#include <string>

#include "bench/prose.h"
#include "book/agreements.h"
#include "core/error.h"
#include "core/file.h"
#include "crypto/secret.h"
#include "node/home.h"

namespace attune::bench {
namespace {

struct Filled {
  std::uint64_t entries = 0;
  std::uint64_t text_bytes = 0;
};

constexpr std::uint64_t kBatch = 1000;  // entries that become durable together

Filled fill(book::Book& book, std::uint64_t count, bool shared) {
  Filled filled;
  std::vector<book::Draft> drafts;
  for (std::uint64_t n = 0; n < count; ++n) {
    drafts.push_back(bench::draft(n, shared));
    filled.text_bytes += drafts.back().content.body.size() + drafts.back().content.title.size();
    if (drafts.size() < kBatch && n + 1 < count) continue;
    filled.entries += book.write_all(drafts).size();
    drafts.clear();
  }
  return filled;
}

Filled propose(book::Book& book, std::uint64_t count) {
  Filled filled;
  for (std::uint64_t n = 0; n < count; ++n) {
    journal::Proposed said;
    said.text = "We talk for an hour, number " + std::to_string(n) + ", and phones stay in the other room";
    said.every = journal::Schedule{.every = journal::Schedule::Every::week,
                                   .from = journal::Day{std::chrono::days{20'000}},
                                   .weekdays = static_cast<std::uint8_t>(1U << (n % 7)),
                                   .at = std::chrono::minutes{n % 1440},
                                   .zone = "Europe/Berlin"};
    filled.text_bytes += said.text.size();
    static_cast<void>(book::propose(book, std::move(said)));
    ++filled.entries;
  }
  return filled;
}

Filled accept(book::Book& book) {
  Filled filled;
  for (const auto& agreement : book::agreements(book, book::Book::Which::open)) {
    book::accept(book, {agreement->id, agreement->pending.front()});
    book::mark(book, agreement->id, *zone_at(std::chrono::minutes{60}), {});
    ++filled.entries;
  }
  return filled;
}

Filled fill(book::Book& book, std::uint64_t count, std::string_view with) {
  if (with == "agreements") return propose(book, count);
  return with == "answers" ? accept(book) : fill(book, count, with == "shared");
}

int run(int count, char** arguments) {
  std::uint64_t entries = 0;
  const std::string_view wanted = count > 3 ? arguments[3] : "";
  if (count < 4 || std::from_chars(wanted.data(), wanted.data() + wanted.size(), entries).ec != std::errc{}) {
    std::fputs("usage: attune_fill_home HOME PASSPHRASE_FILE COUNT [shared|agreements|answers]\n", stderr);
    return 2;
  }
  crypto::start();
  const PosixFiles files;
  auto line = read_file(files, arguments[2], crypto::SecretBytes::kMaxSize);
  if (!line) throw Error{Errc::not_found, "there is no such passphrase file"};
  while (!line->empty() && line->back() == std::byte{'\n'}) line->pop_back();
  const SystemClock clock;
  node::Home home{arguments[1], *line, std::chrono::seconds{10}, clock};
  crypto::wipe(*line);
  const Steady begun = clock.steady();
  const Filled filled = fill(home.book(), entries, count > 4 ? std::string_view{arguments[4]} : "");
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
