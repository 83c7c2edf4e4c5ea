// What the catalogue of facts costs: the first question of a process, which opens it, and those that follow.
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include <benchmark/benchmark.h>

#include "catalogue/embedded.hpp"
#include "catalogue/managed_policies.hpp"
#include "catalogue/managed_policies_file.hpp"
#include "catalogue/service_reference.hpp"

namespace iamlocal::catalogue {
namespace {

constexpr const char* large = "arn:aws:iam::aws:policy/ReadOnlyAccess";
constexpr const char* small = "arn:aws:iam::aws:policy/AmazonS3FullAccess";

/// The process has not asked before: with the page faults. Registered first, and once.
void first_document_of_the_process(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(managed_policies::document(*managed_policies::find(large)).size());
}
BENCHMARK(first_document_of_the_process)->Iterations(1)->Unit(benchmark::kMicrosecond);

/// The same again and again, from a newly opened catalogue each time. Argument 0: a small document, 1: the largest one
/// in wide use.
void open_and_unpack_a_document(benchmark::State& state) {
    const char* const arn = state.range(0) == 0 ? small : large;
    for (auto _ : state) {
        const auto opened = ManagedPoliciesFile::open(embedded_managed_policies());
        const auto& file = *std::get<0>(opened);
        benchmark::DoNotOptimize(file.document(*file.find(arn)).size());
    }
}
BENCHMARK(open_and_unpack_a_document)->ArgName("large")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void find_document_again(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(managed_policies::document(*managed_policies::find(large)).size());
}
BENCHMARK(find_document_again);

/// The far end of the longest history.
void oldest_version(benchmark::State& state) {
    const managed_policies::Entry& entry = *managed_policies::find(large);
    const std::int64_t oldest = managed_policies::versions(entry).back().number;
    for (auto _ : state) benchmark::DoNotOptimize(managed_policies::find_version(entry, oldest));
}
BENCHMARK(oldest_version)->Unit(benchmark::kMicrosecond);

void unpack_every_document(benchmark::State& state) {
    for (auto _ : state) {
        const auto opened = ManagedPoliciesFile::open(embedded_managed_policies());
        const auto& file = *std::get<0>(opened);
        std::size_t size = 0;
        for (const auto& entry : file.all()) size += file.document(entry).size();
        benchmark::DoNotOptimize(size);
    }
}
BENCHMARK(unpack_every_document)->Unit(benchmark::kMicrosecond);

void first_service_of_the_process(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(service_reference::find_service("s3"));
}
BENCHMARK(first_service_of_the_process)->Iterations(1)->Unit(benchmark::kMicrosecond);

void first_time_of_the_largest_service(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(service_reference::find_service("ec2"));
}
BENCHMARK(first_time_of_the_largest_service)->Iterations(1)->Unit(benchmark::kMicrosecond);

void find_action(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(service_reference::find_service("ec2")->find_action("RunInstances"));
}
BENCHMARK(find_action);

}  // namespace
}  // namespace iamlocal::catalogue
