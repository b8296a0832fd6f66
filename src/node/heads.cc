#include "node/heads.h"

#include <algorithm>

#include "core/damaged_file.h"
#include "core/error.h"
#include "crypto/random.h"

namespace attune::node {
namespace {

constexpr std::string_view kRole = "attune heads v1";
constexpr int kMostUnwritten = 64;
constexpr std::chrono::seconds kLongestUnwritten{60};
constexpr std::size_t kInstanceSize = 32;
constexpr std::size_t kPadTo = 4096;     // so that its size does not count the logs
constexpr std::size_t kHeaderSize = 24;  // inode, birth time, number of heads
constexpr std::size_t kHeadSize = LogId::size + 8 + Link::size;

struct Head {
  LogId log;
  std::uint64_t n = 0;
  Link link;
};
struct Contents {
  std::uint64_t inode = 0;
  std::uint64_t born = 0;
  std::vector<Head> heads;
};

Bytes packed(const Contents& contents) {
  Bytes out;
  append(out, be64(contents.inode));
  append(out, be64(contents.born));
  append(out, be64(contents.heads.size()));
  for (const Head& head : contents.heads) {
    append(out, head.log.bytes());
    append(out, be64(head.n));
    append(out, head.link.bytes());
  }
  out.resize((out.size() + kPadTo - 1) / kPadTo * kPadTo);
  return out;
}

Contents unpacked(BytesView bytes) {
  const auto impossible = [] { return Error{Errc::damaged, "it has an impossible size"}; };
  if (bytes.size() < kHeaderSize) throw impossible();
  const std::uint64_t count = read_be64(bytes.subspan<16, 8>());
  if (count > (bytes.size() - kHeaderSize) / kHeadSize) throw impossible();
  Contents contents{read_be64(bytes.first<8>()), read_be64(bytes.subspan<8, 8>()), {}};
  for (BytesView rest = bytes.subspan(kHeaderSize, count * kHeadSize); !rest.empty(); rest = rest.subspan(kHeadSize)) {
    contents.heads.push_back({LogId{rest.first<32>()}, read_be64(rest.subspan<32, 8>()), Link{rest.subspan<40, 32>()}});
  }
  return contents;
}

}  // namespace

HeadsFile::HeadsFile(FileSystem& files, std::string heads, std::string instance, const storage::StoreKey& key,
                     const Clock& clock)
    : files_{files},
      path_{std::move(heads)},
      instance_{std::move(instance)},
      key_{key.clone()},
      clock_{clock},
      last_{clock.steady()} {}

void HeadsFile::make_instance(FileSystem& files, const std::string& path) {
  Bytes drawn(kInstanceSize);
  crypto::random_fill(drawn);
  replace_file(files, path, drawn);
}

std::optional<std::string> HeadsFile::doubt(const log::Logs& logs) const {
  const auto sealed = storage::read_sealed_file(files_, path_, kRole, key_);
  const auto instance = files_.facts(instance_);
  if (!sealed || !instance) return "a file that guards the journal is missing";
  const Contents contents = naming_file(path_, [&] { return unpacked(*sealed); });
  if (contents.inode != instance->inode || contents.born != static_cast<std::uint64_t>(instance->born_ns)) {
    return "this journal was copied, or put back from a copy";
  }
  for (const Head& head : contents.heads) {
    const log::Held* held = logs.find(head.log);
    if (held == nullptr || held->n < head.n || logs.link_at(held->number, head.n) != head.link) {
      return "the journal on this disk is older than it was, or another";
    }
  }
  return std::nullopt;
}

void HeadsFile::note_commits(int commits, const log::Logs& logs) {
  unwritten_ += commits;
  if (unwritten_ >= kMostUnwritten || clock_.steady() - last_ >= kLongestUnwritten) write(logs);
}

void HeadsFile::write(const log::Logs& logs) {
  const auto instance = files_.facts(instance_);
  if (!instance) throw Error{Errc::damaged, "the file 'instance' is missing from the journal's folder"};
  Contents contents{instance->inode, static_cast<std::uint64_t>(instance->born_ns), {}};
  for (const log::Held& held : logs.all()) {
    if (held.mine) contents.heads.push_back({held.name.id, held.n, held.link});
  }
  storage::write_sealed_file(files_, path_, kRole, key_, packed(contents));
  unwritten_ = 0;
  last_ = clock_.steady();
}

}  // namespace attune::node
