// The vault: a file from anybody, and its contents from whoever knows the passphrase. docs/store-format.md, section 5.
// Argon2 stands between the two, and takes longer than any fuzzer has time for.
#include "identity/vault.h"

#include "crypto/hash.h"
#include "fuzz/target.h"
#include "identity/vault_contents.h"

namespace attune::fuzz {
namespace {

// --- The file, up to what takes the passphrase.

void put(Bytes& file, std::size_t at, BytesView bytes) {
  std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(at));
}

// docs/store-format.md, 5: checked in this order.
std::optional<Errc> by_hand(const Bytes& file) {
  const bool sized = file.size() >= 4096 && file.size() <= 65536 && file.size() % 4096 == 0;
  if (!sized || as_text(BytesView{file}.first(8)) != "ATTVAULT") return Errc::damaged;
  const auto sum = crypto::Hasher{"attune vault checksum v1"}.add(BytesView{file}.first(file.size() - 32)).finish();
  if (!equal(BytesView{file}.last(32), sum)) return Errc::damaged;
  const std::uint32_t version = read_be32(std::span<const std::byte>{file}.subspan<8, 4>());
  if (version != 1) return version > 1 ? Errc::incompatible : Errc::tampered;
  const std::uint64_t memory = read_be64(std::span<const std::byte>{file}.subspan<12, 8>());
  const std::uint32_t passes = read_be32(std::span<const std::byte>{file}.subspan<20, 4>());
  const bool fits = memory >= 64ULL << 20U && memory <= 4ULL << 30U && passes >= 2 && passes <= 10;
  return fits ? std::nullopt : std::optional{Errc::tampered};
}

void file(BytesView input) {
  Draw draw{input};
  const unsigned how = draw.byte();
  const std::size_t size = how % 8 == 7 ? draw.u16() : 4096 * (1 + draw.byte() % 17U);
  const auto head = draw.bytes(24);
  Bytes file = to_bytes(draw.rest());
  file.resize(size);
  if (size >= 4096) {
    put(file, 0, head);
    if ((how & 8U) == 0) put(file, 0, as_bytes("ATTVAULT"));
    if ((how & 16U) == 0) put(file, 8, be32(1));
    if ((how & 32U) == 0) put(file, 12, be64((64ULL << 20U) + draw.u64() % (5ULL << 30U)));
    if ((how & 64U) == 0) put(file, 20, be32(how % 12));
    if ((how & 128U) == 0)
      put(file, size - 32, crypto::Hasher{"attune vault checksum v1"}.add(BytesView{file}.first(size - 32)).finish());
  }
  crypto::PassphraseCost cost;
  const auto refused =
      refusal({Errc::damaged, Errc::tampered, Errc::incompatible}, [&] { cost = identity::vault_cost(file); });
  promise(refused == by_hand(file), "each fault has its answer, in its order");
  promise(refused || crypto::acceptable(cost), "a cost is one that can be paid");
}

std::vector<Bytes> file_seeds() {
  std::vector<Bytes> all;
  for (const unsigned how : {0U, 3U, 8U + 3U, 16U + 3U, 32U + 3U, 64U + 3U, 128U + 3U, 7U})
    all.push_back(InputBuilder{}.byte(how).byte(0).raw(Bytes(24, std::byte{2})).raw(as_bytes("contents")).take());
  return all;
}

// --- The contents, behind the seal.

bool same(const identity::Vault& one, const identity::Vault& other) {
  return one.root == other.root && one.backup_recipient == other.backup_recipient &&
         equal(one.device.bytes(), other.device.bytes()) && equal(one.store.bytes(), other.store.bytes()) &&
         one.ask_before_partner == other.ask_before_partner &&
         std::ranges::equal(one.self_keys, other.self_keys, [](const auto& a, const auto& b) {
           return equal(a.secret.bytes(), b.secret.bytes()) && a.revoke == b.revoke;
         });
}

void contents(BytesView input) {
  static_cast<void>(refusal({Errc::damaged, Errc::incompatible}, [&] {
    const identity::Vault vault = identity::read_contents(input);
    promise(!vault.self_keys.empty(), "there is a self key");
    Bytes written(identity::contents_size(vault));
    promise(written.size() <= input.size(), "fields are written as short as they go");
    identity::write_contents(vault, written);
    promise(same(identity::read_contents(written), vault), "what is written is read as it was");
  }));
}

std::vector<Bytes> contents_seeds() {
  std::vector<identity::SelfKey> keys;
  keys.push_back({known_secret<identity::SelfKeySecret>(5), {}});
  keys.push_back(
      {known_secret<identity::SelfKeySecret>(6), *identity::StatementHash::from(BytesView{Bytes(32, std::byte{1})})});
  const identity::Vault vault{*RootId::from(BytesView{Bytes(32, std::byte{1})}),
                              {},
                              known_secret<crypto::DeviceSecret>(2),
                              known_secret<identity::StoreSecret>(3),
                              std::move(keys),
                              true};
  Bytes written(identity::contents_size(vault) + 9);
  identity::write_contents(vault, written);
  return {written};
}

const Registration registration_file{{"vault", Weight::light, file, file_seeds}};
const Registration registration_contents{{"vault_contents", Weight::light, contents, contents_seeds}};

}  // namespace
}  // namespace attune::fuzz
