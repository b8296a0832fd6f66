// Typed keys of the store. The first byte says whose table it is; numbers are big-endian, so they sort.
#pragma once

#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/id.h"

namespace attune::storage {

// The registry of all tables. docs/store-format.md, section 2 has each one's key and value.
enum class Table : char {
  meta = 'M',        // book, node: single values by name
  log = 'L',         // log: number -> what the log is and how far it is held
  log_number = 'N',  // log: log id -> number
  record = 'R',      // log: number, n -> record
  seal = 'S',        // log: number, n -> seal of the partner's batches
  lacking = 'Q',     // log: number, n -> (empty): a payload that is lacking without a reason yet
  object = 'O',      // book: printed id -> places of its ops
  timeline = 'T',    // book: index of entries by time
  kind = 'K',        // book: kind, object -> whether it is over
  act = 'A',         // book: op id, object -> (empty): acts that people name
  erasing = 'E',     // book: ranges still to be compacted
  roster = 'P',      // node: root, hash -> statement
  peer = 'D',        // node: device -> what is remembered of it
  confirmed = 'C',   // node: device, log number -> n
};

class Key {
 public:
  explicit Key(Table table) : bytes_(1, static_cast<char>(table)) {}
  Key& u32(std::uint32_t value) { return raw(as_text(be32(value))); }
  Key& u64(std::uint64_t value) { return raw(as_text(be64(value))); }
  Key& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  template <class Tag, std::size_t N>
  Key& id(const Id<Tag, N>& value) {
    return raw(value.raw());
  }
  [[nodiscard]] const std::string& str() const noexcept { return bytes_; }
  operator std::string_view() const noexcept { return bytes_; }  // NOLINT: a key is its bytes
  // The first key behind all that start with this one.
  [[nodiscard]] std::string end() const;

 private:
  std::string bytes_;
};

}  // namespace attune::storage
