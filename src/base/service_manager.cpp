#include "base/service_manager.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

namespace iamlocal {
namespace {

std::string failed(std::string_view what) { return fmt::format("{}: {}", what, std::strerror(errno)); }

}  // namespace

std::string tell_service_manager(std::string_view socket, std::string_view state) {
    sockaddr_un address{};
    if (socket.size() < 2 || (socket.front() != '/' && socket.front() != '@') ||
        socket.size() >= sizeof address.sun_path)
        return "NOTIFY_SOCKET names no socket";
    address.sun_family = AF_UNIX;
    std::copy(socket.begin(), socket.end(), address.sun_path);
    // The name of an abstract socket begins with a zero byte, and has none at its end.
    if (socket.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());

    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return failed("socket");
    // A manager that reads nothing must not keep the server from serving.
    const timeval limit{.tv_sec = 1, .tv_usec = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const ssize_t sent = ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
                                  reinterpret_cast<const sockaddr*>(&address), size);
    const std::string fault = sent < 0 ? failed(socket) : std::string();
    ::close(descriptor);
    return fault;
}

}  // namespace iamlocal
