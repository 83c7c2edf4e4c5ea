#include "store/policies.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/error.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"

namespace iamlocal::seed {
namespace {

namespace policies = store::policies;

constexpr Api policy_api{"Policy", "PolicyArn"};
constexpr auto identity_document = policy::DocumentKind::identity;

Arguments of_policy(const store::ManagedPolicy& policy) { return {"PolicyArn", std::string_view(policy.arn)}; }

/// The number in `v3`; 0 for what is no version.
std::int64_t number_of(std::string_view version) {
    std::int64_t number = 0;
    if (!version.starts_with('v') || version.size() < 2 || version[1] == '0') return 0;
    const char* const end = version.data() + version.size();
    const auto [stop, error] = std::from_chars(version.data() + 1, end, number);
    return error == std::errc() && stop == end && number <= policies::highest_version ? number : 0;
}

std::vector<store::PolicyVersion> versions_of(Work& work, const store::ManagedPolicy& policy) {
    return all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return policies::versions(tx, work.account(), policy.arn, request);
    });
}

std::optional<store::PolicyVersion> find_version(Work& work, const store::ManagedPolicy& policy,
                                                 std::string_view version) {
    return work.read(
        [&](db::Transaction& tx) { return policies::find_version(tx, work.account(), policy.arn, version); });
}

void delete_version(Work& work, const store::ManagedPolicy& policy, std::string_view version) {
    work.call("DeletePolicyVersion", of_policy(policy).add("VersionId", version));
}

/// Where only the version in force is said, the others stay; the oldest makes room if it must.
void sync_document(Work& work, const store::ManagedPolicy& policy, const Document& document) {
    const auto current = find_version(work, policy, policy.default_version);
    if (current && are_same_documents(current->document, document.text())) return;
    const auto present = versions_of(work, policy);
    if (static_cast<std::int64_t>(present.size()) >= work.environment().quotas[aws::Quota::versions_per_policy]) {
        const auto oldest = std::find_if(present.rbegin(), present.rend(),
                                         [](const store::PolicyVersion& version) { return !version.is_default; });
        if (oldest != present.rend()) delete_version(work, policy, oldest->id);
    }
    work.call("CreatePolicyVersion",
              of_policy(policy).add("PolicyDocument", document, identity_document).add("SetAsDefault", "true"));
}

/// A version of a seed with its number.
struct WantedVersion {
    std::int64_t number;
    const PolicyVersionSeed* version;
    std::string id() const { return fmt::format("v{}", number); }
};

std::vector<WantedVersion> wanted_versions(Work& work, const PolicySeed& policy) {
    std::vector<WantedVersion> wanted;
    for (const PolicyVersionSeed& version : policy.versions.items) {
        std::int64_t number = static_cast<std::int64_t>(wanted.size()) + 1;
        if (version.version_id) number = number_of(version.version_id.value);
        if (number == 0)
            work.refuse(error_type::validation_error.name,
                        fmt::format("'{}' is no version; they are v1, v2 and so on", version.version_id.value),
                        version.version_id.at);
        wanted.push_back({number, &version});
    }
    std::sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
    const auto twice = std::adjacent_find(wanted.begin(), wanted.end(),
                                          [](const auto& a, const auto& b) { return a.number == b.number; });
    if (twice != wanted.end())
        work.refuse({}, fmt::format("there are two versions {}", twice->id()), twice->version->document.at);
    return wanted;
}

void make_version(Work& work, const store::ManagedPolicy& policy, const WantedVersion& wanted, std::int64_t newest) {
    if (wanted.number <= newest)
        work.refuse({}, fmt::format("{} was deleted, and no number is used twice", wanted.id()),
                    wanted.version->document.at);
    if (wanted.number > newest + 1)
        work.write(
            [&](db::Transaction& tx) { policies::skip_versions(tx, work.account(), policy.id, wanted.number - 1); });
    work.call("CreatePolicyVersion",
              of_policy(policy).add("PolicyDocument", wanted.version->document, identity_document));
}

void set_default(Work& work, const store::ManagedPolicy& policy, const std::vector<WantedVersion>& wanted) {
    for (const WantedVersion& version : wanted) {
        if (!version.version->is_default.value && wanted.size() > 1) continue;
        const auto there = find_version(work, policy, version.id());
        if (there && there->is_default) return;
        work.call("SetDefaultPolicyVersion", of_policy(policy).add("VersionId", std::string_view(version.id())));
    }
}

/// `is_new`: the policy was made for the first of these documents, as v1.
void sync_versions(Work& work, const store::ManagedPolicy& policy, const std::vector<WantedVersion>& wanted,
                   bool is_new) {
    std::int64_t newest =
        work.read([&](db::Transaction& tx) { return policies::newest_version(tx, work.account(), policy.id); });
    const auto is_wanted = [&](const store::PolicyVersion& version) {
        return std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) { return one.id() == version.id; });
    };
    // Those that are in nobody's way go first: there is room for few.
    for (const store::PolicyVersion& version : versions_of(work, policy))
        if (!version.is_default && !is_wanted(version)) delete_version(work, policy, version.id);
    for (const WantedVersion& version : wanted) {
        const auto there = find_version(work, policy, version.id());
        if (there && !are_same_documents(there->document, version.version->document.text()))
            work.refuse({}, fmt::format("{} is there with another document, and versions do not change", version.id()),
                        version.version->document.at);
        if (there) continue;
        make_version(work, policy, version, newest);
        newest = version.number;
        if (is_new && wanted.front().number != 1 && &version == &wanted.front()) {
            work.call("SetDefaultPolicyVersion", of_policy(policy).add("VersionId", std::string_view(version.id())));
            delete_version(work, policy, "v1");
        }
    }
    set_default(work, policy, wanted);
    for (const store::PolicyVersion& version : versions_of(work, policy))
        if (!is_wanted(version)) delete_version(work, policy, version.id);
}

}  // namespace

void sync_policy(Work& work, const AccountId& account, const Named<PolicySeed>& policy) {
    work.begin(account, &policy, *policy.name.at);
    const PolicySeed& wanted = policy.value;
    const std::vector<WantedVersion> versions = wanted_versions(work, wanted);
    const auto known =
        work.read([&](db::Transaction& tx) { return policies::arn_of_name(tx, account, policy.name.value); });
    if (!known) {
        work.call("CreatePolicy",
                  Arguments("PolicyName", policy.name)
                      .add("Path", wanted.path)
                      .add("PolicyDocument", versions.empty() ? wanted.document : versions.front().version->document,
                           identity_document)
                      .add("Description", wanted.description)
                      .add_tags(wanted.tags.items));
        work.note_created();
    }
    const std::string arn = known.value_or(
        arn::iam(account, "policy", wanted.path ? std::string_view(wanted.path.value) : "/", policy.name.value));
    const auto present = work.read([&](db::Transaction& tx) { return policies::find(tx, account, arn); });
    require_same_path(work, wanted.path, present->path);
    if (wanted.description && present->description.value_or("") != wanted.description.value)
        work.refuse({}, "it is there already with another description, and no operation changes it",
                    wanted.description.at);
    if (!versions.empty())
        sync_versions(work, *present, versions, !known);
    else if (known)
        sync_document(work, *present, wanted.document);
    sync_tags(work, {policy_api, arn, present->id}, wanted.tags);
}

}  // namespace iamlocal::seed
