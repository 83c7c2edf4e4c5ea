#include "trail/service_event.hpp"

#include <utility>

#include "base/json_text.hpp"
#include "trail/dates.hpp"
#include "trail/elements.hpp"
#include "trail/json.hpp"

namespace iamlocal::trail {

void add_service_event(Trail& trail, const ServiceSession& session, std::shared_ptr<const access::Portrait> caller,
                       Instant time, std::string_view request_id) {
    const Json made = {
        {"requestParameters", {{"roleArn", session.role_arn}, {"roleSessionName", session.session_name}}},
        {"responseElements",
         {{"credentials",
           {{"accessKeyId", session.access_key_id},
            {"sessionToken", session.session_token},
            {"expiration", in_words(session.expires)}}},
          {"assumedRoleUser", {{"assumedRoleId", session.assumed_role_id}, {"arn", session.arn}}}}},
        {"resources", assumed_resources(std::string(session.role_arn), {})}};
    const std::string text = json_text(made);
    trail.add({.facts = {.time = time, .source = Source::sts, .is_read = true, .name = "AssumeRole", .tls = {}},
               .caller = std::move(caller),
               .texts = {.request_id = request_id,
                         .region = "us-east-1",
                         .peer = session.service,
                         .user_agent = session.service,
                         .host = {},
                         .sent = {},
                         .answer = {},
                         .kinds = {},
                         .error_message = {},
                         .made = text}});
}

}  // namespace iamlocal::trail
