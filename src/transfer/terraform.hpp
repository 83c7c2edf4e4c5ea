// A seed as a configuration for Terraform, with blocks that import what is there already.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::transfer {

struct TerraformFile {
    std::string text;
    std::vector<std::string> remarks;  ///< what Terraform's provider cannot take, a sentence each
};

/// The account of a seed (JSON, docs/seeds.md) as resources of HashiCorp's AWS provider, for Terraform 1.5 and later. A
/// plan with it imports each of them and changes nothing. Throws nlohmann::json::exception for what is no seed.
[[nodiscard]] TerraformFile write_terraform(std::string_view seed, const std::string& account);

}  // namespace iamlocal::transfer
