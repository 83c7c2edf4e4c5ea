// SSH public keys of users, for CodeCommit: RSA keys, in the form of SSH or of X.509.
#include "store/ssh_public_keys.hpp"

#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "aws/ids.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/rsa_public_key.hpp"
#include "iam/errors.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/user_or_root.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using protocol::Fields;
using store::SshPublicKey;
using store::User;

constexpr std::size_t least_bits = 2048;
constexpr std::size_t most_bits = 16384;

const char* status_of(const SshPublicKey& key) { return key.active ? "Active" : "Inactive"; }

/// `60:34:…`
std::string fingerprint_of(const SshPublicKey& key) {
    std::string out;
    for (const unsigned char byte : md5(key.ssh_bytes)) {
        if (!out.empty()) out.push_back(':');
        hex_append(out, {&byte, 1});
    }
    return out;
}

/// A key in full; `body` is its text in some form.
struct SshPublicKeyOutput {
    std::string user_name;
    SshPublicKey key;
    std::string body;
};

void write(AnswerWriter& out, const SshPublicKeyOutput& output) {
    out.begin("SSHPublicKey");
    out.text("UserName", output.user_name);
    out.text("SSHPublicKeyId", output.key.id);
    out.text("Fingerprint", fingerprint_of(output.key));
    out.text("SSHPublicKeyBody", output.body);
    out.text("Status", status_of(output.key));
    out.time("UploadDate", output.key.uploaded);
    out.end("SSHPublicKey");
}

SshPublicKey get_key(Context& ctx, const User& user, const std::string& id) {
    std::optional<SshPublicKey> key = store::ssh_public_keys::find(ctx.tx, ctx.account(), id);
    if (!key) throw ApiError(error_type::no_such_entity, fmt::format("The Public Key with id {} cannot be found.", id));
    if (key->user_id != user.id)
        throw ApiError(error_type::no_such_entity, fmt::format("User has no Public Key with id {}.", id));
    return *std::move(key);
}

// UploadSSHPublicKey

struct UploadSshPublicKeyInput {
    std::string name;
    std::string ssh_public_key_body;
    void describe(Fields& f) {
        f.required("UserName", name, shape::user_name);
        f.required("SSHPublicKeyBody", ssh_public_key_body, shape::pem_text);
    }
};

RsaPublicKey checked_key(std::string_view body) {
    std::optional<RsaPublicKey> key = RsaPublicKey::parse(body);
    if (!key) throw ApiError(error_type::unrecognized_public_key_encoding, "Invalid public key uploaded.");
    if (key->modulus_bits() < least_bits || key->modulus_bits() > most_bits || !key->is_plausible())
        throw ApiError(error_type::invalid_public_key, "Invalid body for public key");
    return *std::move(key);
}

SshPublicKeyOutput upload_ssh_public_key(Context& ctx, const UploadSshPublicKeyInput& in, User& user) {
    SshPublicKey key{.account = ctx.account(),
                     .id = ids::ssh_public_key_id(ctx.env.entropy),
                     .user_id = user.id,
                     .ssh_bytes = checked_key(in.ssh_public_key_body).ssh_bytes(),
                     .active = true,
                     .uploaded = ctx.second()};
    if (store::ssh_public_keys::has(ctx.tx, ctx.account(), user.id, key.ssh_bytes))
        throw ApiError(error_type::duplicate_ssh_public_key, "Duplicate SSH public key uploaded.");
    require_quota(ctx, Quota::ssh_public_keys_per_user, store::ssh_public_keys::count(ctx.tx, ctx.account(), user.id));
    store::ssh_public_keys::insert(ctx.tx, key);
    return {std::move(user.name), std::move(key), in.ssh_public_key_body};
}

// GetSSHPublicKey

struct GetSshPublicKeyInput {
    std::string name;
    std::string ssh_public_key_id;
    std::string encoding;
    void describe(Fields& f) {
        f.required("UserName", name, shape::user_name);
        f.required("SSHPublicKeyId", ssh_public_key_id, shape::ssh_public_key_id);
        f.required("Encoding", encoding, shape::ssh_key_encoding);
    }
};

SshPublicKeyOutput get_ssh_public_key(Context& ctx, const GetSshPublicKeyInput& in, User& user) {
    SshPublicKey key = get_key(ctx, user, in.ssh_public_key_id);
    const RsaPublicKey numbers = RsaPublicKey::parse_ssh_bytes(key.ssh_bytes).value();
    return {std::move(user.name), std::move(key), in.encoding == "SSH" ? numbers.ssh_line() : numbers.pem()};
}

// UpdateSSHPublicKey

struct UpdateSshPublicKeyInput {
    std::string name;
    std::string ssh_public_key_id;
    std::string status;
    void describe(Fields& f) {
        f.required("UserName", name, shape::user_name);
        f.required("SSHPublicKeyId", ssh_public_key_id, shape::ssh_public_key_id);
        f.required("Status", status, shape::credential_status);
    }
};

void update_ssh_public_key(Context& ctx, const UpdateSshPublicKeyInput& in, User& user) {
    if (in.status == "Expired") throw unsupported_status(in.status);
    const SshPublicKey key = get_key(ctx, user, in.ssh_public_key_id);
    store::ssh_public_keys::set_active(ctx.tx, ctx.account(), key.id, in.status == "Active");
}

// DeleteSSHPublicKey

struct DeleteSshPublicKeyInput {
    std::string name;
    std::string ssh_public_key_id;
    void describe(Fields& f) {
        f.required("UserName", name, shape::user_name);
        f.required("SSHPublicKeyId", ssh_public_key_id, shape::ssh_public_key_id);
    }
};

void delete_ssh_public_key(Context& ctx, const DeleteSshPublicKeyInput& in, User& user) {
    store::ssh_public_keys::remove(ctx.tx, ctx.account(), get_key(ctx, user, in.ssh_public_key_id).id);
}

// ListSSHPublicKeys

struct ListSshPublicKeysInput {
    std::optional<std::string> user_name;
    api::PageInput page;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::user_name);
        page.describe(f);
    }
};

struct ListSshPublicKeysOutput {
    std::string user_name;
    store::Page<SshPublicKey> page;
};

void write(AnswerWriter& out, const ListSshPublicKeysOutput& output) {
    api::write_page(out, "SSHPublicKeys", output.page, [&](AnswerWriter& w, const SshPublicKey& key) {
        w.text("UserName", output.user_name);
        w.text("SSHPublicKeyId", key.id);
        w.text("Status", status_of(key));
        w.time("UploadDate", key.uploaded);
    });
}

/// Root has none.
ListSshPublicKeysOutput list_ssh_public_keys(Context& ctx, const ListSshPublicKeysInput& in, UserOrRoot& whose) {
    User* const user = whose.find_user();
    if (!user) return {};
    auto page = store::ssh_public_keys::page(ctx.tx, ctx.account(), user->id, in.page.request());
    return {std::move(user->name), std::move(page)};
}

using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> ssh_public_key_operations() {
    static constexpr api::Operation rows[] = {
        on<UserKind, upload_ssh_public_key>("iam:UploadSSHPublicKey", writes),
        on<UserKind, get_ssh_public_key>("iam:GetSSHPublicKey", reads),
        on<UserKind, update_ssh_public_key>("iam:UpdateSSHPublicKey", writes),
        on<UserKind, delete_ssh_public_key>("iam:DeleteSSHPublicKey", writes),
        on_user_or_caller<list_ssh_public_keys>("iam:ListSSHPublicKeys", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
