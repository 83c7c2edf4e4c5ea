#include "tools/private_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>

#include "tools/input.hpp"
#include "tools/printable.hpp"

namespace iamlocal::tools {
namespace {

bool write_whole(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

void replace_private_file(const std::string& path, std::string_view content) {
    // Under another name first, in the same folder, which mkstemp() makes with mode 0600.
    std::string draft = path + ".XXXXXX";
    const int descriptor = ::mkstemp(draft.data());
    const bool is_made = descriptor >= 0;
    bool is_good = is_made && write_whole(descriptor, content) && ::fsync(descriptor) == 0;
    int error = is_good ? 0 : errno;
    if (is_made) ::close(descriptor);
    if (is_good && ::rename(draft.c_str(), path.c_str()) != 0) {
        is_good = false;
        error = errno;
    }
    if (is_good) return;
    if (is_made) ::unlink(draft.c_str());
    throw InputError(fmt::format("{} cannot be written: {}", printable(path), std::strerror(error)));
}

}  // namespace iamlocal::tools
