// The constraints of AWS's models that many members share, under the names of the models' shapes.
#pragma once

#include "protocol/fields.hpp"

namespace iamlocal::shape {

using protocol::ListRule;
using protocol::NumberRule;
using protocol::TextRule;

// Names of entities. IAM's model has a longer limit for the name of a user that exists than for a new one.
extern const TextRule user_name;
extern const TextRule existing_user_name;
extern const TextRule group_name;
extern const TextRule role_name;
extern const TextRule policy_name;
extern const TextRule instance_profile_name;
extern const TextRule account_alias;

extern const TextRule path;
extern const TextRule path_prefix;
extern const TextRule policy_path;
extern const TextRule arn;
extern const TextRule policy_document;
extern const TextRule policy_description;
extern const TextRule role_description;
extern const TextRule policy_version_id;
extern const TextRule access_key_id;

extern const TextRule tag_key;
extern const TextRule tag_value;
extern const ListRule tags;

extern const TextRule marker;
extern const NumberRule max_items;
extern const NumberRule role_max_session_duration;

extern const TextRule access_key_status;
extern const TextRule policy_scope;
extern const TextRule policy_usage;
extern const TextRule entity_type;

/// Shapes of the STS model, where they differ from IAM's.
namespace sts {
extern const TextRule access_key_id;
extern const TextRule arn;
extern const TextRule role_session_name;
extern const TextRule session_policy;
extern const TextRule external_id;
extern const TextRule serial_number;
extern const TextRule token_code;
extern const TextRule source_identity;
extern const TextRule context_assertion;
extern const TextRule encoded_message;
extern const NumberRule role_duration;
extern const NumberRule session_duration;
extern const NumberRule minimum_token_size;
extern const ListRule policy_arns;
extern const ListRule provided_contexts;
}  // namespace sts

}  // namespace iamlocal::shape
