// Puts a database's log into its file on a thread of its own, so that nobody waits for it. Inside this folder only.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace iamlocal::db {

class SqliteHandle;

class SqliteCheckpoints {
  public:
    /// `open` makes a connection for the thread.
    explicit SqliteCheckpoints(std::function<std::unique_ptr<SqliteHandle>()> open) : open_(std::move(open)) {}
    SqliteCheckpoints(const SqliteCheckpoints&) = delete;
    SqliteCheckpoints& operator=(const SqliteCheckpoints&) = delete;
    /// Waits for the one that is going on.
    ~SqliteCheckpoints();

    /// Begins one soon. What was committed is in the log and stays there if it fails; a later commit tries again.
    void ask();

  private:
    void run();

    const std::function<std::unique_ptr<SqliteHandle>()> open_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool asked_ = false;
    bool ended_ = false;
    std::thread thread_;  ///< there when it was asked for once
};

}  // namespace iamlocal::db
