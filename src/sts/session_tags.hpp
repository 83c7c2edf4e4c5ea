// Session tags: what a session is given, what it inherits by chaining, and the rules for both ("Pass session tags in
// AWS STS").
#pragma once

#include <string>
#include <vector>

#include "auth/session_token.hpp"
#include "protocol/fields.hpp"
#include "store/tags.hpp"

namespace iamlocal::sts {

struct SessionTags {
    std::vector<store::Tag> all;  ///< inherited ones first
    std::vector<std::string> transitive;
};

/// The member Tags.
void describe_session_tags(protocol::Fields& f, std::vector<store::Tag>& tags);

/// Tags of a new session. `calling`: the session that calls, or null; its transitive tags persist. Throws
/// InvalidParameterValue for keys that are given twice (without regard to case), transitive keys that are no tags of
/// this request, keys that are inherited as transitive, and texts that begin with "aws:".
SessionTags session_tags(const auth::SessionClaims* calling, const std::vector<store::Tag>& given,
                         const std::vector<std::string>& transitive_keys);

}  // namespace iamlocal::sts
