// What slow work on one connection costs the requests on another: one worker, and p99 of quick requests with and
// without operations of 200 ms each, by turns. `ratio` is what the promise of ten percent is about; `control` is the
// same ratio where there is no slow work in either half.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "unit/http/running_server.hpp"
#include "unit/http/slow_answer.hpp"

namespace iamlocal::http {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds operation_time{200};
constexpr std::chrono::milliseconds turn_time{300};

void compute() {
    const auto end = Clock::now() + operation_time;
    while (Clock::now() < end) benchmark::ClobberMemory();
}

void wait() { std::this_thread::sleep_for(operation_time); }

/// Asks for slow operations, one after the other, as long as it lives.
class SlowClient {
  public:
    explicit SlowClient(const RunningServer& running) : client_(running.connect()), thread_([this] { ask(); }) {}
    ~SlowClient() {
        stop_ = true;
        thread_.join();
    }

  private:
    void ask() {
        while (!stop_) {
            client_.send(get("/slow"));
            client_.receive();
        }
    }

    std::atomic<bool> stop_{false};
    Client client_;
    std::thread thread_;
};

/// In microseconds. Zero where a request failed.
double p99(Client& client) {
    std::vector<double> took;
    const auto end = Clock::now() + turn_time;
    for (auto before = Clock::now(); before < end;) {
        client.send(get("/quick"));
        if (client.receive().empty()) return 0;
        const auto now = Clock::now();
        took.push_back(std::chrono::duration<double, std::micro>(now - before).count());
        before = now;
    }
    const auto at = took.begin() + static_cast<std::ptrdiff_t>(took.size() * 99 / 100);
    std::nth_element(took.begin(), at, took.end());
    return *at;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

void others(benchmark::State& state, void (*operation)()) {
    SlowRecord slow;
    RunningServer running(on_free_port(), {}, defer_slow(slow, operation));
    Client client = running.connect();
    std::vector<double> without;
    std::vector<double> with;
    std::vector<double> ratios;
    std::vector<double> controls;
    for (auto _ : state) {
        const double before = p99(client);
        const double again = p99(client);
        double loaded = 0;
        {
            const SlowClient other(running);
            loaded = p99(client);
        }
        const double after = p99(client);
        if (before == 0 || again == 0 || loaded == 0 || after == 0) return state.SkipWithError("a request fails");
        without.push_back((again + after) / 2);
        with.push_back(loaded);
        ratios.push_back(loaded / ((again + after) / 2));
        controls.push_back(again / ((before + after) / 2));
        state.SetIterationTime(loaded * 1e-6);
    }
    if (slow.finished == 0) return state.SkipWithError("there was no slow work");
    state.counters["p99_without"] = median(without);
    state.counters["p99_with"] = median(with);
    state.counters["ratio"] = median(ratios);
    state.counters["control"] = median(controls);
}

void others_while_it_computes(benchmark::State& state) { others(state, compute); }
void others_while_it_waits(benchmark::State& state) { others(state, wait); }

BENCHMARK(others_while_it_computes)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(5);
BENCHMARK(others_while_it_waits)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(5);

}  // namespace
}  // namespace iamlocal::http
