// The constraints of STS's model, under names like those of the model's shapes.
#pragma once

#include "api/shapes.hpp"

namespace iamlocal::sts::shape {

using namespace iamlocal::shape;

extern const TextRule access_key_id;
extern const TextRule arn;
extern const TextRule role_session_name;
extern const TextRule session_policy;
extern const TextRule short_session_policy;
extern const TextRule federated_user_name;
extern const TextRule target_principal;
extern const TextRule trade_in_token;
extern const TextRule scoped_session_description;
extern const TextRule external_id;
extern const TextRule serial_number;
extern const TextRule token_code;
extern const TextRule source_identity;
extern const TextRule client_token;
extern const TextRule provider_id;
extern const TextRule saml_assertion;
extern const TextRule context_assertion;
extern const TextRule encoded_message;
extern const NumberRule role_duration;
extern const NumberRule session_duration;
extern const NumberRule root_duration;
extern const NumberRule scoped_duration;
extern const NumberRule minimum_token_size;
extern const ListRule policy_arns;
extern const ListRule provided_contexts;

}  // namespace iamlocal::sts::shape
