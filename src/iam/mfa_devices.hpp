// MFA devices as the things that operations act on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "iam/existing.hpp"
#include "iam/shapes.hpp"
#include "store/mfa_devices.hpp"

namespace iamlocal::iam {

/// A virtual device, named by its serial number, which is its ARN.
struct VirtualMfaDeviceKind {
    using Entity = store::MfaDevice;
    static constexpr const char* member = "SerialNumber";
    static constexpr const protocol::TextRule& name_rule = shape::serial_number;

    static std::optional<Entity> find(Context& ctx, std::string_view serial);
    static Target target(Context& ctx, std::string_view serial, const std::optional<Entity>& device);
    static Entity& require(std::optional<Entity>& device, std::string_view serial);
};

/// `MFA Device with serial number X does not exist.`
ApiError no_such_mfa_device(std::string_view serial);
/// `MFA Device invalid for user.`, for one that another has or nobody.
ApiError mfa_device_of_another();

}  // namespace iamlocal::iam
