#include "db/sqlite_checkpoints.hpp"

#include <stdexcept>

#include <sqlite3.h>

#include "db/sqlite_handle.hpp"

namespace iamlocal::db {

SqliteCheckpoints::~SqliteCheckpoints() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void SqliteCheckpoints::ask() {
    {
        const std::lock_guard lock(mutex_);
        asked_ = true;
        if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    }
    changed_.notify_one();
}

void SqliteCheckpoints::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return asked_ || ended_; });
        if (ended_) return;
        asked_ = false;
        lock.unlock();
        try {
            // A passive one waits for nobody, and whoever writes meanwhile does not wait for it.
            sqlite3_wal_checkpoint_v2(open_()->get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        } catch (const std::runtime_error&) {
            // The file cannot be opened now. Whoever commits next does the same.
        }
        lock.lock();
    }
}

}  // namespace iamlocal::db
