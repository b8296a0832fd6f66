#include "net/ways.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "core/bytes.h"
#include "net/beacon.h"

namespace attune::net {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_{fd} {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

Bytes bytes_of(const asio::ip::address& address) {
  Bytes bytes;
  const auto add = [&bytes](const auto& of) {
    for (const std::uint8_t byte : of) bytes.push_back(std::byte{byte});
  };
  if (address.is_v4()) {
    add(address.to_v4().to_bytes());
  } else {
    add(address.to_v6().to_bytes());
  }
  return bytes;
}

template <class T>
void put(Bytes& into, const T& what) {
  append(into, std::as_bytes(std::span{&what, 1}));
}

// A request with one body and, where there is one, an address as its attribute.
template <class Body>
Bytes request(std::uint16_t type, std::uint16_t flags, const Body& body, BytesView address = {}) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  const std::size_t attribute = address.empty() ? 0 : sizeof(rtattr) + address.size();
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + sizeof body + attribute);
  Bytes bytes;
  put(bytes, header);
  put(bytes, body);
  if (!address.empty()) {
    rtattr about{};
    about.rta_len = static_cast<std::uint16_t>(attribute);
    about.rta_type = RTA_DST;
    put(bytes, about);
    append(bytes, address);
  }
  return bytes;
}

template <class T>
std::optional<T> taken(BytesView from) {
  if (from.size() < sizeof(T)) return std::nullopt;
  T value{};
  std::memcpy(&value, from.data(), sizeof value);
  return value;
}

// The content of an attribute behind a body; nullopt: it is not among them.
std::optional<BytesView> attribute(BytesView attributes, unsigned type) {
  while (const auto about = taken<rtattr>(attributes)) {
    if (about->rta_len < sizeof(rtattr) || about->rta_len > attributes.size()) return std::nullopt;
    if (about->rta_type == type) return attributes.subspan(sizeof(rtattr), about->rta_len - sizeof(rtattr));
    attributes = attributes.subspan(std::min<std::size_t>(RTA_ALIGN(about->rta_len), attributes.size()));
  }
  return std::nullopt;
}

// Calls `each` with the body of every message of one answer. The kernel answers at once.
template <class Each>
void ask(const Bytes& question, Each each) {
  const Descriptor kernel{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
  if (kernel.get() < 0) return;
  if (::send(kernel.get(), question.data(), question.size(), 0) < 0) return;
  std::vector<std::byte> room(32768);
  for (;;) {
    const ssize_t got = ::recv(kernel.get(), room.data(), room.size(), 0);
    if (got <= 0) return;
    BytesView rest{room.data(), static_cast<std::size_t>(got)};
    while (const auto header = taken<nlmsghdr>(rest)) {
      if (header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > rest.size()) return;
      if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return;
      each(rest.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr)));
      if ((header->nlmsg_flags & NLM_F_MULTI) == 0) return;
      rest = rest.subspan(std::min<std::size_t>(NLMSG_ALIGN(header->nlmsg_len), rest.size()));
    }
  }
}

bool is_tunnel(const std::string& name) {
  const Descriptor any{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  ifreq about{};
  name.copy(about.ifr_name, IFNAMSIZ - 1);
  if (any.get() < 0 || ::ioctl(any.get(), SIOCGIFFLAGS, &about) != 0) return false;
  return (about.ifr_flags & IFF_POINTOPOINT) != 0;
}

Neighbour meaning(std::uint16_t state) {
  if ((state & NUD_REACHABLE) != 0) return Neighbour::answers;
  if ((state & (NUD_FAILED | NUD_INCOMPLETE)) != 0) return Neighbour::silent;
  return Neighbour::unknown;
}

}  // namespace

std::optional<std::string> tunnel_to(const asio::ip::address& address) {
  rtmsg body{};
  const auto plain = plain_address(address);
  const Bytes wanted = bytes_of(plain);
  body.rtm_family = plain.is_v4() ? AF_INET : AF_INET6;
  body.rtm_dst_len = static_cast<unsigned char>(wanted.size() * 8);
  std::optional<std::string> tunnel;
  ask(request(RTM_GETROUTE, 0, body, wanted), [&](BytesView answer) {
    if (answer.size() < sizeof body) return;
    const auto by = attribute(answer.subspan(sizeof body), RTA_OIF);
    const auto index = by ? taken<std::uint32_t>(*by) : std::nullopt;
    std::array<char, IFNAMSIZ> name{};
    if (!index || ::if_indextoname(*index, name.data()) == nullptr) return;
    if (is_tunnel(name.data())) tunnel = name.data();
  });
  return tunnel;
}

Neighbour neighbour(const asio::ip::address& address) {
  ndmsg body{};
  const auto plain = plain_address(address);
  const Bytes wanted = bytes_of(plain);
  body.ndm_family = plain.is_v4() ? AF_INET : AF_INET6;
  auto known = Neighbour::unknown;
  ask(request(RTM_GETNEIGH, NLM_F_DUMP, body), [&](BytesView answer) {
    const auto about = taken<ndmsg>(answer);
    if (!about) return;
    const auto at = attribute(answer.subspan(sizeof body), NDA_DST);
    if (at && std::ranges::equal(*at, wanted)) known = meaning(about->ndm_state);
  });
  return known;
}

}  // namespace attune::net
