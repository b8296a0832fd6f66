// A couple in memory whose two devices have met before: each input of a fuzzer begins there.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/target.h"
#include "sync/world.h"

namespace attune::fuzz {

using test::Device;

// Ada and Ben with a past. Each input begins where it ended: Begun says so, and puts back what the input changed, so
// that no run leaves anything to the next one.
struct Couple {
  test::ManualClock clock;
  test::Person ada_;
  test::Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
  test::MemoryDisk ada_then;
  test::MemoryDisk ben_then;
  CoupleId couple;
  std::vector<std::string> ada_saw;
  std::size_t ada_calls = 0;  // calls that change the disk, when it was put back
  std::size_t ben_calls = 0;

  Couple() {
    test::pair(ada, ben);
    ada.write("ada's own", false);
    ada.write("ada's shared", true);
    ben.write("ben's shared", true);
    ben.write("ben's own", false);
    test::meet(ada, ben);
    couple = ada.book().pairing().value().couple;
    ada_then = ada.snapshot();
    ben_then = ben.snapshot();
    ada_saw = of(ada, " mine ");
    put_back({&ada, &ben});
  }
  [[nodiscard]] bool changed(Device& device) const {
    return device.files().calls() != (&device == &ada ? ada_calls : ben_calls);
  }
  void put_back(const std::vector<Device*>& devices) {
    clock.set(test::ManualClock{}.now());
    settle_randomness(2);
    for (Device* device : devices) {
      const bool is_ada = device == &ada;
      if (!changed(*device)) {
        device->reopen();  // what it had in mind goes
        continue;
      }
      device->roll_back(is_ada ? ada_then : ben_then);
      (is_ada ? ada_calls : ben_calls) = device->files().calls();
    }
  }
  // What stands there by one of the two.
  [[nodiscard]] static std::vector<std::string> of(Device& at, std::string_view whose) {
    std::vector<std::string> lines = at.sees();
    std::erase_if(lines, [&](const std::string& line) { return line.find(whose) == std::string::npos; });
    std::ranges::sort(lines);
    return lines;
  }
};

class Begun {
 public:
  // Of the devices those that take part.
  Begun(Couple& couple, std::initializer_list<Device*> devices) : couple_{couple}, devices_{devices} {
    settle_randomness(2);
  }
  ~Begun() { couple_.put_back(devices_); }
  Begun(const Begun&) = delete;
  Begun& operator=(const Begun&) = delete;

 private:
  Couple& couple_;
  std::vector<Device*> devices_;
};

inline bool has_all(const std::vector<std::string>& lines, const std::vector<std::string>& wanted) {
  return std::ranges::includes(lines, wanted);
}

inline constexpr std::string_view kPrivate = "ada's own";

// What a partner may answer a session with: each code is one that a session's end knows.
inline constexpr std::initializer_list<Errc> kEnds{Errc::peer_misbehaved, Errc::unreachable, Errc::refused,
                                                   Errc::incompatible};

}  // namespace attune::fuzz
