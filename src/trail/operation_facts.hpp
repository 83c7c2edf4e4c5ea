// What CloudTrail records of an operation, by its name.
#pragma once

#include <string_view>

namespace iamlocal::trail {

/// `readOnly`. The three that assume a role for somebody count as reading, those that give out other credentials do
/// not.
///
/// @param action the operation's, "iam:CreateUser"
[[nodiscard]] bool is_read(std::string_view action);

/// Whether the record has `responseElements`: of what changes something, and of what gives out credentials.
[[nodiscard]] bool records_answer(std::string_view action);

/// The name of an error's shape in AWS's model, which stands in `errorCode`: NoSuchEntityException for NoSuchEntity. The
/// code itself where the model has none.
[[nodiscard]] std::string_view shape_of_error(std::string_view code);

}  // namespace iamlocal::trail
