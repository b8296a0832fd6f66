// docs/store-format.md, section 5. No protobuf here: its messages keep copies of what they carry, and this carries
// secrets.
#include "identity/vault_contents.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "core/check.h"
#include "core/error.h"

namespace attune::identity {
namespace {

[[noreturn]] void damaged() { throw Error{Errc::damaged, "the vault is damaged"}; }

// A field is its kind (1 byte), the length of its value (2 bytes) and the value; zeros follow the last one.
enum class Field : std::uint8_t {
  end = 0,
  root = 1,
  backup_recipient = 2,
  device = 3,
  store = 4,
  self_key = 5,  // one each, oldest first
  ask_before_partner = 6,
};
constexpr std::size_t kFieldHead = 3;
constexpr std::size_t kSelfKeySize = SelfKeySecret::size + StatementHash::size;

class FieldWriter {
 public:
  explicit FieldWriter(std::span<std::byte> into) : left_{into} {}
  // A value of one piece or of two that follow each other.
  void put(Field field, BytesView value, BytesView more = {}) {
    const std::size_t size = value.size() + more.size();
    ATTUNE_CHECK(size <= std::numeric_limits<std::uint16_t>::max() && kFieldHead + size <= left_.size());
    left_[0] = static_cast<std::byte>(field);
    left_[1] = static_cast<std::byte>(size >> 8U);
    left_[2] = static_cast<std::byte>(size & 0xFFU);
    left_ = left_.subspan(kFieldHead);
    for (const BytesView piece : {value, more}) {
      std::ranges::copy(piece, left_.begin());
      left_ = left_.subspan(piece.size());
    }
  }

 private:
  std::span<std::byte> left_;
};

class FieldReader {
 public:
  struct Found {
    Field field;
    BytesView value;
  };
  explicit FieldReader(BytesView from) : left_{from} {}

  // The last one is of kind `end`. What is malformed was sealed that way, with the right passphrase: damaged.
  Found next() {
    if (left_.empty() || left_[0] == std::byte{0}) {
      if (std::ranges::any_of(left_, [](std::byte b) { return b != std::byte{0}; })) damaged();
      return {Field::end, {}};
    }
    if (left_.size() < kFieldHead) damaged();
    const auto field = static_cast<Field>(left_[0]);
    const std::size_t size = std::to_integer<std::size_t>(left_[1]) * 256 + std::to_integer<std::size_t>(left_[2]);
    if (left_.size() < kFieldHead + size) damaged();
    const BytesView value = left_.subspan(kFieldHead, size);
    left_ = left_.subspan(kFieldHead + size);
    return {field, value};
  }

 private:
  BytesView left_;
};

// Exactly once, exactly that size.
template <std::size_t N>
class Single {
 public:
  void take(BytesView value) {
    if (found_ || value.size() != N) damaged();
    found_.emplace(value.data(), N);
  }
  [[nodiscard]] std::span<const std::byte, N> get() const {
    if (!found_) damaged();
    return *found_;
  }

 private:
  std::optional<std::span<const std::byte, N>> found_;
};

SelfKey self_key_in(BytesView value) {
  if (value.size() != kSelfKeySize) damaged();
  const std::span<const std::byte, kSelfKeySize> all{value.data(), kSelfKeySize};
  return SelfKey{SelfKeySecret::copied(all.first<SelfKeySecret::size>()),
                 StatementHash{all.last<StatementHash::size>()}};
}

}  // namespace

std::size_t contents_size(const Vault& vault) {
  constexpr std::size_t single = 4 * (kFieldHead + 32) + (kFieldHead + 1);
  return single + vault.self_keys.size() * (kFieldHead + kSelfKeySize);
}

void write_contents(const Vault& vault, std::span<std::byte> into) {
  FieldWriter writer{into};
  writer.put(Field::root, vault.root.bytes());
  writer.put(Field::backup_recipient, vault.backup_recipient);
  writer.put(Field::device, vault.device.bytes());
  writer.put(Field::store, vault.store.bytes());
  for (const SelfKey& key : vault.self_keys) writer.put(Field::self_key, key.secret.bytes(), key.revoke.bytes());
  const std::array ask{vault.ask_before_partner ? std::byte{1} : std::byte{0}};
  writer.put(Field::ask_before_partner, ask);
}

Vault read_contents(BytesView from) {
  Single<32> root, backup_recipient, device, store;
  Single<1> ask;
  std::vector<SelfKey> self_keys;
  FieldReader reader{from};
  for (auto found = reader.next(); found.field != Field::end; found = reader.next()) {
    switch (found.field) {
      case Field::root: root.take(found.value); break;
      case Field::backup_recipient: backup_recipient.take(found.value); break;
      case Field::device: device.take(found.value); break;
      case Field::store: store.take(found.value); break;
      case Field::self_key: self_keys.push_back(self_key_in(found.value)); break;
      case Field::ask_before_partner: ask.take(found.value); break;
      default:
        // To pass over it would be to lose it: the next change writes the vault anew without it.
        throw Error{Errc::incompatible, "the vault holds something of a newer attune"};
    }
  }
  const std::byte asks = ask.get()[0];
  if (self_keys.empty() || asks > std::byte{1}) damaged();
  crypto::XPublic recipient;
  std::ranges::copy(backup_recipient.get(), recipient.begin());
  return Vault{RootId{root.get()},
               recipient,
               crypto::DeviceSecret::copied(device.get()),
               StoreSecret::copied(store.get()),
               std::move(self_keys),
               asks == std::byte{1}};
}

}  // namespace attune::identity
