// What a request costs from its bytes to those of its answer, without a socket, and what keeping decisions adds.
// Compare the pairs within one run: `--benchmark_enable_random_interleaving=true --benchmark_repetitions=20`.
#include <memory>
#include <string>

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
    explicit Alice(std::size_t decisions) : bed_(options(decisions)) {
        keys_ = bed_.make_user("alice", own_policy);
        attach("self-service", self_service);
        attach("work", work);
        bed_.iam({}, "CreateRole", {{"RoleName", "job"}, {"AssumeRolePolicyDocument", trust}});
    }

    /// Sends one signed request as often as the benchmark wants.
    void repeat(benchmark::State& state, const std::string& service, const std::string& body) {
        const auto sent = bed_.sign(keys_, service, body, {{"User-Agent", "Boto3/1.43.0 md/Botocore#1.43.0 ua/2.1"}});
        for (auto _ : state) {
            const wire::Response answer = bed_.deliver(sent->request);
            if (answer.status != 200) return state.SkipWithError(answer.body.c_str());
            bed_.forget_log();
        }
    }

  private:
    static AppOptions options(std::size_t decisions) {
        AppOptions made;
        made.decisions = decisions;
        return made;
    }
    void attach(const std::string& name, const std::string& document) {
        bed_.iam({}, "CreatePolicy", {{"PolicyName", name}, {"PolicyDocument", document}});
        bed_.iam({}, "AttachUserPolicy",
                 {{"UserName", "alice"}, {"PolicyArn", "arn:aws:iam::000000000000:policy/" + name}});
    }

    Bed bed_;
    Keys keys_;
};

/// @param state range(0): how many decisions are kept
void get_user(benchmark::State& state) {
    Alice(static_cast<std::size_t>(state.range(0)))
        .repeat(state, "iam", "Action=GetUser&UserName=alice&Version=2010-05-08");
}

void assume_role(benchmark::State& state) {
    Alice(static_cast<std::size_t>(state.range(0)))
        .repeat(state, "sts",
                "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fjob&RoleSessionName=run"
                "&Version=2011-06-15");
}

BENCHMARK(get_user)->Arg(0)->Arg(1000);
BENCHMARK(assume_role)->Arg(0)->Arg(1000);

}  // namespace
}  // namespace iamlocal::app
