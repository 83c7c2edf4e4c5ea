// What a decision costs: combining, matching, parsing, and finding a compiled document again.
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "policy/cache.hpp"
#include "policy/decide.hpp"
#include "policy/parse.hpp"

namespace {

/// What is allocated less what is freed while it is counted: usable sizes, which malloc rounds up.
struct Heap {
    static inline bool counted = false;
    static inline long bytes = 0;
};

}  // namespace

void* operator new(std::size_t size) {
    void* memory = std::malloc(size);
    if (!memory) throw std::bad_alloc();
    if (Heap::counted) Heap::bytes += static_cast<long>(malloc_usable_size(memory));
    return memory;
}

void operator delete(void* memory) noexcept {
    if (Heap::counted) Heap::bytes -= static_cast<long>(malloc_usable_size(memory));
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace iamlocal::policy {
namespace {

/// What the statements of a document are about, seen from the request below.
enum class Subjects {
    mixed,         ///< other services, as in the policies of people who use many
    same_service,  ///< its own service: actions match, resources do not
    everything,    ///< every action and resource, so that only the condition can tell
};

/// A document of `statements` statements; only the last of the document numbered `hit` matches the request below.
std::string document(int number, int statements, int hit, Subjects subjects = Subjects::mixed) {
    std::string text = R"({"Version":"2012-10-17","Statement":[)";
    for (int i = 0; i < statements; ++i) {
        const bool matches = number == hit && i + 1 == statements;
        if (i > 0) text += ',';
        switch (subjects) {
            case Subjects::mixed:
                text += fmt::format(
                    R"({{"Sid":"S{}","Effect":"Allow","Action":["{}:Get*","{}:List*","s3:PutObject{}"],)"
                    R"("Resource":["arn:aws:{}:us-east-1:111111111111:thing{}/*","arn:aws:s3:::bucket{}/*"]}})",
                    i, matches ? "iam" : "ec2", matches ? "iam" : "sqs", i,
                    matches ? "iam:*:*:*\",\"arn:aws:iam::111111111111:user/a*\",\"arn:aws:ec2" : "ec2", i, i);
                break;
            case Subjects::same_service:
                text += fmt::format(
                    R"({{"Sid":"S{}","Effect":"Allow","Action":["iam:Get*","iam:List*","iam:PutThing{}"],"Resource":)"
                    R"(["arn:aws:iam::111111111111:user/{}/*","arn:aws:iam::111111111111:role/{}/*"]}})",
                    i, i, matches ? "people" : fmt::format("team{}", number * statements + i), i);
                break;
            case Subjects::everything:
                text += fmt::format(R"({{"Sid":"S{}","Effect":"Allow","Action":"*","Resource":"*",)"
                                    R"("Condition":{{"StringEquals":{{"aws:username":"{}"}}}}}})",
                                    i, matches ? "alice" : fmt::format("user{}", i));
                break;
        }
    }
    return text + "]}";
}

Policy parsed(const std::string& text) {
    return std::get<Policy>(parse(text, DocumentKind::identity, Strictness::lenient));
}

Principal caller() {
    Principal principal;
    principal.kind = PrincipalKind::user;
    principal.arn = "arn:aws:iam::111111111111:user/people/alice";
    principal.account = "111111111111";
    return principal;
}

template <Subjects subjects>
void decide_policies(benchmark::State& state) {
    const int policies = static_cast<int>(state.range(0));
    const int statements = static_cast<int>(state.range(1));
    std::vector<Policy> compiled;
    for (int i = 0; i < policies; ++i) compiled.push_back(parsed(document(i, statements, policies - 1, subjects)));
    std::vector<SourcedPolicy> identity;
    for (const Policy& policy : compiled) identity.push_back({&policy, "policy", {}});
    const Principal principal = caller();
    MapContext context;
    context.set("aws:username", std::string("alice"));
    const Request request{&principal, "iam:GetUser", principal.arn, "111111111111", &context};
    PolicySet set;
    set.identity = identity;
    if (!decide(set, request).allowed()) state.SkipWithError("the request should be allowed");
    for (auto _ : state) benchmark::DoNotOptimize(decide(set, request));
}
BENCHMARK(decide_policies<Subjects::mixed>)->Args({1, 1})->Args({3, 10})->Args({100, 100});
BENCHMARK(decide_policies<Subjects::same_service>)->Args({3, 10})->Args({10, 100})->Args({100, 100});
BENCHMARK(decide_policies<Subjects::everything>)->Args({3, 10})->Args({100, 100});

void decide_with_conditions(benchmark::State& state) {
    const Policy policy = parsed(R"({"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/people/${aws:username}"},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"},
         "NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.168.0.0/16"]}}}]})");
    const SourcedPolicy source{&policy, "policy", {}};
    const Principal principal = caller();
    MapContext context;
    context.set("aws:username", std::string("alice"));
    context.set("aws:SourceIp", std::string("10.1.2.3"));
    const Request request{&principal, "iam:GetUser", principal.arn, "111111111111", &context};
    PolicySet set;
    set.identity = {&source, 1};
    if (!decide(set, request).allowed()) state.SkipWithError("the request should be allowed");
    for (auto _ : state) benchmark::DoNotOptimize(decide(set, request));
}
BENCHMARK(decide_with_conditions);

/// Also tells what the compiled document takes, per statement and per byte of its text.
template <Strictness strictness>
void parse_document(benchmark::State& state) {
    constexpr int no_hit = -1;  // the statement that matches breaks a rule of IAM's
    int statements = 1;
    while (static_cast<std::int64_t>(document(0, statements, no_hit).size()) < state.range(0)) ++statements;
    const std::string text = document(0, statements, no_hit);
    for (auto _ : state) benchmark::DoNotOptimize(parse(text, DocumentKind::identity, strictness));
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());

    Heap::bytes = 0;
    Heap::counted = true;
    const Policy policy = std::get<Policy>(parse(text, DocumentKind::identity, strictness));
    Heap::counted = false;
    const auto taken = static_cast<double>(Heap::bytes) + sizeof policy;
    state.counters["bytes_per_statement"] = taken / static_cast<double>(policy.statements.size());
    state.counters["bytes_per_text_byte"] = taken / static_cast<double>(text.size());
}
BENCHMARK(parse_document<Strictness::lenient>)->Arg(512)->Arg(6 * 1024)->Arg(128 * 1024);
BENCHMARK(parse_document<Strictness::strict>)->Arg(512)->Arg(6 * 1024)->Arg(128 * 1024);

void cache_hit(benchmark::State& state) {
    std::vector<std::string> texts;
    for (int i = 0; i < 100; ++i) texts.push_back(document(i, static_cast<int>(state.range(0)), i));
    Cache cache(4096, 64 * 1024 * 1024);
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(cache.get(texts[next], DocumentKind::identity));
        next = (next + 1) % texts.size();
    }
}
BENCHMARK(cache_hit)->Arg(2)->Arg(25);

}  // namespace
}  // namespace iamlocal::policy
