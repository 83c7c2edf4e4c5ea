#include "analysis/trail_actions.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "catalogue/service_reference.hpp"

namespace iamlocal::analysis {
namespace {

namespace trail_reference = catalogue::service_reference;

/// Sources of events whose actions have another prefix.
struct SourcePrefix {
    std::string_view source;
    std::string_view prefix;
};
constexpr SourcePrefix source_prefixes[] = {{"monitoring", "cloudwatch"},
                                            {"email", "ses"},
                                            {"tagging", "tag"},
                                            {"discoveryservice", "discovery"},
                                            {"servicecatalog-appregistry", "servicecatalog"},
                                            {"entitlement.marketplace", "aws-marketplace"},
                                            {"metering.marketplace", "aws-marketplace"},
                                            {"runtime.lex", "lex"},
                                            {"models.lex", "lex"}};

/// Events whose permissions are called otherwise; `none`: the operation needs no permission.
struct EventAction {
    std::string_view event;  ///< prefix and name
    std::string_view action;
};
constexpr std::string_view no_permission = "none";
constexpr EventAction event_actions[] = {
    {"s3:listobjects", "ListBucket"},
    {"s3:listobjectsv2", "ListBucket"},
    {"s3:headbucket", "ListBucket"},
    {"s3:headobject", "GetObject"},
    {"s3:listbuckets", "ListAllMyBuckets"},
    {"s3:listobjectversions", "ListBucketVersions"},
    {"s3:listmultipartuploads", "ListBucketMultipartUploads"},
    {"s3:listparts", "ListMultipartUploadParts"},
    {"s3:createmultipartupload", "PutObject"},
    {"s3:uploadpart", "PutObject"},
    {"s3:completemultipartupload", "PutObject"},
    {"s3:deleteobjects", "DeleteObject"},
    {"s3:getbucketlifecycle", "GetLifecycleConfiguration"},
    {"s3:getbucketlifecycleconfiguration", "GetLifecycleConfiguration"},
    {"s3:putbucketlifecycle", "PutLifecycleConfiguration"},
    {"s3:putbucketlifecycleconfiguration", "PutLifecycleConfiguration"},
    {"s3:deletebucketlifecycle", "PutLifecycleConfiguration"},
    {"s3:getbucketencryption", "GetEncryptionConfiguration"},
    {"s3:putbucketencryption", "PutEncryptionConfiguration"},
    {"s3:deletebucketencryption", "PutEncryptionConfiguration"},
    {"s3:getbucketreplication", "GetReplicationConfiguration"},
    {"s3:putbucketreplication", "PutReplicationConfiguration"},
    {"s3:deletebucketreplication", "PutReplicationConfiguration"},
    {"s3:deletebucketcors", "PutBucketCORS"},
    {"s3:deletebuckettagging", "PutBucketTagging"},
    {"s3:getbucketaccelerateconfiguration", "GetAccelerateConfiguration"},
    {"s3:putbucketaccelerateconfiguration", "PutAccelerateConfiguration"},
    {"s3:getbucketinventoryconfiguration", "GetInventoryConfiguration"},
    {"s3:putbucketinventoryconfiguration", "PutInventoryConfiguration"},
    {"s3:getbucketmetricsconfiguration", "GetMetricsConfiguration"},
    {"s3:putbucketmetricsconfiguration", "PutMetricsConfiguration"},
    {"s3:getbucketanalyticsconfiguration", "GetAnalyticsConfiguration"},
    {"s3:putbucketanalyticsconfiguration", "PutAnalyticsConfiguration"},
    {"s3:getbucketnotificationconfiguration", "GetBucketNotification"},
    {"s3:putbucketnotificationconfiguration", "PutBucketNotification"},
    {"s3:getpublicaccessblock", "GetBucketPublicAccessBlock"},
    {"s3:putpublicaccessblock", "PutBucketPublicAccessBlock"},
    {"s3:deletepublicaccessblock", "PutBucketPublicAccessBlock"},
    {"s3:getobjectlockconfiguration", "GetBucketObjectLockConfiguration"},
    {"s3:putobjectlockconfiguration", "PutBucketObjectLockConfiguration"},
    {"lambda:invoke", "InvokeFunction"},
    {"sts:getcalleridentity", no_permission},
    {"sts:getsessiontoken", no_permission},
    {"dynamodb:transactgetitems", "GetItem"},
};

/// Events that need other permissions than their name says, or several by what is in them.
constexpr std::string_view ambiguous_events[] = {"s3:copyobject",
                                                 "s3:uploadpartcopy",
                                                 "dynamodb:transactwriteitems",
                                                 "dynamodb:executestatement",
                                                 "dynamodb:batchexecutestatement",
                                                 "s3:postobject"};

std::string prefix_of(std::string_view event_source) {
    constexpr std::string_view domain = ".amazonaws.com";
    const std::string folded = fold_case(event_source);
    std::string_view name = folded;
    if (const std::size_t at = name.find(domain); at != std::string_view::npos) name = name.substr(0, at);
    for (const SourcePrefix& known : source_prefixes)
        if (known.source == name) return std::string(known.prefix);
    return std::string(name);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The name of an operation without the version of its API: `CreateFunction20150331v2`, `GetDistribution2020_05_31`.
std::string_view without_version(std::string_view name) {
    std::string_view rest = name;
    if (rest.ends_with("v2") && rest.size() > 2 && is_digit(rest[rest.size() - 3])) rest.remove_suffix(2);
    while (!rest.empty() && (is_digit(rest.back()) || rest.back() == '_')) rest.remove_suffix(1);
    constexpr std::size_t digits_of_date = 8;
    return name.size() - rest.size() >= digits_of_date ? rest : name;
}

}  // namespace

TrailAction action_of_event(std::string_view event_source, std::string_view event_name) {
    const std::string prefix = prefix_of(event_source);
    const catalogue::ServiceReference* service = trail_reference::find_service(prefix);
    if (!service) return {{}, fmt::format("{} is no service that the service reference knows", event_source)};
    const std::string_view name = without_version(event_name);
    const std::string folded = prefix + ":" + fold_case(name);
    const auto unknown = [&](std::string_view why) {
        return TrailAction{
            {}, fmt::format("which permission {} of {} needs is not known: {}", event_name, event_source, why)};
    };
    if (std::find(std::begin(ambiguous_events), std::end(ambiguous_events), folded) != std::end(ambiguous_events))
        return unknown("that depends on what is in the request");
    std::string_view wanted = name;
    for (const EventAction& known : event_actions)
        if (known.event == folded) wanted = known.action;
    if (wanted == no_permission) return {};
    const catalogue::Action* action = service->find_action(wanted);
    if (!action) return unknown("the service reference has no action of this name");
    return {{fmt::format("{}:{}", service->prefix, action->name)}, {}};
}

}  // namespace iamlocal::analysis
