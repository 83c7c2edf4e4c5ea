// AWS's own managed policies: a catalogue that is part of the program and needs no database. Nothing is read or
// unpacked before the first question.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal::store::managed_policies {

/// One policy; the views live as long as the program.
struct Entry {
    std::string_view arn;
    std::string_view name;
    std::string_view path;
    std::string_view default_version;  ///< v7
    Seconds created{};
    Seconds updated{};          ///< when the default version was made
    std::string_view document;  ///< JSON of the default version
};

/// The policy with exactly this ARN.
const Entry* find(std::string_view arn);
/// All of them in order of their names.
std::span<const Entry> all();
/// ANPA…, the same for an ARN in every process and release.
std::string id_of(std::string_view arn);
/// Whether the ARN is in the namespace of AWS's policies, known or not.
bool is_aws_arn(std::string_view arn);

}  // namespace iamlocal::store::managed_policies
