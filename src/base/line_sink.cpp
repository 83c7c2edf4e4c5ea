#include "base/line_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace iamlocal {

LineSink::LineSink(int descriptor, LogFormat format, const Clock& clock)
    : format_(format), clock_(clock), descriptor_(descriptor) {
    struct stat status {};
    waits_for_no_reader_ = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    if (waits_for_no_reader_) return;
    // Whether writing waits is a property that all who inherited the descriptor share; a file opened anew has its own.
    const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    own_ = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (own_ >= 0) descriptor_ = own_;
}

LineSink::~LineSink() {
    if (own_ >= 0) ::close(own_);
}

void LineSink::write(std::string_view lines) {
    const std::lock_guard lock(mutex_);
    if (dropped_ > 0) tell_of_dropped();
    if (dropped_ == 0) push(lines);
    const auto dropped = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
    dropped_ += dropped;
    all_dropped_.fetch_add(dropped, std::memory_order_relaxed);
}

void LineSink::tell_of_dropped() {
    std::string line;
    append_line(line, format_, clock_.now(), LogLevel::warn, "log lines were dropped: nobody takes them",
                {{"count", static_cast<std::int64_t>(dropped_)}});
    std::string_view rest = line;
    push(rest);
    if (rest.empty()) dropped_ = 0;
}

/// Takes from `text` what the descriptor takes.
void LineSink::push(std::string_view& text) {
    // Nothing may be appended to half a line.
    if (torn_ && has_room() && ::write(descriptor_, "\n", 1) == 1) torn_ = false;
    if (torn_) return;
    while (!text.empty() && has_room()) {
        // As much as a pipe with any room takes at once.
        const std::size_t most = own_ >= 0 || waits_for_no_reader_ ? text.size() : std::size_t{PIPE_BUF};
        const ssize_t written = ::write(descriptor_, text.data(), std::min(text.size(), most));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        torn_ = text[static_cast<std::size_t>(written) - 1] != '\n';
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// Where the descriptor cannot be told not to wait, it is asked first. Somebody else who writes to the same pipe may
/// be faster in between; there is no better way then.
bool LineSink::has_room() const {
    if (own_ >= 0 || waits_for_no_reader_) return true;
    pollfd poll{descriptor_, POLLOUT, 0};
    return ::poll(&poll, 1, 0) == 1 && (poll.revents & POLLOUT) != 0;
}

}  // namespace iamlocal
