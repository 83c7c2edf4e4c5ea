#include "app/release.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/model_names.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "catalogue/embedded.hpp"
#include "catalogue/managed_policies.hpp"
#include "store/migrations.hpp"

namespace iamlocal::app {
namespace {

/// `NAME VERSION` of the package that a catalogue's file says it is taken from.
std::string source_in(std::string_view file) {
    constexpr std::string_view before = "npm package ";
    const std::string_view head = file.substr(0, file.find("\n\n"));
    const std::size_t at = head.find(before);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = head.substr(at + before.size());
    return std::string(rest.substr(0, rest.find(" (")));
}

}  // namespace

std::string Release::managed_policies_date() const {
    Seconds newest{};
    for (const catalogue::managed_policies::Entry& entry : catalogue::managed_policies::all())
        newest = std::max(newest, entry.updated);
    return format_iso8601(newest).substr(0, 10);
}

std::string Release::service_reference() const { return source_in(catalogue::embedded_service_reference()); }

const Release& release() {
    static const Release ours{.version = IAMLOCAL_VERSION,
                              .commit = IAMLOCAL_COMMIT,
                              .iam_model_date = iam_model_origin().date,
                              .iam_model = iam_model_origin().package,
                              .sts_model_date = sts_model_origin().date,
                              .sts_model = sts_model_origin().package,
                              .schema = store::migrations().back().version};
    return ours;
}

std::string text_of(const Release& release) {
    std::string out = fmt::format("iamlocal {}\n", release.version);
    const auto line = [&](std::string_view name, std::string_view value) {
        out.append(fmt::format("  {:<18} {}\n", name, value));
    };
    if (!release.commit.empty()) line("commit", release.commit);
    line("managed policies", release.managed_policies_date());
    line("service reference", release.service_reference());
    line("model of IAM", fmt::format("{} ({})", release.iam_model_date, release.iam_model));
    line("model of STS", fmt::format("{} ({})", release.sts_model_date, release.sts_model));
    line("schema", std::to_string(release.schema));
    return out;
}

std::string json_of(const Release& release) {
    const nlohmann::ordered_json commit = release.commit.empty() ? nlohmann::ordered_json() : release.commit;
    return json_text(
        nlohmann::ordered_json{{"version", release.version},
                               {"commit", commit},
                               {"managed_policies", {{"date", release.managed_policies_date()}}},
                               {"service_reference", {{"package", release.service_reference()}}},
                               {"models",
                                {{"iam", {{"date", release.iam_model_date}, {"package", release.iam_model}}},
                                 {"sts", {{"date", release.sts_model_date}, {"package", release.sts_model}}}}},
                               {"schema", release.schema}});
}

}  // namespace iamlocal::app
