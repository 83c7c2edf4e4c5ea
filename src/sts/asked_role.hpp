// The role that a request asks for: found by its ARN, and named for authorization with what the session would carry.
// For all operations that give a role's session; they differ in who asks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/target.hpp"
#include "api/context.hpp"
#include "store/roles.hpp"
#include "store/tags.hpp"

namespace iamlocal::sts {

/// Throws ValidationError for a text that is no ARN.
void require_role_arn(std::string_view text);

/// The role whose own ARN this is, every part and the case included: policies are held against the text, so whatever
/// else found the role would get past a Deny. An ARN of something else is answered like a role that does not exist.
std::optional<store::Role> find_role(api::Context& ctx, std::string_view role_arn);

/// What a session of a role is asked for with, as far as permissions go.
struct AskedRole {
    std::string_view arn;
    std::string_view session_name;
    const std::vector<store::Tag>& tags;
    const std::vector<std::string>& transitive_tag_keys;
    std::string_view source_identity;  ///< set by the request or inherited; empty: none
    bool inherits_tags = false;        ///< whether the session gets transitive tags of the one that calls
    access::RequestKeys keys = {};     ///< keys of the operation itself
    access::RequestKeys common = {};   ///< keys of each permission: of MFA, of an identity provider
};

/// The target: the trust policy decides, and tags and source identity need permissions of their own. A role that does
/// not exist trusts nobody.
access::Target role_target(api::Context& ctx, const AskedRole& asked, const std::optional<store::Role>& role);

}  // namespace iamlocal::sts
