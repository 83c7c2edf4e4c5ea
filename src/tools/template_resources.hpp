// What a CloudFormation template's resources are called, as far as a template alone can tell.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace iamlocal::tools {

/// Where a stack is thought to be.
struct StackPlace {
    std::string partition;
    std::string region;
    std::string account;
};

/// A resource of a template. Its name is the one that its properties give it, else its logical id.
struct StackResource {
    std::string type;  ///< `AWS::S3::Bucket`
    std::string name;
    std::string path;  ///< of IAM's entities: `/` or `/team/`
};

/// The property that names resources of this type, for example `BucketName`; empty when none is known.
[[nodiscard]] std::string naming_property(std::string_view type);
/// The resource's ARN, by the form that AWS's service reference has for the type. Nothing when it has none.
[[nodiscard]] std::optional<std::string> resource_arn(const StackResource& resource, const StackPlace& place);
/// What Ref gives. Nothing when it is an ARN and that is not known.
[[nodiscard]] std::optional<std::string> resource_reference(const StackResource& resource, const StackPlace& place);
/// What Fn::GetAtt gives. Nothing when only CloudFormation knows.
[[nodiscard]] std::optional<std::string> resource_attribute(const StackResource& resource, std::string_view attribute,
                                                            const StackPlace& place);

}  // namespace iamlocal::tools
