// Files of the sealed store, damaged by anybody and made by whoever holds the key. docs/store-format.md, 1.2 to 1.4.
#include "crypto/aead.h"
#include "fuzz/files.h"
#include "fuzz/target.h"
#include "storage/frames.h"
#include "storage/pages.h"

namespace attune::fuzz {
namespace {

const storage::StoreKey& key() {
  static const auto one = known_secret<storage::StoreKey>(1);
  return one;
}
constexpr storage::FileName kLog{storage::FileType::log, 3};
constexpr storage::FileName kManifest{storage::FileType::manifest, 2};
constexpr storage::FileName kTable{storage::FileType::table, 5};

// --- Logs and the manifest: frames.

struct Frame {
  std::uint64_t at = 0;   // where it begins
  std::uint64_t end = 0;  // where it ends
  std::uint64_t synced = 0;
};
// A file as FrameWriter's rules say, or as somebody with the key might make it: any length, any claim.
struct FramesFile {
  Bytes bytes;
  Bytes plain;
  std::vector<Frame> frames;
  bool closed = false;
};

FramesFile honest(Draw& draw, const storage::FileName& name) {
  FramesFile file;
  auto seal = storage::new_seal(key(), name);
  append(file.bytes, storage::header_of(key(), name, seal.id));
  storage::FrameWriter writer{std::make_unique<BytesSink>(file.bytes), std::move(seal), name.type};
  for (int step = 0; step < 12 && !draw.done(); ++step) {
    const std::uint64_t before = file.bytes.size();
    const unsigned how = draw.byte();
    if (how % 8 == 7) {
      writer.finish({{4, {}, 99}});
      file.closed = file.bytes.size() > before;
      if (file.closed) file.frames.push_back({before, file.bytes.size(), writer.durable()});
      return file;
    }
    const BytesView piece = draw.bytes(how % 8 == 6 ? 200 : how);
    const std::uint64_t durable = writer.durable();
    writer.append(piece);
    writer.flush();
    if (file.bytes.size() > before) {
      const bool first = name.type == storage::FileType::log && durable == 0;
      file.frames.push_back({before, file.bytes.size(), first ? storage::kHeaderSize : durable});
      append(file.plain, piece);
    }
    if (how % 4 == 0) writer.sync();
  }
  return file;
}

// Frames that open and claim what they like: what a writer with the key could do.
Bytes made_up(Draw& draw, const storage::FileName& name) {
  const auto seal = storage::new_seal(key(), name);
  Bytes bytes;
  append(bytes, storage::header_of(key(), name, seal.id));
  for (int step = 0; step < 12 && !draw.done(); ++step) {
    const unsigned how = draw.byte();
    const BytesView plain = draw.bytes(how);
    Bytes head;
    append(head, be32(static_cast<std::uint32_t>(plain.size()) | ((how & 1U) != 0 ? 0x8000'0000U : 0U)));
    append(head, be64((how & 2U) != 0 ? draw.u64() : draw.u16()));
    Bytes data{std::byte{1}};
    append(data, be64((how & 4U) != 0 ? draw.u64() : bytes.size()));
    append(data, head);
    const crypto::XNonce nonce{};
    Bytes sealed(plain.size() + crypto::kTagSize);
    crypto::xseal(seal.key.bytes(), nonce, data, plain, sealed);
    append(bytes, head);
    append(bytes, nonce);
    append(bytes, sealed);
    if (how % 16 == 15) append(bytes, draw.bytes(draw.byte()));
  }
  return bytes;
}

std::optional<storage::RecoveredFrames> recovered(const Bytes& bytes, const storage::FileName& name) {
  std::optional<storage::RecoveredFrames> found;
  static_cast<void>(refusal({Errc::tampered, Errc::incompatible}, [&] {
    found = storage::recover_frames(BytesFile{bytes}, "a file", name, key());
    promise(found->extent <= bytes.size(), "a file is good up to its end at most");
  }));
  return found;
}

// What an honest file says after one place of it was spoilt: docs/store-format.md, 1.3. `bad` lies behind the header.
void check_spoilt(const FramesFile& file, const Bytes& spoilt, std::uint64_t bad, const storage::FileName& name) {
  const auto found = recovered(spoilt, name);
  const auto hit = std::ranges::find_if(file.frames, [&](const Frame& frame) { return bad < frame.end; });
  promise(hit != file.frames.end(), "a place behind the header lies in a frame");
  const bool vouched = std::ranges::any_of(hit + 1, file.frames.end(), [&](const Frame& frame) {
    return frame.end <= spoilt.size() && frame.synced > hit->at;
  });
  promise(found.has_value() == !vouched, "what was durable and is spoilt is tampering, and nothing else is");
  if (!found) return;
  promise(found->extent == hit->at, "a torn tail is left out, and nothing before it");
  promise(equal(found->plain, BytesView{file.plain}.first(found->plain.size())), "what is before it is as written");
}

void frames(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  const storage::FileName& name = (how & 1U) != 0 ? kLog : kManifest;
  if (how % 8 < 2) return static_cast<void>(recovered(to_bytes(draw.rest()), name));
  if (how % 8 < 4) return static_cast<void>(recovered(made_up(draw, name), name));
  const std::uint64_t place = draw.u16();
  const unsigned bit = draw.byte() % 8;
  const FramesFile file = honest(draw, name);
  const auto whole = recovered(file.bytes, name);
  promise(whole && whole->plain == file.plain && whole->extent == file.bytes.size(), "an honest file is read whole");
  promise(file.closed == !whole->others.empty(), "what a closed file vouches for is read");
  if (file.bytes.size() <= storage::kHeaderSize) return;
  const std::uint64_t bad = storage::kHeaderSize + place % (file.bytes.size() - storage::kHeaderSize);
  Bytes spoilt = file.bytes;
  if ((how & 16U) != 0) {  // a cut is what a crash does: never tampering
    spoilt.resize(static_cast<std::size_t>(bad));
    const auto found = recovered(spoilt, name);
    promise(found && equal(found->plain, BytesView{file.plain}.first(found->plain.size())), "a cut is no tampering");
    return;
  }
  spoilt[static_cast<std::size_t>(bad)] ^= static_cast<std::byte>(1U << bit);
  check_spoilt(file, spoilt, bad, name);
}

std::vector<Bytes> frames_seeds() {
  std::vector<Bytes> all;
  for (const unsigned how : {4U, 5U, 6U, 7U, 20U, 21U}) {
    InputBuilder made;
    made.byte(how).u16(130).byte(3);
    for (const unsigned size : {20U, 9U, 30U, 8U, 5U}) made.byte(size).raw(Bytes(size, std::byte{'x'}));
    if ((how & 2U) != 0) made.byte(7);
    all.push_back(made.take());
  }
  all.push_back(InputBuilder{}
                    .byte(2)
                    .byte(8)
                    .raw(as_bytes("12345678"))
                    .u16(0)
                    .byte(11)
                    .raw(as_bytes("12345678901"))
                    .u64(200)
                    .take());
  Draw draw{all.back()};
  const Bytes file = made_up(draw, kLog);
  all.push_back(InputBuilder{}.byte(1).raw(file).take());
  return all;
}

// --- Tables: pages.

Bytes table_of(BytesView plain) {
  Bytes bytes;
  auto seal = storage::new_seal(key(), kTable);
  append(bytes, storage::header_of(key(), kTable, seal.id));
  storage::PageWriter writer{std::make_unique<BytesSink>(bytes), std::move(seal)};
  writer.append(plain);
  writer.finish();
  return bytes;
}

void check_table(const Bytes& bytes, BytesView plain, bool altered, Draw draw) {
  const auto refused = refusal({Errc::tampered, Errc::incompatible}, [&] {
    const storage::PageReader reader{std::make_unique<BytesFile>(bytes), "a table", kTable, key()};
    promise(reader.size() == plain.size() || altered, "a table has its size");
    Bytes all(static_cast<std::size_t>(reader.size()));
    promise(reader.read(0, all) == all.size() && equal(all, plain), "what opens is what was written");
    for (int i = 0; i < 4; ++i) {
      const std::size_t at = draw.below(70'000) % (all.size() + 2);
      Bytes part(draw.below(40'000));
      const std::size_t got = reader.read(at, part);
      const BytesView wanted =
          at >= all.size() ? BytesView{} : plain.subspan(at, std::min(part.size(), all.size() - at));
      promise(got == wanted.size() && equal(BytesView{part}.first(got), wanted), "any place of it can be read");
    }
  });
  promise(refused.has_value() == altered, "an altered table is tampering, and an honest one is none");
}

void table(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  if (how % 8 == 0) {
    const Bytes bytes = to_bytes(draw.rest());
    static_cast<void>(refusal({Errc::tampered, Errc::incompatible}, [&] {
      const storage::PageReader reader{std::make_unique<BytesFile>(bytes), "a table", kTable, key()};
    }));
    promise(storage::plain_size(bytes.size()) <= bytes.size(), "no file holds more than its size");
    return;
  }
  const std::size_t size = draw.u16() % 50'000;
  const std::size_t place = draw.u16();
  Bytes plain = to_bytes(draw.rest());
  plain.resize(size, std::byte{'p'});
  const Bytes honest = table_of(plain);
  Bytes bytes = honest;
  const std::size_t at = place % bytes.size();
  if (how % 8 == 1) bytes[at] ^= static_cast<std::byte>(1U << how / 32);
  if (how % 8 == 2) bytes.resize(at);
  if (how % 8 == 3) append(bytes, BytesView{bytes}.first(at));
  if (how % 8 == 4 && bytes.size() > storage::kHeaderSize + 2 * storage::kSealedPage) {  // two pages change places
    const auto page = bytes.begin() + storage::kHeaderSize;
    std::swap_ranges(page, page + storage::kSealedPage, page + storage::kSealedPage);
  }
  check_table(bytes, plain, bytes != honest, Draw{input.subspan(1)});
}

std::vector<Bytes> table_seeds() {
  std::vector<Bytes> all;
  for (unsigned how = 1; how < 6; ++how)
    all.push_back(InputBuilder{}.byte(how).u16(how * 11'000).u16(how * 4000).raw(as_bytes("page")).take());
  all.push_back(InputBuilder{}.byte(0).raw(table_of(as_bytes("page"))).take());
  return all;
}

// --- Names of files, which anybody who can write to the folder may choose.

void file_names(BytesView input) {
  const std::string_view path = as_text(input);
  const auto name = storage::file_name(path);
  if (!name) return;
  promise(path.ends_with("CURRENT") || path.find_first_of("0123456789") != std::string_view::npos,
          "a file has a number");
  promise(name->type != storage::FileType::current || name->number == 0, "CURRENT has none");
}

std::vector<Bytes> name_seeds() {
  std::vector<Bytes> all;
  for (const char* name :
       {"store/CURRENT", "store/MANIFEST-000002", "000003.log", "000005.ldb", "000001.dbtmp", "LOCK"})
    all.push_back(to_bytes(as_bytes(name)));
  return all;
}

const Registration registration_frames{{"sealed_log", Weight::light, frames, frames_seeds}};
const Registration registration_table{{"sealed_table", Weight::heavy, table, table_seeds}};
const Registration registration_names{{"sealed_name", Weight::light, file_names, name_seeds}};

}  // namespace
}  // namespace attune::fuzz
