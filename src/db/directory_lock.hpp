// One process per data directory: an exclusive lock on DIR/lock that the kernel releases when the process ends,
// however it ends.
#pragma once

#include <filesystem>

namespace iamlocal::db {

class DirectoryLock {
  public:
    DirectoryLock() = default;
    /// Makes the directory (mode 0700) if needed. Throws CannotOpen when another process holds the lock.
    explicit DirectoryLock(const std::filesystem::path& directory);
    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&& other) noexcept;
    ~DirectoryLock();

    bool held() const { return descriptor_ >= 0; }

  private:
    int descriptor_ = -1;
};

}  // namespace iamlocal::db
