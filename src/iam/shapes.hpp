// The constraints of IAM's model that many members share, under the names of the model's shapes.
#pragma once

#include "api/shapes.hpp"

namespace iamlocal::iam::shape {

using namespace iamlocal::shape;

// Names of entities. IAM's model has a longer limit for the name of a user that exists than for a new one.
extern const TextRule user_name;
extern const TextRule existing_user_name;
extern const TextRule group_name;
extern const TextRule role_name;
extern const TextRule policy_name;
extern const TextRule instance_profile_name;
extern const TextRule custom_suffix;
extern const TextRule server_certificate_name;
extern const TextRule account_alias;

extern const TextRule path;
extern const TextRule path_prefix;
extern const TextRule policy_path;
extern const TextRule policy_path_prefix;
extern const TextRule entity_path_prefix;  ///< of ListEntitiesForPolicy, which takes whole paths only
extern const TextRule arn;
extern const TextRule policy_document;
extern const TextRule policy_description;
extern const TextRule role_description;
extern const TextRule policy_version_id;
extern const TextRule access_key_id;
extern const TextRule password;
extern const TextRule deletion_task_id;
extern const TextRule pem_text;  ///< a certificate, an SSH key
extern const TextRule private_key;
extern const TextRule certificate_chain;
extern const TextRule certificate_id;
extern const TextRule ssh_public_key_id;
extern const TextRule service_specific_credential_id;
extern const TextRule service_name;

extern const TextRule virtual_mfa_device_name;
extern const TextRule serial_number;
extern const TextRule authentication_code;
extern const TextRule assignment_status;

extern const NumberRule role_max_session_duration;
extern const NumberRule credential_age_days;

extern const TextRule credential_status;
extern const TextRule ssh_key_encoding;
extern const TextRule policy_scope;
extern const TextRule policy_usage;
extern const TextRule entity_type;

extern const TextRule service_namespace;
extern const TextRule single_service_namespace;
extern const TextRule report_granularity;
extern const TextRule job_id;
extern const TextRule report_sort_key;
extern const TextRule organizations_entity_path;
extern const TextRule organizations_policy_id;

}  // namespace iamlocal::iam::shape
