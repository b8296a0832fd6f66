// attune_archives: what another reader of backups is compared with.
//   attune_archives make FIRST N    backups of N random journals, of seeds FIRST, FIRST + 1, ...: each as the 32 bytes
//   that
//                                   the words stand for, 4 bytes length, and the items (docs/backup-format.md, section
//                                   3)
//   attune_archives judge           reads such cases, and says of each: "good LOGS RECORDS ENTRIES", or why not
// Standard input and output.
#include <cstdio>
#include <iterator>
#include <random>

#include "backup/archives.h"
#include "backup/backup.h"
#include "sync/world.h"

namespace attune::test {
namespace {

constexpr std::uint64_t kPeople = 7;  // whose words are known: a pair of them for each journal

crypto::Entropy words_of(std::uint64_t number) {
  return crypto::Entropy::copied(crypto::Hasher{"made person"}.add_u64(number % kPeople).finish());
}

// A life of two persons with three devices, in short.
class Life {
 public:
  explicit Life(std::uint64_t seed) : random_{seed}, ada_{words_of(seed)}, ben_{words_of(seed + 1 + seed % 3)} {
    pair(first_, bens_);
    const std::size_t acts = 2 + random_() % 24;
    for (std::size_t i = 0; i < acts; ++i) act();
    if (random_() % 3 == 0) {
      first_.revoke(second_.id());
      for (std::size_t more = random_() % 4; more > 0; --more) first_.write("after it", more % 2 == 0);
    }
  }

  // As `attune backup` writes it, without the outer file and the compression.
  [[nodiscard]] std::string backed_up() {
    first_.keyring().recompose();
    const auto& words = ada_.root;
    const book::Self self{first_.root(), first_.id(), &first_.keyring().all()};
    MemoryFiles files;
    static_cast<void>(backup::create(files, "backup", first_.book(), self, words.backup_recipient, clock_, {}));
    const Bytes file = files.contents("backup");
    auto source = backup::test::source_of(as_text(file));
    crypto::AgeReader age{words.backup, source};
    backup::Decompressor contents{[&](std::span<std::byte> into) { return age.read(into); }};
    std::string items;
    Bytes buffer(64U << 10U);
    for (std::size_t size = buffer.size(); size == buffer.size();) {
      size = contents.read(buffer);
      items += as_text(BytesView{buffer}.first(size));
    }
    return items;
  }

 private:
  void act() {
    clock_.advance(std::chrono::seconds{1 + random_() % 1000});
    Device& at = random_() % 3 == 0 ? second_ : random_() % 2 == 0 ? first_ : bens_;
    switch (random_() % 10) {
      case 0:
      case 1:
      case 2:
      case 3: at.write(std::string(random_() % 200, 'w') + " words", random_() % 2 == 0 && at.book().pairing()); break;
      case 4:
      case 5: change(at); break;
      case 6: visit(first_, second_); break;
      default: visit(first_, bens_); break;
    }
  }
  void change(Device& at) {
    book::Filter own;
    own.limit = 0;
    own.mine = true;
    const auto entries = at.book().list(own);
    if (entries.empty()) return;
    const auto& entry = entries[random_() % entries.size()];
    if (random_() % 2 == 0) return at.book().erase(entry.id);
    if (entry.current) at.book().edit(entry.id, {.title = {}, .body = "said anew", .mood = {}, .tags = {}, .at = {}});
  }
  void visit(Device& one, Device& other) {
    if (can_meet(one, other)) Contact{one, other}.run(random_, random_() % 3 == 0 ? random_() % 12 : SIZE_MAX);
  }

  std::mt19937_64 random_;
  ManualClock clock_;
  Person ada_;
  Person ben_;
  Device first_{ada_, clock_};
  Device second_{ada_, clock_};
  Device bens_{ben_, clock_};
};

void put(BytesView bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); }

void make(std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::string items = Life{seed}.backed_up();
    put(words_of(seed).bytes());
    put(be32(static_cast<std::uint32_t>(items.size())));
    put(as_bytes(items));
  }
}

std::string verdict(const crypto::Entropy& words, std::string_view items) {
  const auto root = identity::root_from(words);
  try {
    backup::KeysOfWords keys{root};
    const auto totals = backup::read_archive(backup::test::source_of(items), root.id, keys);
    return "good " + std::to_string(totals.logs) + " " + std::to_string(totals.records) + " " +
           std::to_string(totals.entries);
  } catch (const Error& error) {
    // As verify and restore say it: a file is no peer.
    return std::string{name_of(error.code() == Errc::peer_misbehaved ? Errc::damaged : error.code())};
  }
}

int judge() {
  const std::string all{std::istreambuf_iterator<char>{std::cin}, {}};
  for (BytesView left = as_bytes(all); !left.empty();) {
    if (left.size() < 36) return 2;
    const std::size_t size = read_be32(left.subspan<32, 4>());
    if (left.size() - 36 < size) return 2;
    const auto words = crypto::Entropy::copied(left.first<32>());
    std::puts(verdict(words, as_text(left.subspan(36, size))).c_str());
    left = left.subspan(36 + size);
  }
  return 0;
}

}  // namespace
}  // namespace attune::test

int main(int count, char** arguments) {
  const std::string_view mode = count > 1 ? arguments[1] : "";
  if (mode == "judge" && count == 2) return attune::test::judge();
  if (mode != "make" || count != 4) {
    std::fputs("usage: attune_archives make FIRST N | judge\n", stderr);
    return 2;
  }
  attune::test::make(std::stoull(arguments[2]), std::stoull(arguments[3]));
  return std::fflush(stdout) == 0 ? 0 : 1;
}
