// What a vault holds, once it is open: fields, one after the other, then zeros. docs/store-format.md, section 5.
// Internal to identity. Pure: no key, no file; what is read and written lies in memory that the caller guards.
#pragma once

#include "identity/vault.h"

namespace attune::identity {

[[nodiscard]] std::size_t contents_size(const Vault& vault);
// REQUIRES: at least contents_size() bytes, all zero.
void write_contents(const Vault& vault, std::span<std::byte> into);
// Throws Errc::damaged, Errc::incompatible (a field of a newer attune).
[[nodiscard]] Vault read_contents(BytesView from);

}  // namespace attune::identity
