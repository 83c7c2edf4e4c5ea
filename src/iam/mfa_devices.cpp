// Virtual MFA devices: create, list and delete them, and their tags. Who has a device is the part of
// iam/mfa_assignment.cpp.
#include "iam/mfa_devices.hpp"

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/one_time_code.hpp"
#include "base/qr_code.hpp"
#include "iam/errors.hpp"
#include "iam/families.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/quotas.hpp"
#include "iam/targets.hpp"
#include "store/account.hpp"
#include "store/users.hpp"

namespace iamlocal::iam {
namespace {

namespace devices = store::mfa_devices;
using api::PageInput;
using api::TagsInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::MfaDevice;

/// Of every member that takes a serial number.
constexpr std::size_t max_serial_size = 256;
constexpr std::size_t seed_size = 40;

// CreateVirtualMFADevice

struct CreateVirtualMFADeviceInput {
    std::string path = "/";
    std::string name;
    TagsInput tags;
    void describe(Fields& f) {
        f.optional("Path", path, shape::path);
        f.required("VirtualMFADeviceName", name, shape::virtual_mfa_device_name);
        tags.describe(f, Presence::optional);
    }
};

Target create_target(Context& ctx, const CreateVirtualMFADeviceInput& in) {
    return creation_target(ctx, {"mfa", in.path, in.name, "iam:TagMFADevice"}, in.tags.list());
}

struct CreateVirtualMFADeviceOutput {
    std::string serial;
    Secret seed;      ///< in base32
    std::string png;  ///< of the same, to be scanned
    std::vector<store::Tag> tags;
};

/// The only answer that ever shows the seed.
void write(AnswerWriter& out, const CreateVirtualMFADeviceOutput& output) {
    out.begin("VirtualMFADevice");
    out.text("SerialNumber", output.serial);
    out.secret("Base32StringSeed", base64_encode(as_bytes(output.seed.reveal())));
    out.secret("QRCodePNG", base64_encode(as_bytes(output.png)));
    api::write_tags(out, output.tags, api::WhenEmpty::leave_out);
    out.end("VirtualMFADevice");
}

Secret make_seed(Entropy& entropy) {
    std::array<unsigned char, seed_size> bytes;
    entropy.fill(bytes);
    return Secret(std::string(bytes.begin(), bytes.end()));
}

/// Throws if there can be no such device.
void require_room(Context& ctx, const std::string& serial) {
    if (devices::exists(ctx.tx, ctx.account(), serial))
        throw ApiError(error_type::entity_already_exists, "MFA device already exists.");
    // AWS allows as many virtual devices as users.
    if (devices::count_virtual(ctx.tx, ctx.account()) >= quota(ctx, Quota::users_per_account))
        throw quota_exceeded("VirtualMFADevicesPerAccount", quota(ctx, Quota::users_per_account));
}

struct NewDevice {
    MfaDevice device;
    Secret seed;
    std::string label;  ///< what a phone shows
    CreateVirtualMFADeviceOutput output;
};

/// The picture comes first, for it may be that nobody has time to draw it.
api::SlowChange<CreateVirtualMFADeviceOutput> create_virtual_mfa_device(Context& ctx,
                                                                        const CreateVirtualMFADeviceInput& in) {
    auto made = std::make_shared<NewDevice>();
    made->output.tags = in.tags.list();
    api::require_valid_tags(ctx, made->output.tags, store::tags::KeyCase::kept);
    MfaDevice& device = made->device;
    device.account = ctx.account();
    device.id = ids::request_id(ctx.env.entropy);
    device.serial = arn::iam(ctx.account(), "mfa", in.path, in.name);
    device.created = ctx.second();
    if (device.serial.size() > max_serial_size)
        throw validation_error(
            fmt::format("The ARN of the device must have length less than or equal to {}", max_serial_size));
    require_room(ctx, device.serial);
    made->seed = make_seed(ctx.env.entropy);
    made->label =
        in.name + "@" + store::account::find_alias(ctx.tx, ctx.account()).value_or(std::string(ctx.account().view()));
    const auto draw = [made] {
        CreateVirtualMFADeviceOutput& output = made->output;
        output.serial = made->device.serial;
        output.seed = Secret(one_time_code::base32_encode(made->seed.reveal()));
        const Secret address("otpauth://totp/" + made->label + "?secret=" + output.seed.reveal());
        output.png = write_png(qr_code(address.reveal()));
    };
    const auto store = [made](Context& then) {
        require_room(then, made->device.serial);
        devices::insert(then.tx, then.env.keyring, then.env.entropy, made->device, made->seed, made->output.tags);
        return made->output;
    };
    return {draw, store};
}

// DeleteVirtualMFADevice

void delete_virtual_mfa_device(Context& ctx, const NameInput<VirtualMfaDeviceKind>&, MfaDevice& device) {
    if (device.holder) throw ApiError(error_type::delete_conflict, "MFA VirtualDevice in use. Must deactivate first.");
    devices::remove(ctx.tx, device);
}

// ListVirtualMFADevices

struct ListVirtualMFADevicesInput {
    std::string assignment_status = "Any";
    PageInput page;
    void describe(Fields& f) {
        f.optional("AssignmentStatus", assignment_status, shape::assignment_status);
        page.describe(f);
    }
};

Target list_virtual_target(Context& ctx, const ListVirtualMFADevicesInput&) { return list_target(ctx, "mfa", "/"); }

struct ListedDevice {
    MfaDevice device;
    std::optional<store::User> user;
};

struct ListVirtualMFADevicesOutput {
    store::Page<ListedDevice> page;
    Seconds root_since{};
};

/// Root as GetUser shows it.
void write_root(AnswerWriter& out, const AccountId& account, Seconds since) {
    out.text("UserId", account.view());
    out.text("Arn", arn::root(account));
    out.time("CreateDate", since);
}

void write(AnswerWriter& out, const ListVirtualMFADevicesOutput& output) {
    api::write_page(out, "VirtualMFADevices", output.page, [&](AnswerWriter& w, const ListedDevice& listed) {
        w.text("SerialNumber", listed.device.serial);
        if (!listed.device.holder) return;
        w.begin("User");
        if (listed.user)
            write_user(w, *listed.user, Detail::listed);
        else
            write_root(w, listed.device.account, output.root_since);
        w.end("User");
        w.time("EnableDate", listed.device.enabled);
    });
}

devices::Assignment assignment_of(std::string_view status) {
    if (status == "Assigned") return devices::Assignment::assigned;
    return status == "Unassigned" ? devices::Assignment::unassigned : devices::Assignment::any;
}

ListVirtualMFADevicesOutput list_virtual_mfa_devices(Context& ctx, const ListVirtualMFADevicesInput& in) {
    auto page = devices::page(ctx.tx, ctx.account(), assignment_of(in.assignment_status), in.page.request());
    const auto with_user = [&](MfaDevice device) {
        std::optional<store::User> user;
        if (device.holder && !device.holder->empty())
            user = store::users::find_by_id(ctx.tx, ctx.account(), *device.holder);
        return ListedDevice{std::move(device), std::move(user)};
    };
    return {store::map_page(std::move(page), with_user),
            store::account::created(ctx.tx, ctx.account()).value_or(ctx.second())};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::optional<MfaDevice> VirtualMfaDeviceKind::find(Context& ctx, std::string_view serial) {
    std::optional<MfaDevice> device = devices::find(ctx.tx, ctx.account(), serial);
    if (device && device->kind != store::MfaDeviceKind::virtual_device) return std::nullopt;
    return device;
}

Target VirtualMfaDeviceKind::target(Context& ctx, std::string_view serial, const std::optional<Entity>& device) {
    Target target;
    // What is no ARN names no virtual device, and is decided on like one.
    target.resource = Arn::parse(serial) ? std::string(serial) : arn::iam(ctx.account(), "mfa", "/", serial);
    if (device) target.tags.id = device->id;
    return target;
}

MfaDevice& VirtualMfaDeviceKind::require(std::optional<Entity>& device, std::string_view serial) {
    if (!device) throw no_such_mfa_device(serial);
    return *device;
}

ApiError no_such_mfa_device(std::string_view serial) {
    return {error_type::no_such_entity, fmt::format("MFA Device with serial number {} does not exist.", serial)};
}

ApiError mfa_device_of_another() { return {error_type::no_such_entity, "MFA Device invalid for user."}; }

std::span<const api::Operation> mfa_device_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_virtual_mfa_device, create_target>("iam:CreateVirtualMFADevice", writes),
        on<VirtualMfaDeviceKind, delete_virtual_mfa_device>("iam:DeleteVirtualMFADevice", writes),
        operation<list_virtual_mfa_devices, list_virtual_target>("iam:ListVirtualMFADevices", reads),
        tag_row<VirtualMfaDeviceKind>("iam:TagMFADevice"),
        untag_row<VirtualMfaDeviceKind>("iam:UntagMFADevice"),
        list_tags_row<VirtualMfaDeviceKind>("iam:ListMFADeviceTags"),
    };
    return rows;
}

}  // namespace iamlocal::iam
