// A parcel: the messages of one side of a session, in a file, for where two nodes cannot meet. Knows how its bytes are
// sealed and who may open them, and nothing of what the messages say. docs/protocol.md, section 8.
// Errors: Errc::damaged (altered, cut short, or for somebody else), Errc::incompatible (a newer format), both with the
// file's name.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/file.h"
#include "crypto/curve.h"
#include "identity/parcel_key.h"
#include "net/channel.h"

namespace attune::sync {

inline constexpr std::size_t kParcelHeading = 48;        // magic, version, salt
inline constexpr std::size_t kParcelChunk = 16U << 10U;  // what follows comes in pieces of this size

// Everything in it is drawn or derived for one parcel.
using ParcelSecret = crypto::Secret<struct ParcelSecretTag, 32>;
using ParcelSalt = std::array<std::byte, 32>;

struct ParcelSealing {
  const identity::ParcelKey& key;
  const crypto::DeviceSecret& maker;
  std::string admit;              // of the maker
  std::uint64_t number = 0;       // greater than that of any earlier parcel of this maker
  std::vector<DeviceId> readers;  // who may open the body
};

class ParcelWriter {
 public:
  using Sink = std::function<void(BytesView)>;
  // Writes the head at once.
  ParcelWriter(const ParcelSealing& sealing, std::string_view rosters, Sink sink);
  void put(std::string_view message);  // at most net::kMaxMessage, not empty
  void finish();                       // the padding and the last chunk; once

 private:
  ParcelSecret write_head(const ParcelSealing& sealing, std::string_view rosters, const ParcelSalt& salt);
  void add(BytesView plain);
  void flush(bool last);

  Sink sink_;
  std::uint64_t head_chunks_ = 0;
  ParcelSecret body_key_;
  std::uint64_t chunks_ = 0;  // of the body, written so far
  Bytes plain_;
  Bytes sealed_;
};

// A key under which a parcel may have been sealed, and what a channel under it would be.
struct LiveParcelKey {
  net::KeyChoice choice;
  identity::ParcelKey key;
};

class ParcelReader {
 public:
  // Opens the head with whichever of `keys` it is sealed under. `file` outlives it; `name` is for errors.
  ParcelReader(const ReadFile& file, std::string name, const std::vector<LiveParcelKey>& keys,
               const crypto::DeviceSecret& own);

  [[nodiscard]] const net::KeyChoice& choice() const noexcept { return choice_; }
  // Whoever can open the body knows that the device of this key made it, as a handshake would have proven; whose device
  // it is says the statement, which is not checked yet.
  [[nodiscard]] const DeviceId& maker() const noexcept { return maker_; }
  [[nodiscard]] const std::string& admit() const noexcept { return admit_; }
  [[nodiscard]] const std::string& rosters() const noexcept { return rosters_; }
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  // The maker knew this device.
  [[nodiscard]] bool readable() const noexcept { return body_key_.has_value(); }

  // Authenticates every chunk of the body up to the end of the file. REQUIRES: readable().
  void check();
  // The next message; false: that was all. REQUIRES: readable().
  [[nodiscard]] bool next(std::string& message);

 private:
  [[noreturn]] void damaged(std::string_view what) const;
  void read_chunk(std::uint64_t place, std::span<std::byte> into) const;
  void check_heading();
  [[nodiscard]] bool open_head(const LiveParcelKey& live, const crypto::DeviceSecret& own);
  void read_head(BytesView head, const ParcelSecret& file_key, const crypto::DeviceSecret& own);
  void open_body_chunk(std::uint64_t number);
  [[nodiscard]] std::size_t take(std::span<std::byte> into);

  const ReadFile& file_;
  std::string name_;
  std::uint64_t chunks_ = 0;  // in the file
  ParcelSalt salt_{};
  net::KeyChoice choice_;
  DeviceId maker_;
  std::string admit_;
  std::string rosters_;
  std::uint64_t number_ = 0;
  std::uint64_t head_chunks_ = 0;
  std::optional<ParcelSecret> body_key_;
  std::uint64_t next_chunk_ = 0;  // of the body
  Bytes plain_;
  std::size_t at_ = 0;  // in plain_
};

}  // namespace attune::sync
