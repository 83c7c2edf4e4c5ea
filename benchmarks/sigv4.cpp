// What a signature costs: the check of a request with a signing key at hand (every request), the derivation of that key
// (the first request of a key, day and region), and the decoding of parameters.
#include "auth/sigv4.hpp"

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/time_format.hpp"
#include "protocol/query.hpp"

namespace iamlocal {
namespace {

const Secret secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
constexpr std::string_view body = "Action=GetCallerIdentity&Version=2011-06-15";

/// GetCallerIdentity as the AWS CLI sends it, signed here.
struct Cli {
    std::vector<http::Header> headers = {
        {"Host", "localhost:4566"},
        {"Accept-Encoding", "identity"},
        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
        {"User-Agent", "aws-cli/2.9.19 Python/3.11.2 Linux/6.1 source/x86_64 prompt/off"},
        {"X-Amz-Date", "20240229T120000Z"},
        {"Authorization", ""},
        {"Content-Length", "43"}};
    http::Request request{"POST", "/", headers, body, "127.0.0.1", false};
    auth::SigningKey key = auth::derive_signing_key(secret, "20240229", "eu-west-1", "sts");
    std::string authorization;

    Cli() {
        const std::string start =
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20240229/eu-west-1/sts/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, Signature=";
        headers[5].value = start;
        auth::Scratch scratch;
        const auto read = auth::read_signature(request, scratch);
        const auto& presented = std::get<auth::Presented>(read);
        const auto digits = auth::signature(
            auth::string_to_sign(presented, auth::canonical_request(request, presented, scratch), scratch), key);
        authorization = start + std::string(digits.data(), digits.size());
        headers[5].value = authorization;
    }
};

void check_header_signature(benchmark::State& state) {
    const Cli cli;
    const Seconds now = parse_amz_date("20240229T120001Z").value();
    auth::Scratch scratch;
    for (auto _ : state) {
        const auto read = auth::read_signature(cli.request, scratch);
        const auto* presented = std::get_if<auth::Presented>(&read);
        if (presented == nullptr || auth::check_presented(cli.request, *presented, {"sts", now}) ||
            auth::verify_signature(cli.request, *presented, cli.key, scratch)) {
            state.SkipWithError("refused");
            break;
        }
    }
}
BENCHMARK(check_header_signature);

void derive_key(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(auth::derive_signing_key(secret, "20240229", "eu-west-1", "sts").reveal());
}
BENCHMARK(derive_key);

void parse_parameters(benchmark::State& state) {
    std::string text = "Action=CreateUser&Version=2010-05-08&UserName=bob&Path=%2Fdivision%2F";
    for (int i = 1; i <= state.range(0); ++i) {
        const std::string item = "&Tags.member." + std::to_string(i);
        text += item + ".Key=key+" + std::to_string(i) + item + ".Value=a%20value";
    }
    protocol::Parameters parameters;
    for (auto _ : state) {
        benchmark::DoNotOptimize(parameters.parse("", text));
        benchmark::DoNotOptimize(parameters.find("Path"));
    }
}
BENCHMARK(parse_parameters)->Arg(0)->Arg(3)->Arg(50);

}  // namespace
}  // namespace iamlocal
