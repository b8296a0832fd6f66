// The backup: one age v1 file, zstd, length-delimited records, a closing MAC. docs/backup-format.md.
// Errors: Errc::wrong_words (another person's file), Errc::damaged (with the place), Errc::tampered (the MAC, a seal),
// Errc::incompatible (a newer format), Errc::not_found (no such file), Errc::disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "book/book.h"
#include "core/clock.h"
#include "core/file.h"
#include "identity/root.h"

namespace attune::backup {

using Progress = std::function<void(std::string_view what, double done, double total)>;

struct Facts {
  std::uint64_t entries = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // of the file
  Instant created_at;
};

// Writes FILE beside its name, reads it back whole with the file's key, checks every chain, then renames.
// Throws Errc::exists where FILE exists. Records, not entries, are streamed: memory stays under 16 MiB.
Facts create(FileSystem& files, const std::string& file, book::Book& book, const book::Self& self,
             const crypto::XPublic& recipient, const Clock& clock, const Progress& progress);

// Everything create() promises of a file, given the words; restores into nothing.
Facts verify(const FileSystem& files, const std::string& file, const identity::Root& root, const Progress& progress);

// Into an empty book of a new device of this person. All is checked (MAC, seals, chains, root) before the caller may
// use it; the caller works in a new directory and swaps only when this returns.
Facts restore(const FileSystem& files, const std::string& file, const identity::Root& root, book::Book& into,
              const Progress& progress);

}  // namespace attune::backup
