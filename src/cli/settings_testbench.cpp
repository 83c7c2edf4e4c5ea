// Settings: what tests need and no AWS account has, and what programs are told of the machine.
#include <limits>

#include <fmt/format.h>

#include "aws/regions.hpp"
#include "base/time_format.hpp"
#include "cli/setting.hpp"
#include "cli/setting_values.hpp"

namespace iamlocal::cli {
namespace {

constexpr Choice<Config::Testbench> testbench_modes[] = {
    {"auto", Config::Testbench::automatic}, {"on", Config::Testbench::on}, {"off", Config::Testbench::off}};
constexpr Choice<Config::MetadataTokens> token_rules[] = {{"required", Config::MetadataTokens::required},
                                                          {"optional", Config::MetadataTokens::optional}};

bool set_propagation_delay(std::chrono::seconds& target, const std::string& text) {
    const auto delay = parse_duration(text);
    if (!delay || delay->count() < 0 || *delay > std::chrono::hours(1)) return false;
    target = *delay;
    return true;
}

}  // namespace

std::span<const Setting> settings_of_testbench() {
    static const Setting settings[] = {
        {"testbench", "MODE",
         "Reset and clock of the test bench: on, off, or auto (on if only loopback is listened on)", "auto, on or off",
         [](Config& c, const std::string& t) { return set_choice(c.testbench, t, testbench_modes); },
         [](const Config& c) { return show_choice(c.testbench, testbench_modes); }, false, false, nullptr, "lab"},
        {"decisions", "N", "Decisions that the test bench keeps to explain; 0: none", "a number from 0 to 100000",
         [](Config& c, const std::string& t) { return set_number<std::size_t>(c.decisions, t, 0, 100000); },
         [](const Config& c) { return std::to_string(c.decisions); }},
        {"propagation-delay", "TIME", "How late changes are visible, as with AWS: half of this time to all of it",
         "a time from 1s to 1h, or 0s for none",
         [](Config& c, const std::string& t) { return set_propagation_delay(c.propagation_delay, t); },
         [](const Config& c) { return fmt::format("{}s", c.propagation_delay.count()); }},
        {"propagation-seed", "N", "From which it follows how late each change is visible", "a number from 0",
         [](Config& c, const std::string& t) {
             return set_number<std::uint64_t>(c.propagation_seed, t, 0, UINT64_MAX);
         },
         [](const Config& c) { return std::to_string(c.propagation_seed); }},
        {"seed", "FILE", "Bring accounts to the state that a seed describes, or a folder of seeds; repeatable",
         "a file or a folder", [](Config& c, const std::string& t) { return set_list(c.seeds, t, is_not_empty); },
         [](const Config& c) { return show_list(c.seeds); }, false, true},
        {"seed-size", "MIB", "MiB that a seed may have that is sent to PUT /_iamlocal/seed", "a number from 1 to 32",
         [](Config& c, const std::string& t) { return set_number<std::size_t>(c.seed_size, t, 1, 32); },
         [](const Config& c) { return std::to_string(c.seed_size); }},
        {"id-seed", "N", "Make ids, keys and secrets repeatable; for tests alone: whoever knows N knows the secrets",
         "a number from 0 to 18446744073709551615",
         [](Config& c, const std::string& t) {
             return set_number<std::uint64_t>(c.id_seed.emplace(), t, 0, std::numeric_limits<std::uint64_t>::max());
         },
         [](const Config& c) { return c.id_seed ? std::to_string(*c.id_seed) : std::string(); }},
        {"metadata-listen", "HOST:PORT", "Serve instance metadata and credentials of containers there; repeatable",
         "HOST:PORT", [](Config& c, const std::string& t) { return set_list(c.metadata_listen, t, is_not_empty); },
         [](const Config& c) { return show_list(c.metadata_listen); }, false, true},
        {"metadata-profile", "PROFILE", "Instance profile whose role the instance has: a name or an ARN",
         "a name or an ARN", [](Config& c, const std::string& t) { return c.metadata_profile = t, !t.empty(); },
         [](const Config& c) { return c.metadata_profile; }},
        {"metadata-tokens", "RULE", "required: the instance's metadata is IMDSv2 alone; optional: IMDSv1 as well",
         "required or optional",
         [](Config& c, const std::string& t) { return set_choice(c.metadata_tokens, t, token_rules); },
         [](const Config& c) { return show_choice(c.metadata_tokens, token_rules); }},
        {"metadata-region", "REGION", "Region of the instance", "the name of a Region",
         [](Config& c, const std::string& t) { return c.metadata_region = t, aws::is_region_name(t); },
         [](const Config& c) { return c.metadata_region; }},
        {"metadata-authorization", "SECRET", "What the header Authorization of containers must be",
         "a text that is not empty",
         [](Config& c, const std::string& t) { return c.metadata_authorization = t, !t.empty(); },
         [](const Config& c) { return c.metadata_authorization; }, true},
        {"metadata-container", "ID=ROLE",
         "Role of the container whose credentials are at /v2/credentials/ID; repeatable", "ID=ROLE",
         [](Config& c, const std::string& t) { return set_pairs(c.metadata_containers, t); },
         [](const Config& c) { return show_pairs(c.metadata_containers); }, false, true},
        {"metadata-pod", "NAMESPACE/ACCOUNT=ROLE", "Role of a service account's pods (EKS Pod Identity); repeatable",
         "NAMESPACE/ACCOUNT=ROLE", [](Config& c, const std::string& t) { return set_pairs(c.metadata_pods, t); },
         [](const Config& c) { return show_pairs(c.metadata_pods); }, false, true},
    };
    return settings;
}

}  // namespace iamlocal::cli
