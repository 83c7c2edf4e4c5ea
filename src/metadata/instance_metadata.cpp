#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "metadata/door.hpp"

namespace iamlocal::metadata {
namespace {

using InstanceJson = nlohmann::ordered_json;

constexpr std::string_view ec2 = "ec2.amazonaws.com";
constexpr std::string_view token_path = "api/token";
constexpr std::string_view token_header = "X-aws-ec2-metadata-token";
constexpr std::string_view lifetime_header = "X-aws-ec2-metadata-token-ttl-seconds";

constexpr std::string_view latest = "latest";
/// Versions of the tree as AWS lists them; all show the same here.
constexpr std::array<std::string_view, 16> versions{
    "1.0",        "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01",
    "2009-04-04", "2011-01-01", "2011-05-01", "2012-01-12", "2014-02-25", "2016-09-02", "2018-09-24", "2021-03-23"};

bool is_version(std::string_view text) {
    return text == latest || std::find(versions.begin(), versions.end(), text) != versions.end();
}

void refuse_visit(http::Response& response, int status, std::string_view reason) {
    answer_text(response, status, fmt::format("{} - {}\n", status, reason));
}

/// A path without a child. What it shows is made when it is asked for.
struct Leaf {
    std::string path;
    std::function<std::string()> show;
};

/// How a session was handed over, as ec2:RoleDelivery has it.
enum class Delivery { version_1, version_2 };

class Tree {
  public:
    Tree(const Visit& visit, Delivery delivery) : visit_(visit), delivery_(delivery) {
        const Instance& it = instance();
        add("meta-data/ami-id", it.image_id);
        add("meta-data/instance-id", it.id);
        add("meta-data/instance-type", it.type);
        add("meta-data/local-hostname", host_name());
        add("meta-data/hostname", host_name());
        add("meta-data/local-ipv4", it.private_ip);
        add("meta-data/placement/availability-zone", it.zone);
        add("meta-data/placement/region", it.region);
        add("meta-data/services/domain", "amazonaws.com");
        add("meta-data/services/partition", "aws");
        leaves_.push_back({"dynamic/instance-identity/document", [this] { return identity_document(); }});
        if (instance().profile) add_profile(*instance().profile);
    }

    /// What stands at a path: an item, or the names below it.
    std::optional<std::string> find(std::string_view path) const {
        for (const Leaf& leaf : leaves_)
            if (leaf.path == path) return leaf.show();
        return list(path);
    }

  private:
    const Instance& instance() const { return visit_.machine.instance; }

    void add(std::string path, const std::string& text) {
        leaves_.push_back({std::move(path), [text] { return text; }});
    }

    void add_profile(const NamedThing& named) {
        profile_ = visit_.accounts.find_profile(named);
        leaves_.push_back({"meta-data/iam/info", [this] { return profile_info(); }});
        if (!profile_ || !profile_->role) return;
        const std::string& role = profile_->role->name;
        leaves_.push_back({"meta-data/iam/security-credentials/" + role, [this] { return credentials(false); }});
        leaves_.push_back(
            {"meta-data/iam/security-credentials-extended/" + role, [this] { return credentials(true); }});
    }

    std::optional<std::string> list(std::string_view path) const {
        const std::string prefix = path.empty() ? std::string() : std::string(path) + "/";
        std::set<std::string> names;
        for (const Leaf& leaf : leaves_) {
            if (!leaf.path.starts_with(prefix)) continue;
            const std::string rest = leaf.path.substr(prefix.size());
            const std::size_t slash = rest.find('/');
            names.insert(slash == std::string::npos ? rest : rest.substr(0, slash + 1));
        }
        if (names.empty()) return std::nullopt;
        return fmt::format("{}", fmt::join(names, "\n"));
    }

    std::string host_name() const {
        std::string name = "ip-" + instance().private_ip;
        std::replace(name.begin(), name.end(), '.', '-');
        return name +
               (instance().region == "us-east-1" ? ".ec2.internal" : "." + instance().region + ".compute.internal");
    }

    std::string now() const { return format_iso8601(visit_.now); }
    AccountId account() const { return instance().profile ? instance().profile->account : visit_.machine.account; }

    std::string profile_info() const {
        InstanceJson info;
        info["Code"] = profile_ ? "Success" : "InstanceProfileNotFound";
        if (!profile_) info["Message"] = "The instance profile was not found.";
        info["LastUpdated"] = now();
        if (profile_) {
            info["InstanceProfileArn"] = profile_->arn;
            info["InstanceProfileId"] = profile_->id;
        }
        return info.dump(2);
    }

    Wish wish() const {
        const Instance& it = instance();
        Wish wished;
        wished.service = ec2;
        wished.role = *profile_->role;
        wished.session_name = it.id;
        wished.context = {
            {"ec2:roledelivery", delivery_ == Delivery::version_2 ? "2.0" : "1.0"},
            {"ec2:sourceinstancearn", fmt::format("arn:aws:ec2:{}:{}:instance/{}", it.region, account().view(), it.id)},
            {"aws:ec2instancesourcevpc", it.vpc_id},
            {"aws:ec2instancesourceprivateipv4", it.private_ip}};
        return wished;
    }

    std::string credentials(bool extended) const {
        const std::optional<Role> role = visit_.accounts.find_role(*profile_->role);
        const auto got = visit_.metadata.sessions().get(visit_.accounts, wish(), role ? role->id : "", visit_.now);
        InstanceJson answer;
        if (std::holds_alternative<Refused>(got)) {
            // No credentials, and nothing that SDKs would try again for.
            answer["Code"] = "AssumeRoleUnauthorizedAccess";
            answer["Message"] = fmt::format(
                "EC2 cannot assume the role {}. Please see documentation at "
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html"
                "#troubleshoot_iam-ec2_errors-info-doc.",
                profile_->role->name);
            answer["LastUpdated"] = now();
            return answer.dump(2);
        }
        const Session& session = std::get<Session>(got);
        answer["Code"] = "Success";
        answer["LastUpdated"] = format_iso8601(session.issued);
        answer["Type"] = "AWS-HMAC";
        answer["AccessKeyId"] = session.access_key_id;
        answer["SecretAccessKey"] = session.secret.reveal();
        answer["Token"] = session.token;
        answer["Expiration"] = format_iso8601(session.expires);
        if (extended) answer["AccountId"] = profile_->role->account.str();
        return answer.dump(2);
    }

    std::string identity_document() const {
        const Instance& it = instance();
        InstanceJson document;
        document["accountId"] = account().str();
        document["architecture"] = "x86_64";
        document["availabilityZone"] = it.zone;
        document["billingProducts"] = nullptr;
        document["devpayProductCodes"] = nullptr;
        document["marketplaceProductCodes"] = nullptr;
        document["imageId"] = it.image_id;
        document["instanceId"] = it.id;
        document["instanceType"] = it.type;
        document["kernelId"] = nullptr;
        document["pendingTime"] = format_iso8601(it.launched);
        document["privateIp"] = it.private_ip;
        document["ramdiskId"] = nullptr;
        document["region"] = it.region;
        document["version"] = "2017-09-30";
        return document.dump(2);
    }

    const Visit& visit_;
    const Delivery delivery_;
    std::optional<Profile> profile_;
    std::vector<Leaf> leaves_;
};

/// A path's first part, and what follows it without slashes at its ends.
struct Split {
    std::string_view version;
    std::string_view rest;
};

Split split(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    std::string_view rest = path.substr(slash);
    while (rest.starts_with('/')) rest.remove_prefix(1);
    return {path.substr(0, slash), rest};
}

/// What passes requests on for others is no program on the instance. Of several headers and of an empty one, too: a
/// proxy adds its own behind what it was sent.
bool is_passed_on(const http::Request& request) {
    return std::any_of(request.headers.begin(), request.headers.end(),
                       [](const http::Header& header) { return equals_ignoring_case(header.name, "X-Forwarded-For"); });
}

void give_token(const Visit& visit, const Split& at) {
    http::Response& response = visit.response;
    if (is_passed_on(visit.request) || at.version != latest) return refuse_visit(response, 403, "Forbidden");
    const auto lifetime = InstanceTokens::parse_lifetime(visit.request.header(lifetime_header));
    if (!lifetime) return refuse_visit(response, 400, "Bad Request");
    answer_text(response, 200, visit.metadata.instance_tokens().issue(visit.now, *lifetime));
    response.headers.emplace_back(lifetime_header, fmt::format("{}", lifetime->count()));
}

void refuse_method(http::Response& response, const char* allowed) {
    refuse_visit(response, 405, "Method Not Allowed");
    response.headers.emplace_back("Allow", allowed);
}

}  // namespace

void answer_instance(const Visit& visit, std::string_view path) {
    const http::Request& request = visit.request;
    http::Response& response = visit.response;
    if (!visit.machine.instance.enabled) return refuse_visit(response, 403, "Forbidden");
    const Split at = split(path);
    const bool is_token = at.rest == token_path && is_version(at.version);
    if (is_token && request.method == "PUT") return give_token(visit, at);
    if (is_token) return refuse_method(response, "PUT");
    if (request.method != "GET" && request.method != "HEAD") return refuse_method(response, "GET, HEAD");

    const std::string_view token = request.header(token_header);
    if (token.empty() ? visit.machine.instance.tokens_required
                      : !visit.metadata.instance_tokens().is_good(token, visit.now))
        return refuse_visit(response, 401, "Unauthorized");
    if (at.version.empty()) return answer_text(response, 200, fmt::format("{}\n{}", fmt::join(versions, "\n"), latest));
    if (!is_version(at.version)) return refuse_visit(response, 404, "Not Found");
    const Tree tree(visit, token.empty() ? Delivery::version_1 : Delivery::version_2);
    std::optional<std::string> found = tree.find(at.rest);
    if (!found) return refuse_visit(response, 404, "Not Found");
    answer_text(response, 200, *std::move(found));
}

}  // namespace iamlocal::metadata
