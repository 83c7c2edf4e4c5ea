#include "tools/template_resources.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "catalogue/service_reference.hpp"

namespace iamlocal::tools {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

/// CloudFormation's names of services whose prefix is not the same in lower case.
constexpr std::array<Pair, 24> prefixes{{{"CertificateManager", "acm"},
                                         {"AmazonMQ", "mq"},
                                         {"ApplicationAutoScaling", "application-autoscaling"},
                                         {"Cognito", "cognito-idp"},
                                         {"DocDB", "rds"},
                                         {"DMS", "dms"},
                                         {"EFS", "elasticfilesystem"},
                                         {"ElasticLoadBalancingV2", "elasticloadbalancing"},
                                         {"Elasticsearch", "es"},
                                         {"EMR", "elasticmapreduce"},
                                         {"EventSchemas", "schemas"},
                                         {"ImageBuilder", "imagebuilder"},
                                         {"KinesisAnalyticsV2", "kinesisanalytics"},
                                         {"KinesisFirehose", "firehose"},
                                         {"KinesisVideo", "kinesisvideo"},
                                         {"MSK", "kafka"},
                                         {"Neptune", "rds"},
                                         {"OpenSearchServerless", "aoss"},
                                         {"OpenSearchService", "es"},
                                         {"ResourceGroups", "resource-groups"},
                                         {"StepFunctions", "states"},
                                         {"CodeStarConnections", "codestar-connections"},
                                         {"VpcLattice", "vpc-lattice"},
                                         {"DevOpsGuru", "devops-guru"}}};

/// Types that the service reference calls otherwise, with their service.
struct OtherName {
    std::string_view type;
    std::string_view prefix;
    std::string_view resource;
};
constexpr std::array<OtherName, 14> other_names{
    {{"AWS::IAM::ManagedPolicy", "iam", "policy"},
     {"AWS::Events::Rule", "events", "rule-on-default-event-bus"},
     {"AWS::ElasticLoadBalancingV2::LoadBalancer", "elasticloadbalancing", "loadbalancer/app/"},
     {"AWS::RDS::DBInstance", "rds", "db"},
     {"AWS::RDS::DBCluster", "rds", "cluster"},
     {"AWS::Cognito::IdentityPool", "cognito-identity", "identitypool"},
     {"AWS::Serverless::Function", "lambda", "function"},
     {"AWS::Serverless::SimpleTable", "dynamodb", "table"},
     {"AWS::Serverless::StateMachine", "states", "statemachine"},
     {"AWS::ApiGateway::RestApi", "apigateway", "RestApi"},
     {"AWS::DynamoDB::GlobalTable", "dynamodb", "table"},
     {"AWS::EC2::VPCEndpoint", "ec2", "vpc-endpoint"},
     {"AWS::SSM::Document", "ssm", "document"},
     {"AWS::S3Express::DirectoryBucket", "s3express", "bucket"}}};

/// Types whose Ref is the ARN.
constexpr std::array<std::string_view, 20> refer_by_arn{"AWS::SNS::Topic",
                                                        "AWS::IAM::ManagedPolicy",
                                                        "AWS::IAM::OIDCProvider",
                                                        "AWS::IAM::SAMLProvider",
                                                        "AWS::SecretsManager::Secret",
                                                        "AWS::StepFunctions::StateMachine",
                                                        "AWS::StepFunctions::Activity",
                                                        "AWS::Serverless::StateMachine",
                                                        "AWS::ElasticLoadBalancingV2::LoadBalancer",
                                                        "AWS::ElasticLoadBalancingV2::TargetGroup",
                                                        "AWS::ElasticLoadBalancingV2::Listener",
                                                        "AWS::CertificateManager::Certificate",
                                                        "AWS::ECS::Service",
                                                        "AWS::ECS::TaskDefinition",
                                                        "AWS::Batch::JobQueue",
                                                        "AWS::Batch::JobDefinition",
                                                        "AWS::Batch::ComputeEnvironment",
                                                        "AWS::MSK::Cluster",
                                                        "AWS::CodeStarConnections::Connection",
                                                        "AWS::AppSync::GraphQLApi"};

/// `AWS::SERVICE::TYPE` by its parts; empty for anything else.
Pair parts_of(std::string_view type) {
    constexpr std::string_view start = "AWS::";
    if (!type.starts_with(start)) return {};
    type.remove_prefix(start.size());
    const std::size_t colons = type.find("::");
    if (colons == std::string_view::npos) return {};
    return {type.substr(0, colons), type.substr(colons + 2)};
}

/// Letters and digits alone, in lower case: `log-group` and `LogGroup` are one name.
std::string bare(std::string_view name) {
    std::string out;
    for (const char c : fold_case(name))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out.push_back(c);
    return out;
}

const catalogue::ResourceType* find_type(std::string_view type) {
    const auto named = std::find_if(other_names.begin(), other_names.end(),
                                    [&](const OtherName& other) { return other.type == type; });
    const auto [service_name, resource] = parts_of(type);
    std::string prefix = fold_case(service_name);
    for (const auto& [name, other] : prefixes)
        if (name == service_name) prefix = other;
    if (named != other_names.end()) prefix = named->prefix;
    const catalogue::ServiceReference* service = catalogue::service_reference::find_service(prefix);
    if (!service) return nullptr;
    if (named != other_names.end()) return service->find_resource_type(named->resource);
    const auto found =
        std::find_if(service->resource_types.begin(), service->resource_types.end(),
                     [&, wanted = bare(resource)](const auto& known) { return bare(known.name) == wanted; });
    return found == service->resource_types.end() ? nullptr : &*found;
}

/// The parts of an ARN template that are not partition, Region and account.
std::vector<std::string_view> own_variables(std::string_view arn) {
    std::vector<std::string_view> found;
    for (std::size_t at = arn.find("${"); at != std::string_view::npos; at = arn.find("${", at + 2)) {
        const std::string_view name = arn.substr(at + 2, arn.find('}', at) - at - 2);
        if (name != "Partition" && name != "Region" && name != "Account") found.push_back(name);
    }
    return found;
}

/// Of several parts that are the resource's own, the one that is its name.
std::string_view naming_variable(const std::vector<std::string_view>& variables, std::string_view type) {
    const std::string wanted = bare(type);
    const auto fits = [&](std::string_view variable) { return bare(variable).starts_with(wanted); };
    const auto found = std::find_if(variables.begin(), variables.end(), fits);
    if (found != variables.end()) return *found;
    return variables.empty() ? std::string_view{} : variables.front();
}

bool is(std::string_view attribute, std::string_view type, std::string_view end) {
    return attribute == end || bare(attribute) == bare(type) + bare(end);
}

}  // namespace

std::string naming_property(std::string_view type) {
    if (type == "AWS::SecretsManager::Secret" || type == "AWS::SSM::Parameter" || type == "AWS::Events::Rule" ||
        type == "AWS::Events::EventBus" || type == "AWS::KinesisStream" || type == "AWS::Kinesis::Stream" ||
        type == "AWS::ElasticLoadBalancingV2::LoadBalancer" || type == "AWS::ElasticLoadBalancingV2::TargetGroup" ||
        type == "AWS::CodeBuild::Project" || type == "AWS::CodePipeline::Pipeline")
        return "Name";
    if (type == "AWS::RDS::DBInstance") return "DBInstanceIdentifier";
    if (type == "AWS::RDS::DBCluster") return "DBClusterIdentifier";
    if (type == "AWS::IAM::OIDCProvider") return "Url";
    if (type == "AWS::Serverless::SimpleTable" || type == "AWS::DynamoDB::GlobalTable") return "TableName";
    const std::string_view resource = parts_of(type).second;
    return resource.empty() ? std::string() : fmt::format("{}Name", resource);
}

std::optional<std::string> resource_arn(const StackResource& resource, const StackPlace& place) {
    const catalogue::ResourceType* type = find_type(resource.type);
    if (!type) return std::nullopt;
    const std::string& form = type->arns.front();
    const std::string_view naming = naming_variable(own_variables(form), parts_of(resource.type).second);
    std::string arn;
    for (std::string_view rest = form; !rest.empty();) {
        const std::size_t start = rest.find("${");
        arn.append(rest.substr(0, start));
        if (start == std::string_view::npos) break;
        const std::size_t end = rest.find('}', start);
        const std::string_view variable = rest.substr(start + 2, end - start - 2);
        if (variable == "Partition")
            arn.append(place.partition);
        else if (variable == "Region")
            arn.append(place.region);
        else if (variable == "Account")
            arn.append(place.account);
        else if (variable == naming && variable.ends_with("WithPath"))
            arn.append(resource.path.substr(1)).append(resource.name);
        else
            arn.append(variable == naming ? resource.name : "*");
        rest.remove_prefix(end + 1);
    }
    return arn;
}

std::optional<std::string> resource_reference(const StackResource& resource, const StackPlace& place) {
    if (std::find(refer_by_arn.begin(), refer_by_arn.end(), resource.type) != refer_by_arn.end())
        return resource_arn(resource, place);
    if (resource.type == "AWS::SQS::Queue")
        return fmt::format("https://sqs.{}.amazonaws.com/{}/{}", place.region, place.account, resource.name);
    if (resource.type.starts_with("Custom::") || resource.type.starts_with("AWS::CloudFormation::"))
        return std::nullopt;
    return resource.name;
}

std::optional<std::string> resource_attribute(const StackResource& resource, std::string_view attribute,
                                              const StackPlace& place) {
    const std::string_view type = parts_of(resource.type).second;
    if (type.empty() || resource.type.starts_with("AWS::CloudFormation::")) return std::nullopt;
    if (is(attribute, type, "Arn")) return resource_arn(resource, place);
    if (is(attribute, type, "Name") || is(attribute, type, "Id")) {
        // Unique ids are made by IAM.
        if (resource.type == "AWS::IAM::Role" && attribute == "RoleId") return "AROAEXAMPLEEXAMPLE234";
        return resource.name;
    }
    if (attribute == "StreamArn") {
        const std::optional<std::string> table = resource_arn(resource, place);
        return table ? std::optional(*table + "/stream/*") : std::nullopt;
    }
    if (resource.type == "AWS::S3::Bucket") {
        if (attribute == "DomainName") return resource.name + ".s3.amazonaws.com";
        if (attribute == "RegionalDomainName")
            return fmt::format("{}.s3.{}.amazonaws.com", resource.name, place.region);
    }
    if (attribute == "S3CanonicalUserId") return std::string(64, 'a');
    return std::nullopt;
}

}  // namespace iamlocal::tools
