// What the engine's compiled documents are worth: a decision like that of `decide_policies<Subjects::mixed>/3/10` in
// bench_policy, made by the engine and by the second evaluator of the tests, which reads JSON at each question.
#include <string>
#include <utility>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "unit/policy/naive/compare.hpp"

namespace iamlocal::naive {
namespace {

/// Three policies of ten statements, of which the last of the last allows.
Question three_by_ten() {
    Question question;
    for (int policy = 0; policy < 3; ++policy) {
        Json statements = Json::array();
        for (int i = 0; i < 10; ++i) {
            const bool matches = policy == 2 && i == 9;
            const std::string service = matches ? "iam" : "ec2";
            Json resources = {fmt::format("arn:aws:sqs:us-east-1:111111111111:thing{}/*", i),
                              fmt::format("arn:aws:s3:::bucket{}/*", i)};
            if (matches) resources.push_back("arn:aws:iam::111111111111:user/a*");
            statements.push_back({{"Sid", fmt::format("S{}", i)},
                                  {"Effect", "Allow"},
                                  {"Action", {service + ":Get*", service + ":List*", fmt::format("s3:PutObject{}", i)}},
                                  {"Resource", resources}});
        }
        question.identity.push_back({{"Version", "2012-10-17"}, {"Statement", statements}});
    }
    return question;
}

/// Runs `decide` with both sides and a request that is allowed.
template <class Decide>
void measure(benchmark::State& state, Decide decide) {
    const BothSides sides(three_by_ten());
    policy::Principal principal;
    principal.kind = PrincipalKind::user;
    principal.arn = "arn:aws:iam::111111111111:user/alice";
    principal.account = "111111111111";
    const policy::MapContext context;
    const policy::Request request{&principal, "iam:GetUser", principal.arn, principal.account, &context};
    if (sides.by_naive(request).outcome != Outcome::allowed) state.SkipWithError("the request should be allowed");
    for (auto _ : state) benchmark::DoNotOptimize(decide(sides, request));
}

void decide_by_engine(benchmark::State& state) {
    measure(state, [](const BothSides& sides, const policy::Request& request) {
        return policy::decide(sides.set(request), request);
    });
}
BENCHMARK(decide_by_engine);

void decide_by_naive(benchmark::State& state) {
    measure(state, [](const BothSides& sides, const policy::Request& request) { return sides.by_naive(request); });
}
BENCHMARK(decide_by_naive);

}  // namespace
}  // namespace iamlocal::naive
