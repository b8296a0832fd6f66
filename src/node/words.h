// What takes the 24 words while a node may run: signing a revoke, deriving self keys. Words never cross the control
// socket: the command line calls these in its own process and hands over what comes out, statements in a message and
// keys as one raw frame. docs/guide.md, "A lost device".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attune/api.pb.h"
#include "crypto/bip39.h"
#include "crypto/secret.h"
#include "identity/keys.h"

namespace attune::node {

// What a device says that another one revoked, wherever it matters.
inline constexpr std::string_view kRemoved =
    "this device was removed from your devices: it can be read, and nothing goes in or out any more";
inline constexpr std::string_view kRemovedHint = "to use it again: attune wipe, then attune restore with your 24 words";
// One that the removal of another has left behind.
inline constexpr std::string_view kWordsNeeded =
    "another of your devices was removed, and this one needs your 24 words once to go on with the others";
inline constexpr std::string_view kWordsNeededHint = "run attune sync where it can ask for them, or with --words-file";
// Two devices were removed without knowledge of each other.
inline constexpr std::string_view kRevokedApart =
    "devices were removed from two places that did not know of each other: whoever has one may have the newest key";
inline constexpr std::string_view kRevokedApartHint = "remove one of them once more with attune device revoke";

struct SignedRevoke {
  std::vector<std::string> statements;  // serialised SignedStatement
  crypto::SecretBytes keys;             // raw frame
};
// Both throw Errc::wrong_words where the words are another person's. The frame holds the keys of all revokes that the
// plan names (the newest 63 of them), for sign_revoke the new one's, too.
[[nodiscard]] SignedRevoke sign_revoke(const api::v1::DeviceRevokePlan& plan, const crypto::Entropy& entropy);
[[nodiscard]] crypto::SecretBytes derive_self_keys(const api::v1::SelfKeysPlan& plan, const crypto::Entropy& entropy);

// What is in such a frame: the hash of a revoke and its key, 32 bytes each, again and again. Throws Errc::usage.
[[nodiscard]] std::vector<identity::SelfKey> keys_in(BytesView frame);

}  // namespace attune::node
