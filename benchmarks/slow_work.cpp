// What slow work on one connection costs the requests on another: one worker, and p99 of quick requests with and
// without slow ones, by turns. The slow ones are made up and take 200 ms each, or they are simulations with an answer
// of nine megabytes, beside GetCallerIdentity. `ratio` is what the promise of ten percent is about; `control` is the
// same ratio where there is no slow work in either half.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "unit/app/client.hpp"
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
    SlowClient(Client client, const std::string& request)
        : client_(std::move(client)), request_(request), thread_([this] { ask(); }) {}
    ~SlowClient() {
        stop_ = true;
        thread_.join();
    }

  private:
    void ask() {
        while (!stop_) {
            client_.send(request_);
            client_.receive();
        }
    }

    std::atomic<bool> stop_{false};
    Client client_;
    const std::string& request_;
    std::thread thread_;
};

/// In microseconds. Zero where a request failed.
double p99(Client& client, const std::string& request) {
    std::vector<double> took;
    const auto end = Clock::now() + turn_time;
    for (auto before = Clock::now(); before < end;) {
        client.send(request);
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

void measure(benchmark::State& state, const Endpoint& server, const std::string& quick, const std::string& slow) {
    Client client(server);
    std::vector<double> without;
    std::vector<double> with;
    std::vector<double> ratios;
    std::vector<double> controls;
    for (auto _ : state) {
        const double before = p99(client, quick);
        const double again = p99(client, quick);
        double loaded = 0;
        {
            const SlowClient other(Client(server), slow);
            loaded = p99(client, quick);
        }
        const double after = p99(client, quick);
        if (before == 0 || again == 0 || loaded == 0 || after == 0) return state.SkipWithError("a request fails");
        without.push_back((again + after) / 2);
        with.push_back(loaded);
        ratios.push_back(loaded / ((again + after) / 2));
        controls.push_back(again / ((before + after) / 2));
        state.SetIterationTime(loaded * 1e-6);
    }
    state.counters["p99_without"] = median(without);
    state.counters["p99_with"] = median(with);
    state.counters["ratio"] = median(ratios);
    state.counters["control"] = median(controls);
}

void others(benchmark::State& state, void (*operation)()) {
    SlowRecord slow;
    const RunningServer running(on_free_port(), {}, defer_slow(slow, operation));
    measure(state, running.server.endpoints().front(), get("/quick"), get("/slow"));
    if (slow.finished == 0) state.SkipWithError("there was no slow work");
}

/// A signed request as bytes.
std::string bytes_of(app::Bed& bed, const std::string& service, const std::string& body) {
    const auto made = bed.sign({}, service, body);
    std::string bytes = "POST / HTTP/1.1\r\n";
    for (const auto& [name, value] : made->headers) bytes.append(name).append(": ").append(value).append("\r\n");
    return bytes.append("Content-Length: ") + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Asks what a hundred statements say about three hundred resources.
std::string big_simulation() {
    std::string document = R"({"Version":"2012-10-17","Statement":[)";
    for (int i = 0; i < 100; ++i)
        document.append(i == 0 ? "" : ",").append(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})");
    std::string body = "Action=SimulateCustomPolicy&Version=2010-05-08&ActionNames.member.1=s3%3AGetObject";
    body.append("&PolicyInputList.member.1=").append(percent_encode(document + "]}"));
    for (int i = 1; i <= 300; ++i)
        body.append("&ResourceArns.member." + std::to_string(i) + "=arn%3Aaws%3As3%3A%3A%3Ab%2F" + std::to_string(i));
    return body;
}

void others_while_it_simulates(benchmark::State& state) {
    app::Bed bed;
    Server server(on_free_port(), [&](unsigned, Purpose) { return bed.app().make_pipeline(); });
    server.start();
    const Endpoint endpoint = server.endpoints().front();
    const std::string quick = bytes_of(bed, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
    const std::string slow = bytes_of(bed, "iam", big_simulation());
    Client client(endpoint);
    client.send(slow);
    const std::string answer = client.receive();
    state.counters["answer"] = static_cast<double>(answer.size());
    if (!answer.starts_with("HTTP/1.1 200 OK")) return state.SkipWithError("the simulation fails");
    measure(state, endpoint, quick, slow);
}

void others_while_it_computes(benchmark::State& state) { others(state, compute); }
void others_while_it_waits(benchmark::State& state) { others(state, wait); }

BENCHMARK(others_while_it_computes)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(5);
BENCHMARK(others_while_it_waits)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(5);
BENCHMARK(others_while_it_simulates)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(5);

}  // namespace
}  // namespace iamlocal::http
