// What people name by the first digits of its id.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "book/book.h"
#include "book/keys.h"
#include "book/state.h"
#include "core/error.h"
#include "crypto/hash.h"

namespace attune::book {
namespace {

using storage::Key;
using storage::Table;
using Visit = storage::Store::Visit;

constexpr std::size_t kFewestDigits = 4;

// "3F2" as lower-case digits; nullopt: no id starts so. Errc::usage where there is not one digit.
std::optional<std::string> digits_of(std::string_view prefix, std::size_t most) {
  if (prefix.empty()) throw Error{Errc::usage, "an id has at least one digit", "attune list shows them"};
  std::string digits{prefix};
  std::ranges::transform(digits, digits.begin(),
                         [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  const bool hex = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hex && digits.size() <= most ? std::optional{std::move(digits)} : std::nullopt;
}

// "3f2" behind the table's own bytes, as the range of keys that start so.
std::pair<std::string, std::string> range_of(const Key& table, std::string digits) {
  const bool odd = digits.size() % 2 != 0;
  if (odd) digits += '0';
  Key from = table;
  from.raw(as_text(*from_hex(digits)));
  if (!odd) return {from.str(), from.end()};
  std::string last = from.str();
  last.back() = static_cast<char>(static_cast<unsigned char>(last.back()) | 0x0FU);
  Key to = table;
  return {from.str(), to.raw(std::string_view{last}.substr(table.str().size())).end()};
}

std::size_t common_digits(const std::string& a, const std::string& b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

// The fewest digits that no neighbour of `own` in its table shares. `id_of`: nothing where a key is no id's.
std::string shortest(const storage::Store& store, const Key& table, const Key& own, const std::string& digits,
                     const std::function<std::optional<std::string>(std::string_view key)>& id_of) {
  std::size_t shared = kFewestDigits - 1;
  const auto compare = [&](std::string_view key, std::string_view) {
    const auto other = id_of(key);
    if (!other) return Visit::go_on;
    shared = std::max(shared, common_digits(digits, *other));
    return Visit::stop;
  };
  store.scan(own.end(), table.end(), compare);
  store.scan_back(table, own, compare);
  return digits.substr(0, std::min(shared + 1, digits.size()));
}

}  // namespace

std::string_view name_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::entry: return "entry";
    case ObjectKind::boundary: return "boundary";
    case ObjectKind::agreement: return "agreement";
    case ObjectKind::check_in: return "check-in";
    case ObjectKind::pause: return "pause";
  }
  return "entry";
}

std::optional<ObjectId> Book::find_entry(std::string_view printed_prefix) const {
  const Shelf& shelf = *state_;
  const auto digits = digits_of(printed_prefix, 2 * PrintedId::size);
  if (!digits) return std::nullopt;
  std::optional<ObjectId> found;
  const auto [from, to] = range_of(Key{Table::object}, *digits);
  shelf.store.scan(from, to, [&](std::string_view key, std::string_view) {
    if (!is_object_key(key)) return Visit::go_on;
    for (const ObjectId& object : shelf.objects_of(printed_of(key))) {
      const auto entry = shelf.fold(object);
      if (!entry) continue;  // a profile, a pairing, a boundary
      const ObjectId lead = shelf.lead(*entry);
      if (found && *found != lead) throw Error{Errc::ambiguous, "more than one entry has an id that starts so"};
      found = lead;
    }
    return Visit::go_on;
  });
  return found;
}

ObjectId Book::find(std::string_view printed_prefix) const {
  const auto found = find_entry(printed_prefix);
  if (!found) throw Error{Errc::not_found, "no entry has that id"};
  return *found;
}

std::optional<ObjectId> Book::find(ObjectKind kind, std::string_view printed_prefix) const {
  const auto digits = digits_of(printed_prefix, 2 * PrintedId::size);
  if (!digits) return std::nullopt;
  std::optional<ObjectId> found;
  const auto [from, to] = range_of(kinds_from(kind), *digits);
  state_->store.scan(from, to, [&](std::string_view key, std::string_view) {
    if (found) throw Error{Errc::ambiguous, fmt::format("more than one {} has an id that starts so", name_of(kind))};
    found = read_kind_key(key).object;
    return Visit::go_on;
  });
  return found;
}

std::vector<ObjectId> Book::all(ObjectKind kind, Which which) const {
  std::vector<ObjectId> found;
  const Instant now = state_->clock.now();
  const Key from = kinds_from(kind);
  state_->store.scan(from, from.end(), [&](std::string_view key, std::string_view value) {
    if (which == Which::all || now < over_from(value)) found.push_back(read_kind_key(key).object);
    return Visit::go_on;
  });
  return found;
}

std::map<ObjectId, std::string> Book::short_ids(ObjectKind kind) const {
  std::map<ObjectId, std::string> found;
  std::string before;                // of the one before, in order of the digits
  std::string* shortened = nullptr;  // and what is shown of it so far
  const Key from = kinds_from(kind);
  state_->store.scan(from, from.end(), [&](std::string_view key, std::string_view) {
    const ObjectId object = read_kind_key(key).object;
    std::string digits = crypto::printed_id(object).hex();
    const std::size_t shared = common_digits(digits, before);
    if (shortened != nullptr && shared >= shortened->size()) *shortened = before.substr(0, shared + 1);
    shortened = &found[object];
    *shortened = digits.substr(0, std::max(shared + 1, kFewestDigits));
    before = std::move(digits);
    return Visit::go_on;
  });
  return found;
}

std::vector<FoundAct> Book::find_acts(std::string_view prefix) const {
  std::vector<FoundAct> found;
  const auto digits = digits_of(prefix, 2 * OpId::size);
  if (!digits) return found;
  const auto [from, to] = range_of(Key{Table::act}, *digits);
  state_->store.scan(from, to, [&](std::string_view key, std::string_view) {
    found.push_back(read_act_key(key));
    if (found.back().op != found.front().op) {
      throw Error{Errc::ambiguous, "more than one thing has an id that starts so"};
    }
    return Visit::go_on;
  });
  return found;
}

std::string Book::shortest_prefix(const OpId& act) const {
  Key own{Table::act};
  own.id(act);
  return shortest(state_->store, Key{Table::act}, own, act.hex(),
                  [](std::string_view key) { return std::optional{read_act_key(key).op.hex()}; });
}

std::string Book::shortest_prefix(const ObjectId& id) const {
  const PrintedId printed = crypto::printed_id(id);
  return shortest(state_->store, Key{Table::object}, object_key(printed), printed.hex(), [](std::string_view key) {
    return is_object_key(key) ? std::optional{printed_of(key).hex()} : std::nullopt;
  });
}

}  // namespace attune::book
