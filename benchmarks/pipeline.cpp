// What a request costs from its bytes to those of its answer, without a socket, and what keeping decisions or
// events of the trail adds.
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

constexpr const char* own_policy = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket/${aws:username}/*"}]})";
constexpr const char* self_service = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Action":["iam:GetUser","iam:ListAccessKeys"],"Resource":"arn:aws:iam::*:user/${aws:username}"}]})";
constexpr const char* work = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
    "Resource":"*"},{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",
    "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]})";
constexpr const char* trust = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"sts:AssumeRole"}]})";

/// alice with three policies, two of them with condition keys, and a role that she may assume.
class Alice {
  public:
    struct Keeping {
        std::size_t decisions = 0;
        std::size_t trail_bytes = 0;
    };
    explicit Alice(Keeping keeping) : bed_(options(keeping)) {
        keys_ = bed_.make_user("alice", own_policy);
        attach("self-service", self_service);
        attach("work", work);
        bed_.iam({}, "CreateRole", {{"RoleName", "job"}, {"AssumeRolePolicyDocument", trust}});
    }

    void sign(const std::string& service, const std::string& body) {
        sent_ = bed_.sign(keys_, service, body, {{"User-Agent", "Boto3/1.43.0 md/Botocore#1.43.0 ua/2.1"}});
    }
    /// Sends the signed request. Whether it succeeds.
    bool send() {
        bed_.forget_log();
        return bed_.deliver(sent_->request).status == 200;
    }

  private:
    static AppOptions options(Keeping keeping) {
        AppOptions made;
        made.decisions = keeping.decisions;
        made.trail_bytes = keeping.trail_bytes;
        return made;
    }
    void attach(const std::string& name, const std::string& document) {
        bed_.iam({}, "CreatePolicy", {{"PolicyName", name}, {"PolicyDocument", document}});
        bed_.iam({}, "AttachUserPolicy",
                 {{"UserName", "alice"}, {"PolicyArn", "arn:aws:iam::000000000000:policy/" + name}});
    }

    Bed bed_;
    Keys keys_;
    std::unique_ptr<const Bed::SignedRequest> sent_;
};

/// What a request took, in nanoseconds.
struct Turn {
    double without = 0;
    double with = 0;
    double control = 0;  ///< without, too: what `with` differs by where there is no difference

    [[nodiscard]] double sum() const { return without + with + control; }
};

/// The middle one of what `of` gives for each turn.
template <class Of>
double median(std::vector<Turn> turns, Of of) {
    const auto middle = turns.begin() + static_cast<std::ptrdiff_t>(turns.size() / 2);
    std::nth_element(turns.begin(), middle, turns.end(), [&](const Turn& a, const Turn& b) { return of(a) < of(b); });
    return of(*middle);
}

/// Something kept against nothing, by turns of a few requests, because the machine's speed changes. The time is
/// that of one request with that kept; the counters, in nanoseconds, are medians of the fastest third of the
/// turns. All three are timed twice in each turn, in opposite orders, so that the choice favours none.
void run(benchmark::State& state, const std::string& service, const std::string& body, Alice::Keeping keeping) {
    constexpr int requests = 25;
    Alice without({});
    Alice with(keeping);
    Alice control({});
    for (Alice* const alice : {&without, &with, &control}) {
        alice->sign(service, body);
        for (int i = 0; i < 2000; ++i)
            if (!alice->send()) return state.SkipWithError("the request fails");
    }
    const auto time = [](Alice& alice) {
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < requests; ++i) benchmark::DoNotOptimize(alice.send());
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
        return took.count() / (2 * requests);
    };
    std::vector<Turn> turns;
    for (auto _ : state) {
        Turn turn;
        turn.without += time(without);
        turn.with += time(with);
        turn.control += time(control);
        turn.control += time(control);
        turn.with += time(with);
        turn.without += time(without);
        turns.push_back(turn);
        state.SetIterationTime(turn.with * 1e-9);
    }
    std::sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.sum() < b.sum(); });
    turns.resize((turns.size() + 2) / 3);
    state.counters["without"] = median(turns, [](const Turn& turn) { return turn.without; });
    state.counters["with"] = median(turns, [](const Turn& turn) { return turn.with; });
    state.counters["added"] = median(turns, [](const Turn& turn) { return turn.with - turn.without; });
    state.counters["control"] = median(turns, [](const Turn& turn) { return turn.control - turn.without; });
}

constexpr Alice::Keeping decisions{.decisions = 1000};
constexpr Alice::Keeping trail{.trail_bytes = std::size_t{8} << 20};

void get_user(benchmark::State& state, Alice::Keeping keeping) {
    run(state, "iam", "Action=GetUser&UserName=alice&Version=2010-05-08", keeping);
}

void assume_role(benchmark::State& state, Alice::Keeping keeping) {
    run(state, "sts",
        "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fjob&RoleSessionName=run"
        "&Version=2011-06-15",
        keeping);
}

BENCHMARK_CAPTURE(get_user, decisions, decisions)->UseManualTime()->Iterations(3000);
BENCHMARK_CAPTURE(get_user, trail, trail)->UseManualTime()->Iterations(3000);
BENCHMARK_CAPTURE(assume_role, decisions, decisions)->UseManualTime()->Iterations(2000);
BENCHMARK_CAPTURE(assume_role, trail, trail)->UseManualTime()->Iterations(2000);

}  // namespace
}  // namespace iamlocal::app
