// Curve25519: X25519 (RFC 7748) for agreement, Ed25519 (RFC 8032) for statements of the root.
#pragma once

#include "core/bytes.h"
#include "core/id.h"
#include "crypto/secret.h"

namespace attune::crypto {

// X25519. Tag keeps keys of different use apart (Noise statics, ephemerals, backup keys).
template <class Tag>
using XSecret = Secret<Tag, 32>;
using DeviceSecret = XSecret<struct DeviceSecretTag>;  // a device's static key, for Noise alone
using EphemeralSecret = XSecret<struct EphemeralSecretTag>;
using BackupSecret = XSecret<struct BackupSecretTag>;  // opens backups; from the words
using XPublic = std::array<std::byte, 32>;

[[nodiscard]] XPublic x25519_public(KeyView secret);
using SharedSecret = Secret<struct SharedSecretTag, 32>;
// Throws Errc::peer_misbehaved where the result would be all zero (a low-order point).
[[nodiscard]] SharedSecret x25519(KeyView secret, const XPublic& other);

// Ed25519: 64 bytes as libsodium keeps them (seed || public key).
using RootSecret = Secret<struct RootSecretTag, 64>;
using Signature = std::array<std::byte, 64>;
[[nodiscard]] RootSecret root_secret_from_seed(KeyView seed);
[[nodiscard]] RootId root_of(const RootSecret& secret);
[[nodiscard]] Signature sign(const RootSecret& secret, BytesView message);
// Plain libsodium verification.
[[nodiscard]] bool verify(const RootId& root, BytesView message, std::span<const std::byte, 64> signature);
// Once for each root before it is believed: refuses small- and mixed-order points, which verify() of 1.0.18 lets pass.
[[nodiscard]] bool admissible(const RootId& root);

}  // namespace attune::crypto
