// Runs the init scripts, one after the other, and knows how each ended.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "init/program.hpp"
#include "init/scripts.hpp"

namespace iamlocal::init {

/// What is known of a script, in LocalStack's words.
enum class State { unknown, running, successful, error };

/// `UNKNOWN`, and so on.
[[nodiscard]] std::string_view name_of(State state);

/// Safe for threads. A stage runs once; its scripts fail alone, and the next one runs.
class Runner {
  public:
    struct Known {
        Stage stage;
        std::string name;
        State state;
    };

    /// Looks for the scripts. Throws as find_scripts().
    ///
    /// @param folder empty: there are none
    /// @param limit how long a script may take
    Runner(const std::filesystem::path& folder, std::chrono::milliseconds limit, Log& log);
    /// Stops.
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    /// Runs a stage on the caller's thread. No script starts after `limit`, and the one that runs then is killed.
    void run(Stage stage, const Variables& variables, std::chrono::milliseconds limit = std::chrono::hours(24));
    /// Runs Stage::ready on a thread of its own.
    void run_when_ready(Variables variables);
    /// Kills the script that runs, and runs no more of Stage::ready. Any number of times.
    void stop();

    /// Calls `done` once, when Stage::ready has run: at once where it has, on the runner's thread otherwise, and never
    /// if it is stopped before. At most one waits.
    void call_when_ready(std::function<void()> done);

    bool is_completed(Stage stage) const;
    /// All of them, in the order in which they run.
    std::vector<Known> scripts() const;

  private:
    struct Entry {
        Stage stage;
        Script script;
        State state = State::unknown;
    };

    bool is_to_stop(Stage stage) const;
    void set_state(Entry& entry, State state);
    void run_one(Entry& entry, const Variables& variables, std::chrono::milliseconds limit);
    void complete(Stage stage);

    const std::chrono::milliseconds limit_;
    Log& log_;
    mutable std::mutex mutex_;
    std::vector<Entry> entries_;
    bool completed_[std::size(stages)] = {};
    std::function<void()> when_ready_;
    std::atomic<bool> stopped_{false};
    std::thread thread_;  ///< last: it uses the rest
};

}  // namespace iamlocal::init
