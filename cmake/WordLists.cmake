# Word lists become constant arrays in generated headers when the build is configured.
# BIP39 English comes from Debian's python3-mnemonic and must be the published list to the byte (see NOTICE).
set(ATTUNE_BIP39_WORDS "/usr/lib/python3/dist-packages/mnemonic/wordlist/english.txt" CACHE FILEPATH
    "The BIP39 English word list")
set(attune_bip39_sha256 2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda)

# attune_word_list(<file> <array> <count> <header>): "crypto/<header>" holds std::array<std::string_view, count> <array>.
function(attune_word_list file array count header)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(STRINGS "${file}" words)
  list(LENGTH words found)
  if(NOT found EQUAL count)
    message(FATAL_ERROR "${file} holds ${found} words, not ${count}")
  endif()
  list(JOIN words "\",\n    \"" lines)
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/crypto/${header}" @ONLY CONTENT
"// Generated from a word list; see cmake/WordLists.cmake.
#pragma once

#include <array>
#include <string_view>

namespace attune::crypto {

inline constexpr std::array<std::string_view, @count@> @array@{
    \"@lines@\"};

}  // namespace attune::crypto
")
endfunction()

if(NOT EXISTS "${ATTUNE_BIP39_WORDS}")
  message(FATAL_ERROR "the BIP39 word list is missing: install Debian's python3-mnemonic, or set ATTUNE_BIP39_WORDS")
endif()
file(SHA256 "${ATTUNE_BIP39_WORDS}" found_sha256)
if(NOT found_sha256 STREQUAL attune_bip39_sha256)
  message(FATAL_ERROR "${ATTUNE_BIP39_WORDS} is not the published BIP39 English word list")
endif()
attune_word_list("${ATTUNE_BIP39_WORDS}" kBip39Words 2048 bip39_words.h)
attune_word_list("${PROJECT_SOURCE_DIR}/src/crypto/pairing_words.txt" kPairingWords 512 pairing_words.h)
