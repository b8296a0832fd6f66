#include "storage/seal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "crypto/hash.h"
#include "crypto/random.h"

namespace attune::storage {
namespace {

constexpr std::string_view kMagic = "attS";
constexpr std::size_t kIdAt = 14;
constexpr std::size_t kCheckAt = kIdAt + FileId::size;
static_assert(kCheckAt + 32 == kHeaderSize);

constexpr std::string_view kKeyTag = "attune store file key v1";
constexpr std::string_view kHeaderTag = "attune store header v1";

std::array<std::byte, 32> check_of(const StoreKey& key, BytesView before_check) {
  return crypto::Hasher{kHeaderTag, key.bytes()}.add(before_check).finish();
}

FileKey key_of(const StoreKey& key, const FileName& name, const FileId& id) {
  const std::array type{static_cast<std::byte>(name.type)};
  crypto::Hasher hasher{kKeyTag, key.bytes()};
  auto digest = hasher.add(id.bytes()).add(type).add_u64(name.number).finish();
  auto file_key = FileKey::copied(digest);
  crypto::wipe(digest);
  return file_key;
}

std::optional<std::uint64_t> number_in(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<FileName> file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (name == "CURRENT") return FileName{FileType::current, 0};
  if (constexpr std::string_view kManifest = "MANIFEST-"; name.starts_with(kManifest)) {
    const auto number = number_in(name.substr(kManifest.size()));
    return number ? std::optional{FileName{FileType::manifest, *number}} : std::nullopt;
  }
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto number = number_in(name.substr(0, dot));
  const std::string_view kind = name.substr(dot);
  if (!number) return std::nullopt;
  if (kind == ".log") return FileName{FileType::log, *number};
  if (kind == ".ldb" || kind == ".sst") return FileName{FileType::table, *number};
  if (kind == ".dbtmp") return FileName{FileType::current, 0};
  return std::nullopt;
}

Seal new_seal(const StoreKey& key, const FileName& name) {
  const auto id = crypto::random_id<FileId>();
  return {id, key_of(key, name, id)};
}

HeaderBytes header_of(const StoreKey& key, const FileName& name, const FileId& id) {
  HeaderBytes header;
  auto to = std::ranges::copy(as_bytes(kMagic), header.begin()).out;
  *to++ = kFormatVersion;
  *to++ = static_cast<std::byte>(name.type);
  to = std::ranges::copy(be64(name.number), to).out;
  to = std::ranges::copy(id.bytes(), to).out;
  std::ranges::copy(check_of(key, BytesView{header}.first(kCheckAt)), to);
  return header;
}

std::optional<Seal> read_header(const StoreKey& key, const FileName& name, BytesView header) {
  if (header.size() != kHeaderSize) return std::nullopt;
  const auto check = check_of(key, header.first(kCheckAt));
  if (!crypto::equal_secrets(check, header.subspan(kCheckAt))) return std::nullopt;
  // The check is the same in every version, so from here on these bytes are known to be a store's own.
  if (header[kMagic.size()] != kFormatVersion) {
    throw Error{Errc::incompatible, "the store was written by a newer attune", "update attune on this device"};
  }
  const auto id = FileId::from(header.subspan(kIdAt, FileId::size));
  const HeaderBytes expected = header_of(key, name, *id);
  if (!equal(header, expected)) return std::nullopt;  // a file of the store, but not the one of this name
  return Seal{*id, key_of(key, name, *id)};
}

Error tampered(const std::string& path) {
  return Error{Errc::tampered, fmt::format("{} is not what attune wrote there", path)};
}

}  // namespace attune::storage
