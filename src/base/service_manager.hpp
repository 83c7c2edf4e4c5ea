// What a service tells the manager that started it (systemd's Type=notify).
#pragma once

#include <string>
#include <string_view>

namespace iamlocal {

/// Sends `state`, such as READY=1, and waits a second at most.
/// @param socket as the variable NOTIFY_SOCKET has it: a path, or @ and the name of an abstract socket
/// @return what went wrong, for people; empty if nothing did
[[nodiscard]] std::string tell_service_manager(std::string_view socket, std::string_view state);

}  // namespace iamlocal
