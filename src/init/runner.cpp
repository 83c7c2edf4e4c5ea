#include "init/runner.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace iamlocal::init {
namespace {

/// Whether the process was told to end, by a signal that it holds back until it has started.
bool is_told_to_end() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

}  // namespace

std::string_view name_of(State state) {
    switch (state) {
        case State::unknown:
            return "UNKNOWN";
        case State::running:
            return "RUNNING";
        case State::successful:
            return "SUCCESSFUL";
        case State::error:
            return "ERROR";
    }
    return "";
}

Runner::Runner(const std::filesystem::path& folder, std::chrono::milliseconds limit, Log& log)
    : limit_(limit), log_(log) {
    if (folder.empty()) return;
    for (const Stage stage : stages)
        for (Script& script : find_scripts(folder, stage)) entries_.push_back({stage, std::move(script)});
}

Runner::~Runner() { stop(); }

bool Runner::is_to_stop(Stage stage) const {
    // What runs at the end runs because it was told to.
    if (stage == Stage::shutdown) return false;
    return stopped_.load(std::memory_order_relaxed) || is_told_to_end();
}

void Runner::set_state(Entry& entry, State state) {
    const std::lock_guard lock(mutex_);
    entry.state = state;
}

void Runner::run_one(Entry& entry, const Variables& variables, std::chrono::milliseconds limit) {
    set_state(entry, State::running);
    const auto began = std::chrono::steady_clock::now();
    std::string fault = why_not_to_run(entry.script);
    if (fault.empty())
        fault = run_program(entry.script.file, variables, limit, [&] { return is_to_stop(entry.stage); });
    set_state(entry, fault.empty() ? State::successful : State::error);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
    if (fault.empty())
        log_.write(LogLevel::info, "an init script has run",
                   {{"stage", name_of(entry.stage)},
                    {"name", entry.script.name},
                    {"millis", static_cast<std::int64_t>(took)}});
    else
        log_.write(LogLevel::warn, "an init script failed",
                   {{"stage", name_of(entry.stage)},
                    {"name", entry.script.name},
                    {"what", fault},
                    {"millis", static_cast<std::int64_t>(took)}});
}

void Runner::run(Stage stage, const Variables& variables, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (Entry& entry : entries_) {
        if (entry.stage != stage) continue;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (is_to_stop(stage) || left.count() <= 0) return;
        run_one(entry, variables, std::min(limit_, left));
    }
    // The last one may have been ended by that.
    if (!is_to_stop(stage)) complete(stage);
}

void Runner::complete(Stage stage) {
    std::function<void()> done;
    {
        const std::lock_guard lock(mutex_);
        completed_[static_cast<std::size_t>(stage)] = true;
        if (stage == Stage::ready) done = std::exchange(when_ready_, nullptr);
    }
    if (done) done();
}

void Runner::run_when_ready(Variables variables) {
    if (std::none_of(entries_.begin(), entries_.end(), [](const Entry& e) { return e.stage == Stage::ready; }))
        return complete(Stage::ready);
    thread_ = std::thread([this, variables = std::move(variables)] { run(Stage::ready, variables); });
}

void Runner::stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
}

void Runner::call_when_ready(std::function<void()> done) {
    {
        const std::lock_guard lock(mutex_);
        if (!completed_[static_cast<std::size_t>(Stage::ready)]) {
            when_ready_ = std::move(done);
            return;
        }
    }
    done();
}

bool Runner::is_completed(Stage stage) const {
    const std::lock_guard lock(mutex_);
    return completed_[static_cast<std::size_t>(stage)];
}

std::vector<Runner::Known> Runner::scripts() const {
    const std::lock_guard lock(mutex_);
    std::vector<Known> known;
    for (const Entry& entry : entries_) known.push_back({entry.stage, entry.script.name, entry.state});
    return known;
}

}  // namespace iamlocal::init
