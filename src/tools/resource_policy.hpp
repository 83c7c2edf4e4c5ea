// Policies of resources in the forms in which their services take them.
#pragma once

#include <string>

namespace iamlocal::tools {

/// The document as the service keeps it. Registries (ECR) and file systems (EFS) have policies without Resource, which
/// are about whatever has them: they get `"Resource":"*"`. API Gateway's short form `execute-api:/stage/GET/path`
/// becomes an ARN. What is added stands behind the rest of its statement, and no line moves. Any other text, one that
/// is no JSON included, stays as it is.
[[nodiscard]] std::string complete_resource_policy(std::string text);

}  // namespace iamlocal::tools
