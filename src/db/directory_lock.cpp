#include "db/directory_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "db/error.hpp"

namespace iamlocal::db {
namespace {

void make_private_directory(const std::filesystem::path& directory) {
    std::error_code error;
    const bool is_new = std::filesystem::create_directories(directory, error);
    if (error) throw CannotOpen("Cannot make the data directory " + directory.string() + ": " + error.message() + ".");
    if (is_new) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory) {
    make_private_directory(directory);
    const std::filesystem::path file = directory / "lock";
    descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
        throw CannotOpen("Cannot use the data directory " + directory.string() + ": " + std::strerror(errno) + ".");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    const int reason = errno;
    ::close(descriptor_);
    if (reason == EWOULDBLOCK)
        throw CannotOpen("Another process is using the data directory " + directory.string() + ".");
    throw CannotOpen("Cannot lock the data directory " + directory.string() + ": " + std::strerror(reason) + ".");
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

DirectoryLock::~DirectoryLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace iamlocal::db
