#include "backup/compress.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <bit>

#include "core/check.h"
#include "core/error.h"
#include "core/memory.h"

namespace attune::backup {
namespace {

constexpr int kLevel = 3;
constexpr int kWindowLogMax = 23;  // 8 MiB; what kLevel writes takes 2
constexpr std::size_t kBuffer = 64U << 10U;
constexpr std::uint64_t kStep = 64U << 10U;
constexpr std::size_t kMagicSize = 4;
constexpr std::size_t kSkippableHeader = 8;  // magic and size, little-endian (RFC 8878, section 3.1.2)
constexpr std::array<std::byte, kMagicSize> kFrameMagic{std::byte{0x28}, std::byte{0xB5}, std::byte{0x2F},
                                                        std::byte{0xFD}};
constexpr std::array<std::byte, kMagicSize> kPaddingMagic{std::byte{0x50}, std::byte{0x2A}, std::byte{0x4D},
                                                          std::byte{0x18}};

struct FreeCompression {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

// No memory is neither our mistake nor damage: a good backup must not be called bad for it.
bool failed(std::size_t result) {
  if (ZSTD_isError(result) == 0U) return false;
  if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) no_memory();
  return true;
}

// For calls that fail only where we use the library wrongly.
std::size_t must(std::size_t result) {
  if (failed(result)) throw Error{Errc::internal, "compression failed"};
  return result;
}

[[noreturn]] void damaged() { throw Error{Errc::damaged, "the contents of the backup are damaged"}; }

}  // namespace

std::uint64_t padded_size(std::uint64_t size) noexcept {
  const std::uint64_t stepped = std::max<std::uint64_t>(1, (size + kStep - 1) / kStep) * kStep;
  // Padmé (Nikitin et al., 2019): as many bits of the size may tell as the size's own logarithm has.
  const auto exponent = static_cast<unsigned>(std::bit_width(stepped) - 1);
  const auto told = static_cast<unsigned>(std::bit_width(exponent));
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - told)) - 1;
  return (stepped + mask) & ~mask;
}

struct Compressor::State {
  Sink sink;
  std::unique_ptr<ZSTD_CCtx, FreeCompression> context{ZSTD_createCCtx()};
  Bytes out = Bytes(kBuffer);
  std::uint64_t written = 0;

  void put(BytesView bytes) {
    sink(bytes);
    written += bytes.size();
  }

  // Returns what zstd still holds.
  std::size_t step(ZSTD_inBuffer& in, ZSTD_EndDirective end) {
    ZSTD_outBuffer room{out.data(), out.size(), 0};
    const std::size_t left = must(ZSTD_compressStream2(context.get(), &room, &in, end));
    if (room.pos > 0) put(BytesView{out}.first(room.pos));
    return left;
  }

  void pad() {
    auto left = padded_size(written + kSkippableHeader) - written - kSkippableHeader;
    std::array<std::byte, kSkippableHeader> header{};
    std::ranges::copy(kPaddingMagic, header.begin());
    for (std::size_t i = 0; i < 4; ++i) header[kMagicSize + i] = static_cast<std::byte>(left >> (8 * i));
    ATTUNE_CHECK(left <= UINT32_MAX);  // 12 % of 16 GiB, the most an archive may hold
    put(header);
    std::ranges::fill(out, std::byte{0});
    while (left > 0) {
      const auto now = std::min<std::uint64_t>(left, out.size());
      put(BytesView{out}.first(static_cast<std::size_t>(now)));
      left -= now;
    }
  }
};

Compressor::Compressor(Sink sink) : state_{std::make_unique<State>()} {
  state_->sink = std::move(sink);
  if (!state_->context) no_memory();
  must(ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_compressionLevel, kLevel));
  must(ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_checksumFlag, 1));
}

Compressor::~Compressor() = default;

void Compressor::write(BytesView plain) {
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  while (in.pos < in.size) static_cast<void>(state_->step(in, ZSTD_e_continue));  // what zstd holds, it holds
}

void Compressor::finish() {
  ZSTD_inBuffer nothing{nullptr, 0, 0};
  while (state_->step(nothing, ZSTD_e_end) > 0) {
  }
  state_->pad();
}

struct Decompressor::State {
  Source source;
  std::unique_ptr<ZSTD_DCtx, FreeCompression> context{ZSTD_createDCtx()};
  Bytes held = Bytes(kBuffer);
  ZSTD_inBuffer in{held.data(), 0, 0};
  bool started = false;
  bool frame_ended = false;
  bool ended = false;

  [[nodiscard]] BytesView rest() const { return BytesView{held}.subspan(in.pos, in.size - in.pos); }

  // false: the source has ended. REQUIRES: nothing is held.
  bool refill() {
    in.pos = 0;
    in.size = source(held);
    return in.size > 0;
  }

  // The frame itself must come first: zstd on its own would skip skippable frames.
  void start() {
    started = true;
    if (!refill() || in.size < kMagicSize || !equal(rest().first(kMagicSize), kFrameMagic)) damaged();
  }

  void step(ZSTD_outBuffer& out) {
    if (in.pos == in.size && !refill()) throw Error{Errc::damaged, "the end of the backup's contents is missing"};
    const std::size_t left = ZSTD_decompressStream(context.get(), &out, &in);
    if (failed(left)) damaged();
    frame_ended = left == 0;
  }

  std::byte next_byte() {
    if (in.pos == in.size && !refill()) throw Error{Errc::damaged, "the end of the backup's contents is missing"};
    return held[in.pos++];
  }

  void check_padding() {
    for (const std::byte b : kPaddingMagic) {
      if (next_byte() != b) damaged();
    }
    std::uint64_t left = 0;
    for (unsigned i = 0; i < 4; ++i) left |= std::to_integer<std::uint64_t>(next_byte()) << (8 * i);
    while (left > 0) {
      if (in.pos == in.size && !refill()) throw Error{Errc::damaged, "the end of the backup's contents is missing"};
      const auto now = rest().first(static_cast<std::size_t>(std::min<std::uint64_t>(left, rest().size())));
      if (std::ranges::any_of(now, [](std::byte b) { return b != std::byte{0}; })) damaged();
      in.pos += now.size();
      left -= now.size();
    }
    if (in.pos != in.size || refill()) damaged();
    ended = true;
  }
};

Decompressor::Decompressor(Source source) : state_{std::make_unique<State>()} {
  state_->source = std::move(source);
  if (!state_->context) no_memory();
  must(ZSTD_DCtx_setParameter(state_->context.get(), ZSTD_d_windowLogMax, kWindowLogMax));
}

Decompressor::~Decompressor() = default;

std::size_t Decompressor::read(std::span<std::byte> into) {
  if (!state_->started) state_->start();
  ZSTD_outBuffer out{into.data(), into.size(), 0};
  while (out.pos < out.size && !state_->frame_ended) state_->step(out);
  if (out.pos < out.size && !state_->ended) state_->check_padding();
  return out.pos;
}

}  // namespace attune::backup
