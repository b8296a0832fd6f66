// What the partner's devices have confirmed of one's own logs.
#pragma once

#include <set>

#include "book/shelf.h"

namespace attune::book {

// The partner's devices are those that ever confirmed a place of a couple's log and are neither one's own nor revoked.
// Made for one question and thrown away: it reads rosters.
class PartnerDevices {
 public:
  PartnerDevices(const Book& book, const Shelf& shelf);
  // nullopt: no device of that log's couple ever confirmed anything in that space.
  [[nodiscard]] std::optional<std::uint64_t> least_confirmed(log::LogNumber log) const;
  [[nodiscard]] std::optional<std::uint64_t> most_confirmed(log::LogNumber log) const;

 private:
  struct Confirmed {
    DeviceId device;
    log::LogNumber log = 0;
    std::uint64_t n = 0;
  };
  // For each device that confirmed anything of that couple: how far it holds `log`.
  [[nodiscard]] std::vector<std::uint64_t> of(log::LogNumber log) const;

  const Shelf& shelf_;
  std::vector<Confirmed> confirmed_;
};

[[nodiscard]] storage::Key confirmed_key(const DeviceId& device, log::LogNumber log);

}  // namespace attune::book
