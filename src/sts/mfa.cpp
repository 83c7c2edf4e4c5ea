#include "sts/mfa.hpp"

#include "api/errors.hpp"
#include "base/crypto.hpp"
#include "base/one_time_code.hpp"
#include "store/mfa_devices.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

namespace devices = store::mfa_devices;
using store::MfaDevice;

/// How far a code may be from the device's clock, in steps.
constexpr std::int64_t window = 2;
/// How far back another pair of codes could set the clock (iam/mfa_assignment.cpp): codes that were used are remembered
/// that long, and longer than AWS's window.
constexpr std::int64_t remembered = 1000;
constexpr std::int64_t max_attempts = 9;
/// Tries are counted in spans that begin at whole multiples of this.
constexpr std::chrono::minutes attempts_span{3};

ApiError unable_to_validate() {
    return api::access_denied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid "
        "and associated with this user.");
}

ApiError wrong_code() {
    return api::access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
}

ApiError incomplete() {
    return api::access_denied(
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
}

/// Whether the caller is the user, or root, who has the device. Sessions of roles have none.
bool is_held_by_caller(const MfaDevice& device, const access::Identity& caller) {
    if (!device.holder || caller.is_role_session()) return false;
    return caller.is_root() ? device.holder->empty() : *device.holder == caller.principal_id;
}

/// Uses up the step that shows the code, if one of the window does and was not used.
bool use(api::Context& ctx, const MfaDevice& device, std::string_view code) {
    const Secret seed = devices::seed_of(ctx.tx, ctx.env.keyring, device);
    const std::int64_t clock = one_time_code::step_of(ctx.now) + device.clock_offset;
    for (std::int64_t step = clock - window; step <= clock + window; ++step) {
        if (!equal_in_constant_time(one_time_code::at_step(seed.reveal(), step), code)) continue;
        if (devices::use_code(ctx.tx, device, step, clock - remembered - window)) return true;
    }
    return false;
}

}  // namespace

void MfaInput::describe(protocol::Fields& f) {
    f.optional("SerialNumber", serial_number, shape::serial_number);
    f.optional("TokenCode", token_code, shape::token_code);
}

std::optional<ApiError> verify_mfa(api::Context& ctx, MfaInput& mfa) {
    if (!mfa.serial_number && !mfa.token_code) return std::nullopt;
    if (!mfa.serial_number || !mfa.token_code) return incomplete();
    const std::optional<MfaDevice> device = devices::find(ctx.tx, ctx.account(), *mfa.serial_number);
    if (!device || !is_held_by_caller(*device, ctx.caller)) return unable_to_validate();
    if (device->kind == store::MfaDeviceKind::security_key) return unable_to_validate();
    const std::int64_t span = std::chrono::floor<std::chrono::minutes>(ctx.now).time_since_epoch() / attempts_span;
    if (!devices::count_attempt(ctx.tx, *device, span, max_attempts)) return unable_to_validate();
    if (!use(ctx, *device, *mfa.token_code)) return wrong_code();
    mfa.verified = ctx.second();
    return std::nullopt;
}

}  // namespace iamlocal::sts
