// Who has which MFA device: enable, deactivate, set its clock, list. A virtual device or a token has a clock of its
// own, which two codes in a row show, and which is looked for around where it was last seen.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "api/page.hpp"
#include "base/one_time_code.hpp"
#include "iam/errors.hpp"
#include "iam/mfa_devices.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/user_or_root.hpp"

namespace iamlocal::iam {
namespace {

namespace devices = store::mfa_devices;
using api::PageInput;
using protocol::AnswerWriter;
using protocol::Fields;
using store::MfaDevice;
using store::MfaDeviceKind;

/// Where the second code of a pair may be from the device's clock, in steps.
constexpr std::int64_t most_behind = 998;
constexpr std::int64_t most_ahead = 1000;

// Whose device

/// A user who is named, or the caller. AWS's root has no name that a request could give, so here it is the account's
/// id, for root itself and as long as no user has that name.
UserOrRoot named_or_caller(Context& ctx, const std::optional<std::string>& user_name) {
    UserOrRoot whose = user_or_caller(ctx, user_name);
    if (!whose.user && ctx.caller.is_root() && whose.name == ctx.account().view()) whose.name.clear();
    return whose;
}

/// Throws NoSuchEntity for a user who is not there.
store::MfaHolder holder_of(UserOrRoot& whose) {
    const store::User* const user = whose.find_user();
    return user ? user->id : store::MfaHolder();
}

/// Who comes by AssumeRoot is an administrator of the organization, and not root itself.
bool is_caller(const Context& ctx, const store::MfaHolder& holder) {
    const auto& session = ctx.caller.session;
    if (ctx.caller.is_role_session() || (session && session->kind == auth::SessionKind::root_task)) return false;
    return ctx.caller.is_root() ? holder.empty() : ctx.caller.principal_id == holder;
}

/// Whoever has a device signs in with it before he touches his own; no policy can allow him not to.
void require_mfa_for_own(Context& ctx, const store::MfaHolder& holder) {
    if (ctx.env.enforcement == access::Enforcement::off || !is_caller(ctx, holder)) return;
    if (ctx.caller.session && ctx.caller.session->mfa) return;
    if (devices::count_of(ctx.tx, ctx.account(), holder) > 0)
        throw api::access_denied(
            "To complete this action, please ensure that you are authenticated with an MFA device that is enabled for "
            "this user.");
}

MfaDevice get_device(Context& ctx, const std::string& serial) {
    std::optional<MfaDevice> device = devices::find(ctx.tx, ctx.account(), serial);
    if (!device) throw no_such_mfa_device(serial);
    return *std::move(device);
}

MfaDevice get_device_of(Context& ctx, const std::string& serial, const store::MfaHolder& holder) {
    MfaDevice device = get_device(ctx, serial);
    if (device.holder != holder) throw mfa_device_of_another();
    return device;
}

// Two codes in a row

struct CodePair {
    std::string first;
    std::string second;
    void describe(Fields& f) {
        f.required("AuthenticationCode1", first, shape::authentication_code);
        f.required("AuthenticationCode2", second, shape::authentication_code);
    }
};

/// The step of the second code; nothing if the device shows no such pair around `clock` and after the last one.
std::optional<std::int64_t> find_pair(const MfaDevice& device, const Secret& seed, std::int64_t clock,
                                      const CodePair& codes) {
    std::int64_t step = clock - most_behind;
    if (device.newest_pair) step = std::max(step, *device.newest_pair + 2);
    for (std::string before; step <= clock + most_ahead; ++step) {
        if (before.empty()) before = one_time_code::at_step(seed.reveal(), step - 1);
        std::string code = one_time_code::at_step(seed.reveal(), step);
        if (before == codes.first && code == codes.second) return step;
        before = std::move(code);
    }
    return std::nullopt;
}

/// Throws InvalidAuthenticationCode.
void set_clock(Context& ctx, const MfaDevice& device, const CodePair& codes) {
    const std::int64_t now = one_time_code::step_of(ctx.now);
    std::optional<std::int64_t> step;
    if (device.kind != MfaDeviceKind::security_key)
        step = find_pair(device, devices::seed_of(ctx.tx, ctx.env.keyring, device), now + device.clock_offset, codes);
    if (!step) throw ApiError(error_type::invalid_authentication_code, "Authentication code for device is not valid.");
    devices::set_clock(ctx.tx, device, *step - now, *step);
}

// EnableMFADevice, ResyncMFADevice

struct CodesInput {
    std::optional<std::string> user_name;
    std::string serial_number;
    CodePair codes;
    void describe(Fields& f) {
        f.required("UserName", user_name, shape::existing_user_name);
        f.required("SerialNumber", serial_number, shape::serial_number);
        codes.describe(f);
    }
};

void enable_mfa_device(Context& ctx, const CodesInput& in, UserOrRoot& whose) {
    const store::MfaHolder holder = holder_of(whose);
    require_mfa_for_own(ctx, holder);
    const MfaDevice device = get_device(ctx, in.serial_number);
    if (device.holder == holder)
        throw ApiError(error_type::entity_already_exists,
                       fmt::format("MFA Device for user {} already exists.",
                                   whose.is_root() ? ctx.account().str() : whose.require_user().name));
    if (device.holder) throw ApiError(error_type::entity_already_exists, "MFA Device is already in use.");
    require_quota(ctx, Quota::mfa_devices_per_user, devices::count_of(ctx.tx, ctx.account(), holder));
    set_clock(ctx, device, in.codes);
    devices::enable(ctx.tx, device, holder, ctx.second());
}

void resync_mfa_device(Context& ctx, const CodesInput& in, UserOrRoot& whose) {
    set_clock(ctx, get_device_of(ctx, in.serial_number, holder_of(whose)), in.codes);
}

// DeactivateMFADevice

struct DeactivateMFADeviceInput {
    std::optional<std::string> user_name;
    std::string serial_number;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        f.required("SerialNumber", serial_number, shape::serial_number);
    }
};

void deactivate_mfa_device(Context& ctx, const DeactivateMFADeviceInput& in, UserOrRoot& whose) {
    const store::MfaHolder holder = holder_of(whose);
    require_mfa_for_own(ctx, holder);
    const MfaDevice device = get_device_of(ctx, in.serial_number, holder);
    // A security key was made for its user; what remains of it is nobody's.
    if (device.kind == MfaDeviceKind::security_key)
        devices::remove(ctx.tx, device);
    else
        devices::deactivate(ctx.tx, device);
}

// ListMFADevices

struct ListMFADevicesInput {
    std::optional<std::string> user_name;
    PageInput page;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        page.describe(f);
    }
};

struct ListMFADevicesOutput {
    std::string user_name;  ///< empty for root, which has none
    store::Page<MfaDevice> page;
};

void write(AnswerWriter& out, const ListMFADevicesOutput& output) {
    api::write_page(out, "MFADevices", output.page, [&](AnswerWriter& w, const MfaDevice& device) {
        if (!output.user_name.empty()) w.text("UserName", output.user_name);
        w.text("SerialNumber", device.serial);
        w.time("EnableDate", device.enabled);
    });
}

ListMFADevicesOutput list_mfa_devices(Context& ctx, const ListMFADevicesInput& in, UserOrRoot& whose) {
    const store::MfaHolder holder = holder_of(whose);
    return {whose.is_root() ? std::string() : whose.require_user().name,
            devices::page_of(ctx.tx, ctx.account(), holder, in.page.request())};
}

// GetMFADevice

struct GetMFADeviceInput {
    std::string serial_number;
    std::optional<std::string> user_name;
    void describe(Fields& f) {
        f.required("SerialNumber", serial_number, shape::serial_number);
        f.optional("UserName", user_name, shape::user_name);
    }
};

struct GetMFADeviceOutput {
    std::string user_name;
    MfaDevice device;
};

void write(AnswerWriter& out, const GetMFADeviceOutput& output) {
    if (!output.user_name.empty()) out.text("UserName", output.user_name);
    out.text("SerialNumber", output.device.serial);
    out.time("EnableDate", output.device.enabled);
    out.begin("Certifications");
    std::string_view rest = output.device.certifications;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const std::size_t equals = line.find('=');
        out.map_entry(line.substr(0, equals), line.substr(equals + 1));
    }
    out.end("Certifications");
}

GetMFADeviceOutput get_mfa_device(Context& ctx, const GetMFADeviceInput& in, UserOrRoot& whose) {
    const store::MfaHolder holder = holder_of(whose);
    MfaDevice device = get_device(ctx, in.serial_number);
    if (device.kind != MfaDeviceKind::security_key)
        throw validation_error(
            "The MFA device serial number sent in the request is invalid or not supported by this API. Currently, only "
            "hardware FIDO security keys are supported. Please use the compatible device or API.");
    if (device.holder != holder) throw mfa_device_of_another();
    return {whose.is_root() ? std::string() : whose.require_user().name, std::move(device)};
}

using api::reads;
using api::writes;

constexpr auto resolve = [](Context& ctx, const auto& in) { return named_or_caller(ctx, in.user_name); };

/// A row; the permission is for the user or root.
template <auto handler>
constexpr api::Operation on_holder(const char* action, db::Access access) {
    return api::operation<handler, detail::target_user_or_root, resolve>(action, access);
}

}  // namespace

std::span<const api::Operation> mfa_assignment_operations() {
    static constexpr api::Operation rows[] = {
        on_holder<enable_mfa_device>("iam:EnableMFADevice", writes),
        on_holder<deactivate_mfa_device>("iam:DeactivateMFADevice", writes),
        on_holder<resync_mfa_device>("iam:ResyncMFADevice", writes),
        on_holder<list_mfa_devices>("iam:ListMFADevices", reads),
        on_holder<get_mfa_device>("iam:GetMFADevice", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
