#include "transfer/terraform.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "catalogue/service_linked_roles.hpp"
#include "transfer/seed_draft.hpp"

namespace iamlocal::transfer {
namespace {

/// JSON is an expression of HCL's, but for what begins a template in a text.
std::string expression(const Json& value, int indent = -1) {
    const std::string json = json_text(value, indent);
    std::string out;
    for (std::size_t i = 0; i < json.size(); ++i) {
        out.push_back(json[i]);
        if ((json[i] == '$' || json[i] == '%') && i + 1 < json.size() && json[i + 1] == '{') out.push_back(json[i]);
    }
    return out;
}

bool fits_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

class TerraformWriter {
  public:
    TerraformWriter(const Json& account, std::string id) : account_(account), id_(std::move(id)) {}

    TerraformFile write() {
        write_account();
        each("policies", [this](const auto& name, const Json& policy) { write_policy(name, policy); });
        each("groups", [this](const auto& name, const Json& group) {
            Block block = begin(name, group);
            close("aws_iam_group", name, block, name);
            write_policies("group", name, group);
        });
        each("users", [this](const auto& name, const Json& user) { write_user(name, user); });
        each("roles", [this](const auto& name, const Json& role) { write_role(name, role); });
        each("instance_profiles", [this](const auto& name, const Json& profile) {
            Block block = begin(name, profile);
            block.copy(profile, "role");
            block.tags(profile);
            close("aws_iam_instance_profile", name, block, name);
        });
        write_service_linked_roles();
        write_providers();
        for (const char* kind : {"settings", "root", "mfa_devices", "undeletable_roles"})
            if (account_.contains(kind)) remark(fmt::format("The account's {} are not written", kind));
        if (account_.contains("server_certificates"))
            remark("The server_certificates are not written: Terraform needs their private keys");
        return {std::move(out_), std::move(remarks_)};
    }

  private:
    /// The arguments of a resource.
    struct Block {
        std::vector<std::pair<std::string, std::string>> arguments;

        void add(const char* name, const Json& value) { arguments.emplace_back(name, expression(value)); }
        void copy(const Json& from, const char* name) {
            if (from.contains(name)) add(name, from[name]);
        }
        void document(const char* name, const Json& value) {
            // A text is what was stored, white space and all.
            if (value.is_string())
                add(name, value);
            else
                arguments.emplace_back(name, "jsonencode(" + indented(expression(value, 2)) + ")");
        }
        void tags(const Json& from) { copy(from, "tags"); }

        static std::string indented(const std::string& text) {
            std::string out;
            for (const char c : text) {
                out.push_back(c);
                if (c == '\n') out.append("  ");
            }
            return out;
        }
    };

    template <class Write>
    void each(const char* kind, Write write) {
        const auto things = account_.find(kind);
        if (things == account_.end()) return;
        for (const auto& [name, thing] : things->items()) write(name, thing.is_null() ? Json::object() : thing);
    }

    static Block begin(const std::string& name, const Json& thing) {
        Block block;
        block.add("name", name);
        block.copy(thing, "path");
        return block;
    }

    /// Writes the resource and how it is imported. The label is made of `name`.
    void close(const char* type, const std::string& name, const Block& block, const std::string& import_id) {
        std::string label;
        for (const char c : name) label.push_back(fits_identifier(c) ? c : '_');
        if (label.empty() || (label.front() >= '0' && label.front() <= '9') || label.front() == '-')
            label.insert(0, "_");
        const std::string wished = label;
        for (int i = 2; !labels_.insert(std::string(type) + "." + label).second; ++i)
            label = fmt::format("{}_{}", wished, i);
        out_.append(fmt::format("resource \"{}\" \"{}\" {{\n", type, label));
        for (const auto& [argument, value] : block.arguments) out_.append(fmt::format("  {} = {}\n", argument, value));
        out_.append(
            fmt::format("}}\n\nimport {{\n  to = {}.{}\n  id = {}\n}}\n\n", type, label, expression(import_id)));
    }

    std::string arn(std::string_view type, const Json& thing, const std::string& name) const {
        const std::string path = text_of(thing, "path");
        return fmt::format("arn:aws:iam::{}:{}{}{}", id_, type, path.empty() ? "/" : path, name);
    }

    /// A name without a colon is that of a policy of the account.
    std::string policy_arn(const std::string& text) const {
        if (text.find(':') != std::string::npos) return text;
        const auto policies = account_.find("policies");
        const bool is_there = policies != account_.end() && policies->contains(text) && policies->at(text).is_object();
        return arn("policy", is_there ? policies->at(text) : Json::object(), text);
    }

    void write_account() {
        if (const std::string alias = text_of(account_, "alias"); !alias.empty()) {
            Block block;
            block.add("account_alias", alias);
            close("aws_iam_account_alias", "alias", block, alias);
        }
        const auto policy = account_.find("password_policy");
        if (policy == account_.end()) return;
        Block block;
        for (const auto& [name, value] : policy->items()) block.add(name.c_str(), value);
        close("aws_iam_account_password_policy", "password_policy", block, "iam-account-password-policy");
    }

    void write_policy(const std::string& name, const Json& policy) {
        Block block = begin(name, policy);
        block.copy(policy, "description");
        if (policy.contains("document")) {
            block.document("policy", policy["document"]);
        } else {
            for (const Json& version : list_of(policy, "versions"))
                if (version.value("default", false)) block.document("policy", version.at("document"));
            remark(fmt::format("Of the policy {} only the version in force is written", name));
        }
        block.tags(policy);
        close("aws_iam_policy", name, block, arn("policy", policy, name));
    }

    /// Inline and attached policies of a user, group or role.
    void write_policies(const std::string& kind, const std::string& holder, const Json& thing) {
        const auto inline_policies = thing.find("inline_policies");
        if (inline_policies != thing.end())
            for (const auto& [name, document] : inline_policies->items()) {
                Block block;
                block.add("name", name);
                block.add(kind.c_str(), holder);
                block.document("policy", document);
                close(("aws_iam_" + kind + "_policy").c_str(), holder + "_" + name, block, holder + ":" + name);
            }
        for (const Json& attached : list_of(thing, "attached_policies")) {
            const std::string policy = policy_arn(attached.get<std::string>());
            Block block;
            block.add(kind.c_str(), holder);
            block.add("policy_arn", policy);
            close(("aws_iam_" + kind + "_policy_attachment").c_str(),
                  holder + "_" + policy.substr(policy.rfind('/') + 1), block, holder + "/" + policy);
        }
    }

    void put_boundary(Block& block, const Json& thing) const {
        if (const std::string boundary = text_of(thing, "permissions_boundary"); !boundary.empty())
            block.add("permissions_boundary", policy_arn(boundary));
    }

    void write_user(const std::string& name, const Json& user) {
        Block block = begin(name, user);
        put_boundary(block, user);
        block.tags(user);
        close("aws_iam_user", name, block, name);
        write_policies("user", name, user);
        if (!list_of(user, "groups").empty()) {
            Block groups;
            groups.add("user", name);
            groups.add("groups", user["groups"]);
            std::string import_id = name;
            for (const Json& group : user["groups"]) import_id.append("/").append(group.get<std::string>());
            close("aws_iam_user_group_membership", name, groups, import_id);
        }
        for (const char* secret : {"password", "password_hash", "access_keys", "mfa_devices"})
            if (user.contains(secret))
                remark(fmt::format("The {} of {} are not written: Terraform makes its own", secret, name));
        for (const char* other : {"signing_certificates", "ssh_public_keys", "service_specific_credentials"})
            if (user.contains(other))
                remark(fmt::format("The {} of {} are not written: AWS's ids of them are not in a seed", other, name));
    }

    void write_role(const std::string& name, const Json& role) {
        Block block = begin(name, role);
        block.document("assume_role_policy", role.at("trust_policy"));
        block.copy(role, "description");
        block.copy(role, "max_session_duration");
        put_boundary(block, role);
        block.tags(role);
        close("aws_iam_role", name, block, name);
        write_policies("role", name, role);
    }

    void write_service_linked_roles() {
        for (const Json& role : list_of(account_, "service_linked_roles")) {
            const std::string service = text_of(role, "aws_service_name");
            const catalogue::ServiceLinkedRole* const known = catalogue::service_linked_roles::find(service);
            if (known == nullptr) {
                remark(fmt::format("The role of {} is not written: its name is not known", service));
                continue;
            }
            std::string name(known->role);
            if (const std::string suffix = text_of(role, "custom_suffix"); !suffix.empty())
                name.append("_").append(suffix);
            Block block;
            for (const char* member : {"aws_service_name", "custom_suffix", "description", "tags"})
                block.copy(role, member);
            close("aws_iam_service_linked_role", name, block,
                  fmt::format("arn:aws:iam::{}:role/aws-service-role/{}/{}", id_, service, name));
        }
    }

    void write_providers() {
        each("oidc_providers", [this](const std::string& url, const Json& provider) {
            Block block;
            block.add("url", url);
            block.add("client_id_list", provider.value("client_ids", Json::array()));
            if (provider.contains("thumbprints")) block.add("thumbprint_list", provider["thumbprints"]);
            block.tags(provider);
            const std::size_t scheme = url.find("://");
            const std::string name = scheme == std::string::npos ? url : url.substr(scheme + 3);
            close("aws_iam_openid_connect_provider", name, block,
                  fmt::format("arn:aws:iam::{}:oidc-provider/{}", id_, name));
        });
        each("saml_providers", [this](const std::string& name, const Json& provider) {
            Block block;
            block.add("name", name);
            block.add("saml_metadata_document", text_of(provider, "metadata"));
            block.tags(provider);
            if (provider.contains("private_keys") || provider.contains("assertion_encryption_mode"))
                remark(fmt::format("What {} decrypts assertions with is not written", name));
            close("aws_iam_saml_provider", name, block, fmt::format("arn:aws:iam::{}:saml-provider/{}", id_, name));
        });
    }

    void remark(std::string text) { remarks_.push_back(std::move(text)); }

    const Json& account_;
    std::string id_;
    std::string out_;
    std::vector<std::string> remarks_;
    std::set<std::string> labels_;
};

}  // namespace

TerraformFile write_terraform(std::string_view seed, const std::string& account) {
    const Json parsed = Json::parse(seed);
    return TerraformWriter(parsed.at("accounts").at(account), account).write();
}

}  // namespace iamlocal::transfer
